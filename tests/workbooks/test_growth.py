"""Ranges that end with the last data row grow; nothing else does."""

from __future__ import annotations

import pytest

from storedesk.workbooks.growth import (
    Growth,
    filter_name_edits,
    sheet_edits,
    table_edits,
)
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.sheet_xml import SheetXml
from tests.helpers.raw_workbooks import row, sheet

GROWTH = Growth(header_row=1, old_last=20, new_last=22, columns=frozenset({1, 2, 3}))


def grown(growth: Growth, before: str = "", after: str = "") -> str:
    part = SheetXml(sheet(row(1), row(20), before=before, after=after).encode(), "账.xlsx")
    return Patch.of(part.part, sheet_edits(part, growth, growth.new_last)).whole().decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [("A1:B20", "A1:C22"), ("A1:P20", "A1:P22"), ("A1", "A1:C22"), ("B2:D90", "B2:D90")],
)
def test_dimension(old: str, new: str) -> None:
    assert f'<dimension ref="{new}"/>' in grown(GROWTH, before=f'<dimension ref="{old}"/>')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A1:P20", "A1:P22"),
        ("$A$1:$P$20", "$A$1:$P$22"),
        ("A1:P21", "A1:P22"),
        ("A1:P22", "A1:P22"),
        ("A1:P90", "A1:P90"),
        ("A1:P5", "A1:P5"),
    ],
)
def test_filter(old: str, new: str) -> None:
    assert f'<autoFilter ref="{new}"/>' in grown(GROWTH, after=f'<autoFilter ref="{old}"/>')


def test_somebodys_private_view_keeps_its_filter() -> None:
    """Seen in LoadFileWithCustomSheetViews.xlsx."""
    private = '<customSheetViews><customSheetView><autoFilter ref="A1:P20"/></customSheetView>'
    private += "</customSheetViews>"
    after = grown(GROWTH, after=f'<autoFilter ref="A1:P20"/>{private}')
    assert after.count('ref="A1:P22"') == 1
    assert private in after
    assert private in grown(GROWTH, after=private)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A2:A20", "A2:A22"),
        ("A2:A20 C2:C19 E20", "A2:A22 C2:C19 E20:E22"),
        ("A2:A1048576", "A2:A1048576"),
        ("H22:H23", "H22:H23"),
        ("A1:P1", "A1:P1"),
    ],
)
def test_formats_and_validations(old: str, new: str) -> None:
    after = grown(
        GROWTH,
        after=f'<conditionalFormatting sqref="{old}"><cfRule/></conditionalFormatting>'
        f'<dataValidations count="1"><dataValidation type="list" sqref="{old}"/></dataValidations>',
    )
    assert after.count(f'sqref="{new}"') == 2


def test_newer_formats_and_validations_but_no_sparklines() -> None:
    after = grown(
        GROWTH,
        after="<dataValidations><dataValidation sqref='Z1'/></dataValidations><extLst><ext>"
        "<x14:sparkline><xm:f>A1</xm:f><xm:sqref>D20</xm:sqref></x14:sparkline>"
        "<x14:conditionalFormatting><x14:cfRule/><xm:sqref>A2:A20</xm:sqref>"
        "</x14:conditionalFormatting>"
        "<x14:dataValidation><xm:sqref>B2:B20</xm:sqref></x14:dataValidation></ext></extLst>",
    )
    assert "<xm:sqref>D20</xm:sqref>" in after
    assert "<xm:sqref>A2:A22</xm:sqref>" in after
    assert "<xm:sqref>B2:B22</xm:sqref>" in after


def test_formats_of_the_header_stay_when_the_first_row_comes() -> None:
    first = Growth(header_row=20, old_last=20, new_last=21, columns=frozenset({1}))
    rule = '<conditionalFormatting sqref="A20:P20"><cfRule/></conditionalFormatting>'
    after = grown(first, after=f'<autoFilter ref="A20:P20"/>{rule}')
    assert rule in after
    assert '<autoFilter ref="A20:P21"/>' in after


def test_nothing_grows_when_nothing_was_appended() -> None:
    still = Growth(header_row=1, old_last=20, new_last=20, columns=frozenset({1}))
    rest = '<autoFilter ref="A1:P20"/><conditionalFormatting sqref="A2:A20"/>'
    assert rest in grown(still, after=rest)


def test_tables() -> None:
    part = (
        b'<table id="1" ref="A1:C20" totalsRowShown="0"><autoFilter ref="A1:C20"/>'
        b'<tableColumns count="3"/></table>'
    )
    after = Patch.of(part, table_edits(part, GROWTH)).whole()
    assert after.count(b'ref="A1:C22"') == 2


def test_the_hidden_name_of_the_filter() -> None:
    part = (
        b'<workbook><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0"'
        b" hidden=\"1\">'A!B'!$A$1:$P$20</definedName>"
        b'<definedName name="_xlnm._FilterDatabase" localSheetId="1">C!$A$1:$P$20</definedName>'
        b'<definedName name="_xlnm.Print_Area" localSheetId="0">C!$A$1:$P$20</definedName>'
        b"</definedNames></workbook>"
    )
    after = Patch.of(part, filter_name_edits(part, 0, GROWTH)).whole()
    assert b"'A!B'!$A$1:$P$22<" in after
    assert after.count(b"C!$A$1:$P$20<") == 2
