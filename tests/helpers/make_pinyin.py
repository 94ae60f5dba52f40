"""Makes ``storedesk/mirror/pinyin.txt`` with pypinyin; run it again when pypinyin learns more::

python -m tests.helpers.make_pinyin
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict

TARGET = Path(__file__).parents[2] / "storedesk" / "mirror" / "pinyin.txt"
RANGES = ((0x3400, 0x9FFF), (0x20000, 0x323AF))
READINGS = 2
"""So many readings of a character are kept: pypinyin puts the usual ones first."""
RARE = 0.03
"""A reading that pypinyin's phrases use for less than this share of a character is left out."""

SURNAMES = {
    "万": "wan", "乐": "yue", "仇": "qiu", "仉": "zhang", "令": "ling", "任": "ren", "佴": "nai",
    "冼": "xian", "区": "ou", "华": "hua", "单": "shan", "召": "shao", "员": "yun", "哈": "ha",
    "宁": "ning", "宓": "mi", "尉": "wei", "折": "she", "曲": "qu", "曾": "zeng", "朴": "piao",
    "查": "zha", "柏": "bai", "洗": "xian", "牟": "mou", "盖": "ge", "祭": "zhai", "秘": "bi",
    "种": "chong", "繁": "po", "纪": "ji", "缪": "miao", "翟": "zhai", "葛": "ge", "覃": "qin",
    "解": "xie", "訾": "zi", "谌": "chen", "贾": "jia", "郗": "xi", "隗": "wei", "黑": "he",
}  # fmt: skip
"""Readings as a surname, where people would not say the usual one or could doubt."""

VARIANTS = {"𠮷": "ji"}
"""Characters of names that pypinyin does not know."""


def table() -> str:
    """Return the table's text: a line per rank and reading, with the characters read so."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for character, readings in sorted(plain_readings().items()):
        for rank, reading in enumerate(readings[:READINGS], 1):
            found[rank, reading].append(character)
    for character, reading in SURNAMES.items():
        found[0, reading].append(character)
    lines = [f"{rank} {reading} {''.join(found[rank, reading])}" for rank, reading in sorted(found)]
    return "\n".join(lines) + "\n"


def plain_readings() -> dict[str, list[str]]:
    """Return the readings pypinyin knows of each Chinese character, without tones, ü as v."""
    found = {character: [reading] for character, reading in VARIANTS.items()}
    heard = _heard()
    for code, told in PINYIN_DICT.items():
        if not any(low <= code <= high for low, high in RANGES):
            continue
        usual, *others = dict.fromkeys(_plain(reading) for reading in told.split(","))
        counts = heard.get(chr(code), Counter())
        least = RARE * counts.total()
        readings = [usual, *(one for one in others if counts[one] >= least)]
        if kept := [one for one in readings if one.isascii()]:
            found[chr(code)] = kept
    return found


def _heard() -> dict[str, Counter[str]]:
    """Return how often each reading of a character occurs in pypinyin's phrases."""
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, syllables in phrases_dict.items():
        if len(phrase) == len(syllables):
            for character, (reading, *_) in zip(phrase, syllables, strict=True):
                heard[character][_plain(reading)] += 1
    return heard


def _plain(reading: str) -> str:
    return to_normal(reading).replace("ü", "v")


if __name__ == "__main__":
    TARGET.write_text(table(), "utf-8")
