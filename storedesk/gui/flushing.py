"""Keeping the window and the workbooks in step: plan (clerk) → carry out (worker) → settle (clerk).

Runs three seconds after the last entry, and every five seconds looks whether a workbook changed
outside (a stat per file). Nothing here waits and nothing here knows a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from storedesk.domain.changes import Change
from storedesk.gui.session import Session
from storedesk.operations import syncing
from storedesk.operations.syncing import SyncReport, Waiting
from storedesk.operations.taking_in import Taken

REST_MS = 3_000
LOOK_MS = 5_000
_ROUNDS = 4
"""A person may save while we write; after so many rounds it waits for the next look."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the foot of the menu says.

    Attributes:
        written_at: when a workbook was last known to hold everything.
        waiting: what is safe but not in its workbook.
        errors: sentences about workbooks that could not be read or written.
        problems: how many things a workbook's rows left to look at.
    """

    written_at: datetime | None = None
    waiting: tuple[Waiting, ...] = ()
    errors: tuple[str, ...] = ()

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
    """

    state_changed = Signal(object)
    held = Signal(object)
    took_in = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.state = SyncState()
        self._session = session
        self._running = False
        self._wanted = False
        self._rounds = 0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.run)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.run)
        session.clerk.changed.connect(lambda _: self._rest.start())

    def start(self) -> None:
        """Look at the workbooks now and from now on."""
        self._look.start()
        self.run()

    def stop(self) -> None:
        """Look no more."""
        self._look.stop()
        self._rest.stop()

    def run(self) -> None:
        """Go round once; while a round is under way, once more after it."""
        if self._running:
            self._wanted = True
            return
        self._running = True
        self._session.clerk.ask(syncing.plan).then(
            self._carry_out, refused=lambda error: self._failed(str(error)), owner=self
        )

    def _carry_out(self, plan: syncing.SyncPlan) -> None:
        self._session.worker.run(
            lambda: syncing.carry_out(plan),
            self._settle,
            refused=lambda error: self._failed(str(error)),
            owner=self,
        )

    def _settle(self, outcomes: tuple[syncing.BookOutcome, ...]) -> None:
        self._session.clerk.ask(syncing.settle, outcomes).then(
            self._settled, refused=lambda error: self._failed(str(error)), owner=self
        )

    def _settled(self, report: SyncReport) -> None:
        self._running = False
        for taken in report.taken:
            self._spread(taken)
        self._tell_held(report.waiting)
        self._set_state(report)
        again = report.again and self._rounds < _ROUNDS
        self._rounds = self._rounds + 1 if again else 0
        if again or self._wanted:
            self._wanted = False
            self.run()

    def _spread(self, taken: Taken) -> None:
        touched: dict[str, tuple[str, ...]] = {}
        for part in (taken.new, taken.changed, taken.gone):
            for ledger, ids in part.items():
                touched[ledger] = (*touched.get(ledger, ()), *ids)
        if touched:
            self._session.spread(Change(operation="excel", records=touched))
            self.took_in.emit(taken)

    def _tell_held(self, waiting: tuple[Waiting, ...]) -> None:
        known = {one.workbook for one in self.state.waiting if one.holder}
        for one in waiting:
            if one.holder and one.workbook not in known:
                self.held.emit(one)

    def _set_state(self, report: SyncReport) -> None:
        state = SyncState(
            written_at=self.state.written_at if report.waiting else self._session.facts.now(),
            waiting=report.waiting,
            errors=tuple(str(error) for error in report.errors),
        )
        self._tell(state)

    def _failed(self, sentence: str) -> None:
        self._running = False
        self._tell(SyncState(self.state.written_at, self.state.waiting, (sentence,)))

    def _tell(self, state: SyncState) -> None:
        self.state = state
        self.state_changed.emit(state)
