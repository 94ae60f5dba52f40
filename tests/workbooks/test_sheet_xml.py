from __future__ import annotations

import pytest

from storedesk.domain.errors import WorkbookDamaged, WorkbookUneditable
from storedesk.workbooks.addresses import Area
from storedesk.workbooks.sheet_xml import SheetXml
from tests.helpers.raw_workbooks import number_cell, row, sheet, text_cell


def opened(part: str) -> SheetXml:
    return SheetXml(part.encode(), "账.xlsx")


def columns(part: SheetXml, number: int) -> list[int]:
    found = part.row(number)
    assert found is not None
    return [one.column for one in found.cells]


def test_rows_and_cells_with_their_places() -> None:
    part = opened(sheet(row(2, number_cell("B2", 1), number_cell("D2", 2, 3)), row(5)))
    assert (part.row_count, part.last_row) == (2, 5)
    assert part.row(3) is None
    two = part.row(2)
    assert two is not None
    assert [(one.column, one.style) for one in two.cells] == [(2, 0), (4, 3)]
    assert part.part[two.start : two.end].startswith(b'<row r="2">')
    assert part.part[two.start : two.end].endswith(b"</row>")
    assert part.start_after(3) == getattr(part.row(5), "start", None)
    assert part.start_after(6) == part.outside


def test_rows_and_cells_without_numbers_are_counted() -> None:
    part = opened(sheet("<row><c><v>1</v></c><c/></row>", '<row><c/><c r="D2"/><c/></row>'))
    assert columns(part, 1) == [1, 2]
    assert columns(part, 2) == [1, 4, 5]
    assert not part.usual


def test_prefixes_self_closing_rows_and_pretty_printing() -> None:
    part = opened(
        "<x:worksheet xmlns:x='m'><x:sheetData>\n  <x:row r='1' />\n"
        "  <x:row r='3'>\n    <x:c r='A3'><x:v>1</x:v></x:c>\n  </x:row>\n"
        "</x:sheetData></x:worksheet>"
    )
    assert part.prefix == b"x:"
    assert columns(part, 1) == []
    assert columns(part, 3) == [1]
    part.check_editable()


def test_an_empty_sheet() -> None:
    part = opened("<worksheet><sheetData/></worksheet>")
    assert part.self_closed
    assert part.last_row == 0
    assert list(part.rows()) == []


def test_extension_lists_of_rows_are_kept_as_tail() -> None:
    found = opened(sheet('<row r="1"><c r="A1"/><extLst><ext/></extLst></row>')).row(1)
    assert found is not None
    assert found.tail == b"<extLst><ext/></extLst>"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (row(3) + row(2), "第 2 行"),
        (row(3) + row(3), "第 3 行"),
        ("<!-- a -->" + row(1), "少见的标记"),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[a]]></t></is></c></row>', "标记"),
        ("<?pi?>", "标记"),
    ],
)
def test_rows_that_cannot_be_edited(rows: str, words: str) -> None:
    with pytest.raises(WorkbookUneditable, match=words):
        opened(sheet(rows)).check_editable()


@pytest.mark.parametrize(
    "content",
    [
        '<c r="B1"/><c r="A1"/>',
        '<c r="A1"/><c r="A1"/>',
        '<c r="A1"><v>1</v>',
        '<c r="A1"/><other/><c r="B1"/>',
    ],
)
def test_cells_that_cannot_be_edited(content: str) -> None:
    with pytest.raises(WorkbookUneditable, match="第 1 行"):
        opened(sheet(f'<row r="1">{content}</row>')).row(1)


@pytest.mark.parametrize("part", ["", "<chartsheet/>", "<worksheet/>", "<worksheet><sheetData>"])
def test_no_sheet(part: str) -> None:
    with pytest.raises(WorkbookDamaged):
        opened(part)


def test_merged_arrays_and_column_formats() -> None:
    part = opened(
        sheet(
            row(
                1,
                '<c r="A1"><f t="array" ref="A1:B2">1</f></c>',
                '<c r="C1"><f t="shared" ref="C1:C9" si="0">1</f></c>',
                '<c r="D1"><f t="dataTable" ref="D1:D3"/></c>',
            ),
            before='<cols><col min="2" max="4" width="9" style="7"/></cols>',
            after='<mergeCells><mergeCell ref="A5:B6"/></mergeCells>',
        )
    )
    assert part.merged() == [Area(1, 5, 2, 6)]
    assert part.array_areas() == [Area(1, 1, 2, 2), Area(4, 1, 4, 3)]
    assert [part.column_style(column) for column in (1, 2, 4, 5)] == [0, 7, 7, 0]
    assert part.has_formulas()
    assert not opened(sheet(row(1, text_cell("A1", "<f>".replace("<", "&lt;"))))).has_formulas()


@pytest.mark.parametrize("usual", [True, False])
def test_formulas_and_columns_are_found_however_cells_are_written(usual: bool) -> None:  # noqa: FBT001  # a table of cases
    attributes = 'r="B2" s="1"' if usual else 's="1" r="B2"'
    part = opened(
        sheet(row(2, number_cell("A2", 1), f"<c {attributes}><f>A2</f></c>", '<c r="AB2"/>'))
    )
    assert part.usual is usual
    assert list(part.formula_places()) == [(2, 2)]
    assert [number for number, _ in part.column_cells(2)] == [2]
    assert list(part.column_cells(28)) == [(2, b'<c r="AB2"/>')]
