from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.values import Type, Value
from storedesk.workbooks.cells import (
    cell_xml,
    has_content,
    joined_text,
    own_text,
    shared_index,
    stored,
    too_long,
)
from storedesk.workbooks.markup import parsed, storable


@pytest.mark.parametrize(
    ("value", "kind", "meant"),
    [
        ("=1+1", Type.TEXT, "=1+1"),
        ("13812345678", Type.PHONE, "13812345678"),
        (13812345678, Type.PHONE, "13812345678"),
        (True, Type.YES_NO, "是"),
        (False, Type.YES_NO, "否"),
        ("", Type.TEXT, None),
        (None, Type.DATE, None),
        (3, Type.NUMBER, 3),
        (0.1 + 0.2, Type.NUMBER, 0.30000000000000004),
        (float("nan"), Type.NUMBER, "nan"),
        (date(2026, 11, 22), Type.DATE, 46348),
        (datetime(2026, 11, 22, 12, 0), Type.MOMENT, 46348.5),
        (date(1900, 1, 31), Type.DATE, "1900-01-31"),
        ("上周三", Type.DATE, "上周三"),
        ("a\x00\x0bb\ud800", Type.TEXT, "ab"),
    ],
)
def test_stored(value: Value, kind: Type, meant: str | float | None) -> None:
    assert stored(value, kind) == meant


def test_dates_of_1904_workbooks_count_from_1904() -> None:
    assert stored(date(2026, 11, 22), Type.DATE, date1904=True) == 46348 - 1462
    assert stored(date(1903, 12, 31), Type.DATE, date1904=True) == "1903-12-31"


def test_numbers_are_written_with_all_their_digits() -> None:
    assert (
        cell_xml(b"", "B2", 0, 0.13079200000000002) == b'<c r="B2"><v>0.13079200000000002</v></c>'
    )
    assert cell_xml(b"x:", "B2", 3, 7) == b'<x:c r="B2" s="3"><x:v>7</x:v></x:c>'
    assert cell_xml(b"", "B2", 5, None) == b'<c r="B2" s="5"/>'


@given(st.text(max_size=60))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    raw = cell_xml(b"", "A1", 0, storable(text) or "x")
    assert parsed(raw, "账.xlsx", "格").get("t") == "inlineStr"
    assert own_text(raw) == (storable(text) or "x")


@pytest.mark.parametrize("text", [" a", "a ", "a\nb", "a\tb", "a  b"])
def test_blanks_that_a_parser_might_drop_are_marked(text: str) -> None:
    assert b'xml:space="preserve"' in cell_xml(b"", "A1", 0, text)


def test_what_looks_like_an_escape_is_escaped() -> None:
    raw = cell_xml(b"", "A1", 0, "_x0041_ a\r\nb")
    assert b"_x005F_x0041_ a_x000D_\nb" in raw
    assert own_text(raw) == "_x0041_ a\r\nb"


def test_joined_text_joins_runs_and_leaves_phonetic_guides_out() -> None:
    item = b"<si><r><t>\xe5\xbc\xa0</t></r><r><rPr><b/></rPr><t> A&amp;B</t></r>"
    assert joined_text(item + b"<rPh sb='0' eb='1'><t>zhang</t></rPh></si>") == "张 A&B"
    assert joined_text(b"<si><t/></si>") == ""
    assert joined_text(b"<x:si><x:t>&#24352;&#x4e09;</x:t></x:si>") == "张三"


def test_shared_index() -> None:
    assert shared_index(b'<c r="A1" t="s"><v>12</v></c>') == 12
    assert shared_index(b'<c r="A1"><v>12</v></c>') is None
    assert shared_index(b'<c r="A1" t="s"/>') is None
    assert own_text(b'<c r="A1"><v>12</v></c>') == "12"


@pytest.mark.parametrize(
    ("raw", "filled"),
    [
        (b'<c r="A1" s="3"/>', False),
        (b'<c r="A1" s="3"></c>', False),
        (b'<c r="A1"><v></v></c>', False),
        (b'<c r="A1"><v>0</v></c>', True),
        (b'<c r="A1"><f>1+1</f></c>', True),
        (b'<x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>', True),
    ],
)
def test_has_content(raw: bytes, filled: bool) -> None:  # noqa: FBT001  # a table of cases
    assert has_content(raw) is filled


def test_too_long_counts_as_excel_counts() -> None:
    assert not too_long("字" * 32_767)
    assert too_long("字" * 32_768)
    assert too_long("😀" * 16_384)
