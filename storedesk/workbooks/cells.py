"""Cells: what a value becomes in a sheet, and what stands in one."""

from __future__ import annotations

import re
from datetime import date

from storedesk.domain.values import TEXTUAL, Type, Value, serial, text_of
from storedesk.workbooks.markup import (
    attributes,
    escaped,
    excel_escaped,
    excel_unescaped,
    storable,
    unescaped,
    whole_number,
)

Stored = str | int | float | None
"""What a cell holds in the file: text, a number (dates as day numbers), or nothing."""

TEXT_LIMIT = 32_767
"""Characters in a cell, as Excel counts them (UTF-16 units)."""

_FIRST_SAFE_DAY = 61  # before 1 March 1900 Excel's day numbers count a day that never was
_TEXT = re.compile(rb"<(?:[\w.\-]+:)?t(?=[\s/>])[^>]*?(?:/>|>([^<]*)<)")
_PHONETIC = re.compile(rb"<((?:[\w.\-]+:)?rPh)(?=[\s>]).*?</\1\s*>", re.DOTALL)
_VALUE = re.compile(rb"<(?:[\w.\-]+:)?v(?=[\s>])[^>]*>([^<]*)<")
_HAS_CONTENT = re.compile(rb"<(?:[\w.\-]+:)?(?:v(?=[\s>])[^>]*>[^<]|is(?=[\s>])|f(?=[\s/>]))")
_EDGE_SPACE = re.compile(r"^\s|\s$|\n|\t|  ")


def stored(value: Value, kind: Type, *, date1904: bool = False) -> Stored:
    """Return what a value becomes in the file.

    Text stays text whatever it looks like, dates become day numbers of the workbook's calendar,
    yes/no becomes 是/否, an empty text nothing.
    """
    if isinstance(value, date):
        number = serial(value, date1904=date1904)
        if number < (0 if date1904 else _FIRST_SAFE_DAY):
            return text_of(value)
        return int(number) if number.is_integer() else number
    if isinstance(value, bool) or kind in TEXTUAL:
        value = text_of(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):  # noqa: PLR0124  # NaN is unlike itself
        value = str(value)
    if isinstance(value, str):
        return storable(value) or None
    return value


def too_long(value: Stored) -> bool:
    """Whether a text does not fit into a cell."""
    return (
        isinstance(value, str)
        and len(value) > TEXT_LIMIT // 2
        and len(value.encode("utf-16-le")) // 2 > TEXT_LIMIT
    )


def cell_xml(prefix: bytes, address: str, style: int, value: Stored) -> bytes:
    """Return a cell's bytes; texts as inline strings, which no program takes for a formula."""
    ref = address.encode()
    look = b' s="%d"' % style if style else b""
    if value is None:
        return b'<%sc r="%s"%s/>' % (prefix, ref, look)
    if isinstance(value, str):
        space = b' xml:space="preserve"' if _EDGE_SPACE.search(value) else b""
        return b'<%sc r="%s"%s t="inlineStr"><%sis><%st%s>%s</%st></%sis></%sc>' % (
            prefix,
            ref,
            look,
            prefix,
            prefix,
            space,
            escaped(excel_escaped(value)),
            prefix,
            prefix,
            prefix,
        )
    return b'<%sc r="%s"%s><%sv>%s</%sv></%sc>' % (
        prefix,
        ref,
        look,
        prefix,
        repr(value).encode(),
        prefix,
        prefix,
    )


def formula_xml(prefix: bytes, address: str, style: int, formula: str) -> bytes:
    """Return the bytes of a cell with a formula and no result yet: Excel calculates on opening."""
    look = b' s="%d"' % style if style else b""
    start = b'<%sc r="%s"%s>' % (prefix, address.encode(), look)
    return start + b"<%sf>%s</%sf></%sc>" % (prefix, escaped(formula), prefix, prefix)


def has_content(raw: bytes) -> bool:
    """Whether a cell's bytes hold a value, a text or a formula, not only a look."""
    return _HAS_CONTENT.search(raw) is not None


def joined_text(raw: bytes) -> str:
    """Return the text of a string item: its runs joined, phonetic guides left out."""
    if b"rPh" in raw:
        raw = _PHONETIC.sub(b"", raw)
    return excel_unescaped("".join(unescaped(found[1] or b"") for found in _TEXT.finditer(raw)))


def shared_index(raw: bytes) -> int | None:
    """Return the number of the shared string a cell refers to, or None if it refers to none."""
    start_tag = raw[: raw.find(b">")]
    if attributes(start_tag).get(b"t") != b"s":
        return None
    found = _VALUE.search(raw)
    number = whole_number(found[1].strip(), -1) if found else -1
    return number if number >= 0 else None


def own_text(raw: bytes) -> str:
    """Return the text of a cell that does not refer to a shared string; numbers as they stand."""
    start_tag = raw[: raw.find(b">")]
    if attributes(start_tag).get(b"t") == b"inlineStr":
        return joined_text(raw)
    found = _VALUE.search(raw)
    return excel_unescaped(unescaped(found[1])) if found else ""
