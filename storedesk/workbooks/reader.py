"""Reading a workbook: measured first, values by calamine, formulas by our own scan."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import python_calamine

from storedesk.domain.errors import WorkbookDamaged, WorkbookEncrypted, WorkbookUneditable
from storedesk.domain.forms import Form
from storedesk.domain.sheets import SheetContent, SheetRow, Stamp, WorkbookContent
from storedesk.domain.values import Raw, Type
from storedesk.workbooks import traces
from storedesk.workbooks.cells import own_text
from storedesk.workbooks.disk import fingerprint, read_whole, unchanged
from storedesk.workbooks.extent import SheetFacts
from storedesk.workbooks.finder import Place, find_places
from storedesk.workbooks.heads import read_heads
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, anatomy
from storedesk.workbooks.restrictions import sheet_problems, workbook_problems
from storedesk.workbooks.safety import check_parts, check_sizes
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.stamp import read_stamp
from storedesk.workbooks.strings import SharedStrings
from storedesk.workbooks.tables import Table, sheet_tables, totals_rows
from storedesk.workbooks.traces import Changed, Keeping, Looks, Rows

__all__ = ["fingerprint", "open_values", "raw_rows", "read_workbook", "unchanged"]

_MARK_BYTES = 16
_DAYS = (Type.DATE, Type.MOMENT)
_DAYS_TO_1904 = 1462
_LAST_DAY = 2_958_466
"""Day numbers are smaller; larger numbers are dates written as 20261122."""
_NO_FORMULAS: frozenset[int] = frozenset()
_NO_ERRORS: Mapping[int, str] = {}


def read_workbook(
    path: Path, forms: Sequence[Form], keeping: Keeping | None = None
) -> WorkbookContent:
    """Return what a workbook holds for these forms.

    Args:
        path: the workbook.
        forms: the forms whose sheets stand in this workbook.
        keeping: where its trace is kept; then only rows are read that changed since the state the
            desk knows, where the trace is of that state.

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
    tables = {one: sheet_tables(package, place.sheet.part) for one, place in places.items()}
    stamp = read_stamp(package, found)
    looks = _looks(package, found, stamp, strings, places, tables) if keeping else None
    before = traces.load(keeping.path, keeping.base) if keeping else None
    changed = looks.changed(before) if looks and before else {}
    facts, thin, values = _checked(package, content, found, places, changed)
    closed = workbook_problems(package, found)
    sheets: dict[str, SheetContent] = {}
    for ledger, place in places.items():
        noticed, days = facts[place.sheet.part], found.date1904
        sheet = _sheet(place, thin, noticed, tables[ledger], values, date1904=days)
        since = changed[ledger].since if ledger in changed else None
        sheets[ledger] = sheet = replace(sheet, since=since)
        problems += tuple(sheet_problems(path.name, place, noticed, tables[ledger], sheet.last_row))
    if keeping and looks and not any(one.oddity for one in facts.values()):
        traces.keep(keeping.path, looks.trace(known.sha256, sheets, before))
    return WorkbookContent(
        workbook=path.name,
        fingerprint=known,
        stamp=stamp,
        sheets=sheets,
        problems=closed + problems,
        date1904=found.date1904,
        read_only=closed[0].what if closed else "",
        base=before.sha256 if before and changed else "",
    )


def _looks(
    package: Package,
    found: Anatomy,
    stamp: Stamp,
    strings: SharedStrings,
    places: Mapping[str, Place],
    tables: Mapping[str, Sequence[Table]],
) -> Looks | None:
    """Return the rows of all ledgers as bytes; None of a package that cannot be thinned out."""
    try:
        package.check_editable()
    except WorkbookUneditable:
        return None
    rows = {
        ledger: Rows(package, place, _totals(tables[ledger], place))
        for ledger, place in places.items()
    }
    return Looks(package, found, stamp.generation, strings, rows)


def _checked(
    package: Package,
    content: bytes,
    found: Anatomy,
    places: Mapping[str, Place],
    changed: Mapping[str, Changed],
) -> tuple[dict[str, SheetFacts], Package, python_calamine.CalamineWorkbook]:
    """Return facts of the sheets, the package to read them from, and its values.

    Of sheets that have ``changed``, the rows that did not are left out of it.
    """
    whole = [place.sheet for ledger, place in places.items() if ledger not in changed]
    patches = {places[ledger].sheet.part: one.patch for ledger, one in changed.items()}
    facts = check_parts(package, found, whole, checked=patches)
    if patches:
        content, package = package.with_parts(patches)
        others = [name for name in package.names if name not in patches]
        sheets = [places[ledger].sheet for ledger in changed]
        facts |= check_parts(package, found, sheets, checked=others)
    return facts, package, open_values(content, package.workbook)


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
    *,
    date1904: bool,
) -> SheetContent:
    """Return a ledger's sheet.

    Rows with nothing in the ledger's own columns are left out: notes and signatures below the
    table, and formulas that people filled down beside it. A table's totals are no record either.
    """
    formulas = _formulas(package, place.sheet.part) if facts.has_formulas else {}
    errors = _errors(package, place.sheet.part) if facts.has_errors else {}
    ours = [column - 1 for column in place.columns.values()]
    totals = _totals(tables, place)
    found = raw_rows(values, place.sheet.name, package.workbook)
    if errors:
        found = _with_errors(found, errors)
    if date1904:
        found = _with_days_of_1900(found, place)
    rows = tuple(
        SheetRow(number, tuple(row), _mark(row), formulas.get(number, _NO_FORMULAS))
        for number, row in found
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


def _with_errors(
    rows: Iterator[tuple[int, list[Raw]]], errors: Mapping[int, Mapping[int, str]]
) -> Iterator[tuple[int, list[Raw]]]:
    """Yield rows with the errors they show; calamine tells them as empty cells."""
    for number, row in rows:
        shown = errors.get(number, _NO_ERRORS)
        row.extend([None] * (max(shown, default=0) - len(row)))
        for column, text in shown.items():
            row[column - 1] = text
        yield number, row


def _with_days_of_1900(
    rows: Iterator[tuple[int, list[Raw]]], place: Place
) -> Iterator[tuple[int, list[Raw]]]:
    """Yield rows of a 1904 workbook, day numbers without a date format as everywhere else."""
    columns = [at - 1 for key, at in place.columns.items() if place.form[key].type in _DAYS]
    for number, row in rows:
        for at in columns:
            value = row[at] if at < len(row) else None
            if isinstance(value, int | float) and not isinstance(value, bool) and value < _LAST_DAY:
                row[at] = value + _DAYS_TO_1904
        yield number, row


def _totals(tables: Sequence[Table], place: Place) -> frozenset[int]:
    return totals_rows([table for table in tables if table.covers(place)])


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


def _errors(package: Package, part: str) -> Mapping[int, Mapping[int, str]]:
    """Return the errors that cells show (``#REF!``) by row number and column position."""
    found: dict[int, dict[int, str]] = {}
    try:
        for number, column, raw in SheetXml(package.read(part), package.workbook).errors():
            found.setdefault(number, {})[column] = own_text(raw) or "#ERROR!"
    except WorkbookUneditable:
        return {}
    return found
