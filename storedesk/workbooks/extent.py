"""How far a sheet's content reaches, by a scan of its bytes before any reader sees it.

One cell far away makes calamine reserve memory for everything in between and abort the process
(XFD1048576: 512 GB). The scan must therefore see every cell that calamine might see, whatever its
prefix, its attributes' order or their quoting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from storedesk.domain.errors import WorkbookDamaged, WorkbookUneditable, WorkbookUnsafe
from storedesk.workbooks.addresses import LAST_COLUMN, LAST_ROW, Area, cell, column_number
from storedesk.workbooks.markup import attributes
from storedesk.workbooks.sheet_xml import SheetXml

CELL_LIMIT = 5_000_000
AREA_LIMIT = 16_000_000
"""Cells of the rectangle around all content; calamine reserves 32 bytes for each."""
COLUMN_LIMIT = 512
LOOKED_THROUGH = 16 << 20

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*?\?>)?\s*(?:<!--.*?-->\s*)*", re.DOTALL)
_STRANGE = re.compile(rb"<[!?]")
_FORMULA = re.compile(rb"<f[\s/>]")
_STRANGE_OR_FORMULA = re.compile(rb"<(?:[!?]|f[\s/>])")
_PREFIXED = re.compile(rb":[cf][\s>/]")
_MERGED = re.compile(rb"<(?:[\w.\-]+:)?mergeCell\sref=\"([$A-Z0-9:]{2,30})\"")
_PROTECTION = re.compile(rb"<(?:[\w.\-]+:)?sheetProtection(?=[\s/>])[^>]*>")

_PLAIN_CELL = re.compile(rb'<c r="([A-Z]+(?=[0-9]{1,5}")|[A-Z]+[0-9]{6,}(?="))')
_ROWS_BELOW_SIX_DIGITS = 99_999
_NOT_CELL = re.compile(rb"<c(?![\s/>])")
_ANY_TAG = re.compile(rb"""<(?:[\w.\-]+:)?(row|c)(?=[\s/>])((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([^"']*)["']""")
_ADDRESS = re.compile(rb"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_VALUE_AHEAD = re.compile(rb"[^<]*<(?!/?(?:[\w.\-]+:)?(?:c|row)[\s/>])")


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What was noticed about a sheet in passing."""

    has_formulas: bool
    protected: bool
    has_errors: bool = False
    merged: tuple[Area, ...] = ()
    oddity: str = ""
    """Why its rows cannot be edited as bytes, if that was noticed: looked for in parts up to
    ``LOOKED_THROUGH`` only, since no program writes such rows, and writing checks it always."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The rectangle around a sheet's content: its last row and column, and how many cells."""

    last_row: int
    last_column: int
    cells: int

    @property
    def too_far(self) -> bool:
        """Whether a reader would reserve too much for it."""
        return (
            self.last_column > COLUMN_LIMIT
            or self.last_row > LAST_ROW
            or self.last_row * self.last_column > AREA_LIMIT
        )


def check_sheet(content: bytes, workbook: str, sheet: str) -> SheetFacts:
    """Check that a sheet's part can be read safely.

    Raises:
        WorkbookUnsafe: it reaches too far, has too many cells, or hides some from the scan; the
            message names the sheet and a cell.
        WorkbookDamaged: it is no sheet.
    """
    prolog = _PROLOG.match(content)
    begin = prolog.end() if prolog else 0
    if content[begin : begin + 1] != b"<":
        raise WorkbookDamaged(workbook, f"工作表「{sheet}」读不出来")
    # A pass over a large sheet costs 50 ms, so what is usually absent is looked for together.
    formulas = False
    if _STRANGE_OR_FORMULA.search(content, begin):
        if _STRANGE.search(content, begin):
            raise WorkbookUnsafe(workbook, f"工作表「{sheet}」里夹有少见的标记")
        formulas = True
    prefixed = _PREFIXED.search(content) is not None
    _check_extent(content, workbook, sheet, prefixed=prefixed)
    behind = content.rfind(b"sheetData")
    protection = _PROTECTION.search(content, behind)
    on = protection is not None and attributes(protection[0]).get(b"sheet") in (b"1", b"true")
    merged = (Area.of(one.decode()) for one in _MERGED.findall(content, max(behind, 0)))
    oddity = _oddity(content, workbook) if len(content) <= LOOKED_THROUGH else ""
    areas = tuple(area for area in merged if area)
    return SheetFacts(formulas or prefixed, on, _has_errors(content), areas, oddity)


def _has_errors(content: bytes) -> bool:
    return content.find(b't="e"') >= 0 or content.find(b"t='e'") >= 0


def _oddity(content: bytes, workbook: str) -> str:
    try:
        SheetXml(content, workbook).check_editable()
    except WorkbookUneditable as error:
        return error.detail
    return ""


def _check_extent(content: bytes, workbook: str, sheet: str, *, prefixed: bool) -> None:
    extent = None if prefixed else _bound(content)
    if extent is None or extent.too_far:
        extent = _exact(content, workbook, sheet)
    if extent.cells > CELL_LIMIT:
        raise WorkbookUnsafe(workbook, f"工作表「{sheet}」的单元格太多")
    if extent.too_far:
        corner = cell(min(extent.last_column, LAST_COLUMN), min(extent.last_row, LAST_ROW))
        what = f"工作表「{sheet}」的内容一直延伸到 {corner} 格，请删掉远处的内容"
        raise WorkbookUnsafe(workbook, what)


def _bound(content: bytes) -> Extent | None:
    """Return a quick upper bound, or None if the cells are not written in the usual way.

    Usual = no prefix, ``r`` first: then the distinct column letters say how wide it is, and only
    rows from 100,000 on need a closer look.
    """
    found = _PLAIN_CELL.findall(content)
    if len(found) != _cell_count(content):
        return None
    columns = rows = 0
    for place in set(found):
        letters = place.rstrip(b"0123456789")
        digits = place[len(letters) :]
        rows = max(rows, int(digits[:10]) if digits else _ROWS_BELOW_SIX_DIGITS)
        columns = max(columns, column_number(letters[:7].decode()))
    return Extent(rows, columns, len(found))


def _cell_count(content: bytes) -> int:
    """Return how many tags may be cells.

    That is everything that begins like one, but for the other elements before and after the rows
    (``cols``, ``conditionalFormatting`` …).
    """
    first, last = content.find(b"<row"), content.rfind(b"</row")
    before = len(_NOT_CELL.findall(content, 0, max(first, 0)))
    return content.count(b"<c") - before - len(_NOT_CELL.findall(content, max(last, 0)))


def _exact(content: bytes, workbook: str, sheet: str) -> Extent:
    """Return the extent of the cells that hold anything, tag by tag, whatever they look like."""
    last_row = last_column = count = 0
    row = column = 0
    for found in _ANY_TAG.finditer(content):
        reference = _REFERENCE.search(found[2])
        if found[1] == b"row":
            row = _row_number(reference[1], workbook, sheet) if reference else row + 1
            column = 0
            continue
        if reference:
            row_of_cell, column = _place(reference[1], workbook, sheet)
        else:
            row_of_cell, column = row, column + 1
        if not found[2].endswith(b"/") and _VALUE_AHEAD.match(content, found.end()):
            count += 1
            last_row = max(last_row, row_of_cell)
            last_column = max(last_column, column)
    return Extent(last_row, last_column, count)


def _row_number(reference: bytes, workbook: str, sheet: str) -> int:
    if not reference.isdigit() or len(reference) > len(str(LAST_ROW)):
        raise WorkbookUnsafe(workbook, f"工作表「{sheet}」里有看不懂的行号")
    return int(reference)


def _place(reference: bytes, workbook: str, sheet: str) -> tuple[int, int]:
    address = _ADDRESS.fullmatch(reference)
    if not address:
        raise WorkbookUnsafe(workbook, f"工作表「{sheet}」里有看不懂的单元格地址")
    return int(address[2]), column_number(address[1].decode())
