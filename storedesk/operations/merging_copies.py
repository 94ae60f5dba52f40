"""Merging a conflict copy of a workbook: what was changed in it becomes an entry to be written.

The workbook itself stays as it is until the next write. Where both were changed, the workbook's
value stands and the copy's waits on 需核对; what the copy lacks is not deleted.
"""

from __future__ import annotations

from dataclasses import replace

from storedesk.domain.changes import Edit, Operation, Source
from storedesk.domain.matching import Reason
from storedesk.domain.merge import Conflict, merge_cells
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.sheets import Fingerprint, WorkbookContent
from storedesk.domain.values import Value, same
from storedesk.mirror import KnownCopy
from storedesk.operations import planning
from storedesk.operations.bases import Bases
from storedesk.operations.desk import SETTINGS_WORKBOOK, Desk
from storedesk.operations.read_sheet import ReadSheet
from storedesk.operations.rows import ReadRow
from storedesk.operations.steps import Steps
from storedesk.operations.taken import Taken
from storedesk.operations.unfinished import Overtaken


class MergingCopy:
    """A copy as read, on its way into the mirror.

    Attributes:
        content: what it holds, under the name of the workbook it was made from.
        name: its file name.
    """

    def __init__(self, desk: Desk, content: WorkbookContent, name: str) -> None:
        self.desk = desk
        self.content = content
        self.name = name
        mirror, workbook = desk.mirror, content.workbook
        origin = mirror.origin(workbook, content.stamp)
        # What was read from the one that took its place looked like edits of what is in this one.
        was_replaced = mirror.was_replaced(workbook, content.fingerprint.sha256)
        is_ours = any(state.pc == desk.pc for state in origin.states)
        bases = Bases(mirror, origin, is_fork=True, is_swapped=was_replaced and not is_ours)
        self.sheets = [
            _Sheet(desk, content, sheet, bases)
            for form in desk.sheets_of(workbook)
            if (sheet := content.sheets.get(form.ledger)) is not None
        ]
        self._stands_on = self._state()

    def recognise(self) -> Steps[None]:
        """Find out which of its rows is which record; nothing is changed."""
        for one in self.sheets:
            yield from one.recognise()

    def merge(self) -> Taken:
        """Enter what was changed or typed in it; part of a transaction.

        Raises:
            Overtaken: what was found out about it does not hold any more.
        """
        if self._state() != self._stands_on or any(one.is_overtaken() for one in self.sheets):
            raise Overtaken
        desk, content, sheets = self.desk, self.content, self.sheets
        asked = tuple(problem for sheet in sheets if (problem := sheet.alarm(self.name)))
        if asked:
            return Taken(content.workbook, problems=asked, stopped=True)
        for one in sheets:
            one.merge()
        desk.mirror.contain(content.workbook, content.stamp)
        if content.workbook == SETTINGS_WORKBOOK:
            desk.reload_settings()
        taken = Taken(
            content.workbook,
            {one.form.ledger: tuple(one.new) for one in sheets if one.new},
            {one.form.ledger: tuple(one.changed) for one in sheets if one.changed},
            conflicts=sum(one.conflicts for one in sheets),
            problems=tuple(replace(p, workbook=self.name) for s in sheets for p in s.problems),
            copy=self.name,
        )
        planning.follow_taken(desk, taken.new, taken.changed, content.fingerprint.sha256[:12])
        return taken

    def _state(self) -> tuple[Fingerprint | None, KnownCopy | None]:
        """Return what is known of the workbook and of the copy: another program may merge it."""
        state = self.desk.mirror.file_state(self.content.workbook)
        known = self.desk.mirror.copies.all().get(self.name)
        return state.fingerprint if state else None, known


class _Sheet(ReadSheet):
    """One sheet of a copy."""

    def is_overtaken(self) -> bool:
        """Whether an entry was undone, or one of its new ids came up, since it was looked at."""
        if self.mirror.removed(self.form.ledger).keys() != self.waiting.keys():
            return True
        return bool(self.records(row.record for row in self.identity.new if row.record))

    def alarm(self, name: str) -> Problem | None:
        """Return why it is not merged: its rows hold each other's content, or most are others."""
        alarm = self.identity.alarm
        if alarm is None or alarm.reason is Reason.ROWS_GONE:
            return None
        what = f"冲突副本的「{self.sheet.name}」里有 {alarm.count} 行内容和编号对不上"
        return Problem(Kind.COPY, what, workbook=name, sheet=self.sheet.name)

    def merge(self) -> None:
        """Enter what was changed or typed in the copy."""
        self.read_anew()
        for ours, other in self.identity.renamed.items():
            self.mirror.note_alias(self.form.ledger, other, ours)
        differing = {
            record: number
            for record, number in self.identity.matched.items()
            if self.known[record].mark != self.rows[number].mark
        }
        edits = [
            edit
            for record in self.records(differing)
            if (edit := self._merged(record, self.reading(differing[record.id])))
        ]
        edits += [
            edit for row in self.identity.new if (edit := self._begun(row.number, row.record))
        ]
        now = self.desk.clock.now()
        name = f"copy-{self.content.fingerprint.sha256[:12]}-{self.form.ledger}"
        if edits:
            self.mirror.apply(Operation(name, now, "", tuple(edits), Source.COPY))

    def _merged(self, record: Record, reading: ReadRow) -> Edit | None:
        theirs = {**reading.values}
        # What means nothing in its column is told of and changes nothing.
        theirs |= {key: record[key] for key in reading.raw if key not in reading.values}
        ours = {key: value for key, value in record.values.items() if key in self.types}
        merged = merge_cells(self.bases.of(record, theirs, self.types), ours, theirs, self.types)
        for one in merged.conflicts:
            waits = Conflict(one.key, one.base, ours=one.theirs, theirs=one.ours)
            self.mirror.add_conflict(record.ledger, record.id, waits, self.desk.clock.now())
        self.conflicts += len(merged.conflicts)
        self.problems += reading.problems
        clashing = {one.key for one in merged.conflicts}
        values = {key: merged.values.get(key) for key in merged.taken if key not in clashing}
        if not values:
            return None
        self.changed.append(record.id)
        return Edit(record.ledger, record.id, values)

    def _begun(self, number: int, record: str) -> Edit | None:
        """Return the edit that begins a record; none if it was deleted since and is unchanged."""
        reading = self.reading(number)
        if record and self.gone_from(record) is not None and self._is_unchanged(record, reading):
            return None
        record_id = record or self.new_id()
        self.problems += [replace(problem, record=record_id) for problem in reading.problems]
        self.new.append(record_id)
        values: dict[str, Value] = dict(reading.values)
        return Edit(self.form.ledger, record_id, values, new=True)

    def _is_unchanged(self, record: str, reading: ReadRow) -> bool:
        gone = Record(self.form.ledger, record)
        base = self.bases.of(gone, reading.values, self.types)
        return all(
            same(base.get(key), reading.values.get(key), kind) for key, kind in self.types.items()
        )
