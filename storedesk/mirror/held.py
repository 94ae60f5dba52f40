"""Records whose row was deleted in Excel while edits of ours waited for it: kept until decided.

Nothing of them is written and nothing is dropped. A record is held as long as it stands in no row;
if an undo in Excel brings the row back, it is an ordinary record again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.forms import Forms
from storedesk.mirror import stored
from storedesk.mirror.connection import Connection

_IN_NO_ROW = 'EXISTS (SELECT 1 FROM {table} AS r WHERE r."id" = held.record AND r._row IS NULL)'


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record that waits for a person: is it to be written again, or to go?"""

    ledger: str
    record: str
    at: datetime


class Held:
    """The records that are held."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms

    def add(self, ledger: str, record_id: str, now: datetime) -> None:
        """Hold a record: it stands in no row any more, and what waits of it goes on waiting."""
        name = stored.table(ledger)
        self.db.run(
            f"DELETE FROM held WHERE ledger = ? AND NOT {_IN_NO_ROW.format(table=name)}", (ledger,)
        )
        self.db.run(f'UPDATE {name} SET _row = NULL WHERE "id" = ?', (record_id,))
        values = (ledger, record_id, now.isoformat(" "))
        self.db.run("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", values)

    def of(self, ledger: str) -> frozenset[str]:
        """Return the ids of a ledger's records that are held."""
        return frozenset(one.record for one in self._of(ledger))

    def all(self) -> list[HeldRecord]:
        """Return the records that are held, oldest first."""
        found = [one for form in self.forms for one in self._of(form.ledger)]
        return sorted(found, key=lambda one: one.at)

    def _of(self, ledger: str) -> list[HeldRecord]:
        in_no_row = _IN_NO_ROW.format(table=stored.table(ledger))
        sql = f"SELECT record, at FROM held WHERE ledger = ? AND {in_no_row}"
        return [
            HeldRecord(ledger, str(record), datetime.fromisoformat(str(at)))
            for record, at in self.db.rows(sql, (ledger,))
        ]
