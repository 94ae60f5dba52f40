"""The top rows of every sheet as text: what ledgers' sheets are recognised by.

Reading and writing both find their sheets through this, so that they can never disagree.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from storedesk.domain.errors import WorkbookDamaged, WorkbookUneditable
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, Worksheet
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.strings import SharedStrings, cell_text

log = logging.getLogger(__name__)

_ROW = re.compile(rb"<([\w.\-]+:)?row(?=[\s/>])")

OPTIONS_SHEET = "选项"
"""The hidden sheet of drop-down lists in our own workbooks; never a ledger."""

DEPTH = 20
"""Headers are looked for in rows 1 to 20 (decision 6)."""


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first rows of a sheet: texts by row number and column position, empty cells left out."""

    sheet: Worksheet
    rows: Mapping[int, Mapping[int, str]]


def read_heads(package: Package, anatomy: Anatomy, strings: SharedStrings) -> tuple[SheetHead, ...]:
    """Return the head of every sheet that may be a ledger.

    Only as much of each part is unpacked as is needed.

    What cannot be understood there has no headers. Raises ``WorkbookDamaged`` if a part is broken.
    """
    return tuple(
        SheetHead(sheet, _texts(_top(package, sheet.part), package.workbook, strings))
        for sheet in anatomy.sheets
        if sheet.name != OPTIONS_SHEET
    )


def _top(package: Package, part: str) -> bytes:
    """Return the part up to a row below ``DEPTH``, closed after its last whole row."""
    content = b""
    for chunk in package.chunks(part):
        content += chunk
        rows = list(_ROW.finditer(content))
        if len(rows) > DEPTH + 1:
            prefix = rows[-1][1] or b""
            closing = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
            return content[: rows[-1].start()] + closing
    return content


def _texts(part: bytes, workbook: str, strings: SharedStrings) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    try:
        for row in SheetXml(part, workbook).rows():
            if row.number > DEPTH:
                break
            texts = {one.column: cell_text(one.raw, strings).strip() for one in row.cells}
            filled = {column: text for column, text in texts.items() if text}
            if filled:
                rows[row.number] = filled
    except (WorkbookDamaged, WorkbookUneditable):
        log.info("a sheet's first rows are not plain rows", exc_info=True)
    return rows
