"""Workbooks that are being taken in piece by piece, noted so that nothing is left half done.

Each piece is saved by itself, as if people had saved the workbook in between with only these rows
changed. The file counts as taken in with the last piece; until then whatever lies there is read
again from end to end, after a crash or even if it is put back to what was known before.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from storedesk.domain.sheets import Fingerprint
from storedesk.operations.desk import Desk

_TAKING = "taking "


class Overtaken(Exception):
    """What was found out about a workbook does not hold any more: it must be read again."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A workbook that is being taken in.

    Attributes:
        token: whose doing it is; another program that begins puts its own in this place.
        seq: number of the last change before the first piece.
        state: of the file as last taken in whole.
        goes_on: pieces of it may have been taken in before.
    """

    workbook: str
    token: str
    seq: int
    state: Fingerprint | None
    goes_on: bool

    def check(self, desk: Desk) -> None:
        """Check that nobody else has taken the workbook in meanwhile, or has begun to.

        Raises:
            Overtaken: somebody has.
        """
        now = noted(desk, self.workbook)
        if now is None or (now.token, now.state) != (self.token, self.state):
            raise Overtaken


def begin(desk: Desk, workbook: str) -> Unfinished:
    """Note that a workbook is going to be taken in by whoever asks, and return that."""
    before = noted(desk, workbook)
    seq = before.seq if before else desk.mirror.newest_change()
    begun = Unfinished(
        workbook, uuid.uuid4().hex, seq, _state(desk, workbook), goes_on=before is not None
    )
    desk.mirror.set_meta(_TAKING + workbook, f"{begun.token} {begun.seq}")
    return begun


def noted(desk: Desk, workbook: str) -> Unfinished | None:
    """Return what is noted of a workbook; None if it was taken in whole."""
    words = desk.mirror.get_meta(_TAKING + workbook).split()
    if not words:
        return None
    return Unfinished(workbook, words[0], int(words[1]), _state(desk, workbook), goes_on=True)


def clear(desk: Desk, workbook: str) -> None:
    """Note that a workbook has been taken in whole."""
    if desk.mirror.get_meta(_TAKING + workbook):
        desk.mirror.set_meta(_TAKING + workbook, "")


def _state(desk: Desk, workbook: str) -> Fingerprint | None:
    state = desk.mirror.file_state(workbook)
    return state.fingerprint if state else None
