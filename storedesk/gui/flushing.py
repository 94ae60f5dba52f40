"""Keeping the window and the workbooks in step: plan (clerk) → carry out (worker) → settle (clerk).

Runs three seconds after the last entry, at once when the watch on the folder notices something, and
every thirty seconds in any case. Nothing here waits and nothing here knows a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal
from shiboken6 import isValid

from storedesk.domain.changes import Change
from storedesk.domain.errors import FolderGone, StoreDeskError, WorkbookMissing
from storedesk.gui.session import Session
from storedesk.gui.tasks import Asked
from storedesk.operations import syncing, telling, watching
from storedesk.operations.syncing import SyncReport, Waiting
from storedesk.operations.taken import Taken
from storedesk.operations.telling import Telling

R = TypeVar("R")

REST_MS = 3_000
LOOK_MS = 30_000
TELL_MS = 1_000
"""The history files get an entry within two seconds (decision 21)."""
MISSING_MS = 8_000
"""Excel takes the name away while it saves: a workbook is called missing after so long."""
_ROUNDS = 4
"""A person may save while we write; after so many rounds it waits for the next look."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the foot of the menu says.

    Attributes:
        written_at: when a workbook was last known to hold everything.
        waiting: what is safe but not in its workbook.
        errors: sentences about workbooks that could not be read or written.
        missing: workbooks that are not in the folder.
        out_of_reach: the desk's folder is not there now; entries wait.
    """

    written_at: datetime | None = None
    waiting: tuple[Waiting, ...] = ()
    errors: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    out_of_reach: bool = False

    @property
    def waiting_count(self) -> int:
        """How many entries wait."""
        return sum(one.count for one in self.waiting)


class Flusher(QObject):
    """Turns the wheel of the three steps.

    Signals:
        state_changed: carries the new ``SyncState``.
        held: a workbook is newly held by somebody; carries its ``Waiting``.
        took_in: edits came in from a workbook; carries the ``Taken``.
        stopped: so much of a workbook changed that a person is asked first; carries the ``Taken``.
    """

    state_changed = Signal(object)
    held = Signal(object)
    took_in = Signal(object)
    stopped = Signal(object)
    _noticed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.state = SyncState()
        self._session = session
        self._running = False
        self._telling = False
        self._wanted = False
        self._rounds = 0
        self._version: int | None = None
        self._missing: dict[str, QDeadlineTimer] = {}
        self._stopped: frozenset[str] = frozenset()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.run)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.run)
        self._grace = QTimer(self, singleShot=True)
        self._grace.timeout.connect(self.run)
        self._tell_later = QTimer(self, singleShot=True, interval=TELL_MS)
        self._tell_later.timeout.connect(self._tell_history)
        session.clerk.changed.connect(self._wait_a_moment)
        # Told in the watch's thread, carried to the window's by the signal.
        self._watch = watching.watch(session.facts.folder, self._tell_noticed)
        self._noticed.connect(self.run)

    def start(self) -> None:
        """Look at the workbooks now and from now on."""
        self._look.start()
        self._watch.start()
        self.run()

    def stop(self) -> None:
        """Look no more; what the watch has noticed and is on its way begins nothing either."""
        self._running = True
        for timer in (self._look, self._rest, self._grace, self._tell_later):
            timer.stop()
        self._watch.stop()

    def reachable(self) -> bool:
        """Whether the desk's folder answers, as far as is known."""
        return self._watch.reachable()

    def _wait_a_moment(self) -> None:
        self._rest.start()
        if not self._tell_later.isActive():
            self._tell_later.start()

    def _tell_history(self) -> None:
        if self._watch.reachable() and not (self._telling or self._running):
            self._telling = True
            self._tell_some(self._told_all)

    def _told_all(self) -> None:
        self._telling = False

    def _tell_some(self, done: Callable[[], None]) -> None:
        """Tell the history files what they lack, step by step; what fails waits for a plan."""
        self._session.clerk.ask(telling.plan).then(
            lambda planned: self._tell_planned(planned, done),
            refused=lambda _: done(),
            broke=self._broke,
            owner=self,
        )

    def _tell_planned(self, planned: Telling, done: Callable[[], None]) -> None:
        if not planned.events:
            done()
            return
        self._session.worker.run(
            lambda: telling.carry_out(planned),
            lambda upto: self._note_told(upto, done),
            refused=lambda _: done(),
            broke=self._broke,
            owner=self,
        )

    def _note_told(self, upto: int, done: Callable[[], None]) -> None:
        self._session.clerk.ask(telling.settle, upto).then(
            lambda more: self._tell_some(done) if more else done(),
            refused=lambda _: done(),
            broke=self._broke,
            owner=self,
        )

    def _tell_noticed(self) -> None:
        if isValid(self):
            self._noticed.emit()

    def run(self) -> None:
        """Go round once; while a round is under way, once more after it."""
        if self._running:
            self._wanted = True
            if not self._watch.reachable():
                self._say_out_of_reach()
            return
        self._running = True
        if not self._watch.reachable():
            # Whoever touched the folder now might hang with the network; the mirror does not.
            self._ask(self._session.clerk.ask(syncing.out_of_reach), self._settled)
            return
        # The history files first, in steps that hold nobody up.
        self._tell_some(self._plan)

    def _plan(self) -> None:
        self._ask(self._session.clerk.ask(syncing.plan), self._carry_out)

    def _carry_out(self, plan: syncing.SyncPlan) -> None:
        self._work(lambda: syncing.carry_out(plan), self._settle)

    def _settle(self, outcomes: tuple[syncing.BookOutcome, ...]) -> None:
        self._go_on(syncing.Settling(outcomes))

    def _go_on(self, settling: syncing.Settling, found: object = None) -> None:
        """Settle a little: what people enter meanwhile comes in between."""
        asked = self._session.clerk.ask(settling.step, found)
        self._ask(asked, lambda step: self._stepped(settling, step))

    def _stepped(self, settling: syncing.Settling, step: syncing.Step) -> None:
        if step.report is not None:
            self._settled(step.report)
        elif step.aside is not None:
            self._work(step.aside, lambda found: self._go_on(settling, found))
        else:
            self._go_on(settling)

    def _ask(self, asked: Asked[R], then: Callable[[R], object]) -> None:
        """Let the clerk do a step of a round."""
        asked.then(then, refused=self._refused, broke=self._broke, owner=self)

    def _work(self, work: Callable[[], R], then: Callable[[R], object]) -> None:
        """Let the worker do a step of a round."""
        worker = self._session.worker
        worker.run(work, then, refused=self._refused, broke=self._broke, owner=self)

    def _settled(self, report: SyncReport) -> None:
        self._running = False
        if report.written:
            self._tell_history()
        for taken in report.taken:
            self._spread(taken)
        self._session.clerk.ask(watching.version).then(self._look_at_others, owner=self)
        self._tell_stopped(report.taken)
        self._tell_held(report.waiting)
        self._set_state(report)
        again = report.again and self._rounds < _ROUNDS
        self._rounds = self._rounds + 1 if again else 0
        if again or self._wanted:
            self._wanted = False
            self.run()

    def _spread(self, taken: Taken) -> None:
        touched = taken.touched()
        if touched:
            self._session.spread(Change(operation="excel", records=touched))
        if taken.lines() and not taken.stopped:
            self.took_in.emit(taken)

    def _tell_held(self, waiting: tuple[Waiting, ...]) -> None:
        known = {one.workbook for one in self.state.waiting if one.holder}
        for one in waiting:
            if one.holder and one.workbook not in known:
                self.held.emit(one)

    def _say_out_of_reach(self) -> None:
        """Say so while a round hangs with the network; nobody is asked, all lanes may wait."""
        told = str(FolderGone(str(self._session.facts.folder)))
        self._tell(replace(self.state, errors=(told,), out_of_reach=True))

    def _look_at_others(self, version: int) -> None:
        """Tell the pages if another program of ours (a command) has changed the desk."""
        if self._version not in (None, version):
            everything = dict.fromkeys((form.ledger for form in self._session.facts.forms), ())
            self._session.spread(Change(operation="other process", records=everything))
        self._version = version

    def _tell_stopped(self, taken: tuple[Taken, ...]) -> None:
        stopped = {one.workbook: one for one in taken if one.stopped}
        for workbook in stopped.keys() - self._stopped:
            self.stopped.emit(stopped[workbook])
        self._stopped = frozenset(stopped)

    def _set_state(self, report: SyncReport) -> None:
        errors = self._lasting(report.errors)
        waits = report.waiting or report.errors
        state = SyncState(
            written_at=self.state.written_at if waits else self._session.facts.now(),
            waiting=report.waiting,
            errors=tuple(str(error) for error in errors),
            missing=tuple(one.workbook for one in errors if isinstance(one, WorkbookMissing)),
            out_of_reach=any(isinstance(error, FolderGone) for error in errors),
        )
        self._tell(state)

    def _lasting(self, errors: tuple[StoreDeskError, ...]) -> list[StoreDeskError]:
        """Leave out workbooks that may only be missing because somebody saves them just now."""
        missing = [error.workbook for error in errors if isinstance(error, WorkbookMissing)]
        fresh = {one: self._missing.get(one) or QDeadlineTimer(MISSING_MS) for one in missing}
        self._missing = fresh
        patient = {one for one, until in fresh.items() if not until.hasExpired()}
        if patient:
            self._grace.start(max(fresh[one].remainingTime() for one in patient) + 1)
        return [
            error
            for error in errors
            if not (isinstance(error, WorkbookMissing) and error.workbook in patient)
        ]

    def _refused(self, error: StoreDeskError) -> None:
        self._running = False
        self._tell(SyncState(self.state.written_at, self.state.waiting, (str(error),)))

    def _broke(self) -> None:
        """Go on with the next look, whatever the bug: it was told of."""
        self._running = self._telling = False

    def _tell(self, state: SyncState) -> None:
        self.state = state
        self.state_changed.emit(state)
