from __future__ import annotations

import pytest

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.values import Type
from storedesk.workbooks.cells import Stored
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.styles import Look, Styles, needed
from tests.helpers.raw_workbooks import DAY_STYLE, MOMENT_STYLE, STYLES, TEXT_STYLE


def styles(part: str = STYLES) -> Styles:
    return Styles(part.encode(), "账.xlsx")


def with_code(code: str) -> Styles:
    """Return styles whose format 2 has this number format."""
    return styles(STYLES.replace("yyyy-mm-dd", code))


@pytest.mark.parametrize(
    ("kind", "value", "look"),
    [
        (Type.PHONE, "13812345678", Look.TEXT),
        (Type.TEXT, "王建国", Look.ANY),
        (Type.LONG_TEXT, "007", Look.TEXT),
        (Type.DATE, 46348, Look.DAY),
        (Type.DATE, "上周三", Look.ANY),
        (Type.MOMENT, 46348.5, Look.MOMENT),
        (Type.MONEY, 12.5, Look.NUMBER),
        (Type.NUMBER, None, Look.ANY),
        (Type.YES_NO, "是", Look.ANY),
    ],
)
def test_needed(kind: Type, value: Stored, look: Look) -> None:
    assert needed(kind, value) is look


@pytest.mark.parametrize(
    ("style", "look"),
    [
        (0, Look.ANY),
        (0, Look.NUMBER),
        (TEXT_STYLE, Look.TEXT),
        (TEXT_STYLE, Look.NUMBER),
        (DAY_STYLE, Look.DAY),
        (DAY_STYLE, Look.MOMENT),
        (MOMENT_STYLE, Look.DAY),
    ],
)
def test_a_fitting_format_is_left_alone(style: int, look: Look) -> None:
    table = styles()
    assert table.fitting(style, look) == style
    assert table.edits() == []


def test_one_format_is_appended_and_reused() -> None:
    table = styles()
    assert table.fitting(0, Look.DAY) == 2  # there is one like it already
    assert table.fitting(TEXT_STYLE, Look.MOMENT) == 4
    assert table.fitting(TEXT_STYLE, Look.MOMENT) == 4
    part = Patch.of(STYLES.encode(), table.edits()).whole()
    assert b'<cellXfs count="5">' in part
    again = styles(part.decode())
    assert again.fitting(TEXT_STYLE, Look.MOMENT) == 4
    assert again.edits() == []


def test_an_appended_format_keeps_the_rest_of_the_look() -> None:
    table = styles()
    assert table.fitting(MOMENT_STYLE, Look.NUMBER) == 4
    part = Patch.of(STYLES.encode(), table.edits()).whole()
    assert part.count(b'<alignment wrapText="1"/>') == 2
    assert b'numFmtId="0" fontId="0" xfId="0" applyNumberFormat="1"><alignment' in part


@pytest.mark.parametrize(
    "code",
    [
        "yyyy/m/d;@",
        "[$-F800]dddd\\,\\ mmmm\\ dd",
        "m月d日",
        "aaaa",
        '[DBNum1]yyyy"年"m"月"',
        "e-m-d",
    ],
)
def test_codes_that_show_a_day(code: str) -> None:
    assert with_code(code.replace('"', "&quot;")).fitting(2, Look.DAY) == 2


@pytest.mark.parametrize("code", ["h:mm", "[h]:mm", "0.00", '0"d"', "General", "[Red]0", "@"])
def test_codes_that_show_no_day(code: str) -> None:
    assert with_code(code.replace('"', "&quot;")).fitting(2, Look.DAY) != 2


def test_a_number_is_not_shown_as_a_date() -> None:
    assert styles().fitting(DAY_STYLE, Look.NUMBER) == 4
    assert with_code("h:mm").fitting(2, Look.NUMBER) == 4


def test_built_in_formats() -> None:
    table = styles(STYLES.replace('numFmtId="164" fontId', 'numFmtId="31" fontId'))
    assert table.fitting(2, Look.DAY) == 2
    table = styles(STYLES.replace('numFmtId="164" fontId', 'numFmtId="20" fontId'))
    assert table.fitting(2, Look.DAY) != 2


def test_without_a_list_of_formats() -> None:
    table = Styles(b"", "账.xlsx")
    assert table.fitting(0, Look.NUMBER) == 0
    assert table.edits() == []
    with pytest.raises(WorkbookUneditable):
        table.fitting(0, Look.DAY)
