"""Workbooks people made, edited and appended to again and again: nothing else in them changes.

The real ones are by Excel, WPS, LibreOffice and others; each holds something that careless saving
destroys. What we refuse must be refused in words. The made ones hold our ledger itself, with one
such thing each, and what has to grow grows.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from pathlib import Path

import pytest

from storedesk.domain.errors import WorkbookError
from storedesk.domain.sheets import RowWrite, WriteOutcome, Written
from storedesk.workbooks.cells import has_content
from storedesk.workbooks.disk import read_whole
from storedesk.workbooks.finder import Place
from storedesk.workbooks.foreign import read_table
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Worksheet, anatomy
from storedesk.workbooks.reader import read_workbook
from storedesk.workbooks.sheet_xml import SheetXml
from tests.helpers import lossless
from tests.helpers.lossless import Change
from tests.helpers.made_parts import FIRST, LAST, SHEET, Made
from tests.helpers.made_workbooks import MADE
from tests.helpers.raw_workbooks import FORM as LEDGER
from tests.helpers.raw_workbooks import SHARED, part_of, put, small_form, write, zipped

OFFICE = shutil.which("soffice")
FORM = small_form("any", "任意", ["编号", "内容"])
LOSSLESS = SHARED / "real" / "lossless"
HOSTILE = SHARED / "real" / "hostile"
REFUSED = {
    "ClosedXML--simple-cell-changes.xlsx": "共享工作簿",
    "MiniExcel--TestIssue272.xlsx": "旧版 .xls",
    "PhpSpreadsheet--utf16be.bom.xlsx": "UTF-16",
    "calamine--inlineStr_cdata.xlsx": "少见的标记",
    "poi--workbookProtection_workbook_revision_protected.xlsx": "共享工作簿",
}
REFRESHED = {"openxlsx-data--loadExample:IrisSample", "poi--ExcelPivotTableSample:Tabelle2"}
"""Sheets with a pivot table over what was edited: LibreOffice 7.4 refreshes it on opening."""
ROUNDS = ((1, 1), (3, 5), (3, 5))
"""How many cells are edited and how many rows are appended, one write after the other."""


def workbooks(folder: Path) -> list[object]:
    if not folder.exists():
        reason = f"needs the real workbooks of {folder.relative_to(SHARED.parent)}"
        return [pytest.param(folder, marks=pytest.mark.skip(reason=reason))]
    found = sorted(path for path in folder.iterdir() if path.suffix in (".xlsx", ".xlsm"))
    return [pytest.param(path, id=path.stem) for path in found]


def target(package: Package) -> tuple[Place, list[int]]:
    """Return a place made of one column and one behind all others, and rows to edit if any.

    Where no cell is free to be edited, two columns far to the right are taken for appending.
    """
    appended = sum(count for _, count in ROUNDS)
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
        free = {
            (row, column)
            for (row, column), raw in filled.items()
            if not any(sign in raw for sign in (b"f>", b"<f ", b":f "))
            and not any((row, column) in area for area in covered)
        }
        for _, column in sorted(free, key=lambda at: at[1]):
            below = max(row for row, at in filled if at == column)
            new = range(below + 1, below + 1 + appended)
            if not any((row, column) in area for row in new for area in covered):
                numbers = sorted(row for row, at in free if at == column)
                return place(sheet, column, behind), numbers[:3]
    return place(sheets[0], 40, 41), []


def place(sheet: Worksheet, column: int, behind: int) -> Place:
    return Place(FORM, sheet, 0, {"column1": column, "id": behind})


Turn = tuple[WriteOutcome, Change]


def edit_real(path: Path, patch: pytest.MonkeyPatch) -> Iterator[Turn]:
    """Edit and append in a real workbook, one write after the other."""
    found, numbers = target(Package(read_whole(path)[0], path.name))
    patch.setattr("storedesk.workbooks.splice.find_places", lambda *_: ({"any": found}, ()))
    for turn, (edits, appends) in enumerate(ROUNDS):
        text = f"=改过{turn}\n的"
        old = [RowWrite("any", f"T-{at}", at, {"column1": text}) for at in numbers[:edits]]
        new = [RowWrite("any", f"N-{turn}-{n}", None, {"column1": text}) for n in range(appends)]
        yield edited(path, found, [*old, *new], turn)


def edit_made(path: Path, made: Made) -> Iterator[Turn]:
    """Edit and append in our ledger in a made workbook, twice."""
    rows = range(FIRST, LAST + 1)
    numbers = [rows[0], rows[3], rows[-1]]
    for turn in range(2):
        text = f"  =改过{turn}\n的 &<"
        old = [RowWrite("customers", f"KH-{at}", at, {"name": text}) for at in numbers]
        new = [RowWrite("customers", f"KH-N{turn}{n}", None, {"name": text}) for n in range(5)]
        known = read_workbook(path, [LEDGER]).sheets["customers"]
        sheet = Worksheet(known.name, SHEET, 0, hidden=False)
        found = Place(LEDGER, sheet, known.header_row, known.columns)
        plan = [*old, *new] if made.room else old
        yield edited(path, found, plan, turn)


def edited(path: Path, found: Place, plan: Sequence[RowWrite], turn: int) -> Turn:
    """Write a plan; return its outcome and the change that was meant by it."""
    outcome = write(
        path.parent,
        *plan,
        forms=[found.form],
        generation=f"{turn + 1}.A.x",
        desk="D",
        workbook=path.name,
    )
    texts: dict[tuple[int, int], str] = {}
    appended: set[int] = set()
    for row in plan if outcome.result is Written.DONE else ():
        number = outcome.placed[row.ledger, row.record]
        texts[number, found.columns["id"]] = row.record
        for key, text in row.cells.items():
            texts[number, found.columns[key]] = str(text)
        if row.row is None:
            appended.add(number)
    return outcome, Change(found.sheet.part, found.sheet.name, texts, frozenset(appended))


@pytest.mark.parametrize("original", workbooks(LOSSLESS))
def test_nothing_else_changes_in_real_workbooks(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / original.name
    shutil.copyfile(original, path)
    before = path.read_bytes()
    if original.name in REFUSED:
        try:
            problem = next(edit_real(path, monkeypatch))[0].problem
        except WorkbookError as error:
            problem = str(error)
        assert REFUSED[original.name] in problem
        assert path.read_bytes() == before
        return
    changes: list[Change] = []
    for outcome, change in edit_real(path, monkeypatch):
        assert (outcome.result, outcome.unplaced) == (Written.DONE, ()), outcome.problem
        changes.append(change)
        last = len(changes) == len(ROUNDS)
        lossless.check(original, path, reduce(Change.then, changes), by_readers=last)


@pytest.mark.parametrize("name", MADE)
def test_nothing_else_changes_around_our_ledger(name: str, tmp_path: Path) -> None:
    made = MADE[name]()
    path = put(tmp_path, made.content, f"客户档案{made.ending}")
    original = put(tmp_path, made.content, f"原来{made.ending}")
    changes: list[Change] = []
    for outcome, change in edit_made(path, made):
        assert (outcome.result, outcome.unplaced) == (Written.DONE, ()), outcome.problem
        changes.append(change)
        if len(changes) == 1:
            assert outcome.placed.get(("customers", "KH-N04"), LAST + 5) == LAST + 5
            check_grown(path, made.grown)
        lossless.check(original, path, reduce(Change.then, changes), by_readers=len(changes) == 2)


LOSSES = {
    "a look": (SHEET, 's="2"', 's="1"'),
    "a formula": (SHEET, "<f>#REF!+1</f>", "<f>#REF!+2</f>"),
    "a result": (SHEET, "<v>3.5</v>", "<v>3.50001</v>"),
    "a cell": (SHEET, '<c r="H4"><v>4</v></c>', ""),
    "a row's height": (SHEET, '<row r="3">', '<row r="3" ht="20">'),
    "a row": (SHEET, '<row r="4"', '<row r="44"'),
    "what stands around": (SHEET, "<sheetData>", '<sheetPr codeName="x"/><sheetData>'),
    "another sheet": ("xl/worksheets/sheet2.xml", "我的汇总", "我的汇总 "),
    "a format": ("xl/styles.xml", 'numFmtId="164" fontId', 'numFmtId="14" fontId'),
    "the package": ("xl/_rels/workbook.xml.rels", "styles.xml", "Styles.xml"),
}


@pytest.mark.parametrize("what", LOSSES)
def test_the_comparison_notices_every_loss(what: str, tmp_path: Path) -> None:
    made = MADE["formulas"]()
    path = put(tmp_path, made.content, "客户档案.xlsx")
    original = put(tmp_path, made.content, "原来.xlsx")
    (_, change) = next(edit_made(path, made))
    name, old, new = LOSSES[what]
    package = Package(path.read_bytes(), path.name)
    parts = {part: package.read(part) for part in package.names}
    lost = parts[name].replace(old.encode(), new.encode(), 1)
    assert lost != parts[name]
    path.write_bytes(zipped({**parts, name: lost}))
    with pytest.raises((AssertionError, ValueError)):
        lossless.check(original, path, change)


def check_grown(path: Path, grown: Mapping[str, tuple[str, ...]]) -> None:
    for part, texts in grown.items():
        content = part_of(path, part)
        assert [text for text in texts if text not in content] == []


@pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_libreoffice_reads_what_it_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both states of every workbook are opened and saved by LibreOffice, then compared."""
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    changes: dict[str, Change] = {}
    for name, make in MADE.items():
        made = make()
        if made.opens:
            put(before, made.content, f"{name}.xlsx")
            path = put(after, made.content, f"{name}.xlsx")
            changes[path.stem] = reduce(Change.then, (one for _, one in edit_made(path, made)))
    for original in sorted(LOSSLESS.glob("*.xls[xm]")):
        if original.name not in REFUSED:
            shutil.copyfile(original, before / original.name)
            path = after / original.name
            shutil.copyfile(original, path)
            with monkeypatch.context() as patch:
                turns = [one for _, one in edit_real(path, patch)]
            changes[path.stem] = reduce(Change.then, turns)
    converted(before, tmp_path)
    converted(after, tmp_path)
    compared = 0
    for stem, change in changes.items():
        old, new = (folder / "saved" / f"{stem}.xlsx" for folder in (before, after))
        if old.exists():
            assert new.exists(), f"LibreOffice opens {stem} no more"
            found = differences(old, new, change)
            refreshed = {f"{stem}:{sheet}" for sheet, _, _ in found}
            assert refreshed <= REFRESHED, found
            compared += 1
    assert compared >= len(MADE) - 2


def converted(folder: Path, place: Path) -> None:
    """Let LibreOffice save all workbooks of a folder anew."""
    files = [str(path) for path in sorted(folder.iterdir()) if path.is_file()]
    subprocess.run(
        [
            str(OFFICE),
            f"-env:UserInstallation={(place / 'profile').as_uri()}",
            "--headless",
            *("--convert-to", "xlsx", "--outdir", str(folder / "saved")),
            *(one for one in files if one.endswith((".xlsx", ".xlsm"))),
        ],
        check=True,
        capture_output=True,
        timeout=900,
    )


def differences(before: Path, after: Path, change: Change) -> lossless.Cells:
    """Return untouched cells that LibreOffice reads differently; formulas count by their text."""
    by_old, by_new = dict(lossless.readable(before)), dict(lossless.readable(after))
    reader = next(name for name in ("openpyxl", "wolfxl") if name in by_old)
    old, new = by_old[reader], by_new[reader]
    texts = {(change.sheet, *at) for at in change.texts}
    filled = {at for at in new if at[0] == change.sheet and at[1] in change.appended}
    return {
        at: (old.get(at), new.get(at))
        for at in {*old, *new} - texts
        if old.get(at) != new.get(at) and (at in old or at not in filled)
    }


@pytest.mark.parametrize("path", workbooks(HOSTILE))
def test_hostile_files_are_refused_in_words(path: Path) -> None:
    with pytest.raises(WorkbookError) as caught:
        read_table(path)
    assert path.name in str(caught.value)
    assert caught.value.detail
