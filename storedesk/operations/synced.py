"""What keeping desk and workbooks in step is asked for and answers: plain data between threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.forms import Form
from storedesk.domain.problems import Problem
from storedesk.domain.sheets import Fingerprint, WorkbookContent, WriteOutcome, WritePlan
from storedesk.operations.conflict_copies import CopiesPlan, CopiesSeen
from storedesk.operations.taken import Taken
from storedesk.operations.telling import Telling
from storedesk.workbooks.traces import Keeping


@dataclass(frozen=True, slots=True)
class BookPlan:
    """One workbook to look at, and what to write into it if it has not changed.

    ``waits``: entries wait for it, whether or not they can be written now.
    """

    workbook: str
    path: Path
    forms: tuple[Form, ...]
    known: Fingerprint | None
    write: WritePlan | None
    keeping: Keeping
    waits: bool = False


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What to do with the files, as plain data.

    Attributes:
        telling: what the history files have to be told before any workbook is written (decision
            21); if they cannot be told, nothing is written this time.
        tidy: the desk was just opened: what killed writes left behind is removed.
        copies: conflict copies to look for beside the workbooks.
    """

    folder: Path
    desk: str
    now: datetime
    books: tuple[BookPlan, ...]
    telling: Telling
    tidy: bool = False
    copies: CopiesPlan | None = None


@dataclass(frozen=True, slots=True)
class BookOutcome:
    """What was found or done: a new content, or the outcome of a plan, or why neither."""

    workbook: str
    content: WorkbookContent | None = None
    plan: WritePlan | None = None
    written: WriteOutcome | None = None
    error: StoreDeskError | None = None
    touched: Fingerprint | None = None
    """Same content under a new time stamp."""
    copies: CopiesSeen | None = None
    """Of no workbook: what was found beside them."""
    told: int = 0
    """Of no workbook: up to which number the history files have everything."""
    holder: str | None = None
    """Who has the workbook open, asked where entries wait and writing was not tried."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries that are safe but not yet in their workbook.

    Attributes:
        held: another program has the workbook open; ``holder`` says who, if that is known.
        why: what else is in the way, in words.
    """

    workbook: str
    count: int
    held: bool = False
    holder: str = ""
    why: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did and what still waits."""

    taken: tuple[Taken, ...] = ()
    written: tuple[tuple[str, int], ...] = ()
    waiting: tuple[Waiting, ...] = ()
    errors: tuple[StoreDeskError, ...] = ()
    problems: tuple[Problem, ...] = ()
    again: bool = False

    def lines(self) -> list[str]:
        """Return the report in sentences; ``errors`` are said by who reports."""
        lines = [line for taken in self.taken for line in taken.lines()]
        lines += [f"已写入《{workbook}》{count} 条" for workbook, count in self.written]
        lines += [waiting_line(waiting) for waiting in self.waiting]
        return lines or self._quiet()

    def _quiet(self) -> list[str]:
        if self.errors:
            return []
        return ["都已同步：工作簿没有新的改动，也没有等待写入的登记。"]


def waiting_line(waiting: Waiting) -> str:
    """Return the sentence about entries that wait (shop.md §5 messages 1 and 2)."""
    told = f"{waiting.count} 条已存好"
    if waiting.held:
        who = waiting.holder or "别的程序"
        return f"《{waiting.workbook}》正被{who}打开。您照常登记：{told}，关掉表格后自动写入。"
    if waiting.why:
        return f"{told}，还没写进《{waiting.workbook}》：{waiting.why}"
    return f"{told}，等着写进《{waiting.workbook}》，不会丢。"


def joined(one: SyncReport, other: SyncReport) -> SyncReport:
    """Return the report of two syncs, one after the other."""
    counts = dict(one.written)
    for workbook, count in other.written:
        counts[workbook] = counts.get(workbook, 0) + count
    return SyncReport(
        one.taken + other.taken,
        tuple(counts.items()),
        other.waiting,
        other.errors,
        one.problems + other.problems,
        other.again,
    )
