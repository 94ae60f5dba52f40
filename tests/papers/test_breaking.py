from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.papers.breaking import broken

TEXT = st.text(st.sampled_from("抽屉推不到底，。（）「」：S80 21-/％\n"), max_size=60)


def squares(text: str) -> float:
    """Measure as a font of squares would: Han characters 2, others 1."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("沙发", ["沙发"]),
        ("三人位皮沙发 S8021", ["三人位皮沙", "发 S8021"]),
        ("考核 11-24 18:00", ["考核 11-24", "18:00"]),
        ("推不到底啊。", ["推不到底", "啊。"]),
        ("他说推（轻）", ["他说推", "（轻）"]),
        ("", [""]),
        ("第一\n第二", ["第一", "第二"]),
        ("ABCDEFGHIJKLMN", ["ABCDEFGHIJ", "KLMN"]),
    ],
)
def test_words_numbers_and_their_signs_stay_together(text: str, lines: list[str]) -> None:
    assert broken(text, 10, squares) == lines


@given(TEXT, st.integers(min_value=2, max_value=40))
def test_no_line_is_wider_than_its_room(text: str, room: int) -> None:
    assert all(squares(line) <= room for line in broken(text, room, squares))


@given(TEXT, st.integers(min_value=2, max_value=40))
def test_nothing_is_lost_but_blanks_at_line_ends(text: str, room: int) -> None:
    kept = "".join(broken(text, room, squares))
    assert kept.replace(" ", "") == text.replace("\n", "").replace(" ", "")
