"""Edits that are saved and not yet in their workbook: one row per cell, in order.

The base of a merge is the current value with these undone (decision 14): the oldest ``old`` of each
cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.forms import Form, Forms
from storedesk.domain.records import Record
from storedesk.domain.sheets import RowWrite, WriteOutcome, WritePlan
from storedesk.domain.values import Value
from storedesk.mirror import stored
from storedesk.mirror.connection import Connection
from storedesk.mirror.tables import Tables


@dataclass(frozen=True, slots=True)
class PendingCell:
    """One cell that waits."""

    ledger: str
    record: str
    key: str
    old: Value
    new: Value
    at: datetime


class Pending:
    """The queue of cells to write."""

    def __init__(self, db: Connection, forms: Forms, tables: Tables) -> None:
        self.db = db
        self.forms = forms
        self.tables = tables

    def add(self, cells: Iterable[PendingCell]) -> None:
        """Queue cells."""
        self.db.run_many(
            "INSERT INTO pending (ledger, record, key, old, new, at) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    cell.ledger,
                    cell.record,
                    cell.key,
                    stored.stored(cell.old),
                    stored.stored(cell.new),
                    cell.at.isoformat(" "),
                )
                for cell in cells
            ),
        )

    def base(self, record: Record) -> dict[str, Value]:
        """Return what record and workbook last agreed on."""
        form = self.forms[record.ledger]
        values = dict(record.values)
        sql = "SELECT key, old FROM pending WHERE ledger = ? AND record = ? ORDER BY seq DESC"
        for key, old in self.db.rows(sql, (record.ledger, record.id)):
            column = form.by_key.get(str(key))
            if column is None:
                continue
            value = stored.meant(old, column.type)
            if value is None:
                values.pop(column.key, None)
            else:
                values[column.key] = value
        return values

    def newest(self, form: Form, record_id: str) -> dict[str, Value]:
        """Return the newest value of every cell of a record that waits."""
        values: dict[str, Value] = {}
        sql = "SELECT key, new FROM pending WHERE ledger = ? AND record = ? ORDER BY seq"
        for key, new in self.db.rows(sql, (form.ledger, record_id)):
            column = form.by_key.get(str(key))
            if column is not None:
                values[column.key] = stored.meant(new, column.type)
        return values

    def has(self, ledger: str, record_id: str) -> bool:
        """Whether anything of a record waits."""
        sql = "SELECT 1 FROM pending WHERE ledger = ? AND record = ? LIMIT 1"
        return self.db.one(sql, (ledger, record_id)) is not None

    def keep(self, ledger: str, record_id: str, keys: frozenset[str]) -> None:
        """Drop what waits of a record, but for these cells: the workbook has the rest."""
        sql = "SELECT DISTINCT key FROM pending WHERE ledger = ? AND record = ?"
        for (key,) in self.db.rows(sql, (ledger, record_id)):
            if key not in keys:
                self.db.run(
                    "DELETE FROM pending WHERE ledger = ? AND record = ? AND key = ?",
                    (ledger, record_id, key),
                )

    def drop(self, ledger: str, record_id: str) -> None:
        """Drop all that waits of a record."""
        self.keep(ledger, record_id, frozenset())

    def rename(self, ledger: str, old: str, new: str) -> None:
        """Follow a record that got another id."""
        sql = "UPDATE pending SET record = ? WHERE ledger = ? AND record = ?"
        self.db.run(sql, (new, ledger, old))

    def last(self) -> int:
        """Return the number of the newest cell that waits, 0 if none does."""
        found = self.db.one("SELECT max(seq) FROM pending")
        return int(str(found[0])) if found and found[0] is not None else 0

    def waiting(self) -> dict[str, tuple[int, datetime | None]]:
        """Return how many records wait for each workbook, and since when."""
        counts: dict[str, tuple[int, datetime | None]] = {}
        sql = "SELECT ledger, count(DISTINCT record), min(at) FROM pending GROUP BY ledger"
        for ledger, count, since in self.db.rows(sql):
            form = self.forms.forms.get(str(ledger))
            if form is None:
                continue
            before, earliest = counts.get(form.workbook, (0, None))
            moment = datetime.fromisoformat(str(since))
            counts[form.workbook] = (
                before + int(str(count)),
                min(moment, earliest) if earliest else moment,
            )
        for form in self.forms:
            # A row typed in Excel waits for its id.
            sql = f"SELECT count(*) FROM {stored.table(form.ledger)} WHERE _own = 1 AND _row > 0"
            found = self.db.one(sql)
            if found and found[0]:
                before, earliest = counts.get(form.workbook, (0, None))
                counts[form.workbook] = (before + int(str(found[0])), earliest)
        return counts

    def rows_to_write(
        self, forms: Iterable[Form], columns: Mapping[str, frozenset[str]]
    ) -> list[RowWrite]:
        """Return the rows to write into one workbook.

        Args:
            forms: the forms of the workbook.
            columns: keys of the columns found in each ledger's sheet; a cell whose column a person
                removed stays queued.
        """
        rows: list[RowWrite] = []
        for form in forms:
            present = columns.get(form.ledger)
            if present is None:
                continue
            keys: dict[str, set[str]] = {}
            sql = "SELECT record, key FROM pending WHERE ledger = ? ORDER BY seq"
            for record, key in self.db.rows(sql, (form.ledger,)):
                keys.setdefault(str(record), set()).add(str(key))
            sql = f'SELECT "id" FROM {stored.table(form.ledger)} WHERE _own = 1 AND _row > 0'
            for (record,) in self.db.rows(sql):
                keys.setdefault(str(record), set()).add("id")
            records = self.tables.records(form.ledger, list(keys))
            rows += [
                row
                for record in records
                if (row := _row_write(record, keys[record.id], present)) is not None
            ]
        return rows

    def settle(self, plan: WritePlan, outcome: WriteOutcome) -> None:
        """Take written cells off the queue and note where their rows stand."""
        for row in plan.rows:
            self.db.run_many(
                "DELETE FROM pending WHERE ledger = ? AND record = ? AND key = ? AND seq <= ?",
                ((row.ledger, row.record, key, plan.upto) for key in row.cells),
            )
        placed: dict[str, list[tuple[str, int]]] = {}
        for (ledger, record), number in outcome.placed.items():
            placed.setdefault(ledger, []).append((record, number))
        for ledger, rows in placed.items():
            self.tables.place(ledger, rows)


def _row_write(record: Record, keys: set[str], present: frozenset[str]) -> RowWrite | None:
    if record.row is None:
        cells = {key: value for key, value in record.values.items() if key in present}
        # Cells emptied before the first write are taken off the queue with the rest.
        cells |= {key: None for key in keys & present if record[key] is None}
        cells["id"] = record.id
        return RowWrite(record.ledger, record.id, None, cells)
    written = {key: record[key] for key in keys if key in present or key == "id"}
    return RowWrite(record.ledger, record.id, record.row, written) if written else None
