"""Figures of follow-ups: K01–K12 of domain.md §9, over any set of them.

Every share keeps its numerator and denominator; nothing to divide by is no share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storedesk.domain.daily import DailyCounts
from storedesk.domain.figures.call_state import CallState
from storedesk.domain.rules.results import RESULTS
from storedesk.domain.rules.scores import csi

_SATISFIED, _VERY_SATISFIED = 4, 5
_PROMOTERS, _DETRACTORS = 9, 6
_PER_POINT = 20
_UNKNOWN = "未注明"


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a whole."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """The share between 0 and 1, None of an empty whole."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class FollowUpFigures:
    """K01–K12 of some follow-ups.

    Attributes:
        due_count: K01 应访数.
        attempted: K02 回访率.
        on_time: K03 及时回访率.
        success: K04 成功回访率, of those attempted.
        effective: K05 有效回访率, of those due.
        failed_by: K06, counts by result in the order of the code table.
        valid_number: K07 号码有效率.
        satisfied, very_satisfied: K08 and K09, of those who gave an overall score.
        index: K10 CSI 20–100, None if nobody gave a score.
        promoters: K11 NPS between -1 and 1.
        complained: K12 抱怨率, of successful calls.
        rescheduled_count, untried_count, overdue_count: what is still open.
    """

    due_count: int
    attempted: Share
    on_time: Share
    success: Share
    effective: Share
    failed_by: tuple[tuple[str, int], ...]
    valid_number: Share
    satisfied: Share
    very_satisfied: Share
    index: float | None
    promoters: float | None
    complained: Share
    rescheduled_count: int
    untried_count: int
    overdue_count: int

    def counts(self) -> DailyCounts:
        """Return the summary line of a daily: 实访 is success, failed and rescheduled together."""
        return DailyCounts(
            due_count=self.due_count,
            attempted_count=self.attempted.part,
            success_count=self.success.part,
            failed_count=sum(count for _, count in self.failed_by),
            rescheduled_count=self.rescheduled_count,
            untried_count=self.untried_count,
            overdue_count=self.overdue_count,
            complained_count=self.complained.part,
            attempted_rate=self.attempted.rate,
            success_rate=self.success.rate,
            satisfied_rate=self.satisfied.rate,
            failed_by=self.failed_by,
        )


def figures(
    calls: Sequence[CallState],
    scores: Mapping[str, Sequence[float]] | None = None,
    weights: Mapping[str, float] | None = None,
) -> FollowUpFigures:
    """Return the figures of some follow-ups.

    Args:
        calls: what is counted; 免访 and 作废 are left out here.
        scores: answers 1–5 by item of the questionnaire, for K10; 0 (不表态) is left out here.
        weights: percent by item.
    """
    due = [call for call in calls if not call.is_excluded]
    attempted = [call for call in due if call.is_attempted]
    success = [call for call in due if call.is_success]
    rated = [call.score for call in success if call.score is not None]
    in_time = [call for call in attempted if _in_time(call)]
    dead = [call for call in attempted if call.result is not None and call.result.dead_number]
    return FollowUpFigures(
        due_count=len(due),
        attempted=Share(len(attempted), len(due)),
        on_time=Share(len(in_time), len(due)),
        success=Share(len(success), len(attempted)),
        effective=Share(len(success), len(due)),
        failed_by=_failed_by(attempted),
        valid_number=Share(len(attempted) - len(dead), len(attempted)),
        satisfied=Share(sum(score >= _SATISFIED for score in rated), len(rated)),
        very_satisfied=Share(sum(score >= _VERY_SATISFIED for score in rated), len(rated)),
        index=_index(rated, scores or {}, weights or {}),
        promoters=_promoters(success),
        complained=Share(sum(call.is_complaint for call in success), len(success)),
        rescheduled_count=sum(call.is_rescheduled for call in attempted),
        untried_count=len(due) - len(attempted),
        overdue_count=sum(call.is_overdue for call in due),
    )


def _in_time(call: CallState) -> bool:
    first, due = call.first_called_on, call.followup.due_on
    return first is not None and (due is None or first <= due)


def _failed_by(attempted: Sequence[CallState]) -> tuple[tuple[str, int], ...]:
    counted = Counter(
        call.result.name if call.result else _UNKNOWN for call in attempted if call.is_failed
    )
    order = [*(result.name for result in RESULTS), _UNKNOWN]
    return tuple((name, counted[name]) for name in order if counted[name])


def _index(
    rated: Sequence[float], scores: Mapping[str, Sequence[float]], weights: Mapping[str, float]
) -> float | None:
    """Return K10; of the short form, which asks for no weighted item, the overall score alone."""
    answered = {item: [one for one in given if one > 0] for item, given in scores.items()}
    means = {item: sum(given) / len(given) for item, given in answered.items() if given}
    weighted = csi(means, weights)
    if weighted is None and rated:
        return sum(rated) / len(rated) * _PER_POINT
    return weighted


def _promoters(success: Sequence[CallState]) -> float | None:
    given = [call.followup.recommend for call in success if call.followup.recommend is not None]
    if not given:
        return None
    for_us = sum(score >= _PROMOTERS for score in given)
    against = sum(score <= _DETRACTORS for score in given)
    return (for_us - against) / len(given)
