"""Cell addresses and ranges: ``B7``, ``$A$1:$P$20``."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_RANGE = re.compile(rf"{_CELL.pattern}(?::{_CELL.pattern})?")


def column_number(letters: str) -> int:
    """Return the position of a column: A = 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column position: 1 = A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell(column: int, row: int) -> str:
    """Return the address of a cell, such as ``F12``."""
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both corners included, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of(cls, reference: str) -> Area | None:
        """Return the area of ``A1`` or ``A1:C9`` (``$`` allowed), or None if it is neither."""
        found = _RANGE.fullmatch(reference.strip())
        if not found:
            return None
        left, top = column_number(found[1]), int(found[2])
        right = column_number(found[3]) if found[3] else left
        bottom = int(found[4]) if found[4] else top
        return cls(min(left, right), min(top, bottom), max(left, right), max(top, bottom))

    def __contains__(self, place: tuple[int, int]) -> bool:
        """Whether the cell (row, column) lies in it."""
        row, column = place
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Area) -> bool:
        """Whether the two areas have a cell in common."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


class Areas:
    """Many areas, asked row by row; only those that reach a row are looked at."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = sorted(areas, key=lambda area: area.bottom)
        self._bottoms = [area.bottom for area in self._areas]
        self._row = 0
        self._at: tuple[Area, ...] = ()

    def at(self, row: int) -> tuple[Area, ...]:
        """Return the areas that reach a row."""
        if row != self._row:
            below = self._areas[bisect_left(self._bottoms, row) :]
            self._row, self._at = row, tuple(area for area in below if area.top <= row)
        return self._at


def with_last_row(reference: str, row: int) -> str:
    """Return ``A1:P20`` with another last row, ``$`` signs and letters kept as they stand."""
    head, colon, tail = reference.partition(":")
    last = tail if colon else head
    return f"{head}:{re.sub(r'[0-9]+$', str(row), last)}"
