"""Pinyin of Chinese names, for sorting and for finding 王建国 by ``wjg`` or ``wangjianguo``.

The table ``pinyin.txt`` is made with pypinyin by ``tests/helpers/make_pinyin.py``. A line is a
rank, a reading without tone (ü as v), and the characters read so. Rank 0: as a surname (单 shan),
1: as a rule (单 dan), 2: otherwise (单 chan). It is read when a Chinese name is first met.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import islice, product
from pathlib import Path

_TABLE = Path(__file__).with_name("pinyin.txt")
_SURNAME = 0
_MANY = 8
"""So many spellings of one name are told, the likeliest first."""

Readings = dict[str, tuple[str, ...]]


@cache
def readings() -> Readings:
    """Return the readings of every character, the usual one first."""
    return _table()[1]


@cache
def surname_readings() -> dict[str, str]:
    """Return the readings of characters that are read in another way as a surname."""
    return _table()[0]


@cache
def _table() -> tuple[dict[str, str], Readings]:
    surnames: dict[str, str] = {}
    found: Readings = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        rank, reading, characters = line.split(" ")
        if int(rank) == _SURNAME:
            surnames.update(dict.fromkeys(characters, reading))
            continue
        alone = (reading,)
        for character in characters:
            known = found.get(character)
            found[character] = (*known, reading) if known else alone
    return surnames, found


@lru_cache(maxsize=10_000)
def spellings(text: str) -> list[tuple[str, str]]:
    """Return the ways to spell a name as (full pinyin, initials), the likeliest first.

    Whatever is not Chinese stays as it is.
    """
    ways = list(islice(product(*map(_choices, text, range(len(text)))), _MANY))
    return [("".join(way), "".join(part[:1] for part in way)) for way in ways]


def _choices(character: str, place: int) -> tuple[str, ...]:
    usual = readings().get(character, (character,))
    surname = surname_readings().get(character) if place == 0 else None
    return tuple(dict.fromkeys((surname, *usual))) if surname else usual


def sort_key(text: str) -> str:
    """Return what a name is sorted by: its usual pinyin, then the name itself."""
    if text.isascii():
        return text.casefold()
    spelt = "".join(_choices(character, place)[0] for place, character in enumerate(text))
    return f"{spelt.casefold()} {text}"


def is_han(character: str) -> bool:
    """Whether pinyin of a character is known; all planes."""
    return character >= "\u2e80" and character in readings()
