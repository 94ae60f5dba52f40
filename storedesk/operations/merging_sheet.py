"""One ledger's sheet on its way into the mirror: three-way merge of its rows, and what they cause.

Nothing in the file is overwritten here: what both sides changed stays as the file has it and waits
on 需核对.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from storedesk.domain.changes import Source
from storedesk.domain.matching import NewRow, Reason
from storedesk.domain.merge import merge_cells
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.sheets import SheetContent, WorkbookContent
from storedesk.mirror import TakenRow
from storedesk.operations import alarms
from storedesk.operations.bases import Bases
from storedesk.operations.desk import Desk
from storedesk.operations.read_sheet import ReadSheet
from storedesk.operations.rows import ReadRow
from storedesk.operations.steps import Steps, portions
from storedesk.operations.unfinished import Overtaken

_RENAMING, _MOVING = 5, 40
"""A record that gets another id takes so many times as long, and so many that moved as one row."""
_OUTSIDE = (Source.EXCEL, Source.RESTORE)


class MergingSheet(ReadSheet):
    """One ledger's sheet on its way into the mirror.

    Attributes:
        gone: records whose rows were deleted in Excel.
        looked_at: records whose problems are found anew.
        retold: records whose rows bear another id than ours, with that.
        now_called: records that got another id.
    """

    def __init__(
        self,
        desk: Desk,
        content: WorkbookContent,
        sheet: SheetContent,
        bases: Bases,
        *,
        confirmed: bool,
    ) -> None:
        super().__init__(desk, content, sheet, bases)
        self.confirmed = confirmed
        self.gone: list[str] = []
        self.looked_at: set[str] = set()
        self.retold: dict[str, str] = {}
        self.now_called: dict[str, str] = {}

    def recognise(self) -> Steps[None]:
        """Find out which row is which record, and what is to be taken in of them."""
        yield from super().recognise()
        if self.back:
            differing = {*self.differing, *(yield from self.changed_back())}
            self.differing = tuple(one for one in self.known if one in differing)
            self.moved = tuple(one for one in self.moved if one not in differing)
        yield self._tell_renamed

    def _tell_renamed(self) -> None:
        """Find the records whose rows bear another id than ours."""
        self.retold = dict(self.identity.renamed)
        for record, number in self.identity.matched.items() if self.aliases else ():
            told = self.told[number]
            if told not in ("", record):
                self.retold[record] = told

    @property
    def change_count(self) -> int:
        """How many rows and records there are to do something about."""
        parts = (self.differing, self.moved, self.retold, self.identity.new, self.identity.missing)
        return sum(map(len, parts))

    def alarm(self) -> Problem | None:
        """Return the question to a person when too much changed at once."""
        if self.identity.alarm is None or self.confirmed:
            return None
        if self.bases.of_old_copy and self.identity.alarm.reason is Reason.ROWS_GONE:
            return None  # what an old copy lacks is written again
        concerned = self.identity.missing or self.differing
        named = self.records(concerned[: alarms.NAMED])
        return alarms.problem(
            self.form, self.identity.alarm, named, self.content.workbook, self.sheet.name
        )

    def merging(self, size: int = 0) -> Iterator[None]:
        """Bring the mirror to what the file holds, keeping what is not written yet.

        Whoever iterates is given the time between two pieces; ``finish`` comes after the last.

        Args:
            size: so many rows at most are one piece; 0 for all of them.

        Raises:
            Overtaken: a record began or ended in between that leaves a row without its record.
        """
        self.read_anew()
        many = size or max(1, len(self.known) + len(self.sheet.rows))
        for some in portions(list(self.retold.items()), max(1, many // _RENAMING)):
            self._rename(some)
            yield
        for differing in portions(self.differing, many):
            self._settle_differing(differing, of_many=bool(size))
            yield
        self._note_duplicates()
        for fresh in portions(self.identity.new, many):
            self._settle_fresh(fresh, of_many=bool(size))
            yield
        for moved in portions(self.moved, many * _MOVING):
            at = self.identity.matched
            rows = [(self.now_called.get(record, record), at[record]) for record in moved]
            self.mirror.move_rows(self.form.ledger, rows)
            yield
        self.looked_at.update(self.identity.missing)
        for missing in portions(self.identity.missing, many):
            self._settle_missing(missing)
            yield

    def finish(self) -> None:
        """Note what concerns the sheet as a whole.

        Raises:
            Overtaken: an entry was undone in between.
        """
        if self.mirror.removed(self.form.ledger).keys() != self.waiting.keys():
            raise Overtaken
        self.mirror.note_removed(self.form.ledger, self.undone)
        for record, number in self.undone.items():
            self.mirror.empty_row(self.form.ledger, record, number)

    # --- matched rows -----------------------------------------------------------------------

    def _rename(self, retold: Iterable[tuple[str, str]]) -> None:
        """Give records the ids found in the file.

        Where two PCs gave one row an id each, the smaller one stays on both.
        """
        ledger = self.form.ledger
        for old, new in retold:
            if not self.mirror.exists(ledger, old) or self.mirror.exists(ledger, new):
                raise Overtaken
            if self._takes_id(old, new):
                self.now_called[old] = new

    def _takes_id(self, old: str, new: str) -> bool:
        """Rename a record if the id found in the file is to stay; if not, ours is written there."""
        was_written = not self.known[old].provisional
        if was_written and new > old:
            self.mirror.note_alias(self.form.ledger, new, old)
            return False
        why = self.content.fingerprint.sha256
        self.mirror.rename_id(self.form.ledger, old, new, self.desk.clock.now(), why)
        if was_written:
            self.mirror.note_alias(self.form.ledger, old, new)
        return True

    def _settle_differing(self, differing: Iterable[str], *, of_many: bool) -> None:
        at = self.identity.matched
        rows = {self.now_called.get(record, record): at[record] for record in differing}
        taken = [
            self._merged(record, self.reading(rows[record.id])) for record in self.records(rows)
        ]
        self._take_in(taken, of_many=of_many)

    def _settle_fresh(self, fresh: Sequence[NewRow], *, of_many: bool) -> None:
        if of_many and self.records([row.record for row in fresh if row.record]):
            raise Overtaken
        self._take_in([self._begin(row.number, row.record) for row in fresh], of_many=of_many)

    def _take_in(self, rows: Sequence[TakenRow], *, of_many: bool) -> None:
        why, now = self.content.fingerprint.sha256, self.desk.clock.now()
        self.mirror.take_in(self.form.ledger, rows, now, why, of_many=of_many)

    def _merged(self, record: Record, reading: ReadRow) -> TakenRow:
        self.looked_at.add(record.id)
        present = frozenset(self.keys)
        base = self.bases.of(record, reading.values, self.types)
        merged = merge_cells(
            {key: value for key, value in base.items() if key not in self.back_empty},
            {key: value for key, value in record.values.items() if key in present},
            reading.values,
            self.types,
        )
        absent = {key: value for key, value in record.values.items() if key not in present}
        still_ours = frozenset(merged.ours)
        self._let_wait(record, reading, still_ours, frozenset(absent))
        for conflict in merged.conflicts:
            self.mirror.add_conflict(self.form.ledger, record.id, conflict, self.desk.clock.now())
        self.conflicts += len(merged.conflicts)
        if merged.taken:
            self.changed.append(record.id)
        self.problems += reading.problems
        raw = {key: text for key, text in reading.raw.items() if key not in still_ours}
        values = {**absent, **merged.values}
        return TakenRow(
            record.id,
            values,
            reading.row,
            reading.mark,
            raw,
            reading.extras,
            provisional=reading.id != record.id,  # emptied, or so in an old copy, or another's
        )

    def _let_wait(
        self, record: Record, reading: ReadRow, ours: frozenset[str], absent: frozenset[str]
    ) -> None:
        """Let go on waiting what the row does not have yet, or has no more."""
        if self.bases.of_old_copy or self.back_empty:
            if not self.bases.of_old_copy:
                base = self.mirror.base(self.form.ledger, record.id)
                absent = frozenset(key for key in absent if base.get(key) != record[key])
            cells = {
                key: (reading.values.get(key), record[key])
                for key in (*sorted(ours), *sorted(absent))
            }
            self.mirror.write_cells(self.form.ledger, record.id, cells, self.desk.clock.now())
        else:
            self.mirror.keep_pending(self.form.ledger, record.id, ours | absent)

    # --- rows that begin or end a record ----------------------------------------------------

    def _begin(self, number: int, record: str) -> TakenRow:
        reading = self.reading(number)
        record_id = record or self.new_id()
        self.problems += [replace(problem, record=record_id) for problem in reading.problems]
        self.new.append(record_id)
        self.looked_at.add(record_id)
        if record and self.bases.of_old_copy and self.gone_from(record) in _OUTSIDE:
            self.note(record, "以前在 Excel 里删掉过，一份旧副本里还有，又回来了")
        return TakenRow(
            record_id,
            reading.values,
            number,
            reading.mark,
            reading.raw,
            reading.extras,
            provisional=not record,
        )

    def _settle_missing(self, missing: Sequence[str]) -> None:
        if self.bases.of_old_copy:
            self._write_again(missing)
            return
        for record in missing:
            if self.mirror.has_pending(self.form.ledger, record):
                self.mirror.held.add(self.form.ledger, record, self.desk.clock.now())
                self.note(record, "在 Excel 里被删掉了，这里还有没写入的修改：先留着，到需核对里选")
            else:
                self.mirror.forget(
                    self.form.ledger,
                    record,
                    self.desk.clock.now(),
                    self.content.fingerprint.sha256,
                )
                self.gone.append(record)

    def _write_again(self, missing: Sequence[str]) -> None:
        """Keep what an old copy lacks; where it may have been deleted in it, say so."""
        for record in self.records(missing):
            if self.bases.had(record):
                self.note(
                    record.id,
                    f"「{record.text(self.form.title) or record.id}」在一份旧副本里没有这一行，"
                    "已保留并重新写入；确实要删的话，请在表格里再删一次",
                )
            self.mirror.write_again(self.form.ledger, record.id, self.desk.clock.now())

    def _note_duplicates(self) -> None:
        for copy in self.identity.duplicates:
            what = f"编号 {copy.record} 与第 {copy.kept} 行重复，第 {copy.number} 行已作为新的一条"
            self.note(copy.record, what, Kind.DUPLICATE_ID)
