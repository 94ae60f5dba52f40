"""Shared strings: read by number, only those asked for."""

from __future__ import annotations

import re
from itertools import islice

from storedesk.workbooks.cells import joined_text, own_text, shared_index

_ITEM = re.compile(rb"<(?:[\w.\-]+:)?si(?=[\s/>])")


class SharedStrings:
    """The table of shared strings of a workbook; ``b""`` if it has none."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        self._starts: list[int] = []
        self._items = _ITEM.finditer(part)

    def __getitem__(self, number: int) -> str:
        """Return a string; empty if there is no such number."""
        self._look_up_to(number + 1)
        if number >= len(self._starts):
            return ""
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._part)
        return joined_text(self._part[self._starts[number] : end])

    @property
    def items(self) -> bytes:
        """The bytes of all strings, one after the other; new ones are added at the end."""
        first = _ITEM.search(self._part)
        return self._part[first.start() : self._part.rfind(b"</")] if first else b""

    def __contains__(self, plain: bytes) -> bool:
        """Whether these bytes occur anywhere in the table."""
        return plain in self._part

    def _look_up_to(self, number: int) -> None:
        """Note where the items begin, as far as asked for: headers stand near the top."""
        missing = number + 1 - len(self._starts)
        if missing > 0:
            self._starts += [found.start() for found in islice(self._items, missing)]


def cell_text(raw: bytes, strings: SharedStrings) -> str:
    """Return the text a cell's bytes mean, numbers as they stand."""
    number = shared_index(raw)
    return own_text(raw) if number is None else strings[number]
