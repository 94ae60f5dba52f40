"""Brings the bell and the desk together: on each ring look what is due, and say what is new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from storedesk.domain.changes import Change
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.operations import due, planning, writing
from storedesk.operations.desk import Desk
from storedesk.operations.due import DueList
from storedesk.reminders.ticker import Ticker

_WATCH_MS = 30_000


def begin_day(desk: Desk) -> Change:
    """Make the calls that fell due since the desk was last open; runs in the clerk's lane."""
    caused = planning.follow_opening(desk)
    return Change("opening", writing.touched(caused.edits))


class Bell(QObject):
    """Owns the ticker.

    Signals:
        looked: carries the newest ``DueList``.
        due_now: things that were not due at the last ring; carries title and sentence.
    """

    looked = Signal(object)
    due_now = Signal(str, str)
    _rang = Signal()

    def __init__(
        self, session: Session, ticker: Callable[[Callable[[], object]], Ticker] = Ticker
    ) -> None:
        super().__init__(session)
        self._session = session
        self._known: frozenset[str] | None = None
        self._day: date | None = None
        # The ticker's thread only emits; the look is asked for in the window's thread.
        self._rang.connect(self.look, Qt.ConnectionType.QueuedConnection)
        self._ticker = ticker(self._rang.emit)
        self._watch = QTimer(self, interval=_WATCH_MS)
        self._watch.timeout.connect(lambda: self._ticker.watch(session.facts.now()))
        self._rest = QTimer(self, singleShot=True, interval=200)
        self._rest.timeout.connect(self.look)
        session.changed.connect(lambda _: self._rest.start())

    def start(self) -> None:
        """Ring now and from now on."""
        self._ticker.watch(self._session.facts.now())
        self._watch.start()
        # Loading the scheduler takes a tenth of a second: not in the window's thread.
        self._session.worker.run(self._ticker.start)

    def stop(self) -> None:
        """Ring no more; call it once the worker has finished."""
        self._watch.stop()
        self._rest.stop()
        self._ticker.stop()

    def look(self) -> None:
        """Work out what is due; what is due is never remembered by a timer."""
        today = self._session.facts.now().date()
        if today != self._day:
            self._day = today
            self._session.clerk.ask(begin_day).then(owner=self)
        self._session.clerk.ask(due.due_list).then(self._take, owner=self, latest="due")

    def _take(self, found: DueList) -> None:
        if found.next_at is not None:
            self._ticker.set_next(found.next_at - self._session.facts.now())
        ids = frozenset(item.record for item in found.items)
        fresh = ids - self._known if self._known is not None else frozenset()
        self._known = ids
        self.looked.emit(found)
        if fresh:
            self._tell(found, fresh)

    def _tell(self, found: DueList, fresh: frozenset[str]) -> None:
        items = [item for item in found.items if item.record in fresh]
        first = items[0]
        more = tr("，另有 {count} 件").format(count=len(items) - 1) if len(items) > 1 else ""
        self.due_now.emit(tr("到时间了"), f"{first.customer_name} {first.what}{more}")
