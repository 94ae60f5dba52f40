"""Proof, before a workbook is replaced, that exactly the meant cells changed (decision 4).

The file just written is read again from disk. Every other part must be the same bytes, every
changed part must be the old one plus the known edits, edits outside rows may only be the allowed
ones, and each touched row is read by a strict XML parser and compared cell by cell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from storedesk.domain.errors import WorkbookUneditable
from storedesk.workbooks.addresses import column_number
from storedesk.workbooks.cells import Stored
from storedesk.workbooks.markup import excel_unescaped, local, opened
from storedesk.workbooks.package import Package
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.sheet_edit import RowEdit
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.splice import Splice

_SMALL_PART = 1 << 20
_BATCH = 1000
"""Rows parsed at a time, to bound memory."""
_LETTERS = re.compile(r"[A-Za-z]+")
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
        except (ET.ParseError, ValueError, LookupError) as error:
            raise NotAsMeant(after.workbook, f"部件 {name} 不完整") from error


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
    """Check that a sheet's edits are the meant rows and allowed ranges, and each row's cells."""
    sheet = SheetXml(patch.old, workbook)
    wanted = _row_edits(sheet, rows)
    for edit in patch.edits:
        if wanted.pop((edit.start, edit.end), None) == edit.new:
            continue
        before = patch.old[edit.start : edit.end]
        if not (_RANGES.fullmatch(before) and _RANGES.fullmatch(edit.new)):
            raise NotAsMeant(workbook, "改到了不该改的地方")
    if wanted:
        raise NotAsMeant(workbook, "有一行没有写进去")
    for first in range(0, len(rows), _BATCH):
        batch = rows[first : first + _BATCH]
        old = _parsed_rows(
            sheet, [sheet.part[row.edit.start : row.edit.end] for row in batch], workbook
        )
        new = _parsed_rows(sheet, [row.edit.new for row in batch], workbook)
        for row, one, other in zip(batch, old, new, strict=True):
            _check_row(workbook, row, one, other)


def _row_edits(sheet: SheetXml, rows: tuple[RowEdit, ...]) -> dict[tuple[int, int], bytes]:
    """Return what the rows should become, by place in the part; new rows at one place joined."""
    pieces: dict[tuple[int, int], list[bytes]] = defaultdict(list)
    for row in rows:
        pieces[row.edit.start, row.edit.end].append(row.edit.new)
    wanted = {place: b"".join(listed) for place, listed in pieces.items()}
    if sheet.self_closed and wanted:
        start, end = sheet.opening
        closing = b"</%ssheetData>" % sheet.prefix
        return {(start, end): opened(sheet.part[start:end]) + b"".join(wanted.values()) + closing}
    return wanted


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as a strict parser reads it."""

    number: int
    attributes: Mapping[str, str]
    cells: Mapping[int, ET.Element]


def _parsed_rows(sheet: SheetXml, rows: Sequence[bytes], workbook: str) -> list[_Row | None]:
    """Return rows read by a strict parser, None for no bytes at all."""
    closing = b"</%sworksheet>" % sheet.prefix
    try:
        root = ET.fromstring(sheet.root_tag + b"".join(rows) + closing)  # noqa: S314  # no DOCTYPE
    except ET.ParseError as error:
        raise NotAsMeant(workbook, "有一行写坏了") from error
    if len(root) != sum(1 for row in rows if row):
        raise NotAsMeant(workbook, "有一行写坏了")
    elements = iter(root)
    return [_row(next(elements), workbook) if row else None for row in rows]


def _row(element: ET.Element, workbook: str) -> _Row:
    cells: dict[int, ET.Element] = {}
    last = 0
    for cell in element:
        if local(cell.tag) != "c":
            continue
        letters = _LETTERS.match(cell.get("r", ""))
        column = column_number(letters[0]) if letters else last + 1
        if column <= last:
            raise NotAsMeant(workbook, "单元格次序乱了")
        cells[column] = cell
        last = column
    kept = {name: value for name, value in element.attrib.items() if name not in _ROW_EXTRAS}
    return _Row(int(element.get("r", "0")), kept, cells)


def _check_row(workbook: str, row: RowEdit, before: _Row | None, after: _Row | None) -> None:
    """Check a row: its place, the cells that were meant, and that the others are as they were."""
    if after is None or after.number != row.number:
        raise NotAsMeant(workbook, f"第 {row.number} 行的位置不对")
    if before and (before.number not in (0, row.number) or before.attributes != after.attributes):
        raise NotAsMeant(workbook, f"第 {row.number} 行的样子变了")
    old = before.cells if before else {}
    for column, cell in after.cells.items():
        amiss = _amiss(row, column, cell, old.get(column))
        if amiss:
            raise NotAsMeant(workbook, f"第 {row.number} 行{amiss}")
    filled = {column for column, meant in row.cells.items() if meant.value is not None}
    filled |= row.formulas.keys()
    if not old.keys() | filled <= after.cells.keys():
        raise NotAsMeant(workbook, f"第 {row.number} 行少了一格")


def _amiss(row: RowEdit, column: int, cell: ET.Element, old: ET.Element | None) -> str:
    """Return what is wrong with a cell of a written row, empty if nothing is."""
    if column in row.cells:
        return "" if _value(cell) == row.cells[column].value else "有一格写得不对"
    if column in row.formulas:
        was_empty = old is None or not len(old)
        return "" if was_empty and _formula(cell) == row.formulas[column] else "有一格公式不对"
    if old is not None:
        return "" if _is_same(cell, old) else "动到了别的格"
    return "多了一格" if len(cell) else ""


def _value(cell: ET.Element) -> Stored:
    """Return what one of our own cells holds."""
    if not len(cell):
        return None
    if cell.get("t") == "inlineStr":
        return excel_unescaped("".join(cell.itertext()))
    text = "".join(cell.itertext())
    return float(text) if re.search(r"[.e]", text) else int(text)


def _formula(cell: ET.Element) -> str | None:
    """Return the formula of one of our own cells, None if the cell holds anything else as well."""
    plain = len(cell) == 1 and local(cell[0].tag) == "f" and not cell[0].attrib
    return cell[0].text if plain and "t" not in cell.attrib else None


def _is_same(cell: ET.Element, old: ET.Element) -> bool:
    """Whether a cell holds what it held; the address may have been added."""
    if cell.tag != old.tag or cell.text != old.text or _kept(cell) != _kept(old):
        return False
    return len(cell) == len(old) and all(map(_are_equal, cell, old))


def _kept(cell: ET.Element) -> list[tuple[str, str]]:
    return [(name, value) for name, value in cell.items() if name not in _ROW_EXTRAS]


def _are_equal(one: ET.Element, other: ET.Element) -> bool:
    """Whether two elements are the same in all they hold, and in what follows them."""
    if (one.tag, one.text, one.tail) != (other.tag, other.text, other.tail):
        return False
    if len(one) != len(other) or list(one.items()) != list(other.items()):
        return False
    return all(map(_are_equal, one, other))
