"""Taking in what people changed in a workbook: identity, three-way merge, consequences.

Runs on the desk's own thread with what ``workbooks.reader`` has read (design.md §5). Nothing in the
file is overwritten here: what both sides changed stays as the file has it and waits on 需核对.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from storedesk.domain.changes import Source
from storedesk.domain.matching import Reason
from storedesk.domain.merge import merge_cells
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.sheets import SheetContent, WorkbookContent
from storedesk.mirror import TakenRow
from storedesk.operations import alarms, planning
from storedesk.operations.bases import Bases
from storedesk.operations.desk import SETTINGS_WORKBOOK, Desk
from storedesk.operations.read_sheet import ReadSheet
from storedesk.operations.rows import ReadRow
from storedesk.operations.taken import Taken

log = logging.getLogger(__name__)

_OUTSIDE = (Source.EXCEL, Source.RESTORE)


def take_in(desk: Desk, content: WorkbookContent, *, confirmed: bool = False) -> Taken:
    """Merge a workbook as read into the mirror, in one transaction.

    Args:
        desk: the desk.
        content: the workbook.
        confirmed: a person has confirmed that many rows are gone on purpose.
    """
    known = desk.mirror.file_state(content.workbook)
    ancestry = desk.mirror.ancestry(content.workbook, content.stamp) if known else None
    ours = content.stamp.writes.get(desk.pc, 0)
    unsettled = known is not None and ours > known.stamp.writes.get(desk.pc, 0)
    bases = Bases(desk.mirror, ancestry, has_our_write=unsettled)
    confirmed = confirmed or alarms.is_meant(desk, content)
    with desk.mirror.transaction():
        sheets = [
            _Sheet(desk, content, sheet, bases, confirmed=confirmed)
            for form in desk.sheets_of(content.workbook)
            if (sheet := content.sheets.get(form.ledger)) is not None
        ]
        asked = [problem for sheet in sheets if (problem := sheet.alarm())]
        if asked:
            desk.mirror.set_problems(content.workbook, (*content.problems, *asked))
            alarms.note(desk, content)
            return Taken(content.workbook, problems=tuple(asked), stopped=True)
        alarms.clear(desk, content.workbook)
        for one in sheets:
            one.merge()
        taken = _summed_up(content, sheets, desk.mirror.problems(content.workbook))
        desk.mirror.set_problems(content.workbook, taken.problems)
        # What another PC wrote it has backed up itself.
        in_excel = known is not None and content.stamp.generation == known.stamp.generation
        changed = in_excel or taken.old_copy
        desk.mirror.note_read(content, desk.clock.now(), changed=changed)
        if content.workbook == SETTINGS_WORKBOOK:
            desk.reload_settings()
        if known is not None:  # or else the calls there are have not been read either
            planning.follow_taken(desk, taken.new, taken.changed, content.fingerprint.sha256[:12])
    log.info("took in %s: %d records", content.workbook, taken.count)
    return taken


class _Sheet(ReadSheet):
    """One ledger's sheet on its way into the mirror."""

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

    def alarm(self) -> Problem | None:
        """Return the question to a person when too much changed at once."""
        if self.identity.alarm is None or self.confirmed:
            return None
        if self.bases.of_old_copy and self.identity.alarm.reason is Reason.ROWS_GONE:
            return None  # what an old copy lacks is written again
        concerned = self.identity.missing or self.differing()
        named = self.records(concerned[: alarms.NAMED])
        return alarms.problem(
            self.form, self.identity.alarm, named, self.content.workbook, self.sheet.name
        )

    def merge(self) -> None:
        """Bring the mirror to what the file holds, keeping what is not written yet."""
        self.read_anew()
        matched, moved = self._settle_matched(self._renamed())
        fresh = [self._begin(row.number, row.record) for row in self.identity.new]
        rows = [*matched, *fresh]
        why = self.content.fingerprint.sha256
        self.mirror.take_in(self.form.ledger, rows, self.desk.clock.now(), why)
        self.mirror.move_rows(self.form.ledger, moved)
        self._settle_missing()
        self._note_duplicates()
        self.mirror.note_removed(self.form.ledger, self.undone)
        for record, number in self.undone.items():
            self.mirror.empty_row(self.form.ledger, record, number)

    # --- matched rows -----------------------------------------------------------------------

    def _renamed(self) -> dict[str, str]:
        """Give records the ids found in the file, and return them by those we knew.

        Where two PCs gave one row an id each, the smaller one stays on both.
        """
        found = dict(self.identity.renamed)
        for record, number in self.identity.matched.items() if self.aliases else ():
            told = self.reader.id_of(self.rows[number])
            if told not in ("", record):
                found[record] = told
        return {old: new for old, new in found.items() if self._takes_id(old, new)}

    def _takes_id(self, old: str, new: str) -> bool:
        """Rename a record if the id found in the file is to stay; if not, ours is written there."""
        was_written = not self.known[old].provisional
        if was_written and new > old:
            self.mirror.note_alias(self.form.ledger, new, old)
            return False
        why = self.content.fingerprint.sha256
        self.mirror.rename_id(self.form.ledger, old, new, self.desk.clock.now(), why)
        self.known[new] = self.known.pop(old)
        if was_written:
            self.mirror.note_alias(self.form.ledger, old, new)
        return True

    def _settle_matched(
        self, renamed: Mapping[str, str]
    ) -> tuple[list[TakenRow], list[tuple[str, int]]]:
        matched = {renamed.get(record, record): n for record, n in self.identity.matched.items()}
        moved: list[tuple[str, int]] = []
        differing: dict[str, int] = {}
        for record, number in matched.items():
            before = self.known[record]
            if before.mark != self.rows[number].mark:
                differing[record] = number
            elif before.row != number:
                moved.append((record, number))
        if self.back:
            differing |= self.changed_back(matched)
            moved = [(record, number) for record, number in moved if record not in differing]
        taken = [
            self._merged(record, self.reading(differing[record.id]))
            for record in self.records(differing)
        ]
        return taken, moved

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

    def _settle_missing(self) -> None:
        self.looked_at.update(self.identity.missing)
        if self.bases.of_old_copy:
            self._write_missing_again()
            return
        for record in self.identity.missing:
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

    def _write_missing_again(self) -> None:
        """Keep what an old copy lacks; where it may have been deleted in it, say so."""
        for record in self.records(self.identity.missing):
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


def _summed_up(content: WorkbookContent, sheets: list[_Sheet], before: Iterable[Problem]) -> Taken:
    """Join what the sheets found; problems of rows that did not change stay listed."""
    looked_at = {id_ for sheet in sheets for id_ in sheet.looked_at}
    still = [p for p in before if p.cell and p.record and p.record not in looked_at]
    return Taken(
        content.workbook,
        {s.form.ledger: tuple(s.new) for s in sheets if s.new},
        {s.form.ledger: tuple(s.changed) for s in sheets if s.changed},
        {s.form.ledger: tuple(s.gone) for s in sheets if s.gone},
        sum(s.conflicts for s in sheets),
        (*content.problems, *still, *(p for s in sheets for p in s.problems)),
        old_copy=any(s.bases.of_old_copy for s in sheets),
    )
