"""The two lanes behind the window: the clerk, who owns the desk, and the worker for long work.

The window's thread asks, a lane answers, and the answer comes back through one signal as frozen
data. Nothing here waits. Expected failures (``StoreDeskError``) arrive as sentences; anything else
is a bug and goes to the excepthook.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import count
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from storedesk.domain.changes import Change
from storedesk.domain.errors import StoreDeskError

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: a result, or the error instead of it."""

    ticket: int
    result: Any = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    then: Callable[[Any], object] | None
    refused: Callable[[StoreDeskError], object] | None
    owner: QObject | None
    latest: str
    broke: Callable[[], object] | None
    future: Future[None]


class Lane(QObject):
    """One thread that does one thing after another.

    Signals:
        failed: an expected failure that its asker left to the window; carries the error.
        busy: whether requests are under way.
    """

    failed = Signal(object)
    busy = Signal(bool)
    _answered = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._tickets = count(1)
        self._open: dict[int, _Request] = {}
        self._newest: dict[str, int] = {}
        self._is_closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], R],
        then: Callable[[R], object] | None = None,
        *,
        refused: Callable[[StoreDeskError], object] | None = None,
        owner: QObject | None = None,
        latest: str = "",
        broke: Callable[[], object] | None = None,
    ) -> None:
        """Do ``work`` in the lane.

        Args:
            work: called in the lane's thread.
            then: called in the window's thread with the result.
            refused: called instead with an expected failure; ``failed`` is emitted without it.
            owner: nothing is called once this object is gone.
            latest: of the requests with this key only the newest is answered; older ones that have
                not begun are dropped.
            broke: called after a bug was told of, by who must go on all the same.
        """
        ticket = next(self._tickets)
        if latest:
            self._supersede(latest, ticket)
        future = self._pool.submit(self._work, ticket, work)
        self._open[ticket] = _Request(then, refused, owner, latest, broke, future)
        if len(self._open) == 1:
            self.busy.emit(True)

    def _supersede(self, latest: str, ticket: int) -> None:
        older = self._newest.get(latest)
        self._newest[latest] = ticket
        request = self._open.get(older) if older is not None else None
        if request is not None and request.future.cancel():
            del self._open[older]  # type: ignore[arg-type]  # found, so it is a number

    def _work(self, ticket: int, work: Callable[[], object]) -> None:
        try:
            answer = Answer(ticket, result=work())
        except BaseException as error:  # noqa: BLE001  # carried to the window's thread
            answer = Answer(ticket, error=error)
        if not self._is_closed and isValid(self):
            self._answered.emit(answer)

    def _deliver(self, answer: Answer) -> None:
        request = self._open.pop(answer.ticket, None)
        if not self._open:
            self.busy.emit(False)
        if request is None:
            return
        stale = bool(request.latest) and self._newest.get(request.latest) != answer.ticket
        if answer.error is None:
            self._took_effect(answer.result)
        if stale or (request.owner is not None and not isValid(request.owner)):
            return
        if isinstance(answer.error, StoreDeskError):
            (request.refused or self.failed.emit)(answer.error)
        elif answer.error is not None:
            sys.excepthook(type(answer.error), answer.error, answer.error.__traceback__)
            if request.broke is not None:
                request.broke()
        elif request.then is not None:
            request.then(answer.result)

    def _took_effect(self, result: object) -> None:
        """Called with every result, asked for or not any more."""

    def idle(self) -> bool:
        """Whether every answer was delivered."""
        return not self._open

    def close(self, patience: float | None = None) -> bool:
        """Finish what was asked for; nothing is answered any more.

        Args:
            patience: seconds to wait at most; None for as long as it takes.

        Returns:
            Whether it is finished. If not, the thread hangs (with a network that does not answer)
            and is left to itself: the process must be ended without waiting for it.
        """
        return self._finish([request.future for request in self._open.values()], patience)

    def _finish(self, asked: Sequence[Future[None]], patience: float | None) -> bool:
        self._pool.shutdown(wait=False)
        self._is_closed = True  # a thread that hangs may come back while this object goes
        self._open.clear()
        under_way = wait(asked, patience).not_done
        if under_way:
            log.warning("a lane hangs and is left to itself")
            return False
        self._pool.shutdown(wait=True)
        return True


class Worker(Lane):
    """Long work on plain data: files, reports, imports. It never sees a desk."""

    def __init__(self) -> None:
        super().__init__("worker")


class Clerk(Lane, Generic[D]):
    """The lane that owns the desk.

    Signals:
        changed: something was saved; carries the ``Change``.
    """

    changed = Signal(object)

    def __init__(self, open_desk: Callable[[], D], close_desk: Callable[[D], None]) -> None:
        super().__init__("clerk")
        self._opener = open_desk
        self._closer = close_desk
        self._desk: D | None = None

    def ask(
        self,
        operation: Callable[Concatenate[D, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Asked[R]:
        """Prepare an operation on the desk; ``.then(…)`` sends it off."""
        return Asked(self, lambda: operation(self._owned(), *args, **kwargs))

    def _owned(self) -> D:
        """Return the desk, opened by the first request; runs in the lane."""
        if self._desk is None:
            self._desk = self._opener()
        return self._desk

    def _took_effect(self, result: object) -> None:
        change = result if isinstance(result, Change) else getattr(result, "change", None)
        if isinstance(change, Change) and change.records:
            self.changed.emit(change)

    def close(self, patience: float | None = None) -> bool:
        """Finish what was asked for, then close the desk in the thread that owns it.

        What was acknowledged is safe even if that cannot be waited for.
        """
        asked = [request.future for request in self._open.values()]
        return self._finish([*asked, self._pool.submit(self._put_away)], patience)

    def _put_away(self) -> None:
        if self._desk is not None:
            self._closer(self._desk)
            self._desk = None


@dataclass(frozen=True, slots=True)
class Asked(Generic[R]):
    """An operation that is ready to be sent to the clerk."""

    _lane: Lane
    _work: Callable[[], R]

    def then(
        self,
        then: Callable[[R], object] | None = None,
        *,
        refused: Callable[[StoreDeskError], object] | None = None,
        owner: QObject | None = None,
        latest: str = "",
        broke: Callable[[], object] | None = None,
    ) -> None:
        """Send it; see ``Lane.run`` for the arguments."""
        self._lane.run(self._work, then, refused=refused, owner=owner, latest=latest, broke=broke)
