"""Cells: typed attributes of a view. The attribute's name is the key of the column it reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Generic, Protocol, Self, TypeVar, overload

from storedesk.domain.records import Record

T_co = TypeVar("T_co", covariant=True)


class _View(Protocol):
    @property
    def record(self) -> Record: ...


class Cell(Generic[T_co]):
    """Reads one column of a view's record, and notes in the view's ``NEEDS`` that it does."""

    def __init__(self, read: Callable[[Record, str], T_co]) -> None:
        self._read = read
        self.key = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name
        owner.NEEDS = (*getattr(owner, "NEEDS", ()), name)  # type: ignore[attr-defined]

    @overload
    def __get__(self, view: None, owner: type) -> Self: ...
    @overload
    def __get__(self, view: _View, owner: type) -> T_co: ...
    def __get__(self, view: _View | None, owner: type) -> Self | T_co:
        return self if view is None else self._read(view.record, self.key)


def text() -> Cell[str]:
    """Return a cell read as text, empty if it is; also names of staff and ids of records."""
    return Cell(Record.text)


def parts() -> Cell[tuple[str, ...]]:
    """Return a cell read as the several values it holds."""
    return Cell(Record.parts)


def day() -> Cell[date | None]:
    """Return a cell read as a day."""
    return Cell(Record.day)


def moment() -> Cell[datetime | None]:
    """Return a cell read as a moment."""
    return Cell(Record.moment)


def number() -> Cell[float | None]:
    """Return a cell read as a number, or as money in yuan."""
    return Cell(Record.number)


def count() -> Cell[int]:
    """Return a cell read as a whole number, 0 if it is empty."""
    return Cell(lambda record, key: int(record.number(key) or 0))


def yes() -> Cell[bool]:
    """Return a cell read as yes or no; empty is no."""
    return Cell(Record.yes)


def known_yes() -> Cell[bool | None]:
    """Return a cell read as yes or no; empty is not known."""
    return Cell(_known_yes)


def _known_yes(record: Record, key: str) -> bool | None:
    value = record[key]
    return value if isinstance(value, bool) else None
