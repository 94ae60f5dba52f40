"""What travels between the desk and a workbook: plain, frozen, comparable.

``workbooks`` produces ``WorkbookContent`` and carries out ``WritePlan``; ``operations`` does the
opposite. Row numbers are those of the sheet (1 = first row), column positions count from 1 (A).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from storedesk.domain.problems import Problem
from storedesk.domain.values import Raw, Value


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """State of a file: cheap to compare (size, mtime), certain by hash."""

    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The program's mark in a workbook (decision 3).

    Attributes:
        desk: UUID of the desk, from the custom document property; empty if never adopted.
        generation: ``n.pc.random`` of the last write, then for every other PC the number of its
            newest write that this one stands on, such as ``12.A.8f3a.B9``; empty if none.
    """

    desk: str = ""
    generation: str = ""

    @property
    def number(self) -> int:
        """The running number of the generation, 0 if there is none."""
        head = self.generation.split(".", 1)[0]
        return int(head) if head.isdecimal() else 0

    @property
    def writes(self) -> Mapping[str, int]:
        """The number of the newest write of every PC that the workbook contains, by PC.

        Numbers alone do not tell whose writes are in a file: two PCs count on from the same copy
        when a cloud folder keeps them apart.
        """
        number, _, rest = self.generation.partition(".")
        pc, *others = rest.split(".")
        if not number.isdecimal() or not pc:
            return {}
        found = {pc: int(number)}
        for part in others[1:]:
            if part[1:].isdecimal():
                found[part[:1]] = max(int(part[1:]), found.get(part[:1], 0))
        return found

    def stands_on(self, other: Stamp) -> bool:
        """Whether a file of this stamp contains all writes that one of the other contains.

        Of one PC's two writes with the same number neither stands on the other (a mirror was lost
        between them).
        """
        if self.generation == other.generation:
            return True
        mine, theirs = self.writes, other.writes
        if mine == theirs or self.generation.split(".")[:2] == other.generation.split(".")[:2]:
            return False
        return all(mine.get(pc, 0) >= number for pc, number in theirs.items())

    @staticmethod
    def of(desk: str, pc: str, nonce: str, contained: Mapping[str, int], last: int) -> Stamp:
        """Return the stamp of a write after number ``last`` that stands on those ``contained``."""
        others = (f".{one}{number}" for one, number in sorted(contained.items()) if one != pc)
        return Stamp(desk, f"{last + 1}.{pc}.{nonce}{''.join(others)}")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that holds anything, as read.

    Attributes:
        number: row number.
        values: raw values by column position, from column 1; trailing empty cells left out.
        mark: hash of the values; equal marks mean equal content.
        formulas: positions whose value comes from a formula.
    """

    number: int
    values: tuple[Raw, ...]
    mark: bytes
    formulas: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Since:
    """What else is known of a sheet of which only the rows were read that changed.

    Attributes:
        before: texts of the id cells of records' rows that changed or are gone, by number.
        above: the same of the nearest unchanged rows above those, and above new ones.
        total: how many rows held a record before.
        last: number of the last row that holds a record still.
    """

    before: Mapping[int, str]
    above: Mapping[int, str]
    total: int
    last: int


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One ledger's sheet, found by its headers.

    Attributes:
        ledger: form key.
        name: sheet name as it stands in the workbook.
        header_row: row number of the header.
        columns: position by column key, for those found.
        extras: position by header, for people's own columns.
        rows: rows below the header with anything in the ledger's columns, in order.
        protected: the sheet is protected in Excel.
        since: set if ``rows`` are only those that changed since the workbook was last known.
    """

    ledger: str
    name: str
    header_row: int
    columns: Mapping[str, int]
    extras: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[SheetRow, ...] = ()
    protected: bool = False
    since: Since | None = None

    @property
    def last_row(self) -> int:
        """Number of the last row that holds a record, 0 if there is none."""
        last = max((row.number for row in self.rows), default=0)
        return max(last, self.since.last) if self.since else last


@dataclass(frozen=True, slots=True)
class WorkbookContent:
    """A workbook as read.

    Attributes:
        problems: headers missing or doubled, and what keeps it from being written; never wrong
            values.
        read_only: why nothing can be written into it, in words; empty if it can be.
        base: hash of the state of the file since which its sheets tell what changed, if any do.
    """

    workbook: str
    fingerprint: Fingerprint
    stamp: Stamp
    sheets: Mapping[str, SheetContent]
    problems: tuple[Problem, ...] = ()
    date1904: bool = False
    read_only: str = ""
    base: str = ""

    def stands_on(self, known: Fingerprint | None) -> bool:
        """Whether changes that were read are those since a state of the file.

        They are not if another program of ours read or wrote it in between.
        """
        return not self.base or (known is not None and known.sha256 == self.base)


@dataclass(frozen=True, slots=True)
class RowWrite:
    """Cells to set in one row.

    Attributes:
        ledger: form key.
        record: id, written into the id column of a new row and checked in an old one.
        row: row number as last read; None appends a row.
        cells: canonical values by column key (``id`` included when it must be written).
    """

    ledger: str
    record: str
    row: int | None
    cells: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class HeaderWrite:
    """Header cells to set in a sheet, by column position: a person confirmed what was lost."""

    sheet: str
    row: int
    cells: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class WritePlan:
    """Everything to write into one workbook, computed against one state of the file.

    Attributes:
        backup: keep a copy of the file as found.
        backup_limit: bytes all backups together may take; None: none goes for its size now.
        upto: last pending edit the plan includes; later ones wait for the next plan.
        choices: values by list name as the workbook's drop-downs should offer them; lists that
            the workbook does not have are passed over. Empty: they stay as they are.
        headers: header cells to set; all of them or the plan fails.
    """

    workbook: str
    base: Fingerprint
    rows: tuple[RowWrite, ...]
    stamp: Stamp
    backup: bool = False
    upto: int = 0
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: tuple[HeaderWrite, ...] = ()
    backup_limit: int | None = None


class Written(Enum):
    """How a write ended."""

    DONE = "done"
    STALE = "stale"
    """The file changed since it was read: merge, then plan again."""
    HELD = "held"
    """Another program has it open."""
    FAILED = "failed"
    """It cannot be written; ``WriteOutcome.problem`` says why. The file is as it was."""


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What became of a plan.

    Attributes:
        result: see ``Written``.
        holder: who holds the file, as far as its lock file tells.
        fingerprint: of the file as it is now, when ``DONE``.
        placed: row number by (ledger, record) of every row written.
        problem: why not, in words, when ``FAILED`` or ``HELD``.
        unplaced: (ledger, record, key) of values whose column is not in the sheet; all else of the
            plan was written.
    """

    workbook: str
    result: Written
    holder: str = ""
    fingerprint: Fingerprint | None = None
    placed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    problem: str = ""
    unplaced: tuple[tuple[str, str, str], ...] = ()
