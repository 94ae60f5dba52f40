"""Watches the window's thread: no event may hold it for more than 50 ms.

What counts is what the thread did itself: computing, or waiting for a disk or a timer. Not counted
is what a busy machine does to it: the time it stood in line for a processor, and the time the lanes
worked or stood in line meanwhile (they share the interpreter with it). When the machine as a whole
runs slower than its best, the limit grows by as much.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

LIMIT = 0.050
_TASKS = Path("/proc/self/task")


def stood_in_line(*, own: bool) -> float:
    """Return the seconds this thread, or all others, have waited for a processor so far."""
    me = threading.get_native_id()
    waited = 0
    for task in _TASKS.iterdir() if _TASKS.is_dir() else ():
        if (int(task.name) == me) is own:
            try:
                waited += int((task / "schedstat").read_text("ascii").split()[1])
            except (OSError, IndexError, ValueError):
                continue
    return waited / 1e9


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
    own_line: float
    other_line: float

    @classmethod
    def now(cls) -> Reading:
        return cls(
            time.perf_counter(),
            time.thread_time(),
            time.process_time(),
            stood_in_line(own=True),
            stood_in_line(own=False),
        )

    def held_since(self, before: Reading) -> float:
        """Return how long the thread was held since then, as the module counts it."""
        own = self.own - before.own
        others = self.all_threads - before.all_threads - own
        waited = self.wall - before.wall - own - (self.own_line - before.own_line)
        waited -= others + (self.other_line - before.other_line)
        return own + max(0.0, waited)


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
        self.longest = max(self.longest, seconds)
        if seconds > LIMIT and seconds > LIMIT * pace() / self.best_pace:
            self.blocks.append(Block(seconds, event.type().name, type(receiver).__name__))

    def take(self) -> list[Block]:
        found, self.blocks, self.longest = self.blocks, [], 0.0
        return found


class WatchedApplication(QApplication):
    """An application that measures every event it delivers."""

    heartbeat: Heartbeat | None = None
    _inside = False
    _before: Reading | None = None

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self.heartbeat is None or self._inside:
            return super().notify(receiver, event)
        self._inside = True
        before = Reading.now()
        try:
            return super().notify(receiver, event)
        finally:
            self._inside = False
            if time.perf_counter() - before.wall > LIMIT:
                self.heartbeat.note(Reading.now().held_since(before), receiver, event)
