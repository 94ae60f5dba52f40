"""Watches the window's thread: no event may hold it for more than 50 ms.

What counts is the time the thread held the loop itself: computing, waiting for a lock, for a disk
or for a lane. The time it stood in line for a processor does not (other programs on this machine
are not the window's fault), and when the machine as a whole runs slower than its best, the limit
grows by as much.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

LIMIT = 0.050
_STAT = Path("/proc/thread-self/schedstat")


def stood_in_line() -> float:
    """Return the seconds this thread has waited for a processor so far."""
    try:
        return int(_STAT.read_text("ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def pace() -> float:
    """Return the seconds a fixed piece of work takes now, the best of three."""
    best = 1.0
    for _ in range(3):
        begin = time.thread_time()
        sum(range(60_000))
        best = min(best, time.thread_time() - begin)
    return best


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
        if seconds > LIMIT * max(1.0, pace() / self.best_pace):
            self.blocks.append(Block(seconds, event.type().name, type(receiver).__name__))

    def take(self) -> list[Block]:
        found, self.blocks, self.longest = self.blocks, [], 0.0
        return found


class WatchedApplication(QApplication):
    """An application that measures every event it delivers."""

    heartbeat: Heartbeat | None = None
    _inside = False

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self.heartbeat is None or self._inside:
            return super().notify(receiver, event)
        self._inside = True
        begin, line = time.perf_counter(), stood_in_line()
        try:
            return super().notify(receiver, event)
        finally:
            self._inside = False
            seconds = time.perf_counter() - begin
            if seconds > LIMIT:
                self.heartbeat.note(seconds - (stood_in_line() - line), receiver, event)
