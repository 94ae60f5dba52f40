"""Makes ``storedesk/mirror/pinyin.txt`` with pypinyin; run it again when pypinyin learns more."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

TARGET = Path(__file__).parents[2] / "storedesk" / "mirror" / "pinyin.txt"
RANGES = ((0x3400, 0x9FFF), (0x20000, 0x323AF))

SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "盖": "ge", "查": "zha", "区": "ou",
    "朴": "piao", "尉": "yu", "员": "yun", "乐": "yue", "覃": "qin", "翟": "zhai", "冼": "xian",
    "缪": "miao", "万": "wan", "华": "hua", "召": "shao", "纪": "ji", "种": "chong", "秘": "bi",
    "黑": "he", "折": "she", "繁": "po", "柏": "bai", "任": "ren", "宁": "ning", "令": "ling",
}  # fmt: skip
"""Readings as a surname, the first to try."""


def table() -> str:
    """Return the table's text."""
    first: dict[str, list[str]] = defaultdict(list)
    other: dict[str, list[str]] = defaultdict(list)
    for code in sorted(PINYIN_DICT):
        if not any(low <= code <= high for low, high in RANGES):
            continue
        character = chr(code)
        plain = [to_normal(r).replace("ü", "v") for r in PINYIN_DICT[code].split(",")]
        plain = [reading for reading in dict.fromkeys(plain) if reading.isascii() and reading]
        if character in SURNAMES:
            plain = list(dict.fromkeys([SURNAMES[character], *plain]))
        if not plain:
            continue
        first[plain[0]].append(character)
        for reading in plain[1:3]:
            other[reading].append(character)
    lines = [f"1 {reading} {''.join(first[reading])}" for reading in sorted(first)]
    lines += [f"2 {reading} {''.join(other[reading])}" for reading in sorted(other)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(table(), "utf-8")
