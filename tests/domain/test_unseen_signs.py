from __future__ import annotations

import pytest

from storedesk.domain.values import unseen_in


@pytest.mark.parametrize(
    ("text", "line", "lines"),
    [
        ("学府花园3幢501", "", ""),
        ("👨\u200d👩\u200d👧 3㎡", "", ""),
        ("一\n二", "换行", ""),
        ("一\r\n二", "换行", ""),
        ("一\t二", "制表符", ""),
        ("一\u2028二", "换行", "换行"),
        ("a\x07b", "看不见的控制字符 U+0007", "看不见的控制字符 U+0007"),
        ("a\x1b[31m", "看不见的控制字符 U+001B", "看不见的控制字符 U+001B"),
        ("a\udcff", "看不见的控制字符 U+DCFF", "看不见的控制字符 U+DCFF"),
        ("a\ufffe", "看不见的控制字符 U+FFFE", "看不见的控制字符 U+FFFE"),
    ],
)
def test_signs_that_no_cell_shows_are_named(text: str, line: str, lines: str) -> None:
    assert unseen_in(text) == line
    assert unseen_in(text, lines=True) == lines
