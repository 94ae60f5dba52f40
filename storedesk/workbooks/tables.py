"""Excel tables of a sheet: where they stand, their totals row and their calculated columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storedesk.workbooks.addresses import LAST_ROW, Area
from storedesk.workbooks.finder import Place
from storedesk.workbooks.markup import attributes, local, parsed, unescaped
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import relationships
from storedesk.workbooks.safety import check_xml

_TABLE = re.compile(rb"<(?:[\w.\-]+:)?table(?=\s)[^>]*>")
TOTALS = "的表格带有汇总行，请先在 Excel 里关掉汇总行"
_NONE = (b"0", b"")


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table.

    Attributes:
        name: name of its part.
        part: its bytes.
        area: where it stands, headers and totals included.
        totals: whether its last row holds totals.
    """

    name: str
    part: bytes
    area: Area
    totals: bool

    def covers(self, place: Place) -> bool:
        """Whether the table's headers are those of a ledger."""
        area, columns = self.area, place.columns.values()
        beside = not any(area.left <= column <= area.right for column in columns)
        return area.top == place.header_row and not beside

    def calculated(self, workbook: str) -> dict[int, str]:
        """Return the formulas (without ``=``) of the calculated columns by column position.

        Raises:
            WorkbookDamaged: the part is not well-formed.
        """
        formulas: dict[int, str] = {}
        root = parsed(self.part, workbook, "表格定义")
        columns = [one for group in root if local(group.tag) == "tableColumns" for one in group]
        for position, column in enumerate(columns, self.area.left):
            for one in column:
                if local(one.tag) == "calculatedColumnFormula" and not one.get("array"):
                    formulas[position] = (one.text or "").removeprefix("=")
        return {position: formula for position, formula in formulas.items() if formula}


def sheet_tables(package: Package, sheet: str) -> tuple[Table, ...]:
    """Return the tables of the sheet whose part is named ``sheet``.

    Raises:
        WorkbookDamaged, WorkbookUnsafe: a part is broken or in an unusual encoding.
    """
    found: list[Table] = []
    for link in relationships(package, sheet):
        if link.kind == "table" and link.target in package:
            part = package.read(link.target)
            check_xml(package.workbook, link.target, part)
            table = _table(link.target, part)
            if table:
                found.append(table)
    return tuple(found)


def totals_rows(tables: Iterable[Table]) -> frozenset[int]:
    """Return the numbers of the rows that hold totals."""
    return frozenset(table.area.bottom for table in tables if table.totals)


@dataclass(frozen=True, slots=True)
class Room:
    """How far down rows may be appended, and what is in the way there."""

    last: int = LAST_ROW
    why: str = "已经写满"


def room(tables: Sequence[Table], ours: Sequence[Table], last_data_row: int) -> Room:
    """Return how far rows may be appended below a ledger's data.

    Nothing goes on or below the totals row of its own table, nor into another table below.
    """
    found = [Room()]
    for table in ours:
        if table.totals:
            found.append(Room(table.area.bottom - 1, TOTALS))
        for other in tables:
            above = max(last_data_row, table.area.bottom)
            beside = other.area.left > table.area.right or other.area.right < table.area.left
            if other not in ours and other.area.top > above and not beside:
                found.append(Room(other.area.top - 1, "下面紧挨着另一张表格，没有地方加行了"))
    return min(found, key=lambda one: one.last)


def _table(name: str, part: bytes) -> Table | None:
    start = _TABLE.search(part)
    tag = attributes(start[0]) if start else {}
    area = Area.of(unescaped(tag.get(b"ref", b"")))
    return Table(name, part, area, tag.get(b"totalsRowCount", b"0") not in _NONE) if area else None
