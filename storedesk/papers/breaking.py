"""Breaks a text into lines as Chinese readers expect: words and numbers stay whole.

reportlab's own ``wordWrap="CJK"`` cuts 「S8021」 and 「11-24」 anywhere. Lines broken here can
stand in a table cell as plain text, which is also set three times faster than a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_OPENING = "（(「『《〈【〔[“‘￥¥"
_CLOSING = "，。、；：？！）)」』》〉】〕]”’…—～,.;:?!%‰℃°"
_UNIT = re.compile(
    rf"[{re.escape(_OPENING)}]*"
    r"(?:[0-9A-Za-z][0-9A-Za-z.,:/_+*#@&'-]*|[^\s])"
    rf"[{re.escape(_CLOSING)}]*"
    r"|\s+"
)
"""What is never divided: a word or number, or one character, with the signs that belong to it."""


def broken(text: str, room: float, width: Callable[[str], float]) -> list[str]:
    """Return the lines of ``text``, each at most ``room`` wide.

    Args:
        text: may hold line ends, which stay.
        room: points; a single character wider than that still gets a line.
        width: measures a piece of text in points.
    """
    return [line for part in text.split("\n") for line in _lines(part, room, width)]


def _lines(text: str, room: float, width: Callable[[str], float]) -> Iterator[str]:
    if width(text) <= room:
        yield text
        return
    line, used = "", 0.0
    for piece in _pieces(text, room, width):
        needed = width(piece)
        if line and used + needed > room and not piece.isspace():
            yield line.rstrip()
            line, used = "", 0.0
        if line or not piece.isspace():
            line += piece
            used += needed
    yield line.rstrip()


def _pieces(text: str, room: float, width: Callable[[str], float]) -> Iterator[str]:
    """Yield units that fit on a line; a longer one character by character."""
    for unit in _UNIT.findall(text):
        if width(unit) <= room:
            yield unit
        else:
            yield from unit
