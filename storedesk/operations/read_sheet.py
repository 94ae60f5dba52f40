"""One ledger's sheet as read, each of its rows recognised as a record or as a new one."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from storedesk.domain.changes import Source
from storedesk.domain.forms import Form
from storedesk.domain.matching import (
    Cells,
    FoundRow,
    Identity,
    KnownRow,
    identify,
    unsettled,
)
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.sheets import SheetContent, SheetRow, WorkbookContent
from storedesk.domain.values import Value, comparable
from storedesk.mirror import GONE
from storedesk.mirror.tables import Mark
from storedesk.operations import entries
from storedesk.operations.bases import Bases
from storedesk.operations.desk import Desk
from storedesk.operations.references import References
from storedesk.operations.rows import ReadRow, RowReader
from storedesk.operations.steps import Steps, portions

_STAMPS = frozenset({"created_by", "created_at", "updated_by", "updated_at"})
"""Who and when is no content: a row is not recognised by it."""
_MARKS = 2000
_LOOKED_AT = 100
"""So many records and rows are looked at in one step; either takes some 10 ms."""


class ReadSheet:
    """A sheet and what its rows are.

    Attributes:
        rows: by number, without those that are to be emptied (``undone``).
        keys, types: columns of the ledger that the sheet has.
        known: where the records stand as last known.
        aliases: ids another PC gave to rows that had got one here, with ours.
        back, back_empty: columns the sheet lacked at the last reading; those that hold nothing.
        identity: which row is which record.
        waiting: rows that waited to be emptied, by record.
        told: the id that each row bears, by number.
        differing: records whose rows hold something else than before, in their old order.
        moved: records whose rows are as they were, and stand elsewhere.
        new, changed, conflicts, problems: what taking it in finds.
    """

    def __init__(
        self, desk: Desk, content: WorkbookContent, sheet: SheetContent, bases: Bases
    ) -> None:
        self.desk = desk
        self.mirror = desk.mirror
        self.content = content
        self.sheet = sheet
        self.form: Form = desk.forms[sheet.ledger]
        self.bases = bases
        self.reader = self._row_reader()
        self.told: Mapping[int, str] = {}
        self.known: dict[str, Mark] = {}
        self.aliases: dict[str, str] = {}
        self.waiting: Mapping[str, int] = {}
        self.undone: dict[str, int] = {}
        self.rows: dict[int, SheetRow] = {}
        self.read: dict[int, ReadRow] = {}
        self._before: Mapping[int, ReadRow] = {}
        self.keys = [key for key in sheet.columns if key != "id"]
        self.types = {key: self.form[key].type for key in self.keys}
        self._links = [key for key in self.keys if self.form[key].links]
        self.back: frozenset[str] = frozenset()
        self.back_empty: frozenset[str] = frozenset()
        self.new: list[str] = []
        self.changed: list[str] = []
        self.conflicts = 0
        self.problems: list[Problem] = []
        self.identity = Identity({})
        self.differing: tuple[str, ...] = ()
        self.moved: tuple[str, ...] = ()

    def recognise(self) -> Steps[None]:
        """Find out which row is which record; nothing is changed.

        What takes longer the longer the sheet is, is done aside or in steps.
        """
        self.told = yield self._read_ids
        yield from self._gather()
        self.back = self._columns_back()
        self.waiting = waiting = self.mirror.removed(self.form.ledger)
        undone: Mapping[str, int] = {}
        if waiting or self.bases.of_old_copy:
            undone = yield partial(self._perhaps_undone, waiting)
        self.undone = {
            record: number
            for record, number in undone.items()
            if record in waiting or self._was_undone(record)
        }
        typed = self.bases.typed(self.form.ledger)
        seen: _Seen = yield partial(self._compare, typed)
        cells: dict[str, Cells] = {}
        for some in portions(sorted(seen.records), _LOOKED_AT):
            cells |= {one.id: self._cells(self.bases.looked(one)) for one in self.records(some)}
            yield None
        looked: dict[int, Cells] = {}
        for numbers in portions(sorted(seen.numbers), _LOOKED_AT):
            looked |= {number: self._cells(self.reading(number).values) for number in numbers}
            yield None
        yield partial(self._decide, seen, cells, looked)

    def read_anew(self) -> None:
        """Forget what rows mean that refer to a record: it may have come in just before."""
        self._before = self.read
        self.read = {}
        self.reader = self._row_reader()

    def id_of(self, row: SheetRow) -> str:
        """Return the id a row bears, as we know it."""
        return self._ours(self.told[row.number])

    def _ours(self, told: str) -> str:
        return self.aliases.get(told, told)

    def new_id(self) -> str:
        """Return a new id that no row of the sheet bears, those not taken in yet included."""
        while (minted := entries.mint(self.desk, self.form)) in self._borne:
            pass
        return minted

    @cached_property
    def _borne(self) -> frozenset[str]:
        return frozenset(self.told.values())

    def note(self, record: str, what: str, kind: Kind = Kind.CONFLICT) -> None:
        """List something about a record to look at."""
        self.problems.append(
            Problem(
                kind,
                what,
                "请看一下对不对",
                workbook=self.content.workbook,
                sheet=self.sheet.name,
                ledger=self.form.ledger,
                record=record,
            )
        )

    def _row_reader(self) -> RowReader:
        references = References(self.mirror, self.desk.forms)
        return RowReader(
            self.content.workbook, self.form, self.sheet, self.desk.settings, references.resolve
        )

    def _perhaps_undone(self, waiting: Mapping[str, int]) -> dict[str, int]:
        """Return the rows of records that wait to be emptied, or that an old copy brought back."""
        found = {
            record: number for number, told in self.told.items() if (record := self._ours(told))
        }
        if (since := self.sheet.since) is not None:  # a row that was not read stands as it stood
            found = {one: n for one, n in waiting.items() if n not in since.before} | found
        if self.bases.of_old_copy:
            return {one: n for one, n in found.items() if one in waiting or one not in self.known}
        return {one: n for one, n in found.items() if one in waiting}

    def _was_undone(self, record: str) -> bool:
        """Whether a record that an old copy still has was taken out here, not in Excel."""
        if not self.bases.of_old_copy or self.mirror.exists(self.form.ledger, record):
            return False
        return self.gone_from(record) not in (None, Source.EXCEL, Source.RESTORE)

    def gone_from(self, record: str) -> Source | None:
        """Return where a record was taken out last, None if it never was."""
        changes = self.mirror.history(self.form.ledger, record)
        return next((Source(change.source) for change in changes if change.key == GONE), None)

    def _columns_back(self) -> frozenset[str]:
        """Return the columns that were not found at the last reading, and are now.

        What was changed in them meanwhile was not seen: every row is compared again.
        """
        if not self.known or self.mirror.file_state(self.content.workbook) is None:
            return frozenset()
        return frozenset(self.keys) - self.mirror.layout(self.form.ledger)

    def changed_back(self) -> Steps[tuple[str, ...]]:
        """Return the records whose rows hold something else in a column that came back."""
        columns = {key: self.sheet.columns[key] for key in self.back}
        reader = replace(self.reader, sheet=replace(self.sheet, columns=columns, extras={}))
        found: list[str] = []
        for some in portions(list(self.identity.matched), _LOOKED_AT):
            found += [one.id for one in self.records(some) if self._has_changed_back(one, reader)]
            yield None
        return tuple(found)

    def _has_changed_back(self, record: Record, reader: RowReader) -> bool:
        reading = reader.read(self.rows[self.identity.matched[record.id]])
        return any(
            comparable(reading.values.get(key), self.types[key])
            != comparable(record[key], self.types[key])
            or reading.raw.get(key) != record.raw.get(key)
            for key in self.back
        )

    def _is_empty(self, key: str) -> bool:
        """Whether a column holds nothing: only its header came back, ours is written again."""
        at = self.sheet.columns[key] - 1
        return all(len(row.values) <= at or row.values[at] is None for row in self.sheet.rows)

    # --- identity ---------------------------------------------------------------------------

    def _read_ids(self) -> dict[int, str]:
        return {row.number: self.reader.id_of(row) for row in self.sheet.rows}

    def _gather(self) -> Steps[None]:
        """Find where the records stand that rows may be; all, unless few rows were read."""
        ledger, since, marks = self.form.ledger, self.sheet.since, dict[str, Mark]()
        aliases = self.mirror.aliases(ledger)
        if since is None:
            last, found = self.mirror.marks_after(ledger, 0, _MARKS)
            while found:
                marks |= found
                yield None
                last, found = self.mirror.marks_after(ledger, last, _MARKS)
        else:
            told = {*self.told.values(), *since.before.values(), *since.above.values()}
            told |= {aliases[one] for one in told if one in aliases}
            for some in portions(["", *told], _MARKS):
                marks |= self.mirror.marks(ledger, some)
                yield None
        yield partial(self._sort, marks, aliases)

    def _sort(self, marks: Mapping[str, Mark], aliases: Mapping[str, str]) -> None:
        """Keep the records in the order of the sheet, those that are not in it first."""
        places = sorted((mark.row or 0, record) for record, mark in marks.items())
        self.known = {record: marks[record] for _, record in places}
        self.aliases = {
            other: ours
            for other, ours in aliases.items()
            if ours in self.known and other not in self.known
        }

    def _standing(self) -> list[FoundRow]:
        """Return the rows of records asked about that were not read, because they did not change.

        A copied row is known by the one it was copied from, a moved one by what stands above it.
        """
        since = self.sheet.since
        if since is None:
            return []
        read = {row.number for row in self.sheet.rows} | since.before.keys()
        return [
            FoundRow(place.row, "" if place.provisional else record, place.mark or b"")
            for record, place in self.known.items()
            if place.row is not None and place.row not in read
        ]

    def _compare(self, typed: Container[str]) -> _Seen:
        """Return records and rows to compare, and which of them must be looked at closely."""
        self.back_empty = frozenset(key for key in self.back if self._is_empty(key))
        undone = frozenset(self.undone.values())
        self.rows = {row.number: row for row in self.sheet.rows if row.number not in undone}
        known = [
            KnownRow(
                record,
                row.row,
                row.mark or b"",
                provisional=(row.provisional and row.row is not None) or record in typed,
            )
            for record, row in self.known.items()
        ]
        found = self._standing()
        found += [FoundRow(row.number, self.id_of(row), row.mark) for row in self.rows.values()]
        found.sort(key=lambda row: row.number)
        return _Seen(known, found, *(unsettled(known, found) if known else ()))

    def _decide(self, seen: _Seen, cells: Mapping[str, Cells], looked: Mapping[int, Cells]) -> None:
        """Decide which row is which record, and which rows hold something else than before."""
        known = [
            KnownRow(k.record, k.number, k.mark, cells[k.record], k.provisional)
            if k.record in cells
            else k
            for k in seen.known
        ]
        found = [
            FoundRow(f.number, f.record, f.mark, looked[f.number]) if f.number in looked else f
            for f in seen.found
        ]
        total = self.sheet.since.total if self.sheet.since else None
        identity = identify(known, found, total)
        matched = {record: row for record, row in identity.matched.items() if row in self.rows}
        self.identity = replace(identity, matched=matched)
        self.differing = tuple(
            record
            for record, mark in self.known.items()
            if record in matched and mark.mark != self.rows[matched[record]].mark
        )
        differing = frozenset(self.differing)
        self.moved = tuple(
            record
            for record, number in matched.items()
            if record not in differing and self.known[record].row != number
        )

    def records(self, ids: Iterable[str]) -> list[Record]:
        """Return records of this ledger as the desk has them."""
        return self.mirror.records(self.form.ledger, list(ids))

    def reading(self, number: int) -> ReadRow:
        """Return what a row means; each is read once."""
        if number not in self.read:
            reading = self._before.get(number)
            if reading is None or self._refers(reading):
                reading = self.reader.read(self.rows[number])
            self.read[number] = reading
        return self.read[number]

    def _refers(self, reading: ReadRow) -> bool:
        return "customer" in self.form.by_key or any(
            key in reading.values or key in reading.raw for key in self._links
        )

    def _cells(self, values: Mapping[str, Value]) -> Cells:
        return tuple(
            comparable(values.get(key), self.types[key]) for key in self.keys if key not in _STAMPS
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Records as known and rows as found, and which of them are to be looked at closely."""

    known: list[KnownRow]
    found: list[FoundRow]
    records: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
