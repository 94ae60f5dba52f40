"""Opinions a daily tells: raised since the last one, and those from before (domain.md §10.1.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from storedesk.domain.daily import Balance, DailyIssue
from storedesk.domain.ledgers.issues import ANSWERED, Issue
from storedesk.domain.masking import mask_text


@dataclass(frozen=True, slots=True)
class IssuesTold:
    """The opinions of a daily and what they come to."""

    issues: tuple[DailyIssue, ...]
    balance: Balance


def issues_told(issues: Iterable[Issue], since: date | None, on: date) -> IssuesTold:
    """Return the opinions a daily lists, today's first, and the balance (shop.md §6.4).

    Listed are those raised since the last daily, those answered since, and those that still wait.

    Args:
        issues: any; those raised after ``on`` are left out.
        since: day of the last daily; None for the first: everything before ``on`` is carried over.
        on: the day reported on.
    """
    begin = since or on - timedelta(days=1)
    told = [_Told(issue, begin, on) for issue in issues]
    listed = sorted((one for one in told if one.is_listed), key=lambda one: one.order)
    return IssuesTold(
        tuple(one.line() for one in listed),
        Balance(
            carried_count=sum(one.is_carried for one in listed),
            raised_count=sum(one.is_new for one in listed),
            finished_count=sum(not one.is_open for one in listed),
        ),
    )


@dataclass(frozen=True)
class _Told:
    """An opinion as seen at the end of a day; ``begin`` is the day of the last daily."""

    issue: Issue
    begin: date
    on: date

    @property
    def raised_on(self) -> date:
        """The day it was raised; one that nobody dated counts as carried over."""
        return self.issue.raised_at.date() if self.issue.raised_at else self.begin

    @property
    def answered_on(self) -> date | None:
        """The day of the answer; of one that nobody dated, the day it was raised."""
        if self.issue.answered_at is not None:
            return self.issue.answered_at.date()
        return self.raised_on if self.issue.status in ANSWERED else None

    @property
    def is_open(self) -> bool:
        """Whether the customer had no answer by the end of the day."""
        return self.answered_on is None or self.answered_on > self.on

    @property
    def is_new(self) -> bool:
        """Whether it was raised since the last daily."""
        return self.begin < self.raised_on <= self.on

    @property
    def is_carried(self) -> bool:
        """Whether it was waiting when the last daily was made."""
        answered_before = self.answered_on is not None and self.answered_on <= self.begin
        return self.raised_on <= self.begin and not answered_before

    @property
    def is_listed(self) -> bool:
        return self.is_new or self.is_carried

    @property
    def order(self) -> tuple[bool, date, str]:
        return (not self.is_new, self.raised_on, self.issue.id)

    def line(self) -> DailyIssue:
        issue = self.issue
        due = issue.answer_due
        return DailyIssue(
            number=issue.id,
            raised_on=self.raised_on,
            customer=issue.customer_name,
            content=mask_text(issue.content),
            department=issue.department,
            owner=issue.owner,
            answer_due_at=due,
            remind_due_at=issue.remind_due,
            answer=mask_text(issue.answer or issue.action),
            status=issue.status,
            earlier=not self.is_new,
            overdue=self.is_open and due is not None and due <= datetime.combine(self.on, time.max),
        )
