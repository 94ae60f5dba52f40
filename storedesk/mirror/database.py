"""The mirror: one SQLite file per PC and desk. The door to everything it keeps.

It holds what the workbooks hold, the edits not yet written, history, conflicts and the search
index (design.md §5). Everything the faces show comes from here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from storedesk.domain.changes import Edit, Operation, Source
from storedesk.domain.errors import UnknownRecord
from storedesk.domain.forms import Forms
from storedesk.domain.merge import Conflict
from storedesk.domain.problems import Problem
from storedesk.domain.records import Record
from storedesk.domain.sheets import (
    Fingerprint,
    Stamp,
    WorkbookContent,
    WriteOutcome,
    WritePlan,
)
from storedesk.domain.values import Value
from storedesk.mirror.changes import Cells, RecordChange, difference
from storedesk.mirror.connection import Connection
from storedesk.mirror.exporting import Exporting
from storedesk.mirror.generations import HeldState
from storedesk.mirror.history import BEGUN, GONE, Logged, excel_operation
from storedesk.mirror.reading import ALIASES
from storedesk.mirror.rescue import newest_aside, rescue
from storedesk.mirror.schema import LAYOUT, create_tables
from storedesk.mirror.tables import TakenRow

_AT_ONCE = 2000
"""Records handled in one go, so that a sheet of 100,000 does not stand in memory twice."""
_MANY = 200
"""More rows typed at once than this are not logged cell by cell."""
_RESCUED = "rescued"
_ALIASES_KEPT = 1000
LOST = "lost"
"""Note of the workbooks, joined by ``/``, for which a new mirror may lack what waited for them."""


class Mirror(Exporting):
    """An opened mirror; one thread owns it."""

    @classmethod
    def open(cls, path: Path, forms: Forms, forms_hash: str) -> Self:
        """Open the mirror, making it anew if it is missing, damaged or of other forms.

        Raises:
            NotWritable, DiskFull: the folder cannot be used.
            DeskBusy: another process holds it.
        """
        mirror = cls(Connection(path), forms)
        layout = f"{LAYOUT} {forms_hash}"
        damaged = newest_aside(path)
        try:
            if damaged is not None and mirror.get_meta(_RESCUED) == damaged.name:
                damaged = None
            if damaged is not None or mirror.get_meta("forms") != layout:
                mirror._make_anew(damaged, layout)
        except BaseException:
            mirror.close()
            raise
        return mirror

    def _make_anew(self, damaged: Path | None, layout: str) -> None:
        with self.transaction():
            self.empty()
            if damaged is not None:
                rescue(damaged, self.db, self.forms)
                self.set_meta(_RESCUED, damaged.name)
                self.note_lost()
            self.set_meta("forms", layout)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def empty(self) -> None:
        """Drop the cache, so that every workbook is read anew; what waits and history stay.

        Records of which anything waits are carried over whole: their workbook cannot give back
        what it does not have yet.
        """
        with self.transaction():
            carried = {
                form.ledger: self._tables.whole_rows(
                    form.ledger, self._pending.records(form.ledger)
                )
                for form in self.forms
            }
            create_tables(self.db, self.forms)
            self._search.create()
            self._files.forget()
            for ledger, rows in carried.items():
                self._tables.put_back(ledger, rows)

    # --- entries ------------------------------------------------------------------------------

    def apply(self, operation: Operation) -> bool:
        """Save an operation: records, pending cells, history, search. False if it was saved before.

        Raises:
            UnknownRecord: an edit that is not new names a record that does not exist.
            DiskFull, NotWritable, DeskBusy: nothing is saved.
        """
        with self.transaction():
            if self._history.has(operation):
                return False
            changes = [self._apply_edit(edit) for edit in operation.edits]
            self._pending.add(self._log(operation, changes))
        return True

    def _apply_edit(self, edit: Edit) -> RecordChange:
        before = self._tables.get(edit.ledger, edit.record)
        values = {key: value for key, value in edit.values.items() if key != "id"}
        if before is not None:
            return self._change(before, values)
        if not edit.new:
            raise UnknownRecord(edit.record)
        self._tables.insert(edit.ledger, edit.record, values)
        cells = {key: (None, value) for key, value in values.items() if value is not None}
        return RecordChange(edit.ledger, edit.record, cells)

    def _change(self, before: Record, values: Mapping[str, Value]) -> RecordChange:
        new = {k: v for k, v in values.items() if v != before[k] or k in before.raw}
        if new:
            self._tables.update(before, new)
            self._search.change(before, before.with_values(new))
        return RecordChange(before.ledger, before.id, {k: (before[k], v) for k, v in new.items()})

    def _log(self, operation: Operation, changes: Iterable[RecordChange]) -> list[Logged]:
        return self._history.add(operation, [change for change in changes if change.cells])

    def next_number(self, prefix: str, day: date) -> int:
        """Return the next running number of ids of a prefix and day on this PC, from 1."""
        return self._counters.next_number(prefix, day, self.get_meta("pc"))

    # --- taking in ----------------------------------------------------------------------------

    def take_in(
        self,
        ledger: str,
        rows: Sequence[TakenRow],
        now: datetime,
        why: str,
        restored_by: str | None = None,
        *,
        of_many: bool = False,
    ) -> None:
        """Set records to what was read and merged; what changed since goes into the history.

        Args:
            ledger: form key.
            rows: whole records.
            now: the desk's clock.
            why: distinguishes one reading from another (hash of the file).
            restored_by: who put a backup back, if that is what was read.
            of_many: these are a piece of more than is logged cell by cell.
        """
        workbook = self.forms[ledger].workbook
        operation = excel_operation(workbook, now, why, restored_by)
        is_first = self._files.get(workbook) is None
        with self.transaction():
            for start in range(0, len(rows), _AT_ONCE):
                some = rows[start : start + _AT_ONCE]
                self._take_in_some(ledger, some, operation, is_first=is_first, of_many=of_many)
            self._search.catch_up()
            if of_many:
                self._search.join_some()

    def _take_in_some(
        self,
        ledger: str,
        rows: Sequence[TakenRow],
        operation: Operation,
        *,
        is_first: bool,
        of_many: bool,
    ) -> None:
        before = {record.id: record for record in self.records(ledger, [row.id for row in rows])}
        known = [(before[row.id], row) for row in rows if row.id in before]
        # What a workbook holds when it is first seen has no history; a row typed later has.
        begun = [] if is_first else [row for row in rows if row.id not in before]
        changes = [difference(old, row.values) for old, row in known]
        if of_many or len(begun) > _MANY:
            changes += [RecordChange(ledger, row.id, {BEGUN: (None, row.id)}) for row in begun]
        else:
            changes += [difference(Record(ledger, row.id), row.values) for row in begun]
        self._log(operation, changes)
        self._tables.put(ledger, rows)
        changed = ((old, Record(ledger, row.id, row.values)) for old, row in known)
        self._search.change_all(ledger, changed)

    def move_rows(self, ledger: str, rows: Iterable[tuple[str, int]]) -> None:
        """Note that records stand in other rows now, unchanged."""
        self._tables.move(ledger, rows)

    def forget(
        self, ledger: str, record_id: str, now: datetime, why: str, restored_by: str | None = None
    ) -> None:
        """Take out a record whose row was deleted in Excel; its last values stay in the history."""
        operation = excel_operation(self.forms[ledger].workbook, now, why, restored_by)
        with self.transaction():
            self._take_out(ledger, record_id, operation, {GONE: (record_id, None)})

    def remove(self, ledger: str, record_id: str, operation: Operation) -> None:
        """Undo an entry: the record goes, its row is emptied at the next write, history stays."""
        with self.transaction():
            record = self._take_out(ledger, record_id, operation, {GONE: (record_id, None)})
            self._pending.drop(ledger, record_id)
            if record is not None and record.row is not None:
                self._removals.add(ledger, record_id, record.row)

    def _take_out(
        self, ledger: str, record_id: str, operation: Operation, also: Cells
    ) -> Record | None:
        record = self.get(ledger, record_id)
        if record is not None:
            gone = {key: (value, None) for key, value in record.values.items()}
            self._log(operation, [RecordChange(ledger, record_id, {**gone, **also})])
            self._end_conflicts(ledger, record_id, operation.at)
            self._search.drop(record)
            self._tables.delete(ledger, record_id)
        return record

    def empty_row(self, ledger: str, record_id: str, row: int) -> None:
        """Let a row be emptied again: an old copy brought back what was undone here."""
        self._removals.add(ledger, record_id, row)

    def note_removed(self, ledger: str, rows: Mapping[str, int]) -> None:
        """Note where rows that wait to be emptied stand now."""
        self._removals.found(ledger, rows)

    def rename_id(self, ledger: str, old: str, new: str, now: datetime, why: str) -> None:
        """Give a record the id found in the workbook; whatever refers to it follows.

        References that may stand as the old id in a workbook are written anew; where people typed a
        phone or a name, that stays.
        """
        operation = excel_operation(self.forms[ledger].workbook, now, why)
        with self.transaction():
            referring = self._tables.referring(ledger, old)
            before = self.get(ledger, old)
            if before is None:
                raise UnknownRecord(old)
            self._tables.rename(ledger, old, new)
            self._pending.rename(ledger, old, new)
            self._history.rename(ledger, old, new)
            self._conflicts.rename(ledger, old, new)
            self._search.change(before, replace(before, id=new))
            for record, key in referring:
                self._tables.refer(record, key, new)
            self._log(operation, [RecordChange(ledger, new, {"id": (old, new)})])
            changes = (
                RecordChange(record.ledger, record.id, {key: (old, new)})
                for record, key in referring
                if key not in record.raw
            )
            # The program's own doing, and nobody's in Excel: it waits to be written.
            self._pending.add(self._log(replace(operation, source=Source.RULE), changes))

    def note_alias(self, ledger: str, other: str, ours: str) -> None:
        """Note that a row which bears the other id is our record: two PCs gave it one each."""
        known = {**self.aliases(ledger), other: ours}
        known.pop(ours, None)
        newest = dict([*known.items()][-_ALIASES_KEPT:])
        self.set_meta(f"{ALIASES} {ledger}", json.dumps(newest))

    # --- pending ------------------------------------------------------------------------------

    def keep_pending(self, ledger: str, record_id: str, keys: frozenset[str]) -> None:
        """Let only these cells of a record go on waiting: the workbook has the rest."""
        self._pending.keep(ledger, record_id, keys)

    def write_again(self, ledger: str, record_id: str, now: datetime) -> None:
        """Queue a whole record, because its row is not in the workbook any more."""
        record = self.get(ledger, record_id)
        if record is None:
            return
        cells = {key: (None, value) for key, value in record.values.items()}
        whole = RecordChange(ledger, record_id, cells).packed()
        with self.transaction():
            self._tables.unplace(ledger, record_id)
            self._pending.drop(ledger, record_id)
            last, at = self._history.last(), now.isoformat(" ")
            self._pending.add([Logged(last, ledger, record_id, whole, at)])

    def write_cells(self, ledger: str, record_id: str, cells: Cells, now: datetime) -> None:
        """Let exactly these cells of a record wait: as its workbook has them, and as meant.

        An old copy was put over what had been written already.
        """
        with self.transaction():
            self._pending.write_anew(ledger, record_id, cells, self._history.last(), now)

    def settle(self, plan: WritePlan, outcome: WriteOutcome, now: datetime) -> None:
        """Note that a plan has been written."""
        with self.transaction():
            self._pending.settle(plan, outcome)
            self._removals.settle(outcome)
            self._files.note_written(plan, outcome, now)
            sha256 = outcome.fingerprint.sha256 if outcome.fingerprint else ""
            self._note_generation(plan.workbook, plan.stamp, sha256, plan.upto, now)
            left = self._pending.numbers(self.forms.of_workbook(plan.workbook), plan.upto)
            self._history.note_written(plan, left, now)
            self._search.catch_up()

    # --- files, problems, conflicts -----------------------------------------------------------

    def note_read(self, content: WorkbookContent, now: datetime, *, changed: bool) -> None:
        """Note that a workbook was taken in; a sheet that was not found is not written either."""
        workbook, sha256 = content.workbook, content.fingerprint.sha256
        if self._files.get(workbook) is None:
            self._generations.begin(content)
        self._files.note_read(content, now, changed=changed)
        for form in self.forms.of_workbook(workbook):
            if form.ledger not in content.sheets:
                self._files.forget_layout(form.ledger)
        if self._generations.bears(workbook, content.stamp):
            self._generations.seen(workbook, sha256)
        else:
            self._note_generation(workbook, content.stamp, sha256, self._history.last(), now)

    def contain(self, workbook: str, stamp: Stamp) -> None:
        """Note that all a copy holds is in the mirror: the next write stands on it."""
        self._generations.contain(workbook, stamp)

    def _note_generation(
        self, workbook: str, stamp: Stamp, sha256: str, upto: int, now: datetime
    ) -> None:
        unheld = self._pending.unheld(self.forms.of_workbook(workbook), upto)
        state = HeldState(stamp.generation, upto, None, unheld)
        self._generations.note(workbook, stamp, sha256, state, now)

    def touch_file(self, workbook: str, fingerprint: Fingerprint) -> None:
        """Note a new time stamp of unchanged content."""
        self._files.touch(workbook, fingerprint)

    def set_problems(self, workbook: str, problems: Iterable[Problem]) -> None:
        """Replace the list of a workbook's problems."""
        self._files.set_problems(workbook, problems)

    def add_problems(self, workbook: str, problems: Iterable[Problem]) -> None:
        """List more problems of a workbook."""
        self._files.add_problems(workbook, problems)

    def add_conflict(self, ledger: str, record_id: str, conflict: Conflict, now: datetime) -> None:
        """List a cell that both sides changed."""
        with self.transaction():
            self._end_conflicts(ledger, record_id, now, conflict.key)
            self._conflicts.add(ledger, record_id, conflict, now)
            self._history.note_clash(ledger, record_id, conflict, now)

    def _end_conflicts(self, ledger: str, record_id: str, now: datetime, key: str = "") -> None:
        """Take conflicts of a record off the list, because another thing happened to it."""
        for one in self._conflicts.of(ledger, record_id):
            if key in ("", one.key):
                self.settle_conflict(one.id, now, "")

    def settle_conflict(self, number: int, now: datetime, by: str) -> None:
        """Take a conflict off the list that somebody decided."""
        decided = self._conflicts.get(number)
        with self.transaction():
            self._conflicts.settle(number)
            if decided is not None:
                self._history.note_settled(decided, now, by)

    def note_lost(self) -> None:
        """Note that entries may be known to the history files alone (``unwritten``)."""
        self.set_meta(LOST, "/".join(self.forms.workbooks()))
