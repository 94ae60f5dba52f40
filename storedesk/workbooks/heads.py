"""The top rows of every sheet as text: what ledgers' sheets are recognised by.

Reading and writing both find their sheets through this, so that they can never disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from storedesk.workbooks.cells import own_text, shared_index
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, Worksheet
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.strings import SharedStrings

_ROW = re.compile(rb"<([\w.\-]+:)?row(?=[\s/>])")

DEPTH = 20
"""Headers are looked for in rows 1 to 20 (decision 6)."""


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first rows of a sheet: texts by row number and column position, empty cells left out."""

    sheet: Worksheet
    rows: Mapping[int, Mapping[int, str]]


def read_heads(package: Package, anatomy: Anatomy, strings: SharedStrings) -> tuple[SheetHead, ...]:
    """Return the head of every worksheet; only as much of each part is unpacked as is needed.

    Raises ``WorkbookDamaged`` or ``WorkbookUneditable`` if the rows are not plain rows.
    """
    return tuple(
        SheetHead(sheet, _texts(_top(package, sheet.part), strings)) for sheet in anatomy.sheets
    )


def _top(package: Package, part: str) -> SheetXml:
    """Return the part up to a row below ``DEPTH``, closed after its last whole row."""
    content = b""
    for chunk in package.chunks(part):
        content += chunk
        rows = list(_ROW.finditer(content))
        if len(rows) > DEPTH + 1:
            prefix = rows[-1][1] or b""
            closing = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
            return SheetXml(content[: rows[-1].start()] + closing, package.workbook)
    return SheetXml(content, package.workbook)


def _texts(sheet: SheetXml, strings: SharedStrings) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    for row in sheet.rows():
        if row.number > DEPTH:
            break
        texts: dict[int, str] = {}
        for cell in row.cells:
            number = shared_index(cell.raw)
            text = (own_text(cell.raw) if number is None else strings[number]).strip()
            if text:
                texts[cell.column] = text
        if texts:
            rows[row.number] = texts
    return rows
