"""Running numbers of ids, per prefix and day."""

from __future__ import annotations

from datetime import date

from storedesk.domain.forms import Forms
from storedesk.domain.ids import MintedId
from storedesk.mirror.connection import Connection
from storedesk.mirror.stored import table


class Counters:
    """Gives each number once."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.ledgers = {form.prefix: form.ledger for form in forms}

    def next_number(self, prefix: str, day: date, pc: str) -> int:
        """Return the next number of a prefix and day on a PC, from 1, whose id nobody bears."""
        text = day.isoformat()
        sql = "SELECT last FROM counters WHERE prefix = ? AND day = ?"
        found = self.db.one(sql, (prefix, text))
        number = int(str(found[0])) + 1 if found else self._highest(prefix, day, pc) + 1
        # A workbook from elsewhere, or a person, may have brought ids we would mint next.
        while self._taken(MintedId(prefix, day, pc, number)):
            number += 1
        self.db.run("INSERT OR REPLACE INTO counters VALUES (?, ?, ?)", (prefix, text, number))
        return number

    def go_beyond(self, prefix: str, day: date, number: int) -> None:
        """Give only numbers above this one from now on."""
        self.db.run(
            "INSERT INTO counters VALUES (?, ?, ?) "
            "ON CONFLICT (prefix, day) DO UPDATE SET last = max(last, excluded.last)",
            (prefix, day.isoformat(), number),
        )

    def _taken(self, minted: MintedId) -> bool:
        ledger = self.ledgers.get(minted.prefix)
        if ledger is None:
            return False
        sql = f'SELECT 1 FROM {table(ledger)} WHERE "id" = ?'
        return self.db.one(sql, (str(minted),)) is not None

    def _highest(self, prefix: str, day: date, pc: str) -> int:
        """Return the highest number in use: the counters may have been lost with a mirror."""
        ledger = self.ledgers.get(prefix)
        if ledger is None:
            return 0
        begin = f"{prefix}-{day:%Y%m%d}-{pc}"
        sql = f'SELECT "id" FROM {table(ledger)} WHERE "id" GLOB ?'
        numbers = [str(row[0])[len(begin) :] for row in self.db.rows(sql, (begin + "[0-9]*",))]
        return max((int(number) for number in numbers if number.isdecimal()), default=0)
