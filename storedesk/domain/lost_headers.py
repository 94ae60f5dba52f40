"""Which column of a sheet is the one whose header was lost: told by what stands in it.

Pure. What is remembered of the records decides; the likeness of headers, and what the header was in
the last backup, decide where nothing is remembered or two columns hold the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from difflib import SequenceMatcher

from storedesk.domain.forms import Column
from storedesk.domain.records import Record
from storedesk.domain.values import (
    Raw,
    Type,
    Unreadable,
    Value,
    canonical,
    comparable,
    label_key,
    text_of,
)

ENOUGH = 0.5
"""Share of rows that must hold what is remembered."""
ALIKE = 0.6
"""Likeness of two headers that is enough where nothing is remembered."""
_MANY = 3
"""So many rows and none as remembered: it is another column, whatever its header says."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column as it stands in the sheet.

    Attributes:
        position: from 1.
        header: its header now, perhaps empty.
        before: the header this position had in the last backup that had all headers, or empty.
        cells: raw values by row number, only filled ones.
    """

    position: int
    header: str
    before: str
    cells: Mapping[int, Raw]


@dataclass(frozen=True, slots=True)
class Guess:
    """A column that is most likely the lost one.

    Attributes:
        equal, compared: rows that hold what is remembered, and rows that could be compared.
        points: the higher the surer.
    """

    position: int
    equal: int
    compared: int
    points: float


def aligned(records: Iterable[Record], ids: SheetColumn | None) -> dict[int, Record]:
    """Return which record stands in which row: by its id, or where it stood when last read."""
    known = {record.id: record for record in records}
    if ids is None:
        return {record.row: record for record in known.values() if record.row is not None}
    told = {row: text_of(cell).strip() for row, cell in ids.cells.items()}
    return {row: known[text] for row, text in told.items() if text in known}


def find_ids(records: Iterable[Record], candidates: Sequence[SheetColumn]) -> Guess | None:
    """Return the column that holds the ids we know, if at least half of its cells are such."""
    known = {record.id for record in records}
    found = []
    for one in candidates:
        equal = sum(text_of(cell).strip() in known for cell in one.cells.values())
        if equal and equal >= ENOUGH * len(one.cells):
            found.append(Guess(one.position, equal, len(one.cells), equal))
    return max(found, key=lambda one: one.points, default=None)


def guess(
    columns: Sequence[Column], candidates: Sequence[SheetColumn], rows: Mapping[int, Record]
) -> dict[str, Guess]:
    """Return for each lost column the one it most likely is; each candidate serves once.

    Args:
        columns: the lost ones (not the id column: see ``find_ids``).
        candidates: columns of the sheet that are nothing else.
        rows: which record stands in which row.
    """
    pairs = [
        (one, column)
        for column in columns
        for candidate in candidates
        if (one := _weighed(column, candidate, rows)) is not None
    ]
    pairs.sort(key=lambda pair: -pair[0].points)
    found: dict[str, Guess] = {}
    taken: set[int] = set()
    for one, column in pairs:
        if column.key not in found and one.position not in taken:
            found[column.key] = one
            taken.add(one.position)
    return found


def likeness(header: str, column: Column) -> float:
    """Return how alike a header is to any name of a column, from 0 to 1."""
    plain = label_key(header)
    if not plain:
        return 0.0
    return max(
        SequenceMatcher(None, plain, label_key(name), autojunk=False).ratio()
        for name in column.names()
    )


def _weighed(column: Column, one: SheetColumn, rows: Mapping[int, Record]) -> Guess | None:
    """Return a candidate with its points, None if it is not good enough."""
    equal, compared = _compared(column, one, rows)
    share = equal / compared if compared else 0.0
    alike = likeness(one.header, column)
    stood_here = likeness(one.before, column) == 1.0
    points = 2 * share + alike + stood_here
    if share >= ENOUGH:
        return Guess(one.position, equal, compared, points)
    if equal == 0 and compared >= _MANY:
        return None
    if (stood_here or alike >= ALIKE) and _readable(column, one):
        return Guess(one.position, equal, compared, points)
    return None


def _compared(column: Column, one: SheetColumn, rows: Mapping[int, Record]) -> tuple[int, int]:
    """Return how many rows hold what is remembered, of those where either side is filled."""
    equal = compared = 0
    for row, record in rows.items():
        cell, value = one.cells.get(row), record[column.key]
        if cell is None and value is None:
            continue
        compared += 1
        held = comparable(_told(cell), column.type)
        # A reference may stand as the phone or the name it was typed as.
        typed = comparable(record.raw.get(column.key), Type.TEXT)
        equal += held is not None and held in (comparable(value, column.type), typed)
    return equal, compared


def _told(cell: Raw) -> Value:
    """Return a cell as what can be compared: a time of day as its text."""
    return text_of(cell) if isinstance(cell, time | timedelta) else cell


def _readable(column: Column, one: SheetColumn) -> bool:
    """Whether at least half of the cells mean something in the column."""
    return sum(_means(cell, column.type) for cell in one.cells.values()) * 2 >= len(one.cells)


def _means(cell: Raw, kind: Type) -> bool:
    try:
        return canonical(cell, kind) is not None
    except Unreadable:
        return False
