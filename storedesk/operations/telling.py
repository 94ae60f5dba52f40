"""Telling the history files what happened, before any workbook is written (decision 21).

In three steps, as all work on files (decision 22): ``plan`` and ``settle`` on the desk's own
thread, ``carry_out`` anywhere. A crash between the file and the note tells the same events again,
and the files recognise them by their numbers. Programs that share a mirror take turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from storedesk.mirror.exporting import append_events
from storedesk.mirror.history import Event
from storedesk.operations.desk import HISTORY, Desk
from storedesk.workbooks import locks

AT_ONCE = 100
"""Events; of 15 cells each they take some 10 ms to read."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What the history files lack, as plain data."""

    folder: Path
    pc: str
    events: tuple[Event, ...] = ()


def tell(desk: Desk) -> None:
    """Tell everything at once, on the desk's own thread.

    Raises:
        DiskFull, NotWritable, WorkbookError: it is tried again next time.
    """
    folder = desk.folder / HISTORY
    with locks.own_turn(folder / desk.pc):
        desk.mirror.export_history(folder, desk.pc)


def plan(desk: Desk, at_most: int = AT_ONCE) -> Telling:
    """Return the first events to be told; none if the files have everything."""
    return Telling(desk.folder / HISTORY, desk.pc, desk.mirror.untold(at_most))


def carry_out(telling: Telling) -> int:
    """Write planned events into the files; needs no desk.

    Returns:
        The number up to which they have everything, 0 if nothing was planned.

    Raises:
        DiskFull, NotWritable, WorkbookError: they are planned again next time.
    """
    if not telling.events:
        return 0
    with locks.own_turn(telling.folder / telling.pc):
        append_events(telling.folder, telling.pc, telling.events)
    return telling.events[-1].seq


def settle(desk: Desk, upto: int) -> bool:
    """Note what was told; return whether there is more to tell."""
    return not desk.mirror.note_told(upto)
