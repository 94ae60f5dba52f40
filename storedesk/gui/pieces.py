"""Work on the window's thread, a piece at a time: no key and no repaint waits for all of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

_SHARE = 0.008
"""Seconds of one event; a piece that has begun is finished."""


class Pieces(QObject):
    """Pieces of work in their order, as many in one event as its share allows.

    Signals:
        done: nothing is left.
    """

    done = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left: deque[Callable[[], object]] = deque()
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._some)

    def busy(self) -> bool:
        """Whether something is left to do."""
        return bool(self._left)

    def add(self, *pieces: Callable[[], object]) -> None:
        """Do these in events to come, after what is waiting already."""
        self._left.extend(pieces)
        self._next.start()

    def walk(self, steps: Iterator[None], then: Callable[[], object]) -> None:
        """Go through steps in events to come, and do something after the last."""

        def step() -> None:
            self.add(then if next(steps, self) is self else step)

        self.add(step)

    def finish(self) -> None:
        """Do all that is left now, for somebody who cannot wait."""
        while self._left:
            self._left.popleft()()

    def _some(self) -> None:
        end = perf_counter() + _SHARE
        try:
            while self._left:
                self._left.popleft()()
                if perf_counter() >= end:
                    break
        finally:  # a bug in one piece does not keep the others from being done
            if self._left:
                self._next.start()
        if not self._left:
            self.done.emit()
