from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.errors import WorkbookDamaged, WorkbookUnsafe
from storedesk.workbooks.markup import (
    attributes,
    escaped,
    excel_escaped,
    excel_unescaped,
    opened,
    parsed,
    storable,
    unescaped,
    with_attribute,
    without_attribute,
)


@given(st.text())
def test_escaping_is_undone(text: str) -> None:
    plain = storable(text)
    assert unescaped(escaped(plain)) == plain
    assert excel_unescaped(excel_escaped(plain)) == plain


def test_unknown_references_stay() -> None:
    assert unescaped(b"&nbsp; &#xFFFFFFF; &amp;amp;") == "&nbsp;  &amp;"


def test_attributes_in_either_quotes() -> None:
    assert attributes(b"""<c r = "A1" s='3' x:y="">""") == {b"r": b"A1", b"s": b"3", b"x:y": b""}


def test_attributes_set_and_removed() -> None:
    tag = b"""<row r="1" spans='1:3' ht="2"/>"""
    assert without_attribute(tag, b"spans") == b'<row r="1" ht="2"/>'
    assert with_attribute(tag, b"ht", b"9") == b"""<row r="1" spans='1:3' ht="9"/>"""
    assert with_attribute(b"<row />", b"r", b"1") == b'<row r="1"/>'
    assert opened(b'<row r="1" />') == b'<row r="1">'


def test_entities_are_refused_and_broken_parts_named() -> None:
    with pytest.raises(WorkbookUnsafe, match="不该有"):
        parsed(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a.xlsx", "目录")
    with pytest.raises(WorkbookDamaged, match="目录不完整"):
        parsed(b"<a>", "a.xlsx", "目录")
