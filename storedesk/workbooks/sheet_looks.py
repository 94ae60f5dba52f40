"""Looking at the sheets of a workbook whose headers were lost: first rows, and what is recognised.

Used by repairs only; ordinary reading is ``reader``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from storedesk.domain.errors import WorkbookUnsafe
from storedesk.domain.forms import Form
from storedesk.domain.sheets import Fingerprint
from storedesk.domain.values import Raw
from storedesk.workbooks.disk import read_whole
from storedesk.workbooks.extent import check_sheet
from storedesk.workbooks.finder import OPTIONS_SHEET, recognise
from storedesk.workbooks.heads import read_heads
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Worksheet, anatomy
from storedesk.workbooks.reader import open_values, raw_rows
from storedesk.workbooks.safety import check_parts, check_sizes
from storedesk.workbooks.strings import SharedStrings

SAMPLE_ROWS = 300
"""Rows looked at: enough to tell columns apart."""


@dataclass(frozen=True, slots=True)
class SheetLook:
    """A sheet as it stands.

    Attributes:
        name: of the sheet.
        ledger: which ledger it is by its headers, even if its id column is missing; else empty.
        header_row: row of those headers, 0 if none were recognised.
        columns: position by column key, for those recognised.
        heads: texts of the first rows, by row and position.
        rows: raw values of the first rows that hold anything, by row number.
    """

    name: str
    ledger: str
    header_row: int
    columns: Mapping[str, int]
    heads: Mapping[int, Mapping[int, str]]
    rows: Mapping[int, Sequence[Raw]]


def look(
    path: Path, forms: Sequence[Form], *, values: bool = True
) -> tuple[Fingerprint, tuple[SheetLook, ...]]:
    """Return a workbook's fingerprint and what its sheets look like.

    Args:
        path: the workbook, or a backup of it.
        forms: the forms of the workbook.
        values: also the first rows' values; headers alone are quicker.

    Raises:
        WorkbookError: as ``reader.read_workbook``.
    """
    content, known = read_whole(path)
    package = Package(content, path.name)
    check_sizes(package)
    found = anatomy(package)
    strings = SharedStrings(package.read(found.strings) if found.strings else b"")
    heads = read_heads(package, found, strings)
    places = {place.sheet.part: place for place in recognise(heads, forms).values()}
    sheets = [head for head in heads if head.sheet.name != OPTIONS_SHEET]
    opened = None
    if values:
        check_parts(package, found, [])
        opened = open_values(content, path.name)
    looks = []
    for head in sheets:
        place = places.get(head.sheet.part)
        rows: Iterator[tuple[int, list[Raw]]] = iter(())
        if opened is not None and _is_sane(package, head.sheet):
            rows = raw_rows(opened, head.sheet.name, path.name)
        looks.append(
            SheetLook(
                head.sheet.name,
                place.form.ledger if place else "",
                place.header_row if place else 0,
                place.columns if place else {},
                head.rows,
                dict(islice(rows, SAMPLE_ROWS)),
            )
        )
    return known, tuple(looks)


def _is_sane(package: Package, sheet: Worksheet) -> bool:
    """Whether a sheet's values may be read; people's own sheets may reach as far as they like."""
    try:
        check_sheet(package.read(sheet.part), package.workbook, sheet.name)
    except WorkbookUnsafe:
        return False
    return True
