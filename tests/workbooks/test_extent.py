"""Cells far away, however they are hidden: calamine aborts the whole process on them."""

from __future__ import annotations

import pytest

from storedesk.domain.errors import WorkbookDamaged, WorkbookUnsafe
from storedesk.workbooks.extent import SheetFacts, check_sheet
from tests.helpers.raw_workbooks import HEAD, MAIN, number_cell, row, sheet


def checked(part: str) -> SheetFacts:
    return check_sheet(part.encode(), "账.xlsx", "客户")


@pytest.mark.parametrize(
    "rows",
    [
        row(1, number_cell("A1", 1)) + row(1048576, '<c r="XFD1048576"><v>1</v></c>'),
        row(1, '<c r="A1048576"><v>1</v></c><c r="CV1"><v>1</v></c>'),
        row(1, "<c s='1' r='XFD1048576'><v>1</v></c>"),
        row(1, '<c t="n" r="XFD1048576"><v>1</v></c>'),
        row(1, '<c r="xfd1048576"><v>1</v></c>'),
        row(1, '<c\nr="XFD1048576"><v>1</v></c>'),
        row(1, '<y:c r="XFD1048576"><v>1</v></y:c>'),
        row(1, '<c x=">" r="XFD1048576"><v>1</v></c>'),
        row(1, '<c x=\'">\' r="XFD1048576"><v>1</v></c>'),
        row(1048576, *["<c/>"] * 400, "<c><v>1</v></c>"),
        row(1, '<c r="XFD1048576" t="inlineStr"><is><t/></is></c>'),
        row(1, '<c r="ZZZ1"><v>1</v></c>'),
    ],
)
def test_a_cell_far_away_is_refused(rows: str) -> None:
    with pytest.raises(WorkbookUnsafe, match="延伸到"):
        checked(sheet(rows))


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="&#88;FD1048576"><v>1</v></c>',
        '<c r="AAAAAAAAA1"><v>1</v></c>',
        '<c r="A99999999999"><v>1</v></c>',
        '<c r="$A$1"><v>1</v></c>',
    ],
)
def test_addresses_nobody_writes_are_refused(cell: str) -> None:
    with pytest.raises(WorkbookUnsafe):
        checked(sheet(row(1, cell)))


def test_hidden_in_comments_or_cdata() -> None:
    """A quote inside a comment must not swallow the cell behind it."""
    trick = '<!-- <c y=" --><c r="XFD1048576"><v>1</v></c><!-- "> -->'
    with pytest.raises(WorkbookUnsafe, match="少见的标记"):
        checked(sheet(row(1, trick)))
    with pytest.raises(WorkbookUnsafe, match="少见的标记"):
        checked(sheet(row(1, '<c r="A1"/>'), before="<!-- a -->"))


@pytest.mark.parametrize(
    "rows",
    [
        row(1, number_cell("A1", 1)) + row(1048576, '<c r="XFD1048576" s="1"/>'),
        row(1, '<c r="XFD1048576" s="1"></c>'),
        row(1048576, number_cell("A1048576", 1)),
        row(100_000, *(number_cell(f"{letter}100000", 1) for letter in "ABCDEFGHIJKLMNOP")),
    ],
)
def test_formats_far_away_and_tall_or_wide_tables_are_fine(rows: str) -> None:
    """People format whole columns; readers leave cells without content out."""
    assert checked(sheet(rows)) == SheetFacts(has_formulas=False, protected=False)


def test_other_elements_that_begin_like_cells() -> None:
    part = sheet(
        row(1, number_cell("A1", 1)),
        before='<cols><col min="1" max="2"/></cols>',
        after='<conditionalFormatting sqref="A1"><cfRule/></conditionalFormatting>',
    )
    assert checked(part) == SheetFacts(has_formulas=False, protected=False)


def test_formulas_and_protection_are_noticed() -> None:
    assert checked(sheet(row(1, '<c r="A1"><f>1</f></c>'))).has_formulas
    prefixed = "<x:row><x:c><x:f>1</x:f></x:c></x:row>"
    assert checked(f"<x:worksheet><x:sheetData>{prefixed}</x:sheetData></x:worksheet>").has_formulas
    assert checked(sheet(after='<sheetProtection sheet="1"/>')).protected
    assert not checked(sheet(after='<sheetProtection objects="1"/>')).protected


def test_comments_before_the_root_are_harmless() -> None:
    checked(
        f'{HEAD}<!-- made by a report tool -->\n<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    )


def test_text_before_the_root_is_damage() -> None:
    with pytest.raises(WorkbookDamaged):
        checked(f"{HEAD}foo\n<worksheet><sheetData/></worksheet>")
