from __future__ import annotations

import pytest

from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.recalculation import holds_formulas, recalculation_edits, without_chain
from tests.helpers.raw_workbooks import RELATIONS, number_cell, parts, row, sheet, zipped

CHAIN = {
    "relations": f'<Relationship Id="rId50" Type="{RELATIONS}/calcChain" Target="calcChain.xml"/>',
    "types": '<Override PartName="/xl/calcChain.xml" ContentType="c"/>',
}


def asked(part: bytes) -> bytes:
    return Patch.of(part, recalculation_edits(part)).whole()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'<sheets/><calcPr calcId="1"/>', b'<sheets/><calcPr calcId="1" fullCalcOnLoad="1"/>'),
        (b'<calcPr fullCalcOnLoad="0"/>', b'<calcPr fullCalcOnLoad="1"/>'),
        (b'<calcPr fullCalcOnLoad="1"/>', b'<calcPr fullCalcOnLoad="1"/>'),
        (b"<x:sheets></x:sheets>", b'<x:sheets></x:sheets><x:calcPr fullCalcOnLoad="1"/>'),
        (
            b"<sheets></sheets><definedNames></definedNames>",
            b'<sheets></sheets><definedNames></definedNames><calcPr fullCalcOnLoad="1"/>',
        ),
    ],
)
def test_excel_is_asked_to_recalculate(before: bytes, after: bytes) -> None:
    assert asked(before) == after


def test_formulas_of_any_sheet_count() -> None:
    plain = sheet(row(1, number_cell("A1", 1)))
    formula = sheet(row(1, '<c r="A1"><f>1</f></c>'))
    package = Package(zipped(parts({"甲": plain, "乙": formula})), "账.xlsx")
    found = anatomy(package)
    assert holds_formulas(package, found)
    assert not holds_formulas(package, found, {"xl/worksheets/sheet2.xml"})


def test_a_formula_across_two_pieces_is_seen() -> None:
    filler = row(1, "<c r='A1' t='inlineStr'><is><t>" + "x" * ((1 << 20) - 340) + "</t></is></c>")
    for shift in range(0, 60, 7):
        part = sheet(filler.replace("x", "", shift), row(2, '<c r="A2"><f>1</f></c>'))
        package = Package(zipped(parts({"甲": part})), "账.xlsx")
        assert holds_formulas(package, anatomy(package))


def test_the_chain_is_forgotten_everywhere() -> None:
    content = parts({"甲": sheet()}, **CHAIN)
    content["xl/calcChain.xml"] = b"<calcChain/>"
    package = Package(zipped(content), "账.xlsx")
    found = anatomy(package)
    assert holds_formulas(package, found)
    patches = without_chain(package, found)
    after = b"".join(package.rewritten(patches, {found.calc_chain}))
    again = Package(after, "账.xlsx")
    assert anatomy(again).calc_chain == ""
    assert b"calcChain" not in again.read("[Content_Types].xml")
    assert b"calcChain" not in again.read("xl/_rels/workbook.xml.rels")
