"""Running numbers of ids, per prefix and day."""

from __future__ import annotations

from datetime import date

from storedesk.domain.forms import Forms
from storedesk.mirror.connection import Connection
from storedesk.mirror.stored import table


class Counters:
    """Gives each number once."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms

    def next_number(self, prefix: str, day: date, pc: str) -> int:
        """Return the next number of a prefix and day on a PC, from 1."""
        text = day.isoformat()
        sql = "SELECT last FROM counters WHERE prefix = ? AND day = ?"
        found = self.db.one(sql, (prefix, text))
        last = int(str(found[0])) if found else self._highest(prefix, day, pc)
        self.db.run("INSERT OR REPLACE INTO counters VALUES (?, ?, ?)", (prefix, text, last + 1))
        return last + 1

    def _highest(self, prefix: str, day: date, pc: str) -> int:
        """Return the highest number in use: the counters may have been lost with a mirror."""
        form = next((form for form in self.forms if form.prefix == prefix), None)
        if form is None:
            return 0
        begin = f"{prefix}-{day:%Y%m%d}-{pc}"
        sql = f'SELECT "id" FROM {table(form.ledger)} WHERE "id" GLOB ?'
        numbers = [str(row[0])[len(begin) :] for row in self.db.rows(sql, (begin + "[0-9]*",))]
        return max((int(number) for number in numbers if number.isdigit()), default=0)
