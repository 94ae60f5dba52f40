"""Cells that both sides changed: the workbook's value stands, ours waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.forms import Forms
from storedesk.domain.merge import Conflict
from storedesk.domain.values import Value
from storedesk.mirror import stored
from storedesk.mirror.connection import Cell, Connection


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A conflict nobody has decided yet."""

    id: int
    ledger: str
    record: str
    key: str
    base: Value
    ours: Value
    theirs: Value
    at: datetime


class Conflicts:
    """The list of open conflicts."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms

    def add(self, ledger: str, record_id: str, conflict: Conflict, now: datetime) -> None:
        """List a conflict."""
        self.db.run(
            "INSERT INTO conflicts (ledger, record, key, base, ours, theirs, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                ledger,
                record_id,
                conflict.key,
                stored.stored(conflict.base),
                stored.stored(conflict.ours),
                stored.stored(conflict.theirs),
                now.isoformat(" "),
            ),
        )

    def all(self) -> list[OpenConflict]:
        """Return the open conflicts, oldest first."""
        return self._found("")

    def of(self, ledger: str, record_id: str) -> list[OpenConflict]:
        """Return the open conflicts of a record, oldest first."""
        return self._found("WHERE record = ? AND ledger = ?", record_id, ledger)

    def get(self, number: int) -> OpenConflict | None:
        """Return an open conflict, or None."""
        return next(iter(self._found("WHERE id = ?", number)), None)

    def _found(self, where: str, *values: Cell) -> list[OpenConflict]:
        found = []
        sql = (
            "SELECT id, ledger, record, key, base, ours, theirs, at "
            f"FROM conflicts {where} ORDER BY id"
        )
        for number, ledger, record, key, base, ours, theirs, at in self.db.rows(sql, values):
            form = self.forms.forms.get(str(ledger))
            column = form.by_key.get(str(key)) if form else None
            if column is None:
                continue
            found.append(
                OpenConflict(
                    int(str(number)),
                    str(ledger),
                    str(record),
                    column.key,
                    stored.meant(base, column.type),
                    stored.meant(ours, column.type),
                    stored.meant(theirs, column.type),
                    datetime.fromisoformat(str(at)),
                )
            )
        return found

    def rename(self, ledger: str, old: str, new: str) -> None:
        """Follow a record that got another id."""
        sql = "UPDATE conflicts SET record = ? WHERE ledger = ? AND record = ?"
        self.db.run(sql, (new, ledger, old))

    def settle(self, number: int) -> None:
        """Take a decided conflict off the list."""
        self.db.run("DELETE FROM conflicts WHERE id = ?", (number,))
