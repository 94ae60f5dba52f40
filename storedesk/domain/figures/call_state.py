"""How a follow-up stood at the end of a day: what that day's report may say about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storedesk.domain.ledgers import followups as states
from storedesk.domain.ledgers.call_attempts import CallAttempt
from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.rules import results
from storedesk.domain.rules.results import Counts, Result

_ENDED_BY_CALLING = (*states.REACHED, "失败")
_LOW = 2


@dataclass(frozen=True)
class CallState:
    """A follow-up at the end of a day, seen with today's contents.

    Attributes:
        followup: as it is now.
        attempts: those made until that day, in order of time.
        on: the day.
    """

    followup: FollowUp
    attempts: tuple[CallAttempt, ...]
    on: date

    @property
    def ended_on(self) -> date | None:
        """The day on which it ended; None if it has not, or nobody wrote down when."""
        followup = self.followup
        if not (followup.outcome or followup.is_excluded):
            return None
        if followup.done_at is not None:
            return followup.done_at.date()
        if followup.is_excluded:
            return followup.record.day("updated_at")  # when a rule withdrew it
        last = self.attempts[-1].at if self.attempts else None
        return last.date() if last else None

    @property
    def outcome(self) -> str:
        """最终结果 as known that day, or an empty text."""
        ended_later = self.ended_on is not None and self.ended_on > self.on
        return "" if ended_later else self.followup.outcome

    @property
    def is_excluded(self) -> bool:
        """Whether it counts nowhere: 免访 or 作废 by that day (domain.md §9)."""
        ended_later = self.ended_on is not None and self.ended_on > self.on
        return self.followup.is_excluded and not ended_later

    @property
    def is_attempted(self) -> bool:
        """Whether somebody has called, or at least written down what came of it."""
        return bool(self.attempts) or self.outcome in _ENDED_BY_CALLING

    @property
    def is_success(self) -> bool:
        """Whether the customer was reached and answered."""
        return self.outcome in states.REACHED

    @property
    def is_rescheduled(self) -> bool:
        """Whether the customer asked to be called another time."""
        counts = self.result.counts if self.result else None
        return self.is_attempted and not self.outcome and counts is Counts.OPEN

    @property
    def is_failed(self) -> bool:
        """Whether calling has not reached the customer, for good or so far."""
        return self.is_attempted and not self.is_success and not self.is_rescheduled

    @property
    def is_overdue(self) -> bool:
        """Whether nobody called by the latest day (§5.4.6)."""
        last_on = self.followup.last_on
        passed = last_on is not None and last_on <= self.on
        return not self.is_attempted and (passed or self.followup.status == states.OVERDUE)

    @property
    def is_complaint(self) -> bool:
        """Whether a customer who was reached complained or gave a low score (K12)."""
        low = self.score is not None and self.score <= _LOW
        return self.is_success and (self.followup.complained or low)

    @property
    def score(self) -> float | None:
        """The overall score 1–5 of a customer who was reached; 0 (不表态) counts as none."""
        overall = self.followup.overall
        return overall if self.is_success and overall else None

    @property
    def result(self) -> Result | None:
        """What came of calling: how it ended, else of the last attempt; None if nobody called."""
        last = results.result_of(self.attempts[-1].result) if self.attempts else None
        if self.is_success:
            return results.result_of(self.outcome)
        if self.outcome:
            return results.result_of(self.followup.fail_reason) or last
        return last

    @property
    def channel(self) -> str:
        """By which channel the last attempt was made."""
        return self.attempts[-1].channel if self.attempts else ""

    @property
    def called_at(self) -> datetime | None:
        """When the customer was reached or last tried."""
        if self.attempts:
            return self.attempts[-1].at
        return self.followup.done_at if self.outcome in _ENDED_BY_CALLING else None

    @property
    def first_called_on(self) -> date | None:
        """The day of the first attempt."""
        first = self.attempts[0].at if self.attempts else self.called_at
        return first.date() if first else None

    @property
    def belongs(self) -> bool:
        """Whether the day's report lists it: due that day, called that day, or lapsing that day.

        What was done before its day stands in an earlier report and is not counted once more.
        """
        if self.is_excluded:
            return False
        if self.called_at is not None and self.called_at.date() == self.on:
            return True
        followup = self.followup
        ended = self.ended_on if self.outcome else None
        if self.outcome and (ended is None or ended < self.on):
            return ended is None and followup.due_on == self.on
        return followup.due_on == self.on or (self.is_overdue and followup.last_on == self.on)


def state_on(followup: FollowUp, attempts: Iterable[CallAttempt], on: date) -> CallState:
    """Return a follow-up as it stood at the end of a day.

    Args:
        followup: as it is now.
        attempts: any; those of other follow-ups, without a time or made later are left out.
        on: the day.
    """
    made = [
        (attempt.at, attempt.sequence, attempt)
        for attempt in attempts
        if attempt.followup == followup.id and attempt.at is not None and attempt.at.date() <= on
    ]
    ordered = sorted(made, key=lambda one: one[:2])
    return CallState(followup, tuple(attempt for _, _, attempt in ordered), on)
