"""What only a person can decide, all of it: the page 需核对 and the count on its menu line."""

from __future__ import annotations

from dataclasses import dataclass

from storedesk.operations import alarms, conflicts, deletions
from storedesk.operations.alarms import OpenAlarm
from storedesk.operations.conflicts import Clash
from storedesk.operations.deletions import Deletion
from storedesk.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class Questions:
    """The open questions by what they are about, each kind oldest first."""

    alarms: tuple[OpenAlarm, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    clashes: tuple[Clash, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.alarms) + len(self.deletions) + len(self.clashes)

    def sentences(self) -> list[str]:
        """Return every question in words."""
        told = [one.sentence() for one in self.alarms]
        told += [one.sentence() for one in self.deletions]
        return told + [one.sentence() for one in self.clashes]


def open_questions(desk: Desk) -> Questions:
    """Return what waits for a person's decision; no file is read."""
    return Questions(
        tuple(alarms.open_alarms(desk)),
        tuple(deletions.open_deletions(desk)),
        tuple(conflicts.open_clashes(desk)),
    )


def count_open(desk: Desk) -> int:
    """Return how many questions wait."""
    return (
        len(alarms.open_alarms(desk)) + len(desk.mirror.held.all()) + len(desk.mirror.conflicts())
    )
