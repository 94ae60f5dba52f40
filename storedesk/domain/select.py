"""Select: which records a rule or a page wants, as data (decision 19).

A closed vocabulary that the mirror turns into SQL and ``evaluate`` into plain Python, so that pure
rules can be tested over lists. Conditions are joined by *and*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storedesk.domain.records import Record
from storedesk.domain.values import Value


@dataclass(frozen=True, slots=True)
class Equal:
    """The column holds exactly this canonical value."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """The column holds one of these values."""

    key: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The column is filled and lies between two values, both included; None leaves an end open."""

    key: str
    low: Value = None
    high: Value = None


@dataclass(frozen=True, slots=True)
class Empty:
    """The column is empty (or, with ``empty=False``, filled)."""

    key: str
    empty: bool = True


Condition = Equal | OneOf | Between | Empty


@dataclass(frozen=True, slots=True)
class Select:
    """Records of one ledger.

    Attributes:
        ledger: form key.
        where: conditions, all of which hold.
        order: column keys, a leading ``-`` for descending; the id decides ties. Empty values last.
        limit: at most so many records; None = all.
    """

    ledger: str
    where: tuple[Condition, ...] = ()
    order: tuple[str, ...] = ()
    limit: int | None = None


def evaluate(select: Select, records: Iterable[Record]) -> list[Record]:
    """Return the records a Select means, out of a list (the reference the mirror is tested by)."""
    found = [
        record
        for record in records
        if record.ledger == select.ledger and all(holds(c, record) for c in select.where)
    ]
    found.sort(key=lambda record: record.id)
    for key in reversed(select.order):
        name = key.lstrip("-")
        filled = [record for record in found if record[name] is not None]
        filled.sort(key=lambda record: record[name], reverse=key.startswith("-"))  # type: ignore[arg-type,return-value]
        found = filled + [record for record in found if record[name] is None]
    return found if select.limit is None else found[: select.limit]


def holds(condition: Condition, record: Record) -> bool:
    """Whether one record meets one condition."""
    value = record[condition.key]
    match condition:
        case Equal(_, wanted):
            return value == wanted
        case OneOf(_, wanted_values):
            return value in wanted_values
        case Empty(_, empty):
            return (value is None) is empty
        case Between(_, low, high) if value is not None:
            return (low is None or value >= low) and (high is None or value <= high)  # type: ignore[operator]
    return False
