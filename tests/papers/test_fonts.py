from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.paper_errors import FontMissing
from storedesk.papers import fonts
from storedesk.papers.fonts import BOLD, MORE, RARE, REGULAR
from tests.helpers.dailies import FONTS


@pytest.fixture(scope="module")
def loaded() -> fonts.Fonts:
    return fonts.load(FONTS)


@pytest.mark.parametrize(
    ("text", "font", "runs"),
    [
        ("王建国", REGULAR, [(REGULAR, "王建国")]),
        ("张𠮷", REGULAR, [(REGULAR, "张"), (RARE, "𠮷")]),
        ("李㛃", REGULAR, [(REGULAR, "李㛃")]),
        ("王䶮", BOLD, [(BOLD, "王䶮")]),
        ("陳燁堃", REGULAR, [(MORE, "陳燁"), (REGULAR, "堃")]),
        ("✔好", REGULAR, [(REGULAR, "✓好")]),
        ("好\U0001f600", REGULAR, [(REGULAR, "好〓(U+1F600)")]),
        ("\U0002a6d0", BOLD, [(BOLD, "〓(U+2A6D0)")]),
        ("", REGULAR, []),
    ],
)
def test_every_character_gets_a_glyph(
    loaded: fonts.Fonts, text: str, font: str, runs: list[tuple[str, str]]
) -> None:
    assert loaded.runs(text, font) == runs


@given(st.text())
def test_no_text_is_silently_lost(text: str) -> None:
    loaded = fonts.load(FONTS)
    shown = "".join(run for _, run in loaded.runs(text))
    meant = "".join(fonts.LOOKALIKES.get(one, one) for one in loaded.printable(text))
    back = re.sub(r"〓\(U\+([0-9A-F]+)\)", lambda found: chr(int(found[1], 16)), shown)
    assert back == meant


def test_what_cannot_be_printed_is_left_out(loaded: fonts.Fonts) -> None:
    text = "左\u200b右\ufe0f\t\x07上\r\n下\u202e\U000e0101"
    assert loaded.printable(text) == "左右 上\n下"


def test_markup_is_escaped_and_names_the_font_of_a_rare_character(loaded: fonts.Fonts) -> None:
    assert loaded.markup("a<b & 张𠮷\n二") == (
        f'a&lt;b &amp; 张<font name="{RARE}">𠮷</font><br/>二'
    )


def test_width_counts_every_run(loaded: fonts.Fonts) -> None:
    assert loaded.width("张𠮷", 10) == pytest.approx(20, abs=0.5)
    assert loaded.width("张三", 10) == pytest.approx(20)


def test_reading_back_a_character_beyond_the_first_plane() -> None:
    """reportlab 5.1 writes <20BB7>, which readers take for another character."""
    table = fonts.to_unicode("F", [0, 0x5F20, 0x20BB7])
    assert "<01> <5F20>" in table
    assert "<02> <D842DFB7>" in table
    assert "<00> <0000>" not in table


def test_no_block_of_the_table_is_longer_than_readers_allow() -> None:
    blocks = re.findall(r"(\d+) beginbfchar", fonts.to_unicode("F", [*range(0x4E00, 0x4EFF)]))
    assert [int(count) for count in blocks] == [100, 100, 55]


def test_missing_font_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match=r"StoreDeskSans-Regular\.ttf.*重新安装"):
        fonts.load(tmp_path)


def test_licences_lie_beside_the_fonts() -> None:
    for name in ("OFL-NotoSansSC.txt", "OFL-LXGWWenKai.txt"):
        assert "SIL OPEN FONT LICENSE" in (FONTS / name).read_text(encoding="utf-8")
