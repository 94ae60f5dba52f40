"""Real workbooks by Excel, WPS, LibreOffice and others: a cell edited, a row appended, no loss.

Each holds something that careless saving destroys. What we refuse must be refused in words; what
we write must be the same but for the two rows, by three other readers as well.
"""

from __future__ import annotations

import shutil
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import python_calamine
import wolfxl

from storedesk.domain.errors import WorkbookError
from storedesk.domain.sheets import RowWrite, Written
from storedesk.workbooks.cells import has_content
from storedesk.workbooks.disk import read_whole
from storedesk.workbooks.finder import Place
from storedesk.workbooks.foreign import read_table
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Worksheet, anatomy
from storedesk.workbooks.sheet_xml import SheetXml
from tests.helpers.raw_workbooks import SHARED, small_form, write

FORM = small_form("any", "任意", ["编号", "内容"])
LOSSLESS = SHARED / "real" / "lossless"
HOSTILE = SHARED / "real" / "hostile"
REFUSED = {
    "MiniExcel--TestIssue272.xlsx": "旧版 .xls",
    "PhpSpreadsheet--utf16be.bom.xlsx": "UTF-16",
    "calamine--inlineStr_cdata.xlsx": "少见的标记",
}

Cells = dict[tuple[str, int, int], object]


def workbooks(folder: Path) -> list[object]:
    if not folder.exists():
        reason = f"needs the real workbooks of {folder.relative_to(SHARED.parent)}"
        return [pytest.param(folder, marks=pytest.mark.skip(reason=reason))]
    found = sorted(path for path in folder.iterdir() if path.suffix in (".xlsx", ".xlsm"))
    return [pytest.param(path, id=path.stem) for path in found]


def target(package: Package) -> tuple[Place, int | None]:
    """Return a place made of one column and one behind all others, and a row to edit if any.

    Where no cell is free to be edited, two columns far to the right are taken for appending.
    """
    sheets = anatomy(package).sheets
    for sheet in sheets:
        part = SheetXml(package.read(sheet.part), package.workbook)
        covered = part.merged() + part.array_areas()
        rows = list(part.rows())
        filled = {
            (row.number, cell.column): cell.raw
            for row in rows
            for cell in row.cells
            if has_content(cell.raw)
        }
        behind = max((cell.column for row in rows for cell in row.cells), default=0) + 1
        for (row_number, column), raw in filled.items():
            next_free = max(row for row, at in filled if at == column) + 1
            plain = b"f>" not in raw and b"<f " not in raw and b":f " not in raw
            places = [(row_number, column), (next_free, column)]
            if plain and not any(at in area for at in places for area in covered):
                return place(sheet, column, behind), row_number
    return place(sheets[0], 40, 41), None


def place(sheet: Worksheet, column: int, behind: int) -> Place:
    return Place(FORM, sheet, 0, {"column1": column, "id": behind})


def by_calamine(path: Path) -> Cells:
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every extension it would lose
        book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.row, cell.column): str(getattr(cell.value, "__dict__", cell.value))
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def by_wolfxl(path: Path) -> Cells:
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


@pytest.mark.parametrize("original", workbooks(LOSSLESS))
def test_nothing_else_changes(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / original.name
    shutil.copyfile(original, path)
    before = path.read_bytes()
    try:
        found, number = target(Package(read_whole(path)[0], path.name))
    except WorkbookError as error:
        assert REFUSED[original.name] in str(error)  # noqa: PT017  # refusing is one good outcome
        return
    monkeypatch.setattr("storedesk.workbooks.splice.find_places", lambda *_: ({"any": found}, ()))
    rows = [RowWrite("any", "T-2", None, {"column1": "新的一行"})]
    if number is not None:
        rows.append(RowWrite("any", "T-1", number, {"column1": "=改过\n的"}))
    outcome = write(tmp_path, *rows, forms=[FORM], generation="1.A.x", desk="D", workbook=path.name)
    if original.name in REFUSED:
        assert outcome.result is Written.FAILED
        assert REFUSED[original.name] in outcome.problem
        assert path.read_bytes() == before
        return
    assert outcome.result is Written.DONE, outcome.problem
    check_parts_equal(original, path, found.sheet.part)
    touched: Cells = {
        (found.sheet.name, row, column): text
        for (_, record), row in outcome.placed.items()
        for column, text in (
            (found.columns["id"], record),
            (found.columns["column1"], "=改过\n的" if record == "T-1" else "新的一行"),
        )
    }
    check_cells_equal(original, path, touched)


def check_parts_equal(before: Path, after: Path, edited: str) -> None:
    """Check that all parts but those of decision 2 are the same bytes."""
    with zipfile.ZipFile(before) as one, zipfile.ZipFile(after) as other:
        assert other.testzip() is None
        changed = {
            name
            for name in one.namelist()
            if name in other.NameToInfo and one.read(name) != other.read(name)
        }
        may = {edited, "[Content_Types].xml", "_rels/.rels", "docProps/custom.xml"}
        may |= {"xl/workbook.xml"} | {name for name in changed if "/tables/" in name}
        assert changed <= may
        assert set(one.namelist()) <= set(other.namelist())
        assert set(other.namelist()) - set(one.namelist()) <= {"docProps/custom.xml"}


def check_cells_equal(before: Path, after: Path, touched: Cells) -> None:
    """Check by every reader that reads the original that all other cells are the same."""
    seen = dict(readable(after))
    readers = 0
    for name, cells in readable(before):
        readers += 1
        now = seen[name]
        assert {at: now.get(at) for at in touched} == touched, name
        rest = {at: value for at, value in now.items() if at not in touched}
        assert rest == {at: value for at, value in cells.items() if at not in touched}, name
    assert readers


@pytest.mark.parametrize("path", workbooks(HOSTILE))
def test_hostile_files_are_refused_in_words(path: Path) -> None:
    with pytest.raises(WorkbookError) as caught:
        read_table(path)
    assert path.name in str(caught.value)
    assert caught.value.detail
