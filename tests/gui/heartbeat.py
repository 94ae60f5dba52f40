"""Watches the window's thread: no event may hold it for more than 50 ms.

What counts is what the thread did itself: computing, or waiting for a disk or a timer. Not counted
is what a busy machine does to it: the time it stood in line for a processor, and the time the lanes
worked or stood in line meanwhile (they share the interpreter with it), nor what the watching itself
costs: every event inside an event passes through Python. When the machine as a whole runs slower
than its best, the limit grows by as much. Beside another test worker, whose work on
caches and memory no clock tells, the limit is patient; ``make gui`` runs alone and is strict.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMainWindow, QWidget

LIMIT = 0.250 if "PYTEST_XDIST_WORKER" in os.environ else 0.050
"""Seconds; strict where these tests run alone."""
_FRESH = 0.020
_TURNS = 500
_TASKS = Path("/proc/self/task")


def stood_in_line() -> dict[int, float]:
    """Return the seconds each thread has waited for a processor so far, by its number."""
    waited = {}
    for task in _TASKS.iterdir() if _TASKS.is_dir() else ():
        try:
            waited[int(task.name)] = int((task / "schedstat").read_text("ascii").split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            continue
    return waited


def pace() -> float:
    """Return the seconds a fixed piece of work takes now, the best of three."""
    best = 1.0
    for _ in range(3):
        begin = time.thread_time()
        sum(range(60_000))
        best = min(best, time.thread_time() - begin)
    return best


@dataclass(frozen=True)
class Reading:
    """The clocks at one moment, in seconds."""

    wall: float
    own: float
    all_threads: float
    lines: Mapping[int, float]
    lines_at: float

    @classmethod
    def now(cls, earlier: Reading | None = None) -> Reading:
        """Read the clocks; how long threads stood in line may be as old as a fresh reading."""
        wall = time.perf_counter()
        if earlier is not None and wall - earlier.lines_at < _FRESH:
            lines, lines_at = earlier.lines, earlier.lines_at
        else:
            lines, lines_at = stood_in_line(), wall
        return cls(wall, time.thread_time(), time.process_time(), lines, lines_at)

    def held_since(self, before: Reading) -> float:
        """Return how long the thread was held since then, as the module counts it."""
        own = self.own - before.own
        others = self.all_threads - before.all_threads - own
        # Thread by thread: one that has ended takes all it ever waited with it.
        in_line = sum(
            max(0.0, waited - before.lines.get(thread, 0.0))
            for thread, waited in self.lines.items()
        )
        return own + max(0.0, self.wall - before.wall - own - others - in_line)


@dataclass
class Block:
    """An event that held the thread."""

    seconds: float
    event: str
    receiver: str

    def __str__(self) -> str:
        return f"{self.seconds * 1000:.0f} ms in {self.event} of {self.receiver}"


@dataclass
class Heartbeat:
    """What the watched application has seen since it was last asked."""

    best_pace: float = field(default_factory=pace)
    blocks: list[Block] = field(default_factory=list)
    longest: float = 0.0

    def note(self, seconds: float, receiver: QObject, event: QEvent) -> None:
        if event.type() in {QEvent.Type.Close, QEvent.Type.DeferredDelete}:
            return  # the window is gone by then; what was asked for is finished behind it
        self.longest = max(self.longest, seconds)
        if seconds > LIMIT and seconds > LIMIT * pace() / self.best_pace:
            self.blocks.append(Block(seconds, event.type().name, type(receiver).__name__))

    def take(self) -> list[Block]:
        found, self.blocks, self.longest = self.blocks, [], 0.0
        return found


def is_stray(receiver: QObject) -> bool:
    """Whether a part of a window is shown as a window of its own, before it has a parent.

    People see a flash, and the real window loses the keyboard.
    """
    return (
        isinstance(receiver, QWidget)
        and receiver.isWindow()
        and receiver.windowType() == Qt.WindowType.Window
        and not isinstance(receiver, QMainWindow | QAbstractScrollArea)
    )


class WatchedApplication(QApplication):
    """An application that measures every event it delivers; on demand it notes stray windows."""

    heartbeat: Heartbeat | None = None
    _inside = False
    _nested = 0

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self.strays: list[str] = []
        self.watching_strays = False
        self._last: Reading | None = None

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self.watching_strays and event.type() == QEvent.Type.Show and is_stray(receiver):
            self.strays.append(type(receiver).__name__)
        if self._inside or self.heartbeat is None:
            self._nested += 1
            return super().notify(receiver, event)
        self._inside, self._nested = True, 0
        before = self._last = Reading.now(self._last)
        try:
            return super().notify(receiver, event)
        finally:
            self._inside = False
            if time.perf_counter() - before.wall > LIMIT:
                held = Reading.now().held_since(before) - self._nested * self._cost()
                self.heartbeat.note(held, receiver, event)

    def _cost(self) -> float:
        """Return the seconds an event inside an event takes longer than without the watching."""
        receiver, event, turns = QObject(), QEvent(QEvent.Type.User), range(_TURNS)
        self._inside = True
        begin = time.thread_time()
        for _ in turns:
            QCoreApplication.sendEvent(receiver, event)
        watched = time.thread_time()
        for _ in turns:
            receiver.event(event)
        unwatched = time.thread_time()
        self._inside = False
        return max(0.0, (watched - begin) - (unwatched - watched)) / _TURNS
