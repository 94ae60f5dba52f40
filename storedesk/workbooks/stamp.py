"""The program's mark in a workbook (decision 3): whose it is, and which write was the last.

The desk's UUID is the custom document property ``StoreDeskBook``, written once. The generation is
the defined name ``StoreDeskGen``, written at every flush: a program that saves an older copy back
betrays itself by the older name.
"""

from __future__ import annotations

import re

from storedesk.domain.errors import WorkbookDamaged
from storedesk.domain.sheets import Stamp
from storedesk.workbooks.markup import Edit, attributes, escaped, parsed, unescaped, whole_number
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, relationships_part
from storedesk.workbooks.patch import Patch

BOOK = "StoreDeskBook"
GENERATION = "StoreDeskGen"

_PART = "docProps/custom.xml"
_CONTENT_TYPES = "[Content_Types].xml"
_CONTENT_TYPE = b"application/vnd.openxmlformats-officedocument.custom-properties+xml"
_RELATION = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_FORMAT_ID = b"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # the id every custom property carries
_PROPERTIES_NS = b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES_NS = b"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"

_FIRST_PROPERTY_ID = 2
_DEFINED_NAME = re.compile(
    rb"(<(?:[\w.\-]+:)?definedName(?=\s)[^>]*>)([^<]*)</(?:[\w.\-]+:)?definedName\s*>"
)


def read_stamp(package: Package, anatomy: Anatomy) -> Stamp:
    """Return the mark in a workbook; empty fields where it has none."""
    return Stamp(_desk_of(package, anatomy), _generation_of(package, anatomy))


def generation_edit(part: bytes, generation: str, workbook: str) -> Edit:
    """Return the edit of the workbook part that sets the generation.

    Raises ``WorkbookDamaged`` if the part has no place for it.
    """
    content = escaped(f'"{generation}"')
    for found in _DEFINED_NAME.finditer(part):
        if attributes(found[1]).get(b"name") == GENERATION.encode():
            return Edit(found.start(2), found.end(2), content)
    return _new_name_edit(part, content, workbook)


def adoption(package: Package, anatomy: Anatomy, desk: str) -> dict[str, Patch]:
    """Return the patches that write the desk's UUID, none if one stands there already.

    Raises ``WorkbookDamaged`` if a part has no place for it.
    """
    if _desk_of(package, anatomy):
        return {}
    if anatomy.properties:
        old = package.read(anatomy.properties)
        return {anatomy.properties: Patch.of(old, [_property_edit(old, desk, package.workbook)])}
    part = _unused_part(package)
    relations, types = relationships_part(""), _CONTENT_TYPES
    return {
        types: _with_child(
            package.read(types),
            b"Types",
            b'Override PartName="/%s" ContentType="%s"' % (part.encode(), _CONTENT_TYPE),
            package.workbook,
        ),
        relations: _with_child(
            package.read(relations),
            b"Relationships",
            b'Relationship Id="%s" Type="%s" Target="%s"'
            % (_unused_id(package.read(relations)), _RELATION, part.encode()),
            package.workbook,
        ),
        part: Patch.new_part(_new_properties(desk)),
    }


def _desk_of(package: Package, anatomy: Anatomy) -> str:
    if not anatomy.properties:
        return ""
    root = parsed(package.read(anatomy.properties), package.workbook, "文件属性")
    for entry in root:
        if entry.get("name") == BOOK:
            return "".join(entry.itertext()).strip()
    return ""


def _generation_of(package: Package, anatomy: Anatomy) -> str:
    for found in _DEFINED_NAME.finditer(package.read(anatomy.workbook)):
        if attributes(found[1]).get(b"name") == GENERATION.encode():
            return unescaped(found[2]).strip().removeprefix("=").strip('"')
    return ""


def _new_name_edit(part: bytes, content: bytes, workbook: str) -> Edit:
    """Return the edit that adds our name at the end of the list of names.

    A list that has to be made follows external references, function groups or sheets, as the
    schema orders.
    """
    name = b'<%sdefinedName name="%s" hidden="1">%s</%sdefinedName>'
    closing = re.search(rb"</((?:[\w.\-]+:)?)definedNames\s*>", part)
    if closing:
        new = name % (closing[1], GENERATION.encode(), content, closing[1])
        return Edit(closing.start(), closing.start(), new)
    listed = b"<%sdefinedNames>" + name + b"</%sdefinedNames>"
    empty = re.search(rb"<((?:[\w.\-]+:)?)definedNames\s*/>", part)  # as openpyxl writes it
    if empty:
        prefix = empty[1]
        new = listed % (prefix, prefix, GENERATION.encode(), content, prefix, prefix)
        return Edit(empty.start(), empty.end(), new)
    for before in (b"externalReferences", b"functionGroups", b"sheets"):
        ends = list(re.finditer(rb"</((?:[\w.\-]+:)?)%s\s*>" % before, part))
        if ends:
            prefix, at = ends[-1][1], ends[-1].end()
            new = listed % (prefix, prefix, GENERATION.encode(), content, prefix, prefix)
            return Edit(at, at, new)
    raise WorkbookDamaged(workbook, "工作簿目录不完整")


def _property_edit(part: bytes, desk: str, workbook: str) -> Edit:
    """Return the edit that adds the property to an existing list."""
    used = [whole_number(number) for number in re.findall(rb"""\spid\s*=\s*["'](\d+)["']""", part)]
    entry = _property(desk, max(used, default=_FIRST_PROPERTY_ID - 1) + 1)
    return _child_edit(part, b"Properties", entry, workbook)


def _property(desk: str, number: int) -> bytes:
    return (
        b'<property xmlns="%s" fmtid="%s" pid="%d" name="%s">'
        b'<vt:lpwstr xmlns:vt="%s">%s</vt:lpwstr></property>'
    ) % (_PROPERTIES_NS, _FORMAT_ID, number, BOOK.encode(), _TYPES_NS, escaped(desk))


def _new_properties(desk: str) -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        b'<Properties xmlns="%s">%s</Properties>'
    ) % (_PROPERTIES_NS, _property(desk, _FIRST_PROPERTY_ID))


def _with_child(part: bytes, root: bytes, entry: bytes, workbook: str) -> Patch:
    """Return the patch that adds an empty element at the end of the root, with its prefix."""
    found = re.search(rb"<((?:[\w.\-]+:)?)%s(?=[\s/>])" % root, part)
    prefix = found[1] if found else b""
    return Patch.of(part, [_child_edit(part, root, b"<" + prefix + entry + b"/>", workbook)])


def _child_edit(part: bytes, root: bytes, entry: bytes, workbook: str) -> Edit:
    closing = list(re.finditer(rb"</(?:[\w.\-]+:)?%s\s*>" % root, part))
    if closing:
        return Edit(closing[-1].start(), closing[-1].start(), entry)
    only = re.search(rb"<((?:[\w.\-]+:)?%s)((?=\s)[^>]*?)?\s*/>" % root, part)
    if not only:
        raise WorkbookDamaged(workbook, "部件目录不完整")
    new = b"<%s%s>%s</%s>" % (only[1], only[2] or b"", entry, only[1])
    return Edit(only.start(), only.end(), new)


def _unused_part(package: Package) -> str:
    name, number = _PART, 2
    while name in package:
        name = f"docProps/custom{number}.xml"
        number += 1
    return name


def _unused_id(relations: bytes) -> bytes:
    number = 1
    while b'"rId%d"' % number in relations or b"'rId%d'" % number in relations:
        number += 1
    return b"rId%d" % number
