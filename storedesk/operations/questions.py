"""What only a person can decide, all of it: the page 需核对 and the count on its menu line."""

from __future__ import annotations

from dataclasses import dataclass

from storedesk.domain.problems import Kind
from storedesk.domain.select import Select
from storedesk.operations import alarms, checking, conflicts, deletions
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
    """Return how many questions wait, sheets that cannot be read for their headers among them."""
    asked = len(alarms.open_alarms(desk)) + len(desk.mirror.held.all())
    return asked + len(desk.mirror.conflicts()) + len(_unreadable(desk))


def _unreadable(desk: Desk) -> list[str]:
    """Return the ledgers of which we have records and whose sheet is not read any more."""
    return [
        problem.ledger
        for problem in checking.lost_headers(desk)
        if problem.kind is Kind.MISSING_SHEET or problem.column == "id"
        if desk.mirror.count(Select(problem.ledger, limit=1))
    ]
