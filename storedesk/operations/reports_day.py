"""What a day's report tells of follow-ups and opinions, gathered from the ledgers.

A day is told as it stood at its end, with today's contents: told again later it reads the same
unless somebody changed what had happened (decision 24).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storedesk.domain.daily import DailySection
from storedesk.domain.figures.call_state import CallState, state_on
from storedesk.domain.figures.daily_rows import FrozenRow, frozen_row, printed_row
from storedesk.domain.figures.followups import FollowUpFigures, figures
from storedesk.domain.figures.frozen import Tree
from storedesk.domain.figures.issues_told import IssuesTold, issues_told
from storedesk.domain.figures.scopes import FollowUpKind, Scope
from storedesk.domain.ledgers.call_attempts import CallAttempt
from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.records import Record
from storedesk.domain.select import Between, Empty, Equal, OneOf, Select
from storedesk.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class SectionTold:
    """One kind of follow-up on a day: as printed, and as attached.

    Attributes:
        ended: ids of the follow-ups whose result this report is the one to tell.
    """

    printed: DailySection
    figures: FollowUpFigures
    rows: tuple[FrozenRow, ...]
    ended: tuple[str, ...]

    def tree(self) -> Tree:
        """Return the section for machines."""
        printed = self.printed
        return {
            "key": printed.key,
            "label": printed.label,
            "trade_name": printed.trade_name,
            "counts": printed.counts,
            "figures": self.figures,
            "rows": self.rows,
        }


@dataclass(frozen=True, slots=True)
class DayTold:
    """A day as one report tells it."""

    sections: tuple[SectionTold, ...]
    issues: IssuesTold

    def tree(self) -> dict[str, object]:
        """Return the day for machines: what is compared after signing."""
        return {
            "sections": [section.tree() for section in self.sections],
            "issues": self.issues.issues,
            "balance": self.issues.balance,
        }

    @property
    def is_empty(self) -> bool:
        """Whether nobody was due and nobody was called."""
        return not any(section.rows for section in self.sections)


def tell(desk: Desk, scope: Scope, on: date, since: date | None) -> DayTold:
    """Tell a day.

    Args:
        desk: the desk.
        scope: which kinds of follow-up.
        on: the day.
        since: day of the daily before, for the opinions; None for the first.
    """
    calls = calls_of(desk, on)
    told = tuple(_section(desk, kind, calls) for kind in scope.kinds)
    return DayTold(told, issues_told(_issues(desk, scope, on, since), since, on))


def busy_days(desk: Desk, scope: Scope, since: date, until: date) -> frozenset[date]:
    """Return the days between two others on which somebody was due or called."""
    days = [since + timedelta(days=n) for n in range(1, (until - since).days)]
    return frozenset(
        day
        for day in days
        if any(
            kind.includes(call.followup, desk.settings)
            for call in calls_of(desk, day)
            for kind in scope.kinds
        )
    )


def calls_of(desk: Desk, on: date) -> list[CallState]:
    """Return the calls a day's report lists, of any kind: in order of time, then those not made."""
    whole_day = (datetime.combine(on, time.min), datetime.combine(on, time.max))
    tried = desk.mirror.select(Select("call_attempts", (Between("at", *whole_day),)))
    found = [
        *desk.mirror.records("followups", [CallAttempt(one).followup for one in tried]),
        *_select(desk, "followups", Equal("due_on", on)),
        *_select(desk, "followups", Equal("last_on", on)),
        *_select(desk, "followups", Between("done_at", *whole_day)),
    ]
    followups = {record.id: FollowUp(record) for record in found}
    attempts = defaultdict(list)
    for record in _select(desk, "call_attempts", OneOf("followup", tuple(followups))):
        attempts[CallAttempt(record).followup].append(CallAttempt(record))
    states = [state_on(followup, attempts[key], on) for key, followup in followups.items()]
    listed = [state for state in states if state.belongs]
    return sorted(listed, key=lambda one: (one.called_at is None, one.called_at, one.followup.id))


def _section(desk: Desk, kind: FollowUpKind, calls: Iterable[CallState]) -> SectionTold:
    own = [call for call in calls if kind.includes(call.followup, desk.settings)]
    ids = tuple(call.followup.id for call in own)
    scores = _scores(desk, ids)
    issues = defaultdict(list)
    for record in _select(desk, "issues", OneOf("followup", ids)):
        issues[Issue(record).followup].append(Issue(record))
    rows = tuple(
        frozen_row(number, call, issues[call.followup.id], scores.get(call.followup.id, {}))
        for number, call in enumerate(own, 1)
    )
    found = figures(own, *_weighed(desk, kind, own, scores))
    return SectionTold(
        printed=DailySection(
            key=kind.key,
            label=next(iter(kind.labels(desk.settings)), kind.key),
            trade_name=kind.trade_name(desk.settings),
            event_label=kind.event_label(desk.settings),
            counts=found.counts(),
            rows=tuple(printed_row(row, call) for row, call in zip(rows, own, strict=True)),
        ),
        figures=found,
        rows=rows,
        ended=tuple(call.followup.id for call in own if call.outcome),
    )


def _scores(desk: Desk, followups: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
    """Return the answers by follow-up and item."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for record in _select(desk, "answers", OneOf("followup", followups)):
        found[record.text("followup")][record.text("item")] = _answer(record)
    return found


def _answer(record: Record) -> str:
    value = record["value"]
    return "" if value is None else str(value)


def _weighed(
    desk: Desk,
    kind: FollowUpKind,
    calls: Sequence[CallState],
    scores: Mapping[str, Mapping[str, str]],
) -> tuple[Mapping[str, Sequence[float]], Mapping[str, float]]:
    """Return the numbers given by item, and the items' weights, of the kind's questionnaire."""
    asked = [
        desk.questionnaires[one]
        for one in kind.questionnaires(desk.settings)
        if one in desk.questionnaires
    ]
    ids = {one.id for one in asked}
    weights = {item.number: item.weight for one in asked for item in one.items}
    given: dict[str, list[float]] = defaultdict(list)
    for call in calls:
        if call.is_success and call.followup.questionnaire in ids:
            for item, value in scores.get(call.followup.id, {}).items():
                if weights.get(item) and value.isdigit():
                    given[item].append(float(value))
    return given, weights


def _issues(desk: Desk, scope: Scope, on: date, since: date | None) -> list[Issue]:
    """Return the opinions that may be told: unanswered, or raised or answered since."""
    begin = datetime.combine(since or on, time.min)
    end = datetime.combine(on, time.max)
    found = [
        *_select(desk, "issues", Empty("answered_at"), Between("raised_at", None, end)),
        *_select(desk, "issues", Empty("answered_at"), Empty("raised_at")),
        *_select(desk, "issues", Between("answered_at", begin), Between("raised_at", None, end)),
        *_select(desk, "issues", Between("raised_at", begin, end)),
    ]
    issues = {record.id: Issue(record) for record in found}.values()
    called = {issue.followup for issue in issues if issue.followup}
    followups = {
        record.id: FollowUp(record) for record in desk.mirror.records("followups", sorted(called))
    }
    return [
        issue
        for issue in issues
        if scope.tells_opinion(followups.get(issue.followup), desk.settings)
    ]


def _select(desk: Desk, ledger: str, *where: Between | Empty | Equal | OneOf) -> list[Record]:
    return desk.mirror.select(Select(ledger, where))
