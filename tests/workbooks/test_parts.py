from __future__ import annotations

from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy, relationships, relationships_part
from tests.helpers.raw_workbooks import RELATIONS, parts, sheet, zipped


def renamed(content: dict[str, bytes], names: dict[str, str]) -> dict[str, bytes]:
    return {names.get(name, name): part for name, part in content.items()}


def test_parts_are_found_through_relationships() -> None:
    content = parts({"甲": sheet(), "乙&丙": sheet()}, strings=["<t>a</t>"])
    found = anatomy(Package(zipped(content), "账.xlsx"))
    assert found.workbook == "xl/workbook.xml"
    assert [(one.name, one.part, one.position) for one in found.sheets] == [
        ("甲", "xl/worksheets/sheet1.xml", 0),
        ("乙&丙", "xl/worksheets/sheet2.xml", 1),
    ]
    assert found.strings == "xl/sharedStrings.xml"
    assert (found.calc_chain, found.properties, found.date1904) == ("", "", False)


def test_names_say_nothing_and_case_does_not_count() -> None:
    content = renamed(
        parts({"甲": sheet()}),
        {"xl/worksheets/sheet1.xml": "xl/Worksheets/Sheet1.XML", "xl/styles.xml": "xl/Styles.xml"},
    )
    found = anatomy(Package(zipped(content), "账.xlsx"))
    assert found.sheets[0].part == "xl/Worksheets/Sheet1.XML"
    assert found.styles == "xl/Styles.xml"


def test_absolute_and_escaped_targets() -> None:
    content = parts({"甲": sheet()})
    links = content["xl/_rels/workbook.xml.rels"].replace(
        b"worksheets/sheet1.xml", b"/my%20sheets/one.xml"
    )
    content = renamed(content, {"xl/worksheets/sheet1.xml": "my sheets/one.xml"})
    content["xl/_rels/workbook.xml.rels"] = links
    assert anatomy(Package(zipped(content), "账.xlsx")).sheets[0].part == "my sheets/one.xml"


def test_chart_sheets_count_as_positions_and_hidden_is_noted() -> None:
    content = parts({"图": sheet(), "甲": sheet()})
    links = "xl/_rels/workbook.xml.rels"
    content[links] = content[links].replace(b"/worksheet", b"/chartsheet", 1)
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(
        b'sheetId="2"', b'sheetId="2" state="veryHidden"'
    )
    found = anatomy(Package(zipped(content), "账.xlsx"))
    assert [(one.name, one.position, one.hidden) for one in found.sheets] == [("甲", 1, True)]


def test_the_1904_calendar() -> None:
    content = zipped(parts({"甲": sheet()}, in_workbook='<workbookPr date1904="1"/>'))
    assert anatomy(Package(content, "账.xlsx")).date1904


def test_links_to_the_outside_are_left_out() -> None:
    outside = f'<Relationship Id="rId9" Type="{RELATIONS}/hyperlink" TargetMode="External"'
    outside += ' Target="http://example.com/"/>'
    package = Package(zipped(parts({"甲": sheet()}, relations=outside)), "账.xlsx")
    kinds = [link.kind for link in relationships(package, "xl/workbook.xml")]
    assert kinds == ["worksheet", "styles"]
    assert relationships_part("") == "_rels/.rels"
    assert relationships(package, "xl/styles.xml") == ()
