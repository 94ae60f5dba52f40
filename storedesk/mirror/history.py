"""Who changed what, when, from what to what: every cell of every record, Excel's edits included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.changes import Operation, Source
from storedesk.domain.forms import Forms
from storedesk.domain.values import Value
from storedesk.mirror import stored
from storedesk.mirror.connection import Connection

GONE = "_gone"
"""Key of the entry that says a row was deleted in Excel."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One cell's change.

    Attributes:
        by: who; empty for an edit made in Excel.
        source: desk, excel, import or rule.
        key: column key, or ``_gone``.
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


class History:
    """The log of changes."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms

    def begin(self, operation: Operation) -> bool:
        """Note an operation; False if it was noted before."""
        added = self.db.run(
            "INSERT OR IGNORE INTO operations (id, at, by, source, note) VALUES (?, ?, ?, ?, ?)",
            (
                operation.id,
                operation.at.isoformat(" "),
                operation.by,
                operation.source.value,
                operation.note,
            ),
        )
        return added == 1

    def add(
        self,
        operation: Operation,
        cells: Iterable[tuple[str, str, str, Value, Value]],
    ) -> None:
        """Log cells as (ledger, record, key, old, new)."""
        moment = operation.at.isoformat(" ")
        self.db.run_many(
            "INSERT INTO history (operation, ledger, record, key, old, new, at, by, source) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    operation.id,
                    ledger,
                    record,
                    key,
                    stored.stored(old),
                    stored.stored(new),
                    moment,
                    operation.by,
                    operation.source.value,
                )
                for ledger, record, key, old, new in cells
            ),
        )

    def of(self, ledger: str, record_id: str) -> list[HistoryEntry]:
        """Return the changes of a record, newest first."""
        where = "WHERE record = ? AND ledger = ? ORDER BY seq DESC"
        return self._entries(where, (record_id, ledger))

    def since(self, seq: int) -> list[HistoryEntry]:
        """Return the changes after a number, oldest first."""
        return self._entries("WHERE seq > ? ORDER BY seq", (seq,))

    def of_operations(self, batch: str) -> list[HistoryEntry]:
        """Return the changes of an import batch, oldest first."""
        where = "WHERE operation IN (SELECT operation FROM batches WHERE batch = ?) ORDER BY seq"
        return self._entries(where, (batch,))

    def rename(self, ledger: str, old: str, new: str) -> None:
        """Follow a record that got another id."""
        sql = "UPDATE history SET record = ? WHERE ledger = ? AND record = ?"
        self.db.run(sql, (new, ledger, old))

    def _entries(self, where: str, values: tuple[str | int, ...]) -> list[HistoryEntry]:
        sql = (
            "SELECT seq, at, by, source, ledger, record, key, old, new, operation "
            f"FROM history {where}"
        )
        return [
            HistoryEntry(
                int(str(seq)),
                datetime.fromisoformat(str(at)),
                str(by),
                str(source),
                str(ledger),
                str(record),
                str(key),
                self._value(str(ledger), str(key), old),
                self._value(str(ledger), str(key), new),
                str(operation),
            )
            for seq, at, by, source, ledger, record, key, old, new, operation in self.db.rows(
                sql, values
            )
        ]

    def _value(self, ledger: str, key: str, cell: str | float | bytes | None) -> Value:
        form = self.forms.forms.get(ledger)
        column = form.by_key.get(key) if form else None
        if column is None:
            return None if isinstance(cell, bytes) else cell
        return stored.meant(cell, column.type)


def excel_operation(workbook: str, moment: datetime, mark: str) -> Operation:
    """Return the operation that stands for what people changed in a workbook."""
    return Operation(
        f"excel-{moment:%Y%m%d%H%M%S}-{mark[:12]}", moment, "", (), Source.EXCEL, workbook
    )
