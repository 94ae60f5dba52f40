"""Keeping desk and workbooks in step: plan → carry out → settle (decision 22).

``plan`` and ``settle`` run on the desk's own thread; ``carry_out`` reads and writes files on plain
data and may run elsewhere. The command line calls ``sync``, which does all three until nothing is
left to do; the window settles in steps (``Settling``).
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storedesk.domain.errors import FolderGone, StoreDeskError, WorkbookMissing
from storedesk.domain.sheets import Fingerprint, WritePlan
from storedesk.operations import alarms, conflict_copies, planning, telling, tidying, unfinished
from storedesk.operations.desk import Desk
from storedesk.operations.settings import offered_lists
from storedesk.operations.settling import Settling, Step, settle, still_waiting
from storedesk.operations.synced import (
    BookOutcome,
    BookPlan,
    SyncPlan,
    SyncReport,
    Waiting,
    joined,
    waiting_line,
)
from storedesk.workbooks import disk, locks, reader, writer
from storedesk.workbooks.traces import Keeping

log = logging.getLogger(__name__)

__all__ = [
    "BookOutcome",
    "BookPlan",
    "Settling",
    "Step",
    "SyncPlan",
    "SyncReport",
    "Waiting",
    "carry_out",
    "out_of_reach",
    "plan",
    "settle",
    "status",
    "sync",
    "waiting_line",
]

_ROUNDS = 4
"""Merging may be needed again when a person saves while we write; after that it waits."""
_BACKUP_EVERY = timedelta(hours=1)
_TOLD = 500
"""So many events are told with a plan; if there are more, nothing is written before they are."""
_TRIES = 3
_PAUSE = 0.35


def sync(desk: Desk, *, confirmed: frozenset[str] = frozenset()) -> SyncReport:
    """Take in outside edits and write what waits, until nothing is left or a file is held."""
    for workbook in desk.forms.workbooks():
        if workbook.removesuffix(".xlsx") in confirmed and alarms.stopped(desk, workbook):
            alarms.confirm(desk, workbook)
    _tell(desk)
    total = SyncReport()
    for _ in range(_ROUNDS):
        report = settle(desk, _carried_out(plan(desk)), confirmed=confirmed)
        total = joined(total, report)
        if report.written:
            _tell(desk)
        if not report.again:
            break
    if planning.follow_opening(desk).edits:
        total = joined(total, settle(desk, _carried_out(plan(desk))))
    return total


def _tell(desk: Desk) -> None:
    """Tell the history files what they lack; what is in the way is said when a plan needs it."""
    try:
        telling.tell(desk)
    except StoreDeskError as error:
        log.info("history files lag behind: %s", type(error).__name__)


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
    """Return how desk and workbooks stand, without touching a file."""
    states = [desk.mirror.file_state(workbook) for workbook in desk.forms.workbooks()]
    written = [state.written_at for state in states if state and state.written_at]
    problems = sum(len(desk.mirror.problems(workbook)) for workbook in desk.forms.workbooks())
    return DeskStatus(
        max(written, default=None),
        still_waiting(desk, {}, {}),
        len(desk.mirror.conflicts()),
        problems,
    )


def plan(desk: Desk) -> SyncPlan:
    """Return which workbooks to look at and what to write into each, in flush order."""
    untold = telling.plan(desk, _TOLD)
    waiting = desk.mirror.waiting()
    books = tuple(
        _plan_book(desk, workbook, waits=workbook in waiting, may_write=len(untold.events) < _TOLD)
        for workbook in desk.forms.workbooks()
    )
    is_first, desk.tidied = not desk.tidied, True
    copies = conflict_copies.plan(desk)
    return SyncPlan(desk.folder, desk.uuid, desk.clock.now(), books, untold, is_first, copies)


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
    obstacle: StoreDeskError | None = None
    try:
        told = telling.carry_out(sync_plan.telling)
    except StoreDeskError as error:
        told, obstacle = 0, error
    yield BookOutcome("", told=told)
    patience = _Patience()
    for book in sync_plan.books:
        yield _looked_at(
            sync_plan, book if obstacle is None else replace(book, write=None), patience
        )
    if sync_plan.copies is not None:
        yield BookOutcome("", copies=conflict_copies.look(sync_plan.copies))
    if obstacle is not None:
        yield BookOutcome("", error=obstacle)


def out_of_reach(desk: Desk) -> SyncReport:
    """Return what is known while the desk's folder cannot be reached; no file is touched."""
    gone = FolderGone(str(desk.folder))
    waiting = tuple(
        Waiting(workbook, count, why="门店文件夹连不上", since=since)
        for workbook, (count, since) in desk.mirror.waiting().items()
    )
    return SyncReport(waiting=waiting, errors=(gone,))


# --- planning -----------------------------------------------------------------------------------


def _plan_book(desk: Desk, workbook: str, *, waits: bool, may_write: bool) -> BookPlan:
    forms = desk.sheets_of(workbook)
    state = desk.mirror.file_state(workbook)
    stopped = alarms.stopped(desk, workbook)
    is_unfinished = unfinished.noted(desk, workbook) is not None
    known = stopped or (state.fingerprint if state and not is_unfinished else None)
    write = None
    may_write = may_write and stopped is None and not is_unfinished
    rows, upto = desk.mirror.rows_to_write(workbook) if state and may_write else ((), 0)
    if rows and state is not None:
        now = desk.clock.now()
        due = state.backup_at is None or now - state.backup_at >= _BACKUP_EVERY
        stamp = desk.mirror.next_stamp(workbook, desk.uuid, desk.pc, uuid.uuid4().hex[:4])
        backup = due or state.changed_outside
        lists = offered_lists(desk.settings)
        write = WritePlan(
            workbook,
            state.fingerprint,
            rows,
            stamp,
            backup,
            upto,
            lists,
            backup_limit=desk.settings.backup_limit,
        )
    trace = desk.mirror.db.path.parent / f"{workbook}.trace"
    keeping = Keeping(trace, state.fingerprint.sha256 if state and not is_unfinished else "")
    return BookPlan(workbook, desk.path(workbook), forms, known, write, keeping, waits)


# --- files --------------------------------------------------------------------------------------


class _Patience:
    """How long a workbook may be away: programs that save take its name away for a moment."""

    def __init__(self) -> None:
        self._tries = _TRIES

    def waited(self) -> bool:
        """Wait a little, unless it was enough: all workbooks of a look share it."""
        if not self._tries:
            return False
        self._tries -= 1
        pause()
        return True


def pause() -> None:
    """Let a program that is saving get on."""
    time.sleep(_PAUSE)


def _looked_at(sync_plan: SyncPlan, book: BookPlan, patience: _Patience) -> BookOutcome:
    outcome = _carry_out_book(sync_plan, book)
    while isinstance(outcome.error, WorkbookMissing) and book.known and patience.waited():
        outcome = _carry_out_book(sync_plan, book)
    if book.waits and outcome.written is None:
        return replace(outcome, holder=locks.holder(book.path))
    return outcome


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
