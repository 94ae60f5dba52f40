"""Proof, before a workbook is replaced, that exactly the meant cells changed (decision 4).

The file just written is read again from disk. Every other part must be the same bytes, every
changed part must be the old one plus the known edits, edits outside rows may only be the allowed
ones, and each touched row is read by a strict XML parser and compared cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from storedesk.domain.errors import WorkbookUneditable
from storedesk.workbooks.addresses import column_number
from storedesk.workbooks.cells import Stored
from storedesk.workbooks.markup import Edit, excel_unescaped, local
from storedesk.workbooks.package import Package
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.sheet_edit import RowEdit
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.splice import Splice

_ROW_EXTRAS = ("r", "spans")
_RANGES = re.compile(rb"(?:\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?\s?)+")


class NotAsMeant(WorkbookUneditable):
    """The written file is not what was meant: a fault of ours or of the disk; nothing replaced."""


def verify(written: bytes, before: Package, splice: Splice) -> None:
    """Check a written workbook against the one before and the changes that were meant.

    Raises:
        NotAsMeant: anything else than the meant changes is different.
        WorkbookDamaged, WorkbookUnsafe: the written file cannot be read.
    """
    after = Package(written, before.workbook)
    expected = [name for name in before.names if name not in splice.dropped]
    expected += [name for name in splice.patches if name not in before]
    if list(after.names) != expected:
        raise NotAsMeant(before.workbook, "部件不齐")
    for name in expected:
        if name in splice.patches:
            _check_patched(after, name, splice.patches[name])
        elif before.raw(name) != after.raw(name):
            raise NotAsMeant(before.workbook, f"部件 {name} 变了")
    for part, rows in splice.rows.items():
        _check_sheet(before.workbook, splice.patches[part], rows)


def _check_patched(after: Package, name: str, patch: Patch) -> None:
    """Check that a part on disk is the old part plus the edits, and still well-formed if small."""
    want = _Stream(patch.chunks())
    for piece in after.chunks(name):
        if not want.begins_with(piece):
            raise NotAsMeant(after.workbook, f"部件 {name} 与预期不符")
    if not want.is_over():
        raise NotAsMeant(after.workbook, f"部件 {name} 少了内容")
    if len(patch.old) < _SMALL_PART:
        try:
            ET.fromstring(patch.whole())  # noqa: S314  # our own result, DOCTYPE refused on reading
        except ET.ParseError as error:
            raise NotAsMeant(after.workbook, f"部件 {name} 不完整") from error


_SMALL_PART = 1 << 20


class _Stream:
    """Pieces of bytes read as one stream."""

    def __init__(self, pieces: Iterator[bytes | memoryview]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def begins_with(self, wanted: bytes) -> bool:
        """Whether the stream goes on with these bytes; they are consumed."""
        view = memoryview(wanted)
        while view:
            while not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    return False
                self._rest = memoryview(piece)
            length = min(len(view), len(self._rest))
            if view[:length] != self._rest[:length]:
                return False
            view, self._rest = view[length:], self._rest[length:]
        return True

    def is_over(self) -> bool:
        """Whether nothing is left."""
        return not self._rest and not any(len(piece) for piece in self._pieces)


def _check_sheet(workbook: str, patch: Patch, rows: tuple[RowEdit, ...]) -> None:
    """Check that every edit of a sheet is a meant row or an allowed range, and the rows' cells."""
    sheet = SheetXml(patch.old, workbook)
    touched = {(row.edit.start, row.edit.end) for row in rows if row.edit.end > row.edit.start}
    for edit in patch.edits:
        inside = sheet.inside <= edit.start and edit.end <= sheet.outside
        if (edit.start, edit.end) in touched or (inside and edit.start == edit.end):
            continue
        if not _is_range(patch.old, edit) and edit.start != sheet.opening[0]:
            raise NotAsMeant(workbook, "改到了不该改的地方")
    for row in rows:
        number, old = _cells(sheet, row.edit.start, row.edit.end, workbook)
        new_number, new = _parsed_row(sheet, row.edit.new, workbook)
        if new_number != row.number or (old and number not in (row.number, 0)):
            raise NotAsMeant(workbook, f"第 {row.number} 行的位置不对")
        _check_cells(workbook, row, old, new)


def _is_range(old: bytes, edit: Edit) -> bool:
    """Whether an edit turns one range into another."""
    before = old[edit.start : edit.end]
    return bool(_RANGES.fullmatch(before)) and bool(_RANGES.fullmatch(edit.new))


def _cells(
    sheet: SheetXml, start: int, end: int, workbook: str
) -> tuple[int, dict[int, ET.Element]]:
    if start == end:
        return 0, {}
    return _parsed_row(sheet, sheet.part[start:end], workbook)


def _parsed_row(sheet: SheetXml, row: bytes, workbook: str) -> tuple[int, dict[int, ET.Element]]:
    """Return number and cells by column of a row, read by a strict parser."""
    closing = b"</%sworksheet>" % sheet.prefix
    try:
        root = ET.fromstring(sheet.root_tag + row + closing)  # noqa: S314  # one row, no DOCTYPE
    except ET.ParseError as error:
        raise NotAsMeant(workbook, "有一行写坏了") from error
    if len(root) != 1 or local(root[0].tag) != "row":
        raise NotAsMeant(workbook, "有一行写坏了")
    cells: dict[int, ET.Element] = {}
    last = 0
    for cell in root[0]:
        if local(cell.tag) != "c":
            continue
        letters = re.match(r"[A-Za-z]+", cell.get("r", ""))
        column = column_number(letters[0]) if letters else last + 1
        if column <= last:
            raise NotAsMeant(workbook, "单元格次序乱了")
        cells[column] = cell
        last = column
    return int(root[0].get("r", "0")), cells


def _check_cells(
    workbook: str,
    row: RowEdit,
    old: Mapping[int, ET.Element],
    new: Mapping[int, ET.Element],
) -> None:
    """Check that the meant cells hold what was meant and the others are what they were."""
    for column, cell in new.items():
        if column in row.cells:
            if _value(cell) != row.cells[column].value:
                raise NotAsMeant(workbook, f"第 {row.number} 行有一格写得不对")
        elif column in old:
            if _canonical(cell) != _canonical(old[column]):
                raise NotAsMeant(workbook, f"第 {row.number} 行动到了别的格")
        elif len(cell):
            raise NotAsMeant(workbook, f"第 {row.number} 行多了一格")
    missing = [column for column, meant in row.cells.items() if meant.value is not None]
    if not {*old, *missing} <= new.keys():
        raise NotAsMeant(workbook, f"第 {row.number} 行少了一格")


def _value(cell: ET.Element) -> Stored:
    """Return what one of our own cells holds."""
    if not len(cell):
        return None
    if cell.get("t") == "inlineStr":
        return excel_unescaped("".join(cell.itertext()))
    text = "".join(cell.itertext())
    return float(text) if re.search(r"[.e]", text) else int(text)


def _canonical(cell: ET.Element) -> bytes:
    """Return a cell's content as comparable bytes; the address may have been added."""
    attributes = {name: value for name, value in cell.attrib.items() if name not in _ROW_EXTRAS}
    plain = ET.Element(cell.tag, attributes)
    plain.text = cell.text
    plain.extend(list(cell))
    return ET.tostring(plain)
