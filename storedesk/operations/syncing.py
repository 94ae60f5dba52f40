"""Keeping desk and workbooks in step: plan → carry out → settle (decision 22).

``plan`` and ``settle`` run on the desk's own thread; ``carry_out`` reads and writes files on plain
data and may run elsewhere. The command line calls ``sync``, which does all three until nothing is
left to do.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from storedesk.domain.errors import FolderGone, StoreDeskError, WorkbookError
from storedesk.domain.forms import Form
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.sheets import (
    Fingerprint,
    WorkbookContent,
    WriteOutcome,
    WritePlan,
    Written,
)
from storedesk.operations import alarms, conflict_copies, planning, restoring, tidying
from storedesk.operations.conflict_copies import CopiesPlan, CopiesSeen
from storedesk.operations.desk import Desk
from storedesk.operations.replaying import replay_lost
from storedesk.operations.settings import offered_lists
from storedesk.operations.taken import Taken
from storedesk.operations.taking_in import take_in
from storedesk.workbooks import disk, locks, reader, writer
from storedesk.workbooks.traces import Keeping

log = logging.getLogger(__name__)

_ROUNDS = 4
"""Merging may be needed again when a person saves while we write; after that it waits."""
_BACKUP_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BookPlan:
    """One workbook to look at, and what to write into it if it has not changed."""

    workbook: str
    path: Path
    forms: tuple[Form, ...]
    known: Fingerprint | None
    write: WritePlan | None
    keeping: Keeping


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What to do with the files, as plain data.

    Attributes:
        obstacle: why nothing is written this time (the history comes first, decision 21).
        tidy: the desk was just opened: what killed writes left behind is removed.
        copies: conflict copies to look for beside the workbooks.
    """

    folder: Path
    desk: str
    now: datetime
    books: tuple[BookPlan, ...]
    obstacle: StoreDeskError | None = None
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


def sync(desk: Desk, *, confirmed: frozenset[str] = frozenset()) -> SyncReport:
    """Take in outside edits and write what waits, until nothing is left or a file is held."""
    for workbook in desk.forms.workbooks():
        if workbook.removesuffix(".xlsx") in confirmed and alarms.stopped(desk, workbook):
            alarms.confirm(desk, workbook)
    total = SyncReport()
    for _ in range(_ROUNDS):
        report = settle(desk, _carried_out(plan(desk)), confirmed=confirmed)
        total = _joined(total, report)
        if not report.again:
            break
    if planning.follow_opening(desk).edits:
        total = _joined(total, settle(desk, _carried_out(plan(desk))))
    return total


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """How desk and workbooks stand, for the foot of the window."""

    written_at: datetime | None
    waiting: tuple[Waiting, ...]
    conflict_count: int
    problem_count: int

    @property
    def waiting_count(self) -> int:
        """How many entries wait in all."""
        return sum(one.count for one in self.waiting)


def status(desk: Desk) -> DeskStatus:
    """Return how desk and workbooks stand, without touching a file but for its lock."""
    states = [desk.mirror.file_state(workbook) for workbook in desk.forms.workbooks()]
    written = [state.written_at for state in states if state and state.written_at]
    problems = sum(len(desk.mirror.problems(workbook)) for workbook in desk.forms.workbooks())
    return DeskStatus(
        max(written, default=None), _waiting(desk, {}), len(desk.mirror.conflicts()), problems
    )


def plan(desk: Desk) -> SyncPlan:
    """Return which workbooks to look at and what to write into each, in flush order."""
    obstacle: StoreDeskError | None = None
    try:
        desk.mirror.export_history(desk.folder / "历史", desk.pc)
    except StoreDeskError as error:
        obstacle = error
    books = tuple(
        _plan_book(desk, workbook, may_write=obstacle is None)
        for workbook in desk.forms.workbooks()
    )
    is_first, desk.tidied = not desk.tidied, True
    copies = conflict_copies.plan(desk)
    return SyncPlan(desk.folder, desk.uuid, desk.clock.now(), books, obstacle, is_first, copies)


def carry_out(sync_plan: SyncPlan) -> tuple[BookOutcome, ...]:
    """Read the workbooks that changed and write into those that did not; needs no Desk."""
    return tuple(_carried_out(sync_plan))


def _carried_out(sync_plan: SyncPlan) -> Iterator[BookOutcome]:
    """Yield one outcome after the other, so that they need not all stand in memory at once."""
    if not sync_plan.folder.is_dir():
        yield BookOutcome("", error=FolderGone(str(sync_plan.folder)))
        return
    if sync_plan.tidy:
        tidying.tidy(sync_plan.folder, sync_plan.desk, [book.workbook for book in sync_plan.books])
    for book in sync_plan.books:
        yield _carry_out_book(sync_plan, book)
    if sync_plan.copies is not None:
        yield BookOutcome("", copies=conflict_copies.look(sync_plan.copies))
    if sync_plan.obstacle is not None:
        yield BookOutcome("", error=sync_plan.obstacle)


def out_of_reach(desk: Desk) -> SyncReport:
    """Return what is known while the desk's folder cannot be reached; no file is touched."""
    gone = FolderGone(str(desk.folder))
    waiting = tuple(
        Waiting(workbook, count, why="门店文件夹连不上", since=since)
        for workbook, (count, since) in desk.mirror.waiting().items()
    )
    return SyncReport(waiting=waiting, errors=(gone,))


def settle(
    desk: Desk,
    outcomes: Iterable[BookOutcome],
    *,
    confirmed: frozenset[str] = frozenset(),
) -> SyncReport:
    """Merge what was read, mark what was written, and say what still waits."""
    settled = tuple(map(partial(_settle_book, desk, confirmed), outcomes))
    replay_lost(desk)
    merged = tuple(taken for one in settled for taken in one.merged)
    taken = (*(one.taken for one in settled if one.taken), *merged)
    written = tuple((one.workbook, one.written) for one in settled if one.written is not None)
    errors = tuple(one.error for one in settled if one.error)
    if written:
        desk.tell_history()
    holders = {one.workbook: one.not_written for one in settled if one.not_written}
    waiting = _waiting(desk, holders)
    obstructed = any(not one.workbook and one.error for one in settled)
    stopped = {one.workbook for one in taken if one.stopped} | set(holders)
    stopped |= {one.workbook for one in errors if isinstance(one, WorkbookError)}
    again = any(one.result is Written.STALE for one in holders.values()) or any(
        waits.workbook not in stopped and not obstructed and not waits.why for waits in waiting
    )
    again = again or any(one.copy for one in merged)  # to be put away
    problems = tuple(problem for one in taken for problem in one.problems)
    return SyncReport(taken, written, waiting, errors, problems, again)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What became of one workbook: ``written`` rows, or why they were ``not_written``."""

    workbook: str
    taken: Taken | None = None
    written: int | None = None
    not_written: WriteOutcome | None = None
    error: StoreDeskError | None = None
    merged: tuple[Taken, ...] = ()


def _settle_book(desk: Desk, confirmed: frozenset[str], outcome: BookOutcome) -> _Settled:
    if outcome.copies is not None:
        return _Settled("", merged=conflict_copies.settle(desk, outcome.copies))
    if outcome.content is not None:
        state = desk.mirror.file_state(outcome.workbook)
        if not outcome.content.stands_on(state.fingerprint if state else None):
            again = WriteOutcome(outcome.workbook, Written.STALE)
            return _Settled(outcome.workbook, not_written=again)
        if restored := restoring.take_in(desk, outcome.content):
            return _Settled(outcome.workbook, restored)
        sure = outcome.workbook.removesuffix(".xlsx") in confirmed
        return _Settled(outcome.workbook, take_in(desk, outcome.content, confirmed=sure))
    if outcome.error is not None:
        return _Settled(outcome.workbook, error=outcome.error)
    if outcome.touched is not None:
        _touch(desk, outcome.workbook, outcome.touched)
    if alarms.stopped(desk, outcome.workbook) is not None:
        asked = alarms.asked(desk, outcome.workbook)
        return _Settled(outcome.workbook, Taken(outcome.workbook, problems=asked, stopped=True))
    if outcome.written is None or outcome.plan is None:
        return _Settled(outcome.workbook)
    if outcome.written.result is not Written.DONE:
        return _Settled(outcome.workbook, not_written=outcome.written)
    desk.mirror.settle(outcome.plan, outcome.written, desk.clock.now())
    return _Settled(outcome.workbook, written=len(outcome.written.placed))


def _touch(desk: Desk, workbook: str, found: Fingerprint) -> None:
    """Note a new time of the content that was taken in; never of one that waits for an answer."""
    known = desk.mirror.file_state(workbook)
    if known is not None and known.fingerprint.sha256 == found.sha256:
        desk.mirror.touch_file(workbook, found)


def waiting_line(waiting: Waiting) -> str:
    """Return the sentence about entries that wait (shop.md §5 messages 1 and 2)."""
    told = f"{waiting.count} 条已存好"
    if waiting.held:
        who = waiting.holder or "别的程序"
        return f"《{waiting.workbook}》正被{who}打开。您照常登记：{told}，关掉表格后自动写入。"
    if waiting.why:
        return f"{told}，还没写进《{waiting.workbook}》：{waiting.why}"
    return f"{told}，等着写进《{waiting.workbook}》，不会丢。"


# --- planning -----------------------------------------------------------------------------------


def _plan_book(desk: Desk, workbook: str, *, may_write: bool) -> BookPlan:
    forms = desk.sheets_of(workbook)
    state = desk.mirror.file_state(workbook)
    stopped = alarms.stopped(desk, workbook)
    known = stopped or (state.fingerprint if state else None)
    write = None
    may_write = may_write and stopped is None
    rows, upto = desk.mirror.rows_to_write(workbook) if state and may_write else ((), 0)
    if rows and state is not None:
        now = desk.clock.now()
        due = state.backup_at is None or now - state.backup_at >= _BACKUP_EVERY
        stamp = desk.mirror.next_stamp(workbook, desk.uuid, desk.pc, uuid.uuid4().hex[:4])
        backup = due or state.changed_outside
        lists = offered_lists(desk.settings)
        write = WritePlan(workbook, state.fingerprint, rows, stamp, backup, upto, lists)
    trace = desk.mirror.db.path.parent / f"{workbook}.trace"
    keeping = Keeping(trace, state.fingerprint.sha256 if state else "")
    return BookPlan(workbook, desk.path(workbook), forms, known, write, keeping)


# --- files --------------------------------------------------------------------------------------


def _carry_out_book(sync_plan: SyncPlan, book: BookPlan) -> BookOutcome:
    try:
        if book.known is None or not reader.unchanged(book.path, book.known):
            found = reader.fingerprint(book.path)
            if book.known is None or found.sha256 != book.known.sha256:
                if book.write is not None:
                    disk.make_durable(book.path)
                content = reader.read_workbook(book.path, book.forms, book.keeping)
                return BookOutcome(book.workbook, content=content)
            touched: Fingerprint | None = found
        else:
            touched = None
        written = None
        if book.write is not None:
            written = writer.apply(
                sync_plan.folder,
                book.write,
                book.forms,
                desk=sync_plan.desk,
                now=sync_plan.now,
                trace=book.keeping.path,
            )
        return BookOutcome(book.workbook, plan=book.write, written=written, touched=touched)
    except StoreDeskError as error:
        return BookOutcome(book.workbook, error=error)


# --- settling -------------------------------------------------------------------------------------


def _waiting(desk: Desk, failed: dict[str, WriteOutcome]) -> tuple[Waiting, ...]:
    found: list[Waiting] = []
    for workbook, (count, since) in desk.mirror.waiting().items():
        outcome = failed.get(workbook)
        held = outcome is not None and outcome.result is Written.HELD
        holder = outcome.holder if outcome else locks.holder(desk.path(workbook))
        was_refused = outcome is not None and outcome.result is Written.FAILED
        why = outcome.problem if outcome and was_refused else _closed(desk, workbook)
        if alarms.stopped(desk, workbook) is not None:
            why = alarms.WAITING
        held = held or (outcome is None and holder is not None)
        found.append(Waiting(workbook, count, held, holder or "", why, since))
    return tuple(found)


def _closed(desk: Desk, workbook: str) -> str:
    """Return why nothing can be written into a workbook, known since it was read."""
    listed = desk.mirror.problems(workbook)
    found = [one for one in listed if one.kind is Kind.READ_ONLY and not one.sheet]
    told = [f"{one.what}。{one.hint}。" for one in found]
    told += [
        f"{one.what}，表头要先修好（需核对）。"
        for one in listed
        if one.kind is Kind.MISSING_SHEET or (one.kind, one.column) == (Kind.MISSING_COLUMN, "id")
        if desk.mirror.waiting_ids(one.ledger)
    ]
    return next(iter(told), "")


def _joined(one: SyncReport, other: SyncReport) -> SyncReport:
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
