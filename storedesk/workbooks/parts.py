"""What the parts of a workbook are to each other: found through relationships, never by name."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote

from storedesk.domain.errors import WorkbookDamaged
from storedesk.workbooks.markup import local, parsed
from storedesk.workbooks.package import Package


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship of a part: id, last word of its type (``worksheet``), and the part meant."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Worksheet:
    """An ordinary sheet.

    Attributes:
        name: as people see it.
        part: name of its part.
        position: among all sheets, from 0 (chart sheets counted), as defined names count.
        hidden: not shown as a tab.
    """

    name: str
    part: str
    position: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The parts that matter; an empty name means there is none."""

    workbook: str
    sheets: tuple[Worksheet, ...]
    strings: str
    styles: str
    calc_chain: str
    properties: str
    date1904: bool


def relationships(package: Package, part: str) -> tuple[Relationship, ...]:
    """Return the relationships of a part (``""`` for those of the whole package).

    Links to the outside are left out. Raises ``WorkbookDamaged`` if they cannot be read.
    """
    name = relationships_part(part)
    if name not in package:
        return ()
    root = parsed(package.read(name), package.workbook, "部件关系")
    folder = posixpath.dirname(part)
    return tuple(
        Relationship(
            one.get("Id", ""),
            one.get("Type", "").rpartition("/")[2],
            _target(package, folder, one.get("Target", "")),
        )
        for one in root
        if one.get("TargetMode") != "External"
    )


def relationships_part(part: str) -> str:
    """Return the name of the part that holds the relationships of ``part``."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def anatomy(package: Package) -> Anatomy:
    """Return the parts of a workbook.

    Raises:
        WorkbookDamaged: there is no workbook part, or it has no readable list of sheets.
    """
    of_package = relationships(package, "")
    workbook = _first(of_package, "officeDocument")
    if workbook not in package:
        raise WorkbookDamaged(package.workbook, "里面没有工作簿")
    root = parsed(package.read(workbook), package.workbook, "工作簿目录")
    links = relationships(package, workbook)
    by_id = {link.id: link for link in links}
    sheets: list[Worksheet] = []
    elements = [one for group in root if local(group.tag) == "sheets" for one in group]
    for position, element in enumerate(elements):
        link = by_id.get(_relationship_id(element.attrib))
        if link and link.kind == "worksheet" and link.target in package:
            hidden = element.get("state", "visible") != "visible"
            sheets.append(Worksheet(element.get("name", ""), link.target, position, hidden))
    if not elements:
        raise WorkbookDamaged(package.workbook, "里面没有工作表")
    marks = [one.get("date1904", "") for one in root if local(one.tag) == "workbookPr"]
    return Anatomy(
        workbook=workbook,
        sheets=tuple(sheets),
        strings=_present(package, _first(links, "sharedStrings")),
        styles=_present(package, _first(links, "styles")),
        calc_chain=_present(package, _first(links, "calcChain")),
        properties=_present(package, _first(of_package, "custom-properties", "customProperties")),
        date1904=marks[:1] in (["1"], ["true"]),
    )


def _target(package: Package, folder: str, target: str) -> str:
    """Return the name of the part that a relationship of a part in ``folder`` points to."""
    path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    plain = posixpath.normpath(path)
    for name in (plain, unquote(plain)):
        if name in package:
            return package.actual_name(name)
    return plain


def _first(links: tuple[Relationship, ...], *kinds: str) -> str:
    return next((link.target for link in links if link.kind in kinds), "")


def _present(package: Package, name: str) -> str:
    return name if name and name in package else ""


def _relationship_id(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith("}id")), "")
