"""Records: one row of a ledger, with canonical values by column key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from storedesk.domain.values import Value


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        ledger: key of its form.
        id: such as ``KH-20261114-A003``; provisional for a row typed in Excel until the next write.
        values: canonical values by column key, only those that are not empty; without ``id``.
        extras: values of people's own columns by their header, as shown; read-only.
        raw: by column key, the text of cells whose content means nothing in their column.
        row: row number in the sheet as last read; None while it waits to be written.
    """

    ledger: str
    id: str
    values: Mapping[str, Value] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    row: int | None = None

    def __getitem__(self, key: str) -> Value:
        return self.id if key == "id" else self.values.get(key)

    def text(self, key: str) -> str:
        """Return a text value, or an empty string."""
        value = self[key]
        return value if isinstance(value, str) else ""

    def day(self, key: str) -> date | None:
        """Return a date (of a date or moment column), or None."""
        value = self[key]
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else None

    def moment(self, key: str) -> datetime | None:
        """Return a moment, or None."""
        value = self[key]
        return value if isinstance(value, datetime) else None

    def number(self, key: str) -> float | None:
        """Return a number, or None."""
        value = self[key]
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def yes(self, key: str) -> bool:
        """Return whether a yes/no column says yes (empty is no)."""
        return self[key] is True

    def parts(self, key: str) -> tuple[str, ...]:
        """Return the parts of a ``choices`` or ``file`` column."""
        return tuple(part for part in self.text(key).split(";") if part)

    def with_values(self, changes: Mapping[str, Value]) -> Record:
        """Return a copy with some values changed; ``None`` empties a cell."""
        merged = {**self.values, **changes}
        kept = {key: value for key, value in merged.items() if value is not None and key != "id"}
        return Record(self.ledger, self.id, kept, self.extras, self.raw, self.row)
