"""Formulas after an edit: Excel is asked to recalculate, and a stale calculation chain goes."""

from __future__ import annotations

import re
from collections.abc import Collection

from storedesk.workbooks.markup import Edit, attributes, with_attribute
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, relationships_part
from storedesk.workbooks.patch import Patch

_FORMULA = re.compile(rb"<(?:[\w.\-]+:)?f[\s/>]")
_LONGEST_FORMULA_TAG = 64
_SETTINGS = re.compile(rb"<((?:[\w.\-]+:)?)calcPr(?=[\s/>])[^>]*>")
_BEFORE_SETTINGS = (b"definedNames", b"externalReferences", b"functionGroups", b"sheets")
_CONTENT_TYPES = "[Content_Types].xml"


def holds_formulas(package: Package, anatomy: Anatomy, known_without: Collection[str] = ()) -> bool:
    """Whether any sheet holds a formula; a calculation chain proves it without a look.

    ``known_without`` names parts that were looked at already.
    """
    return bool(anatomy.calc_chain) or any(
        _part_holds_formula(package, sheet.part)
        for sheet in anatomy.sheets
        if sheet.part not in known_without
    )


def recalculation_edits(workbook_part: bytes) -> list[Edit]:
    """Return the edit that makes Excel recalculate everything when it opens the file."""
    found = _SETTINGS.search(workbook_part)
    if found:
        if attributes(found[0]).get(b"fullCalcOnLoad") in (b"1", b"true"):
            return []
        tag = with_attribute(found[0], b"fullCalcOnLoad", b"1")
        return [Edit(found.start(), found.end(), tag)]
    for name in _BEFORE_SETTINGS:
        ends = list(re.finditer(rb"</((?:[\w.\-]+:)?)%s\s*>" % name, workbook_part))
        if ends:
            at = ends[-1].end()
            return [Edit(at, at, b'<%scalcPr fullCalcOnLoad="1"/>' % ends[-1][1])]
    return []


def without_chain(package: Package, anatomy: Anatomy) -> dict[str, Patch]:
    """Return the patches that forget the calculation chain; the part itself is to be dropped.

    A chain that names a cell without a formula makes Excel offer a repair, a missing one does not.
    """
    relations = relationships_part(anatomy.workbook)
    file_name = anatomy.calc_chain.rpartition("/")[2].encode()
    return {
        relations: _without(package.read(relations), b"Relationship", b"Target", file_name),
        _CONTENT_TYPES: _without(package.read(_CONTENT_TYPES), b"Override", b"PartName", file_name),
    }


def _without(part: bytes, element: bytes, attribute: bytes, file_name: bytes) -> Patch:
    """Return the patch that removes the elements whose attribute names the file."""
    pattern = re.compile(rb"<((?:[\w.\-]+:)?%s)(?=\s)[^>]*?(?:/>|>\s*</\1\s*>)" % element)
    return Patch.of(
        part,
        [
            Edit(found.start(), found.end(), b"")
            for found in pattern.finditer(part)
            if attributes(found[0]).get(attribute, b"").rpartition(b"/")[2] == file_name
        ],
    )


def _part_holds_formula(package: Package, part: str) -> bool:
    before = b""
    for chunk in package.chunks(part):
        if _FORMULA.search(before + chunk):
            return True
        before = chunk[-_LONGEST_FORMULA_TAG:]
    return False
