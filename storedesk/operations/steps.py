"""Work on the desk in steps, so that a large workbook holds nobody up (design.md §6).

A generator does a little on the desk's own thread and gives way: other work on the desk may come in
between. What it yields is pure work to be done aside, on any thread, whose result it is given; or
None. No transaction is open while it gives way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, TypeVar

R = TypeVar("R")
T = TypeVar("T")

Aside = Callable[[], object]
"""Work that touches no desk."""
Steps = Generator["Aside | None", Any, R]


def finished(steps: Steps[R]) -> R:
    """Do all steps one after the other and return what comes of them."""
    found: object = None
    while True:
        try:
            aside = steps.send(found)
        except StopIteration as end:
            result: R = end.value
            return result
        found = aside() if aside is not None else None


def portions(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield a sequence in portions of at most so many."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
