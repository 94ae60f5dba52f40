"""One ledger's sheet as read, each of its rows recognised as a record or as a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

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

_STAMPS = frozenset({"created_by", "created_at", "updated_by", "updated_at"})
"""Who and when is no content: a row is not recognised by it."""


class ReadSheet:
    """A sheet and what its rows are.

    Attributes:
        rows: by number, without those that are to be emptied (``undone``).
        keys, types: columns of the ledger that the sheet has.
        known: where the records stand as last known.
        aliases: ids another PC gave to rows that had got one here, with ours.
        back, back_empty: columns the sheet lacked at the last reading; those that hold nothing.
        identity: which row is which record.
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
        aliases = desk.mirror.aliases(sheet.ledger)
        self.known = self._known(aliases)
        self.aliases = {
            other: ours
            for other, ours in aliases.items()
            if ours in self.known and other not in self.known
        }
        self.undone = self._undone()
        undone = frozenset(self.undone.values())
        self.rows = {row.number: row for row in sheet.rows if row.number not in undone}
        self.read: dict[int, ReadRow] = {}
        self.keys = [key for key in sheet.columns if key != "id"]
        self.types = {key: self.form[key].type for key in self.keys}
        self.back = self._columns_back()
        self.back_empty = frozenset(key for key in self.back if self._is_empty(key))
        self.new: list[str] = []
        self.changed: list[str] = []
        self.conflicts = 0
        self.problems: list[Problem] = []
        self.identity = self._identify()

    def read_anew(self) -> None:
        """Forget what rows mean: one may refer to a record that came in just before."""
        self.read.clear()
        self.reader = self._row_reader()

    def id_of(self, row: SheetRow) -> str:
        """Return the id a row bears, as we know it."""
        told = self.reader.id_of(row)
        return self.aliases.get(told, told)

    def new_id(self) -> str:
        """Return a new id that no row of the sheet bears, those not taken in yet included."""
        while (minted := entries.mint(self.desk, self.form)) in self._borne:
            pass
        return minted

    @cached_property
    def _borne(self) -> frozenset[str]:
        return frozenset(self.reader.id_of(row) for row in self.sheet.rows)

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

    def _undone(self) -> dict[str, int]:
        """Return the rows to be emptied, by record: also those an old copy brought back."""
        waiting = self.mirror.removed(self.form.ledger)
        if not waiting and not self.bases.of_old_copy:
            return {}
        found = {record: row.number for row in self.sheet.rows if (record := self.id_of(row))}
        if (since := self.sheet.since) is not None:  # a row that was not read stands as it stood
            found = {one: n for one, n in waiting.items() if n not in since.before} | found
        return {
            record: number
            for record, number in found.items()
            if record in waiting or self._was_undone(record)
        }

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

    def changed_back(self, matched: Mapping[str, int]) -> dict[str, int]:
        """Return the rows, by record, that hold something else in a column that came back."""
        columns = {key: self.sheet.columns[key] for key in self.back}
        reader = replace(self.reader, sheet=replace(self.sheet, columns=columns, extras={}))
        found = {}
        for record in self.records(matched):
            reading = reader.read(self.rows[matched[record.id]])
            if any(
                comparable(reading.values.get(key), self.types[key])
                != comparable(record[key], self.types[key])
                or reading.raw.get(key) != record.raw.get(key)
                for key in self.back
            ):
                found[record.id] = matched[record.id]
        return found

    def _is_empty(self, key: str) -> bool:
        """Whether a column holds nothing: only its header came back, ours is written again."""
        at = self.sheet.columns[key] - 1
        return all(len(row.values) <= at or row.values[at] is None for row in self.sheet.rows)

    # --- identity ---------------------------------------------------------------------------

    def _known(self, aliases: Mapping[str, str]) -> dict[str, Mark]:
        """Return where the records stand that rows may be; all, unless few rows were read."""
        since = self.sheet.since
        if since is None:
            return self.mirror.marks(self.form.ledger)
        told = {self.reader.id_of(row) for row in self.sheet.rows}
        told |= {*since.before.values(), *since.above.values()}
        told |= {aliases[one] for one in told if one in aliases}
        return self.mirror.marks(self.form.ledger, told)

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

    def _identify(self) -> Identity:
        typed = self.bases.typed(self.form.ledger)
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
        if not known:
            return identify(known, found)
        records, numbers = unsettled(known, found)
        cells = {r.id: self._cells(self.bases.looked(r)) for r in self.records(records)}
        known = [
            KnownRow(k.record, k.number, k.mark, cells[k.record], k.provisional)
            if k.record in cells
            else k
            for k in known
        ]
        found = [
            FoundRow(f.number, f.record, f.mark, self._cells(self.reading(f.number).values))
            if f.number in numbers
            else f
            for f in found
        ]
        total = self.sheet.since.total if self.sheet.since else None
        identity = identify(known, found, total)
        read = {record: row for record, row in identity.matched.items() if row in self.rows}
        return replace(identity, matched=read)

    def records(self, ids: Iterable[str]) -> list[Record]:
        """Return records of this ledger as the desk has them."""
        return self.mirror.records(self.form.ledger, list(ids))

    def reading(self, number: int) -> ReadRow:
        """Return what a row means; each is read once."""
        if number not in self.read:
            self.read[number] = self.reader.read(self.rows[number])
        return self.read[number]

    def _cells(self, values: Mapping[str, Value]) -> Cells:
        return tuple(
            comparable(values.get(key), self.types[key]) for key in self.keys if key not in _STAMPS
        )

    def differing(self) -> tuple[str, ...]:
        """Return the records whose rows hold something else than before, in their old order."""
        matched = self.identity.matched
        return tuple(
            record
            for record, row in self.known.items()
            if record in matched and row.mark != self.rows[matched[record]].mark
        )
