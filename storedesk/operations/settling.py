"""Settling what was done with the files: merging what was read, marking what was written.

At once, or in steps for the window, where a large workbook may not hold up what people enter
meanwhile (``steps``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storedesk.domain.errors import StoreDeskError, WorkbookError
from storedesk.domain.problems import Kind
from storedesk.domain.sheets import Fingerprint, WorkbookContent, WriteOutcome, Written
from storedesk.operations import alarms, conflict_copies, restoring
from storedesk.operations.desk import Desk
from storedesk.operations.replaying import replay_lost
from storedesk.operations.steps import Aside, Steps, finished
from storedesk.operations.synced import BookOutcome, SyncReport, Waiting
from storedesk.operations.taken import Taken
from storedesk.operations.taking_in import PIECE, take_in, take_in_pieces

_FEW = 2
"""So many pieces are taken in at once, with the follow-ups they cause."""


def settle(
    desk: Desk,
    outcomes: Iterable[BookOutcome],
    *,
    confirmed: frozenset[str] = frozenset(),
) -> SyncReport:
    """Merge what was read, mark what was written, and say what still waits."""
    return finished(_settle(desk, outcomes, confirmed))


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next: work to be done aside, or the report if it was the last step, or neither."""

    aside: Aside | None = None
    report: SyncReport | None = None


class Settling:
    """A settle in steps on the desk's own thread, none of which takes long.

    Args:
        outcomes: of what was planned.
        piece: so many rows of a large workbook are taken in in one step.
    """

    def __init__(self, outcomes: Iterable[BookOutcome], piece: int = PIECE) -> None:
        self._outcomes = outcomes
        self._piece = piece
        self._steps: Steps[SyncReport] | None = None

    def step(self, desk: Desk, found: object = None) -> Step:
        """Do one step.

        Args:
            desk: the desk, the same each time.
            found: what came of the work that the step before asked for.
        """
        if self._steps is None:
            self._steps = _settle(desk, self._outcomes, frozenset(), self._piece)
        try:
            return Step(self._steps.send(found))
        except StopIteration as end:
            return Step(report=end.value)


def _settle(
    desk: Desk, outcomes: Iterable[BookOutcome], confirmed: frozenset[str], piece: int = 0
) -> Steps[SyncReport]:
    """Settle, with large workbooks in pieces of so many rows; 0 for each of them as a whole."""
    settled: list[_Settled] = []
    holders: dict[str, str] = {}
    for outcome in outcomes:
        one = yield from _settle_book(desk, confirmed, outcome, piece)
        settled.append(one)
        if one.did_something:
            yield None
        if outcome.holder is not None:
            holders[outcome.workbook] = outcome.holder
    replay_lost(desk)
    return _report(desk, settled, holders)


def _report(
    desk: Desk, settled: Iterable[_Settled], open_elsewhere: Mapping[str, str]
) -> SyncReport:
    settled = tuple(settled)
    merged = tuple(taken for one in settled for taken in one.merged)
    taken = (*(one.taken for one in settled if one.taken), *merged)
    written = tuple((one.workbook, one.written) for one in settled if one.written is not None)
    errors = tuple(one.error for one in settled if one.error)
    holders = {one.workbook: one.not_written for one in settled if one.not_written}
    waiting = still_waiting(desk, holders, open_elsewhere)
    obstructed = any(not one.workbook and one.error for one in settled)
    stopped = {one.workbook for one in taken if one.stopped} | set(holders)
    stopped |= {one.workbook for one in errors if isinstance(one, WorkbookError)}
    again = any(one.result is Written.STALE for one in holders.values()) or any(
        waits.workbook not in stopped and not obstructed and not waits.why for waits in waiting
    )
    again = again or any(one.copy for one in merged)  # to be put away
    problems = tuple(problem for one in taken for problem in one.problems)
    return SyncReport(taken, written, waiting, errors, problems, again)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What became of one workbook: ``written`` rows, or why they were ``not_written``."""

    workbook: str
    taken: Taken | None = None
    written: int | None = None
    not_written: WriteOutcome | None = None
    error: StoreDeskError | None = None
    merged: tuple[Taken, ...] = ()

    @property
    def did_something(self) -> bool:
        """Whether it took any time."""
        return self.taken is not None or self.written is not None or bool(self.merged)


def _settle_book(
    desk: Desk, confirmed: frozenset[str], outcome: BookOutcome, piece: int
) -> Steps[_Settled]:
    if outcome.content is not None:
        sure = outcome.workbook.removesuffix(".xlsx") in confirmed
        return (yield from _settle_content(desk, outcome.content, piece, sure=sure))
    if outcome.copies is not None:
        return _Settled("", merged=(yield from conflict_copies.settle(desk, outcome.copies)))
    return _settle_other(desk, outcome)


def _settle_content(
    desk: Desk, content: WorkbookContent, piece: int, *, sure: bool
) -> Steps[_Settled]:
    workbook, state = content.workbook, desk.mirror.file_state(content.workbook)
    stale = _Settled(workbook, not_written=WriteOutcome(workbook, Written.STALE))
    if not content.stands_on(state.fingerprint if state else None):
        return stale
    if restored := restoring.take_in(desk, content):
        return _Settled(workbook, restored)
    count = sum(len(sheet.rows) for sheet in content.sheets.values())
    if not piece or count <= _FEW * piece:
        return _Settled(workbook, take_in(desk, content, confirmed=sure))
    taken = yield from take_in_pieces(desk, content, piece, confirmed=sure)
    return _Settled(workbook, taken) if taken is not None else stale


def _settle_other(desk: Desk, outcome: BookOutcome) -> _Settled:
    if outcome.told:
        desk.mirror.note_told(outcome.told)
    if outcome.error is not None:
        return _Settled(outcome.workbook, error=outcome.error)
    if outcome.touched is not None:
        _touch(desk, outcome.workbook, outcome.touched)
    if alarms.stopped(desk, outcome.workbook) is not None:
        asked = alarms.asked(desk, outcome.workbook)
        return _Settled(outcome.workbook, Taken(outcome.workbook, problems=asked, stopped=True))
    if outcome.written is None or outcome.plan is None:
        return _Settled(outcome.workbook)
    if outcome.written.result is not Written.DONE:
        return _Settled(outcome.workbook, not_written=outcome.written)
    desk.mirror.settle(outcome.plan, outcome.written, desk.clock.now())
    return _Settled(outcome.workbook, written=len(outcome.written.placed))


def _touch(desk: Desk, workbook: str, found: Fingerprint) -> None:
    """Note a new time of the content that was taken in; never of one that waits for an answer."""
    known = desk.mirror.file_state(workbook)
    if known is not None and known.fingerprint.sha256 == found.sha256:
        desk.mirror.touch_file(workbook, found)


def still_waiting(
    desk: Desk, failed: Mapping[str, WriteOutcome], holders: Mapping[str, str]
) -> tuple[Waiting, ...]:
    """Return the entries that are not in their workbooks, and why; touches no file.

    Args:
        desk: the desk.
        failed: what became of plans that were not carried out, by workbook.
        holders: who has other workbooks open.
    """
    found: list[Waiting] = []
    for workbook, (count, since) in desk.mirror.waiting().items():
        outcome = failed.get(workbook)
        held = outcome is not None and outcome.result is Written.HELD
        holder = outcome.holder if outcome else holders.get(workbook)
        was_refused = outcome is not None and outcome.result is Written.FAILED
        why = outcome.problem if outcome and was_refused else _closed(desk, workbook)
        if alarms.stopped(desk, workbook) is not None:
            why = alarms.WAITING
        held = held or (outcome is None and holder is not None)
        found.append(Waiting(workbook, count, held, holder or "", why, since))
    return tuple(found)


def _closed(desk: Desk, workbook: str) -> str:
    """Return why nothing can be written into a workbook, known since it was read."""
    listed = desk.mirror.problems(workbook)
    found = [one for one in listed if one.kind is Kind.READ_ONLY and not one.sheet]
    told = [f"{one.what}。{one.hint}。" for one in found]
    told += [
        f"{one.what}，表头要先修好（需核对）。"
        for one in listed
        if one.kind is Kind.MISSING_SHEET or (one.kind, one.column) == (Kind.MISSING_COLUMN, "id")
        if desk.mirror.waiting_ids(one.ledger)
    ]
    return next(iter(told), "")
