"""Rows to be emptied in their workbook, because the entry that made them was undone.

The row itself stays where it is: deleting it would move what people made below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storedesk.domain.forms import Form, Forms
from storedesk.domain.sheets import RowWrite, WriteOutcome
from storedesk.mirror.connection import Connection


class Removals:
    """The rows that wait to be emptied."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms

    def add(self, ledger: str, record_id: str, row: int) -> None:
        """Let a row be emptied at the next write."""
        self.db.run("INSERT OR REPLACE INTO removals VALUES (?, ?, ?)", (ledger, record_id, row))

    def of(self, ledger: str) -> dict[str, int]:
        """Return the rows of a ledger that wait, by record."""
        sql = "SELECT record, row FROM removals WHERE ledger = ?"
        return {str(record): int(str(row)) for record, row in self.db.rows(sql, (ledger,))}

    def found(self, ledger: str, rows: Mapping[str, int]) -> None:
        """Note where the rows stand now; those a person removed meanwhile need nothing more."""
        for record in self.of(ledger):
            if record in rows:
                self.add(ledger, record, rows[record])
            else:
                self._drop(ledger, record)

    def rows_to_write(
        self, forms: Iterable[Form], columns: Mapping[str, frozenset[str]]
    ) -> list[RowWrite]:
        """Return the rows to empty: every column of ours, people's own columns stay."""
        return [
            RowWrite(form.ledger, record, row, dict.fromkeys((*sorted(present), "id")))
            for form in forms
            if (present := columns.get(form.ledger)) is not None
            for record, row in self.of(form.ledger).items()
        ]

    def settle(self, outcome: WriteOutcome) -> None:
        """Forget rows that have been emptied."""
        for ledger, record in outcome.placed:
            self._drop(ledger, record)

    def waiting(self) -> dict[str, int]:
        """Return how many rows wait, by workbook."""
        counts: dict[str, int] = {}
        for ledger, count in self.db.rows("SELECT ledger, count(*) FROM removals GROUP BY ledger"):
            workbook = self.forms[str(ledger)].workbook
            counts[workbook] = counts.get(workbook, 0) + int(str(count))
        return counts

    def _drop(self, ledger: str, record_id: str) -> None:
        self.db.run("DELETE FROM removals WHERE ledger = ? AND record = ?", (ledger, record_id))
