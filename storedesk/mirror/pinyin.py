"""Pinyin of Chinese names, for sorting and for finding 王建国 by ``wjg``.

The table ``pinyin.txt`` is made with pypinyin by ``tests/helpers/make_pinyin.py``: one line per
reading, the characters that have it. A character may stand in several lines (单: dan, shan); its
first line in file order is its usual reading as a surname where that differs.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("pinyin.txt")


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Return the readings of every character, without tones, the usual one first."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        rank, _, rest = line.partition(" ")
        reading, _, characters = rest.partition(" ")
        for character in characters:
            known = found.get(character, ())
            found[character] = (reading, *known) if rank == "1" else (*known, reading)
    return found


def spellings(text: str) -> list[tuple[str, str]]:
    """Return (full pinyin, initials) of a text; two pairs where a character is read in two ways.

    Only the first ambiguous character is varied: surnames stand first.
    """
    table = readings()
    choices = [table.get(character, (character,)) for character in text]
    usual = [options[0] for options in choices]
    found = [usual]
    first = next((n for n, options in enumerate(choices) if len(options) > 1), None)
    if first is not None:
        found += [[*usual[:first], other, *usual[first + 1 :]] for other in choices[first][1:3]]
    return [("".join(way), "".join(part[:1] for part in way)) for way in found]


def sort_key(text: str) -> str:
    """Return what a name is sorted by: its usual pinyin, then the name itself."""
    if text.isascii():
        return text.casefold()
    return f"{spellings(text)[0][0]} {text}"


def is_han(character: str) -> bool:
    """Whether a character is written in the Han script (any plane)."""
    return character >= "\u2e80" and character in readings()
