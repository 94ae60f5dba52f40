"""Shared strings: read by number, only those asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from storedesk.workbooks.cells import joined_text

_ITEM = re.compile(rb"<(?:[\w.\-]+:)?si(?=[\s/>])")


class SharedStrings:
    """The table of shared strings of a workbook; ``b""`` if it has none."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        self._starts: list[int] | None = None

    def __getitem__(self, number: int) -> str:
        """Return a string; empty if there is no such number."""
        starts = self._index()
        if number >= len(starts) - 1:
            return ""
        return joined_text(self._part[starts[number] : starts[number + 1]])

    def texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return several strings by number."""
        return {number: self[number] for number in set(numbers)}

    def _index(self) -> list[int]:
        if self._starts is None:
            self._starts = [found.start() for found in _ITEM.finditer(self._part)]
            self._starts.append(len(self._part))
        return self._starts
