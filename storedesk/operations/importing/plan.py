"""What an import would do: the answer of ``planning``, as plain facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from storedesk.domain.problems import Problem
from storedesk.domain.values import Value
from storedesk.operations.importing.layout import Skipped
from storedesk.operations.importing.targets import ColumnMap


class Fate(Enum):
    """What becomes of a row; the value is what people read."""

    NEW = "新增"
    UPDATED = "更新"
    UNCHANGED = "没变"
    LEFT_OUT = "没导入"


@dataclass(frozen=True, slots=True)
class RowResult:
    """What becomes of one row, and why it is left out if it is."""

    sheet: str
    row: int
    fate: Fate
    why: Problem | None = None


@dataclass(frozen=True, slots=True)
class PlannedRecord:
    """A record to begin or to change.

    Attributes:
        ledger: form key.
        ref: id of the existing record, or a temporary name (``@customers-3``) of a new one.
        new: whether it begins with this import.
        values: canonical values; of an existing record only those that change. ``id`` stands there
            if the list brings the record's own id (the code of a part).
        links: column key → temporary name of another new record of this plan.
    """

    ledger: str
    ref: str
    new: bool
    values: Mapping[str, Value]
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DuplicateHint:
    """Two records that may be one.

    Attributes:
        sheet, row: the row that brought the second.
        ref: the new record, by temporary name.
        other: the record it resembles, by id or temporary name.
        what: why, in words, for the person at the screen.
    """

    sheet: str
    row: int
    ref: str
    other: str
    what: str


@dataclass(frozen=True, slots=True)
class TableReport:
    """What was found in one table.

    Attributes:
        sheet: its name.
        header_rows: row numbers of the header; empty if none was found.
        columns: what became of each column; None if no header was found.
        skipped: rows that are no data.
        row_count: rows of data.
        trouble: why the whole table is not imported; empty if it is.
    """

    sheet: str
    header_rows: tuple[int, ...] = ()
    columns: ColumnMap | None = None
    skipped: tuple[Skipped, ...] = ()
    row_count: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class ImportPlan:
    """Everything an import would do, and everything to say about it.

    Attributes:
        ledger: the chosen ledger.
        records: in an order in which nothing refers to a later one.
        rows: what becomes of every row of data.
        tables: what was found, sheet by sheet.
        problems: cells of imported rows that were not understood, with their place.
        hints: records that may be doubled.
        unknown_staff: names of staff the store does not know, and how often they stand there.
    """

    ledger: str
    records: tuple[PlannedRecord, ...] = ()
    rows: tuple[RowResult, ...] = ()
    tables: tuple[TableReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    hints: tuple[DuplicateHint, ...] = ()
    unknown_staff: Mapping[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many rows share each fate."""
        found = Counter(result.fate for result in self.rows)
        return {fate: found[fate] for fate in Fate}

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """Why rows are not imported: one problem for each, at the cell to look at."""
        return tuple(result.why for result in self.rows if result.why)
