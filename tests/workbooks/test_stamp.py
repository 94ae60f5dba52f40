from __future__ import annotations

import pytest

from storedesk.domain.sheets import Stamp
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.stamp import adoption, generation_edit, read_stamp
from tests.helpers.raw_workbooks import RELATIONS, parts, sheet, zipped

DESK = "11111111-2222-3333-4444-555555555555"
PROPERTIES = (
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    b' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    b'<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="7" name="Project">'
    b"<vt:lpwstr>A</vt:lpwstr></property></Properties>"
)


def with_generation(part: bytes, generation: str) -> bytes:
    return Patch.of(part, [generation_edit(part, generation, "账.xlsx")]).whole()


def stamped(content: dict[str, bytes], desk: str = DESK) -> Stamp:
    """Return the stamp of a workbook after it was adopted and written once."""
    package = Package(zipped(content), "账.xlsx")
    found = anatomy(package)
    part = package.read(found.workbook)
    patches = {found.workbook: Patch.of(part, [generation_edit(part, "3.A.x8f3", "账.xlsx")])}
    patches |= adoption(package, found, desk)
    after = Package(b"".join(package.rewritten(patches)), "账.xlsx")
    return read_stamp(after, anatomy(after))


def test_a_workbook_never_adopted_has_no_stamp() -> None:
    package = Package(zipped(parts({"客户": sheet()})), "账.xlsx")
    assert read_stamp(package, anatomy(package)) == Stamp()


@pytest.mark.parametrize(
    "after_sheets",
    [
        "",
        "<definedNames/>",
        "<definedNames />",
        '<definedNames><definedName name="a">1</definedName></definedNames><calcPr/>',
        '<externalReferences><externalReference r:id="rId90"/></externalReferences><calcPr/>',
        '<definedNames><definedName name="StoreDeskGen">"2.B.z"</definedName></definedNames>',
    ],
)
def test_the_stamp_is_read_as_it_was_written(after_sheets: str) -> None:
    content = parts({"客户": sheet()}, after_sheets=after_sheets)
    assert stamped(content) == Stamp(DESK, "3.A.x8f3")


def test_generations_replace_each_other_and_keep_their_place() -> None:
    part = parts({"客户": sheet()}, after_sheets="<calcPr/>")["xl/workbook.xml"]
    once = with_generation(part, "1.A.a")
    assert once.count(b"StoreDeskGen") == 1
    assert once.index(b"</sheets>") < once.index(b"<definedNames>") < once.index(b"<calcPr/>")
    assert with_generation(once, "2.A.b") == once.replace(b"1.A.a", b"2.A.b")


def test_prefixes_are_kept() -> None:
    part = b"<x:workbook><x:sheets><x:sheet/></x:sheets></x:workbook>"
    assert b'</x:sheets><x:definedNames><x:definedName name="StoreDeskGen"' in with_generation(
        part, "1.A.a"
    )


def test_what_libreoffice_makes_of_the_name_is_read() -> None:
    """LibreOffice shows hidden names again and may add an equals sign."""
    names = '<definedNames><definedName name="StoreDeskGen">="12.A.x"</definedName></definedNames>'
    package = Package(zipped(parts({"客户": sheet()}, after_sheets=names)), "账.xlsx")
    assert read_stamp(package, anatomy(package)).number == 12


def test_other_properties_stay() -> None:
    content = parts({"客户": sheet()})
    content["docProps/custom.xml"] = PROPERTIES
    content["_rels/.rels"] = content["_rels/.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId7" Type="{RELATIONS}/custom-properties"'
        ' Target="docProps/custom.xml"/></Relationships>'.encode(),
    )
    package = Package(zipped(content), "账.xlsx")
    (patch,) = adoption(package, anatomy(package), DESK).values()
    part = patch.whole()
    assert part.startswith(PROPERTIES.removesuffix(b"</Properties>"))
    assert b'pid="8" name="StoreDeskBook"' in part
    assert stamped(content).desk == DESK


def test_an_empty_list_of_properties() -> None:
    content = parts({"客户": sheet()})
    content["docProps/custom.xml"] = b'<p:Properties xmlns:p="a" />'
    content["_rels/.rels"] = content["_rels/.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId7" Type="{RELATIONS}/custom-properties"'
        ' Target="docProps/custom.xml"/></Relationships>'.encode(),
    )
    assert stamped(content).desk == DESK


def test_a_workbook_is_adopted_once() -> None:
    content = parts({"客户": sheet()})
    package = Package(zipped(content), "账.xlsx")
    first = Package(
        b"".join(package.rewritten(adoption(package, anatomy(package), DESK))), "账.xlsx"
    )
    assert adoption(first, anatomy(first), "another") == {}
    assert read_stamp(first, anatomy(first)).desk == DESK


def test_part_and_relationship_names_in_use_are_avoided() -> None:
    content = parts({"客户": sheet()})
    content["docProps/custom.xml"] = b"<stray/>"
    package = Package(zipped(content), "账.xlsx")
    patches = adoption(package, anatomy(package), DESK)
    assert "docProps/custom2.xml" in patches
    assert b'Id="rId2"' in patches["_rels/.rels"].whole()
