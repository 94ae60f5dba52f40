"""The mirror: one SQLite file per PC and desk. The door to everything it keeps.

It holds what the workbooks hold, the edits not yet written, history, conflicts and the search
index (design.md §5). Everything the faces show comes from here.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from storedesk.domain.changes import Edit, Operation
from storedesk.domain.errors import DiskFull, NotWritable, UnknownRecord
from storedesk.domain.forms import Forms
from storedesk.domain.merge import Conflict
from storedesk.domain.problems import Problem
from storedesk.domain.records import Record
from storedesk.domain.sheets import (
    Fingerprint,
    RowWrite,
    WorkbookContent,
    WriteOutcome,
    WritePlan,
)
from storedesk.domain.values import Value
from storedesk.mirror import chain
from storedesk.mirror.conflicts import OpenConflict
from storedesk.mirror.connection import Connection
from storedesk.mirror.files import FileState
from storedesk.mirror.history import GONE, HistoryEntry, excel_operation
from storedesk.mirror.pending import PendingCell
from storedesk.mirror.reading import Reading
from storedesk.mirror.stored import table
from storedesk.mirror.tables import TakenRow

_BULK = 200
"""From so many new records on, indexes are filled in one go."""


class Mirror(Reading):
    """An opened mirror; one thread owns it."""

    @classmethod
    def open(cls, path: Path, forms: Forms, forms_hash: str) -> Self:
        """Open the mirror, making it anew if it is missing, damaged or of other forms.

        Raises:
            NotWritable, DiskFull: the folder cannot be used.
        """
        mirror = cls(Connection(path), forms)
        if mirror.get_meta("forms") != forms_hash:
            mirror.empty()
            mirror.set_meta("forms", forms_hash)
        return mirror

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

    def transaction(self) -> AbstractContextManager[None]:
        """Return a block that is saved whole or not at all; nested blocks join."""
        return self.db.transaction()

    def empty(self) -> None:
        """Drop the cache, so that every workbook is read anew; what waits and history stay."""
        with self.transaction():
            waiting = self._unwritten()
            self._tables.create()
            self._search.create()
            self._files.forget()
            for ledger, record_id, values in waiting:
                self._tables.insert(ledger, record_id, values)
                self._keep_found(ledger, [record_id])

    @property
    def data_version(self) -> int:
        """A number that moves when another process commits."""
        return self.db.data_version

    # --- entries ------------------------------------------------------------------------------

    def apply(self, operation: Operation) -> bool:
        """Save an operation: records, pending cells, history, search. False if it was saved before.

        Raises:
            UnknownRecord: an edit that is not new names a record that does not exist.
            DiskFull, NotWritable: nothing is saved.
        """
        with self.transaction():
            if not self._history.begin(operation):
                return False
            cells: list[PendingCell] = []
            touched: dict[str, dict[str, None]] = {}
            for edit in operation.edits:
                cells += self._apply_edit(edit, operation.at)
                touched.setdefault(edit.ledger, {})[edit.record] = None
            self._pending.add(cells)
            self._history.add(operation, ((c.ledger, c.record, c.key, c.old, c.new) for c in cells))
            for ledger, ids in touched.items():
                self._keep_found(ledger, list(ids))
        return True

    def _apply_edit(self, edit: Edit, at: datetime) -> list[PendingCell]:
        before = self._tables.get(edit.ledger, edit.record)
        if before is None and not edit.new:
            raise UnknownRecord(edit.record)
        if before is None:
            self._tables.insert(edit.ledger, edit.record, edit.values)
            before = Record(edit.ledger, edit.record)
        else:
            self._tables.update(before, edit.values)
        return [
            PendingCell(edit.ledger, edit.record, key, before[key], value, at)
            for key, value in edit.values.items()
            if key != "id" and (value != before[key] or key in before.raw)
        ]

    def next_number(self, prefix: str, day: date) -> int:
        """Return the next running number of ids of a prefix and day on this PC, from 1."""
        return self._counters.next_number(prefix, day, self.get_meta("pc"))

    def _keep_found(self, ledger: str, ids: Sequence[str]) -> None:
        self._search.keep(self._tables.records(ledger, ids))

    # --- taking in ----------------------------------------------------------------------------

    def take_in(self, ledger: str, rows: Sequence[TakenRow], now: datetime, why: str) -> None:
        """Set records to what was read and merged; changes of known records go into the history.

        Args:
            ledger: form key.
            rows: whole records.
            now: the desk's clock.
            why: distinguishes one reading from another (hash of the file).
        """
        before = {record.id: record for record in self.records(ledger, [row.id for row in rows])}
        operation = excel_operation(self.forms[ledger].workbook, now, why)
        self._history.begin(operation)
        self._history.add(
            operation,
            (
                (ledger, row.id, key, old.values.get(key), row.values.get(key))
                for row in rows
                if (old := before.get(row.id)) is not None
                for key in {**old.values, **row.values}
                if old.values.get(key) != row.values.get(key)
            ),
        )
        self._tables.put(ledger, rows)
        fresh = [row.id for row in rows if row.id not in before]
        if len(fresh) >= _BULK:
            self._search.fill(ledger, self.records(ledger, fresh))
            fresh = []
        changed = [row.id for row in rows if row.id in before]
        self._keep_found(ledger, [*fresh, *changed])

    def move_rows(self, ledger: str, rows: Iterable[tuple[str, int]]) -> None:
        """Note that records stand in other rows now, unchanged."""
        self._tables.move(ledger, rows)

    def forget(self, ledger: str, record_id: str, now: datetime, why: str) -> None:
        """Take out a record whose row was deleted in Excel; its last values stay in the history."""
        record = self.get(ledger, record_id)
        if record is None:
            return
        operation = excel_operation(self.forms[ledger].workbook, now, why)
        self._history.begin(operation)
        gone: list[tuple[str, str, str, Value, Value]] = [
            (ledger, record_id, key, value, None) for key, value in record.values.items()
        ]
        self._history.add(operation, [*gone, (ledger, record_id, GONE, record_id, None)])
        self._tables.delete(ledger, record_id)
        self._search.drop(ledger, record_id)

    def remove(self, ledger: str, record_id: str, operation: Operation) -> None:
        """Undo an entry: the record goes, its row is emptied at the next write, history stays."""
        record = self.get(ledger, record_id)
        if record is None:
            return
        self._history.begin(operation)
        gone = ((ledger, record_id, key, value, None) for key, value in record.values.items())
        self._history.add(operation, gone)
        self._pending.drop(ledger, record_id)
        if record.row is not None:
            self._removals.add(ledger, record_id, record.row)
        self._tables.delete(ledger, record_id)
        self._search.drop(ledger, record_id)

    def removed(self, ledger: str) -> dict[str, int]:
        """Return the rows of a ledger that wait to be emptied, by record."""
        return self._removals.of(ledger)

    def note_removed(self, ledger: str, rows: Mapping[str, int]) -> None:
        """Note where rows that wait to be emptied stand now."""
        self._removals.found(ledger, rows)

    def rename_id(self, ledger: str, old: str, new: str) -> None:
        """Give a record the id found in the workbook; whatever refers to it follows."""
        self._search.drop(ledger, old)
        self._tables.rename(ledger, old, new)
        self._pending.rename(ledger, old, new)
        self._history.rename(ledger, old, new)
        self._keep_found(ledger, [new])

    # --- pending ------------------------------------------------------------------------------

    def base(self, ledger: str, record_id: str) -> dict[str, Value]:
        """Return what record and workbook last agreed on (decision 14)."""
        record = self.get(ledger, record_id)
        return {} if record is None else self._pending.base(record)

    def has_pending(self, ledger: str, record_id: str) -> bool:
        """Whether anything of a record waits to be written."""
        return self._pending.has(ledger, record_id)

    def keep_pending(self, ledger: str, record_id: str, keys: frozenset[str]) -> None:
        """Let only these cells of a record go on waiting: the workbook has the rest."""
        self._pending.keep(ledger, record_id, keys)

    def write_again(self, ledger: str, record_id: str, now: datetime) -> None:
        """Queue a whole record, because its row is not in the workbook any more."""
        record = self.get(ledger, record_id)
        if record is None:
            return
        self._tables.unplace(ledger, record_id)
        self._pending.drop(ledger, record_id)
        self._pending.add(
            PendingCell(ledger, record_id, key, None, value, now)
            for key, value in record.values.items()
        )

    def waiting(self) -> dict[str, tuple[int, datetime | None]]:
        """Return by workbook how many records wait, and since when."""
        counts = self._pending.waiting()
        for workbook, count in self._removals.waiting().items():
            before, since = counts.get(workbook, (0, None))
            counts[workbook] = (before + count, since)
        return counts

    def rows_to_write(self, workbook: str) -> tuple[tuple[RowWrite, ...], int]:
        """Return the rows to write into a workbook, and the last pending edit they include."""
        forms = self.forms.of_workbook(workbook)
        layouts = {form.ledger: self._files.layout(form.ledger) for form in forms}
        columns = {
            ledger: frozenset(layout) - {"row"}
            for ledger, layout in layouts.items()
            if layout is not None
        }
        rows = self._pending.rows_to_write(forms, columns)
        rows += self._removals.rows_to_write(forms, columns)
        return tuple(rows), self._pending.last()

    def settle(self, plan: WritePlan, outcome: WriteOutcome, now: datetime) -> None:
        """Note that a plan has been written."""
        with self.transaction():
            self._pending.settle(plan, outcome)
            self._removals.settle(outcome)
            self._files.note_written(plan, outcome, now)

    def _unwritten(self) -> list[tuple[str, str, dict[str, Value]]]:
        """Return the records that exist nowhere but here, before the cache is dropped."""
        found = []
        present = {
            str(row[0])
            for row in self.db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        for form in self.forms:
            if table(form.ledger) not in present:
                continue
            sql = f'SELECT "id" FROM {table(form.ledger)} WHERE _own = 1 AND _row IS NULL'
            for (record,) in self.db.rows(sql):
                values = self._pending.newest(form, str(record))
                found.append((form.ledger, str(record), values))
        return found

    # --- files, problems, conflicts -----------------------------------------------------------

    def file_state(self, workbook: str) -> FileState | None:
        """Return what is known of a workbook file, or None if it was never read."""
        return self._files.get(workbook)

    def note_read(self, content: WorkbookContent, now: datetime, *, changed: bool) -> None:
        """Note that a workbook was taken in; a sheet that was not found is not written either."""
        self._files.note_read(content, now, changed=changed)
        for form in self.forms.of_workbook(content.workbook):
            if form.ledger not in content.sheets:
                self._files.forget_layout(form.ledger)

    def touch_file(self, workbook: str, fingerprint: Fingerprint) -> None:
        """Note a new time stamp of unchanged content."""
        self._files.touch(workbook, fingerprint)

    def set_problems(self, workbook: str, problems: Iterable[Problem]) -> None:
        """Replace the list of a workbook's problems."""
        self._files.set_problems(workbook, problems)

    def problems(self, workbook: str) -> list[Problem]:
        """Return a workbook's problems as last read."""
        return self._files.problems(workbook)

    def add_conflict(self, ledger: str, record_id: str, conflict: Conflict, now: datetime) -> None:
        """List a cell that both sides changed."""
        self._conflicts.add(ledger, record_id, conflict, now)

    def conflicts(self) -> list[OpenConflict]:
        """Return the open conflicts, oldest first."""
        return self._conflicts.all()

    def settle_conflict(self, number: int) -> None:
        """Take a decided conflict off the list."""
        self._conflicts.settle(number)

    # --- meta, batches, history files -----------------------------------------------------------

    def get_meta(self, name: str) -> str:
        """Return a noted text, or an empty one."""
        found = self.db.one("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0]) if found else ""

    def set_meta(self, name: str, value: str) -> None:
        """Note a text."""
        self.db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def note_batch(self, batch: str, operation: str) -> None:
        """Note that an operation belongs to an import."""
        self.db.run("INSERT OR IGNORE INTO batches VALUES (?, ?)", (batch, operation))

    def batch_history(self, batch: str) -> list[HistoryEntry]:
        """Return what an import changed, oldest first."""
        return self._history.of_operations(batch)

    def continue_history(self, folder: Path, pc: str) -> None:
        """Go on counting after what this PC's history files already hold (a new mirror)."""
        last = chain.last_number(folder, pc)
        self.db.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('history', ?)", (last,))
        self.set_meta("exported", str(last))

    def export_history(self, folder: Path, pc: str) -> None:
        """Append what the history files do not have yet, and fsync (decision 21).

        Raises:
            DiskFull, NotWritable: the folder is full or out of reach; it is tried again next time.
        """
        done = int(self.get_meta("exported") or 0)
        entries = self._history.since(done)
        if not entries:
            return
        try:
            last = chain.append(folder, pc, entries)
        except OSError as error:
            full = error.errno == errno.ENOSPC
            raise (DiskFull if full else NotWritable)(str(folder)) from error
        self.set_meta("exported", str(last))

    def verify_history(self, folder: Path) -> list[Problem]:
        """Return a problem for every history file whose chain does not hold."""
        return chain.verify(folder)
