"""Measuring a foreign file before any reader sees it (workbooks.md §5).

A small file can unpack to gigabytes, and a single cell far away makes calamine reserve memory for
everything in between and abort the whole process; neither may happen to a store's PC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from storedesk.domain.errors import WorkbookUnsafe
from storedesk.workbooks.addresses import LAST_COLUMN, LAST_ROW, cell, column_number
from storedesk.workbooks.markup import attributes
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, anatomy

_MB = 1 << 20
FILE_LIMIT = 60 * _MB
UNPACKED_LIMIT = 1500 * _MB
RATIO_LIMIT = 200
"""Honest sheets reach 121; bombs begin near 400. Asked of parts over ``RATIO_FROM`` only."""
RATIO_FROM = 10 * _MB
MEMBER_LIMIT = 5_000
CELL_LIMIT = 5_000_000
AREA_LIMIT = 16_000_000
"""Cells of the rectangle around all content; calamine reserves 32 bytes for each."""
COLUMN_LIMIT = 512
STRING_LIMIT = 2_000_000

_XML_ENDINGS = (".xml", ".rels", ".vml")
_DOCTYPE = b"<!DOCTYPE"
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.\-]+)[\"']")
_PLAIN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*?\?>)?\s*(?:<!--.*?-->\s*)*", re.DOTALL)
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]+(?=[0-9]{1,5}")|[A-Z]+[0-9]{6,}(?="))')
_ROWS_BELOW_SIX_DIGITS = 99_999
_CELL_STARTS = (b"<c ", b"<c>", b"<c/", b"<c\n", b"<c\r", b"<c\t")
_PREFIXED = (b":c ", b":c>", b":c/", b":c\n", b":c\r", b":c\t")
_ANY_TAG = re.compile(rb"""<(?:[\w.\-]+:)?(row|c)(?=[\s/>])((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([^"']*)["']""")
_ADDRESS = re.compile(rb"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_VALUE_AHEAD = re.compile(rb"[^<]*<(?!/?(?:[\w.\-]+:)?(?:c|row)[\s/>])")
_FORMULA_STARTS = tuple(
    opening + end for opening in (b"<f", b":f") for end in (b">", b" ", b"/", b"\n")
)
_PROTECTION = re.compile(rb"<(?:[\w.\-]+:)?sheetProtection(?=[\s/>])[^>]*>")
_STRING_ITEM = re.compile(rb"<(?:[\w.\-]+:)?si(?=[\s/>])")


@dataclass(frozen=True, slots=True)
class Extent:
    """The rectangle around a sheet's content: its last row and column, and how many cells."""

    last_row: int
    last_column: int
    cells: int


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What was noticed about a sheet in passing."""

    has_formulas: bool
    protected: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A package within all limits: its anatomy, and facts of each worksheet by part name."""

    anatomy: Anatomy
    facts: Mapping[str, SheetFacts]


def measure(package: Package) -> Measured:
    """Measure every part of a package.

    Every part is unpacked once, piece by piece, so that lengths and check sums are proved.

    Raises:
        WorkbookUnsafe: a limit is passed; the message says which.
        WorkbookDamaged: a part is broken.
    """
    _check_sizes(package)
    found = anatomy(package)
    sheets = {sheet.part: sheet.name for sheet in found.sheets}
    facts: dict[str, SheetFacts] = {}
    for name in package.names:
        if name in sheets:
            content = package.read(name)
            _check_xml(package.workbook, name, content)
            check_extent(content, package.workbook, sheets[name])
            facts[name] = _facts(content)
        elif name.lower().endswith(_XML_ENDINGS):
            content = package.read(name)
            _check_xml(package.workbook, name, content)
            if name == found.strings and len(_STRING_ITEM.findall(content)) > STRING_LIMIT:
                raise WorkbookUnsafe(package.workbook, "不同的文字太多")
        else:
            for _ in package.chunks(name):
                pass
    return Measured(found, facts)


def _facts(content: bytes) -> SheetFacts:
    tail = content[content.rfind(b"sheetData") :]
    protection = _PROTECTION.search(tail)
    on = protection is not None and attributes(protection[0]).get(b"sheet") in (b"1", b"true")
    formulas = any(content.find(mark) >= 0 for mark in _FORMULA_STARTS)
    return SheetFacts(formulas, on)


def check_extent(content: bytes, workbook: str, sheet: str) -> Extent:
    """Return how far a sheet's content reaches.

    Raises:
        WorkbookUnsafe: too far, or too many cells; the message names the sheet and a cell.
    """
    prolog = _PROLOG.match(content)
    begin = prolog.end() if prolog else 0
    if content.find(b"<!", begin) >= 0 or content.find(b"<?", begin) >= 0:
        raise WorkbookUnsafe(workbook, f"工作表「{sheet}」里夹有少见的标记")
    extent = _bound(content)
    if extent is None or _too_far(extent):
        extent = _exact(content, workbook, sheet)
    if extent.cells > CELL_LIMIT:
        raise WorkbookUnsafe(workbook, f"工作表「{sheet}」的单元格太多")
    if _too_far(extent):
        corner = cell(min(extent.last_column, LAST_COLUMN), min(extent.last_row, LAST_ROW))
        raise WorkbookUnsafe(
            workbook, f"工作表「{sheet}」的内容一直延伸到 {corner} 格，请删掉远处的内容"
        )
    return extent


def _too_far(extent: Extent) -> bool:
    return (
        extent.last_column > COLUMN_LIMIT
        or extent.last_row > LAST_ROW
        or extent.last_row * extent.last_column > AREA_LIMIT
    )


def _check_sizes(package: Package) -> None:
    workbook = package.workbook
    if package.file_size > FILE_LIMIT:
        raise WorkbookUnsafe(workbook, f"文件超过 {FILE_LIMIT // _MB} MB")
    if len(package.names) > MEMBER_LIMIT:
        raise WorkbookUnsafe(workbook, "里面的部件太多")
    sizes = [package.sizes(name) for name in package.names]
    if sum(size for size, _ in sizes) > UNPACKED_LIMIT:
        raise WorkbookUnsafe(workbook, "解开后太大")
    if any(size > RATIO_FROM and size > packed * RATIO_LIMIT for size, packed in sizes):
        raise WorkbookUnsafe(workbook, "压缩得不正常")


def _check_xml(workbook: str, name: str, content: bytes) -> None:
    if content.startswith(_UTF16):
        raise WorkbookUnsafe(workbook, "用了少见的 UTF-16 编码")
    declared = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in _PLAIN_ENCODINGS:
        raise WorkbookUnsafe(workbook, f"用了少见的编码 {declared[1].decode('ascii', 'replace')}")
    if _DOCTYPE in content:
        raise WorkbookUnsafe(workbook, f"部件 {name} 里有不该有的定义")


def _bound(content: bytes) -> Extent | None:
    """Return a quick upper bound, or None if the cells are not written in the usual way.

    Usual = no prefix, ``r`` first: then the distinct column letters say how wide it is, and only
    rows from 100,000 on need a closer look.
    """
    if any(content.find(mark) >= 0 for mark in _PREFIXED):
        return None
    found = _PLAIN_CELL.findall(content)
    if len(found) != sum(content.count(mark) for mark in _CELL_STARTS):
        return None
    count = len(found)
    places = set(found)
    columns = rows = 0
    for place in places:
        letters = place.rstrip(b"0123456789")
        digits = place[len(letters) :]
        rows = max(rows, int(digits[:10]) if digits else _ROWS_BELOW_SIX_DIGITS)
        columns = max(columns, column_number(letters[:7].decode()))
    return Extent(rows, columns, count)


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
