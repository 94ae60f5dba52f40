"""Who changed what, when, from what to what: every cell of every record, Excel's edits included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from storedesk.domain.changes import Operation, Source
from storedesk.domain.forms import Forms
from storedesk.domain.merge import Conflict
from storedesk.domain.sheets import WritePlan
from storedesk.domain.values import Value
from storedesk.mirror.changes import Cells, RecordChange, cells_of
from storedesk.mirror.conflicts import OpenConflict
from storedesk.mirror.connection import Connection, Row

BEGUN = "_begun"
"""Key of the entry that says a row was typed in Excel, where so many were at once that what stood
in each is not logged: it is what stands now with later changes undone."""

GONE = "_gone"
"""Key of the entry that says a row was deleted in Excel."""

WRITTEN, LEFT = "_written", "_left"
"""Keys of the entry made of each write: up to which number the workbook has everything, and the
numbers of what could not be placed (its column is missing)."""
FLUSH = "flush-"
"""Operations of such entries: this and the generation written."""

CLASH, SETTLED = "_clash", "_settled"
"""Keys, with ledger and column behind them, of the entries that a conflict began or was decided."""

_START = "history_start"


class Logged(NamedTuple):
    """One row of the log, as it lies in SQLite."""

    seq: int
    ledger: str
    record: str
    cells: str
    at: str


@dataclass(frozen=True, slots=True)
class Event:
    """What an operation did to one record, as it is logged.

    Attributes:
        seq: running number on this PC, without a gap.
        by: who; empty for an edit made in Excel.
        source: desk, excel, import or rule.
    """

    seq: int
    at: datetime
    by: str
    source: str
    operation: str
    change: RecordChange


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One cell's change.

    Attributes:
        seq: number of the event; its cells share it.
        by: who; empty for an edit made in Excel.
        source: desk, excel, import or rule.
        key: column key, or ``_gone``.
        pc: letter of the PC that tells of it; empty for this one.
    """

    seq: int
    at: datetime
    by: str
    source: str
    ledger: str
    record: str
    key: str
    old: Value
    new: Value
    operation: str
    pc: str = ""


class History:
    """The log of changes."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms

    def has(self, operation: Operation) -> bool:
        """Whether an operation has been logged, with any of its edits."""
        sql = "SELECT 1 FROM history WHERE record = ? AND operation = ? LIMIT 1"
        return any(
            self.db.one(sql, (record, operation.id)) is not None
            for record in dict.fromkeys(edit.record for edit in operation.edits)
        )

    def add(self, operation: Operation, changes: Sequence[RecordChange]) -> list[Logged]:
        """Log what an operation does; return it as it lies in the log now."""
        moment, source = operation.at.isoformat(" "), operation.source.value
        logged = [
            Logged(seq, change.ledger, change.record, change.packed(), moment)
            for seq, change in enumerate(changes, self.last() + 1)
        ]
        self.db.run_many(
            "INSERT INTO history (seq, ledger, record, cells, at, operation, by, source) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(*one, operation.id, operation.by, source) for one in logged],
        )
        if operation.batch and logged:
            bounds = (operation.batch, logged[0].seq, logged[-1].seq)
            self.db.run("INSERT INTO batches (batch, first, last) VALUES (?, ?, ?)", bounds)
        return logged

    def note_written(self, plan: WritePlan, left: Sequence[int], now: datetime) -> None:
        """Log that a workbook has everything up to the plan's number, but for what was left."""
        cells: dict[str, tuple[Value, Value]] = {WRITTEN: (None, plan.upto)}
        if left:
            cells[LEFT] = (None, " ".join(map(str, left)))
        self._note(f"{FLUSH}{plan.stamp.generation}", plan.workbook, cells, now)

    def note_clash(self, ledger: str, record: str, conflict: Conflict, now: datetime) -> None:
        """Log that both sides changed a cell: the base, and ours, which waits for a person."""
        cells = {f"{CLASH} {ledger} {conflict.key}": (conflict.base, conflict.ours)}
        self._note(CLASH, record, cells, now)

    def note_settled(self, decided: OpenConflict, now: datetime, by: str) -> None:
        """Log that a conflict ended, and what ours was: who decided, or nobody if it fell away."""
        cells = {f"{SETTLED} {decided.ledger} {decided.key}": (decided.ours, None)}
        self._note(SETTLED, decided.record, cells, now, by)

    def _note(self, operation: str, about: str, cells: Cells, now: datetime, by: str = "") -> None:
        """Log what is no change of a record; it belongs to no ledger."""
        self.add(Operation(operation, now, by, (), Source.RULE), [RecordChange("", about, cells)])

    def last(self) -> int:
        """Return the number of the newest event, 0 if there is none."""
        found = self.db.one("SELECT max(seq) FROM history")
        logged = int(str(found[0])) if found and found[0] is not None else 0
        return max(logged, self._start())

    def gone_since(self, ledger: str, seq: int) -> list[str]:
        """Return the records of a ledger that were taken out after a number, each once."""
        sql = (
            "SELECT DISTINCT record FROM history "
            "WHERE seq > ? AND ledger = ? AND instr(cells, ?) ORDER BY seq"
        )
        return [str(row[0]) for row in self.db.rows(sql, (seq, ledger, f'"{GONE}"'))]

    def taken_after(self, seq: int, limit: int) -> list[tuple[int, str, str]]:
        """Return number, ledger and record of the first changes made in Excel after a number."""
        sql = (
            "SELECT seq, ledger, record FROM history WHERE seq > ? AND source = ? "
            "ORDER BY seq LIMIT ?"
        )
        rows = self.db.rows(sql, (seq, Source.EXCEL.value, limit))
        return [(int(str(number)), str(ledger), str(record)) for number, ledger, record in rows]

    def last_at(self, moment: datetime) -> int:
        """Return the number of the newest event up to a moment, 0 if there is none."""
        found = self.db.one("SELECT max(seq) FROM history WHERE at <= ?", (moment.isoformat(" "),))
        return int(str(found[0])) if found and found[0] is not None else 0

    def start_after(self, seq: int) -> None:
        """Go on counting after a number, in a new mirror."""
        self.db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_START, str(seq)))

    def _start(self) -> int:
        found = self.db.one("SELECT value FROM meta WHERE name = ?", (_START,))
        return int(str(found[0])) if found else 0

    def of(self, ledger: str, record_id: str) -> list[HistoryEntry]:
        """Return the changes of a record, newest first."""
        where = "WHERE record = ? AND ledger = ? ORDER BY seq DESC"
        return [
            entry for event in self._events(where, (record_id, ledger)) for entry in _cells(event)
        ]

    def since(self, seq: int, limit: int) -> list[Event]:
        """Return the first events after a number, oldest first."""
        return self._events("WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))

    def of_batch(self, batch: str) -> list[HistoryEntry]:
        """Return the changes of an import, oldest first."""
        sql = "SELECT first, last FROM batches WHERE batch = ? ORDER BY first"
        return [
            entry
            for first, last in self.db.rows(sql, (batch,))
            for event in self._events(
                "WHERE seq BETWEEN ? AND ? ORDER BY seq", (int(str(first)), int(str(last)))
            )
            for entry in _cells(event)
        ]

    def rename(self, ledger: str, old: str, new: str) -> None:
        """Follow a record that got another id."""
        sql = "UPDATE history SET record = ? WHERE ledger = ? AND record = ?"
        self.db.run(sql, (new, ledger, old))

    def _events(self, where: str, values: tuple[str | int, ...]) -> list[Event]:
        sql = f"SELECT seq, at, by, source, operation, ledger, record, cells FROM history {where}"
        return [self._event(row) for row in self.db.rows(sql, values)]

    def _event(self, row: Row) -> Event:
        seq, at, by, source, operation, ledger, record, cells = row
        form = self.forms.forms.get(str(ledger))
        change = RecordChange(str(ledger), str(record), cells_of(cells, form))
        moment = datetime.fromisoformat(str(at))
        return Event(int(str(seq)), moment, str(by), str(source), str(operation), change)


def _cells(event: Event) -> list[HistoryEntry]:
    return [
        HistoryEntry(
            event.seq,
            event.at,
            event.by,
            event.source,
            event.change.ledger,
            event.change.record,
            key,
            old,
            new,
            event.operation,
        )
        for key, (old, new) in event.change.cells.items()
    ]


def excel_operation(
    workbook: str, moment: datetime, mark: str, restored_by: str | None = None
) -> Operation:
    """Return the operation that stands for what people changed in a workbook.

    Or for what is undone because somebody put a backup of it back.
    """
    source = Source.EXCEL if restored_by is None else Source.RESTORE
    name = f"{source.value}-{moment:%Y%m%d%H%M%S}-{mark[:12]}"
    return Operation(name, moment, restored_by or "", (), source, workbook)
