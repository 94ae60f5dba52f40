"""What happens to the rows of a sheet: only touched ones change, new ones look like the last."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.values import Type
from storedesk.workbooks.cells import Stored
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.sheet_edit import Meant, SheetEdit
from storedesk.workbooks.sheet_xml import SheetXml
from tests.helpers.raw_workbooks import number_cell, row, sheet, text_cell


def editor(part: str, header_row: int = 1) -> SheetEdit:
    return SheetEdit(
        SheetXml(part.encode(), "账.xlsx"), "账.xlsx", "客户", frozenset({1, 2, 3}), header_row
    )


def edited(part: str, rows: Mapping[int, Mapping[int, Stored]], header_row: int = 1) -> str:
    """Return the rows of the sheet after cells were set by row number and column position."""
    edit = editor(part, header_row)
    for number, cells in rows.items():
        edit.set(number, {at: Meant(value, Type.TEXT) for at, value in cells.items()})
    made = edit.row_edits(lambda style, _kind, _value: style)
    whole = Patch.of(edit.sheet.part, edit.joined(made)).whole().decode()
    found = re.search(r"<(?:x:)?sheetData>(.*)</(?:x:)?sheetData>", whole, re.DOTALL)
    assert found
    assert whole.startswith(part[: part.index("sheetData")])
    return found[1]


def inline(address: str, text: str, style: int = 0) -> str:
    look = f' s="{style}"' if style else ""
    return f'<c r="{address}"{look} t="inlineStr"><is><t>{text}</t></is></c>'


def test_only_the_touched_cell_of_the_touched_row_changes() -> None:
    one, three = row(1, text_cell("A1", "编号")), row(3, number_cell("A3", 1))
    middle = row(
        2, '<c r="A2" s="5" t="s"><v>3</v></c>', '<c r="B2" vm="1"/>', '<c r="C2"><f>1</f></c>'
    )
    after = edited(sheet(one, middle, three), {2: {1: "新"}})
    changed = row(2, inline("A2", "新", 5), '<c r="B2" vm="1"/>', '<c r="C2"><f>1</f></c>')
    assert after == one + changed + three


def test_row_attributes_stay_but_for_spans() -> None:
    attributes = ' spans="1:3" ht="30" customHeight="1" x14ac:dyDescent="0.2" hidden="1"'
    after = edited(sheet(row(2, attributes=attributes)), {2: {2: 5}})
    assert after == (
        '<row r="2" ht="30" customHeight="1" x14ac:dyDescent="0.2" hidden="1">'
        '<c r="B2"><v>5</v></c></row>'
    )


def test_missing_addresses_are_added_to_the_whole_touched_row() -> None:
    part = sheet("<row><c><v>1</v></c></row>", "<row><c><v>2</v></c><c><v>3</v></c></row>")
    assert edited(part, {2: {2: 9}}, header_row=0) == (
        '<row><c><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c><c r="B2"><v>9</v></c></row>'
    )


def test_prefixes_and_self_closing_rows() -> None:
    part = "<x:worksheet><x:sheetData><x:row r='2'/></x:sheetData></x:worksheet>"
    assert edited(part, {2: {1: "a", 2: 7}}) == (
        '<x:row r=\'2\'><x:c r="A2" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>'
        '<x:c r="B2"><x:v>7</x:v></x:c></x:row>'
    )


def test_a_cell_is_emptied_but_keeps_its_look() -> None:
    part = sheet(row(2, text_cell("A2", "x", 4), text_cell("B2", "y")))
    assert edited(part, {2: {1: None, 3: None}}) == row(
        2, '<c r="A2" s="4"/>', text_cell("B2", "y")
    )


def test_new_rows_look_like_the_last_data_row() -> None:
    last = row(
        2,
        text_cell("A2", "KH-1", 3),
        number_cell("B2", 1, 4),
        '<c r="F2" s="9"/>',
        attributes=' spans="1:6" s="7" customFormat="1" ht="20" customHeight="1" hidden="1"'
        ' x14ac:dyDescent="0.2"',
    )
    assert edited(sheet(last), {3: {1: "KH-2", 3: 5}}) == last + (
        '<row r="3" s="7" customFormat="1" ht="20" customHeight="1" x14ac:dyDescent="0.2">'
        f'{inline("A3", "KH-2", 3)}<c r="B3" s="4"/><c r="C3" s="7"><v>5</v></c><c r="F3" s="9"/>'
        "</row>"
    )


def test_without_data_new_rows_take_the_columns_formats_not_the_headers() -> None:
    head = row(1, text_cell("A1", "编号", 9), attributes=' ht="40" customHeight="1"')
    cols = '<cols><col min="1" max="2" style="3"/></cols>'
    after = edited(sheet(head, before=cols), {2: {1: "KH-1", 3: 5}})
    assert after == head + row(2, inline("A2", "KH-1", 3), '<c r="C2"><v>5</v></c>')


def test_an_empty_sheet_gets_its_first_row() -> None:
    part = "<worksheet><sheetData/></worksheet>"
    assert edited(part, {1: {1: 1}, 2: {1: 2}}, header_row=0) == (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
    )


def test_the_last_data_row_is_the_last_with_content_in_our_columns() -> None:
    """People prefill formulas beside the table and format rows below it."""
    part = sheet(
        row(1, text_cell("A1", "编号")),
        row(2, text_cell("A2", "KH-1")),
        row(3, '<c r="A3" s="1"/>', '<c r="H3"><f>A3</f></c>'),
        row(4, '<c r="A4" s="1"/>'),
    )
    assert editor(part).last_data_row == 2
    after = edited(part, {3: {1: "KH-2", 2: "李"}})
    assert inline("A3", "KH-2", 1) + inline("B3", "李") + '<c r="H3"><f>A3</f></c>' in after
    assert editor(sheet(row(1))).last_data_row == 1
    assert editor(sheet(row(1)), header_row=4).last_data_row == 4


def test_new_rows_go_before_rows_that_stand_far_below() -> None:
    far = row(900, '<c r="H900"><v>1</v></c>')
    after = edited(sheet(row(2, text_cell("A2", "a")), far), {3: {1: "b"}, 4: {1: "c"}})
    assert after.endswith(row(3, inline("A3", "b")) + row(4, inline("A4", "c")) + far)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            sheet(row(2), after='<mergeCells><mergeCell ref="A2:B3"/></mergeCells>'),
            "B2 格被合并单元格盖住",
        ),
        (sheet(row(2, '<c r="B2"><f t="shared" ref="B2:B9" si="0">1</f></c>')), "共用公式"),
        (sheet(row(2, '<c r="B2"><f t="array" ref="B2">1</f></c>')), "数组公式"),
        (sheet(row(1, '<c r="B1" cm="1"><f t="array" ref="B1:B9">1</f></c>'), row(2)), "数组公式"),
        (sheet(row(1, '<c r="B1"><f t="dataTable" ref="B1:C9"/></c>'), row(2)), "数组公式"),
    ],
)
def test_places_that_must_not_be_overwritten(part: str, words: str) -> None:
    with pytest.raises(WorkbookUneditable, match=f"{words}"):
        edited(part, {2: {2: "x"}})


def test_the_anchor_of_a_merge_and_a_dependent_formula_may_be_overwritten() -> None:
    merged = sheet(row(2), after='<mergeCells><mergeCell ref="B2:C3"/></mergeCells>')
    assert inline("B2", "x") in edited(merged, {2: {2: "x"}})
    dependent = sheet(row(2, '<c r="B2"><f t="shared" si="0"/><v>1</v></c>'))
    assert edited(dependent, {2: {2: "x"}}) == row(2, inline("B2", "x"))


def test_replacing_a_formula_is_noted() -> None:
    edit = editor(sheet(row(2, '<c r="B2"><f>1</f><v>1</v></c>')))
    edit.set(2, {2: Meant("x", Type.TEXT)})
    edit.row_edits(lambda style, _kind, _value: style)
    assert edit.formula_replaced


def test_texts_too_long_and_sheets_that_are_full() -> None:
    with pytest.raises(WorkbookUneditable, match="A2 格的文字超过"):
        edited(sheet(row(2)), {2: {1: "字" * 32768}})
    with pytest.raises(WorkbookUneditable, match="写满"):
        edited(sheet(row(1048576)), {1048577: {1: "a"}})
