"""Foreign tables as they were read: rows of raw values, with sheet positions counted from 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storedesk.domain.values import Raw

Row = Sequence[Raw]

_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells, first and last row and column included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a foreign workbook, or a csv file.

    Attributes:
        name: sheet name; empty for csv.
        rows: ``rows[0]`` is row 1 and its first value stands in column A. Empty cells are None or
            an empty text; rows may differ in length.
        merged: merged cells, whose value stands in their first cell.
    """

    name: str
    rows: Sequence[Row]
    merged: tuple[Area, ...] = ()


def address(row: int, column: int) -> str:
    """Return the address of a cell, such as ``F12``."""
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """Return the letters of a column, 1 = ``A``."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, _LETTERS)
        text = chr(ord("A") + rest) + text
    return text


def is_blank(raw: Raw) -> bool:
    """Whether a cell holds nothing a person can see."""
    return raw is None or (isinstance(raw, str) and not raw.strip())
