"""Reading a workbook: measured first, values by calamine, formulas by our own scan."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import python_calamine

from storedesk.domain.errors import WorkbookDamaged, WorkbookEncrypted, WorkbookUneditable
from storedesk.domain.forms import Form
from storedesk.domain.sheets import SheetContent, SheetRow, WorkbookContent
from storedesk.domain.values import Raw
from storedesk.workbooks.disk import fingerprint, read_whole, unchanged
from storedesk.workbooks.extent import SheetFacts
from storedesk.workbooks.finder import Place, find_places
from storedesk.workbooks.heads import read_heads
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.restrictions import sheet_problems, workbook_problems
from storedesk.workbooks.safety import check_parts, check_sizes
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.stamp import read_stamp
from storedesk.workbooks.strings import SharedStrings
from storedesk.workbooks.tables import Table, sheet_tables, totals_rows

__all__ = ["fingerprint", "open_values", "raw_rows", "read_workbook", "unchanged"]

_MARK_BYTES = 16
_NO_FORMULAS: frozenset[int] = frozenset()


def read_workbook(path: Path, forms: Sequence[Form]) -> WorkbookContent:
    """Return what a workbook holds for these forms.

    Args:
        path: the workbook.
        forms: the forms whose sheets stand in this workbook.

    Raises:
        WorkbookMissing, WorkbookHeld, WorkbookError: the file cannot be read now.
        WorkbookEncrypted, WorkbookDamaged, WorkbookUnsafe: it cannot be read at all.
    """
    content, known = read_whole(path)
    package = Package(content, path.name)
    check_sizes(package)
    found = anatomy(package)
    strings = SharedStrings(package.read(found.strings) if found.strings else b"")
    places, problems = find_places(read_heads(package, found, strings), forms, path.name)
    facts = check_parts(package, found, [place.sheet for place in places.values()])
    values = open_values(content, path.name)
    closed = workbook_problems(package, found)
    sheets: dict[str, SheetContent] = {}
    for ledger, place in places.items():
        noticed, tables = facts[place.sheet.part], sheet_tables(package, place.sheet.part)
        sheets[ledger] = _sheet(place, package, noticed, tables, values)
        last = max((row.number for row in sheets[ledger].rows), default=0)
        problems += tuple(sheet_problems(path.name, place, noticed, tables, last))
    return WorkbookContent(
        workbook=path.name,
        fingerprint=known,
        stamp=read_stamp(package, found),
        sheets=sheets,
        problems=closed + problems,
        date1904=found.date1904,
        read_only=closed[0].what if closed else "",
    )


def open_values(content: bytes, workbook: str) -> python_calamine.CalamineWorkbook:
    """Return calamine's view of a workbook that was measured before.

    Raises:
        WorkbookEncrypted, WorkbookDamaged: calamine cannot read it.
    """
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.PasswordError as error:
        raise WorkbookEncrypted(workbook) from error
    except python_calamine.CalamineError as error:
        raise WorkbookDamaged(workbook) from error


def raw_rows(
    values: python_calamine.CalamineWorkbook, sheet: str, workbook: str
) -> Iterator[tuple[int, list[Raw]]]:
    """Yield number and values of a sheet's rows that hold anything.

    Values stand by column position from column 1; empty cells are None, those at the end left out.

    Raises:
        WorkbookDamaged: calamine cannot read the sheet.
    """
    try:
        opened = values.get_sheet_by_name(sheet)
        if opened.start is None:
            return
        before: list[Raw] = [None] * opened.start[1]
        # iter_rows begins at row 1, but at the first column that holds anything.
        for number, cells in enumerate(opened.iter_rows(), 1):
            while cells and cells[-1] == "":
                cells.pop()
            if cells:
                yield number, before + [None if value == "" else value for value in cells]
    except python_calamine.CalamineError as error:
        raise WorkbookDamaged(workbook, f"工作表「{sheet}」读不出来") from error


def _sheet(
    place: Place,
    package: Package,
    facts: SheetFacts,
    tables: Sequence[Table],
    values: python_calamine.CalamineWorkbook,
) -> SheetContent:
    """Return a ledger's sheet.

    Rows with nothing in the ledger's own columns are left out: notes and signatures below the
    table, and formulas that people filled down beside it. A table's totals are no record either.
    """
    formulas = _formulas(package, place.sheet.part) if facts.has_formulas else {}
    ours = [column - 1 for column in place.columns.values()]
    totals = totals_rows([table for table in tables if table.covers(place)])
    rows = tuple(
        SheetRow(number, tuple(row), _mark(row), formulas.get(number, _NO_FORMULAS))
        for number, row in raw_rows(values, place.sheet.name, package.workbook)
        if number > place.header_row
        and number not in totals
        and any(at < len(row) and row[at] is not None for at in ours)
    )
    return SheetContent(
        ledger=place.form.ledger,
        name=place.sheet.name,
        header_row=place.header_row,
        columns=place.columns,
        extras=place.extras,
        rows=rows,
        protected=facts.protected,
    )


def _mark(row: list[Raw]) -> bytes:
    """Return a hash of a row's values; ``repr`` keeps 1 and '1' apart and is stable."""
    return blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=_MARK_BYTES).digest()


def _formulas(package: Package, part: str) -> Mapping[int, frozenset[int]]:
    """Return the column positions of formulas by row number.

    None are told where the rows are not plain rows: such a sheet is never written either.
    """
    sheet = SheetXml(package.read(part), package.workbook)
    found: dict[int, set[int]] = {}
    try:
        for number, column in sheet.formula_places():
            found.setdefault(number, set()).add(column)
    except WorkbookUneditable:
        return {}
    return {number: frozenset(columns) for number, columns in found.items()}
