"""Two states of a workbook compared: what was meant to change did, and nothing else (decision 2).

Five witnesses: the zip's raw bytes, a strict XML parser, calamine, openpyxl and wolfxl.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import python_calamine
import wolfxl
from openpyxl.formula.translate import Translator

from storedesk.workbooks.addresses import Area, cell

Cells = dict[tuple[str, int, int], object]
"""Values by sheet name, row and column."""

ALLOWED = {"[Content_Types].xml", "_rels/.rels", "docProps/custom.xml", "xl/workbook.xml"}
_RANGES = {"ref", "sqref"}
_GROWING = {"dimension", "autoFilter", "conditionalFormatting", "dataValidation", "sqref"}


@dataclass(frozen=True)
class Change:
    """What was meant: the edited sheet (part and name), its new texts, and the rows appended."""

    part: str
    sheet: str
    texts: Mapping[tuple[int, int], str]
    appended: frozenset[int]

    def then(self, other: Change) -> Change:
        """Return both changes as one."""
        texts = {**self.texts, **other.texts}
        return Change(self.part, self.sheet, texts, self.appended | other.appended)


def check(before: Path, after: Path, change: Change, *, by_readers: bool = True) -> None:
    """Check two states with every witness, the slower readers if asked for."""
    check_parts(before, after, change)
    check_elements(before, after, change)
    if by_readers:
        check_cells(before, after, change)


# --- raw bytes -----------------------------------------------------------------------------------


def check_parts(before: Path, after: Path, change: Change) -> None:
    """Check that all parts but those of decision 2 are the same bytes in the same order."""
    with zipfile.ZipFile(before) as one, zipfile.ZipFile(after) as other:
        assert other.testzip() is None
        left = [name for name in one.namelist() if name in other.NameToInfo]
        gone, new = set(one.namelist()) - set(left), set(other.namelist()) - set(left)
        assert [name for name in other.namelist() if name not in new] == left
        assert new <= {"docProps/custom.xml"}
        assert all("calcChain" in name for name in gone)
        changed = {name for name in left if one.read(name) != other.read(name)}
        for name in changed - ALLOWED - {change.part}:
            if "/tables/" in name:
                assert _masked(one.read(name)) == _masked(other.read(name)), name
            elif name.endswith("styles.xml"):
                check_styles(one.read(name), other.read(name))
            else:
                assert gone, name
                assert name.endswith("workbook.xml.rels"), name


def _masked(part: bytes) -> bytes:
    return re.sub(rb'(\sref=["\'])[^"\']*', rb"\1", part)


def check_styles(before: bytes, after: bytes) -> None:
    """Check that formats were only appended."""
    one, other = map(ET.fromstring, (before, after))
    for old, new in zip(one, other, strict=True):
        if old.tag.endswith("cellXfs"):
            assert [*map(ET.tostring, new)][: len(old)] == [*map(ET.tostring, old)]
        else:
            assert ET.tostring(old) == ET.tostring(new)


# --- a strict parser -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """A sheet as a strict parser reads it: rows with their cells, and everything around them."""

    rows: Mapping[int, tuple[Mapping[str, str], Mapping[int, str]]]
    around: tuple[str, ...]
    ranges: tuple[str, ...]


def check_elements(before: Path, after: Path, change: Change) -> None:
    """Check every attribute and element of the edited sheet, looks and formulas included."""
    one, other = (_parsed(path, change.part) for path in (before, after))
    assert other.around == one.around
    for old, new in zip(one.ranges, other.ranges, strict=True):
        assert old == new or _only_lower(old, new), (old, new)
    touched = {row for row, _ in change.texts}
    assert set(one.rows) - touched == set(other.rows) - touched
    for number, (attributes, cells) in one.rows.items():
        now_attributes, now_cells = other.rows[number]
        assert now_attributes == attributes, number
        for column in {*cells, *now_cells} - {at for row, at in change.texts if row == number}:
            filled = number in change.appended and _is_empty(cells.get(column))
            assert filled or now_cells.get(column) == cells.get(column), (number, column)


def _parsed(path: Path, part: str) -> _Sheet:
    with zipfile.ZipFile(path) as package:
        root = ET.fromstring(package.read(part))  # noqa: S314  # a file of our own making
    rows: dict[int, tuple[Mapping[str, str], Mapping[int, str]]] = {}
    (data,) = [one for one in root if one.tag.endswith("}sheetData")]
    number = 0
    for row in data:
        number = int(row.attrib.pop("r", number + 1))
        row.attrib.pop("spans", None)
        cells: dict[int, str] = {}
        column = 0
        for one in row:
            area = Area.of(one.attrib.pop("r", ""))
            column = area.left if area else column + 1
            one.tail = None
            cells[column] = ET.tostring(one, "unicode")
        rows[number] = (dict(row.attrib), cells)
    data.clear()
    ranges: list[str] = []
    for one in root.iter():
        name = one.tag.rpartition("}")[2]
        if name in _GROWING:
            ranges += [one.attrib.pop(key) for key in sorted(_RANGES & one.attrib.keys())]
            if name == "sqref":
                ranges.append(one.text or "")
                one.text = None
    around = tuple(ET.tostring(one, "unicode") for one in root if one is not data)
    return _Sheet(rows, (str(sorted(root.attrib.items())), *around), tuple(ranges))


def _only_lower(old: str, new: str) -> bool:
    """Whether a sequence of ranges only reaches further down (a dimension also to the right)."""
    pairs = zip(map(Area.of, old.split()), map(Area.of, new.split()), strict=True)
    return all(
        one is not None
        and other is not None
        and (one.left, one.top) == (other.left, other.top)
        and one.right <= other.right
        and one.bottom <= other.bottom
        for one, other in pairs
    )


def _is_empty(element: str | None) -> bool:
    return element is None or element.endswith("/>")


# --- three readers -------------------------------------------------------------------------------


def by_calamine(path: Path) -> Cells:
    """Return the values as calamine reads them."""
    book = python_calamine.CalamineWorkbook.from_path(path)
    cells: Cells = {}
    for sheet in book.sheets_metadata:
        if sheet.typ is python_calamine.SheetTypeEnum.WorkSheet:
            opened = book.get_sheet_by_name(sheet.name)
            left = (opened.start or (0, 0))[1]
            for row, values in enumerate(opened.iter_rows(), 1):
                for column, value in enumerate(values, left + 1):
                    if value != "":
                        cells[sheet.name, row, column] = value
    return cells


def by_openpyxl(path: Path) -> Cells:
    """Return values and formulas as openpyxl reads them."""
    return {
        (sheet.title, one.row, one.column): str(getattr(one.value, "__dict__", one.value))
        for sheet in _opened(path, path.stat().st_mtime_ns).worksheets
        for row in sheet.iter_rows()
        for one in row
        if one.value is not None
    }


def looks(path: Path) -> Cells:
    """Return every cell's look as openpyxl reads it."""
    known: dict[Any, str] = {}

    def look(one: Any) -> str:
        key = tuple(one._style)
        if key not in known:
            parts = (one.font, one.fill, one.border, one.alignment, one.protection)
            known[key] = f"{one.number_format} {parts}"
        return known[key]

    return {
        (sheet.title, one.row, one.column): look(one)
        for sheet in _opened(path, path.stat().st_mtime_ns).worksheets
        for row in sheet.iter_rows()
        for one in row
        if one.has_style
    }


@lru_cache(maxsize=2)
def _opened(path: Path, _saved_at: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every extension it would lose
        return openpyxl.load_workbook(path)


def by_wolfxl(path: Path) -> Cells:
    """Return values and formulas as wolfxl reads them."""
    book = wolfxl.load_workbook(str(path))
    return {
        (name, row, column): str(value)
        for name in book.sheetnames
        for row, values in enumerate(book[name].iter_rows(values_only=True), 1)
        for column, value in enumerate(values, 1)
        if value is not None
    }


READERS: dict[str, Callable[[Path], Cells]] = {
    "calamine": by_calamine,
    "openpyxl": by_openpyxl,
    "wolfxl": by_wolfxl,
}


def readable(path: Path) -> Iterator[tuple[str, Cells]]:
    """Yield what each reader finds in a file; a reader that cannot read it has no say."""
    for name, reader in READERS.items():
        try:
            yield name, reader(path)
        except Exception:  # noqa: BLE001, S112  # any failure of another reader
            continue


def check_cells(before: Path, after: Path, change: Change) -> None:
    """Check by every reader that reads the original that all other cells are the same."""
    texts = {(change.sheet, *at): text for at, text in change.texts.items()}
    seen = dict(readable(after))
    readers = 0
    for name, cells in readable(before):
        readers += 1
        now = seen[name]
        assert {at: now.get(at) for at in texts} == texts, name
        rest = {at: value for at, value in cells.items() if at not in texts}
        others = {at: value for at, value in now.items() if at not in texts}
        filled = {at for at in others.keys() - rest.keys() if _is_filled(at, others, change)}
        assert {at: value for at, value in others.items() if at not in filled} == rest, name
    assert readers
    if "openpyxl" in seen:
        check_looks(before, after, change)


def _is_filled(at: tuple[str, int, int], cells: Cells, change: Change) -> bool:
    """Whether a new row's cell holds the formula of a row above, or what it refers to by name."""
    sheet, row, column = at
    if sheet != change.sheet or row not in change.appended:
        return False
    formula = str(cells[at])
    for above in range(row - 1, 0, -1):
        model = str(cells.get((sheet, above, column), ""))
        if model.startswith("="):
            origin = cell(column, above)
            moved = Translator(model, origin).translate_formula(cell(column, row))
            if formula in (moved, model):
                return True
    return False


def check_looks(before: Path, after: Path, change: Change) -> None:
    """Check that every cell of the old rows looks as it did."""
    old, new = looks(before), looks(after)
    edited = {(change.sheet, *at) for at in change.texts}
    rows = {(change.sheet, row) for row in change.appended}
    for at in {*old, *new} - edited:
        if at in old or at[:2] not in rows:
            assert new.get(at) == old.get(at), at
