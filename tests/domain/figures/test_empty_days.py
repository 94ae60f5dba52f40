from __future__ import annotations

from datetime import date

from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.daily import EmptyDays
from storedesk.domain.figures.empty_days import DaysBetween, days_between
from tests.domain.figures.calls import ON, before

_OPEN = WorkCalendar()


def test_nothing_lies_between_two_days_in_a_row_or_before_the_first() -> None:
    assert days_between(before(1), ON, (), _OPEN) == DaysBetween()
    assert days_between(None, ON, (), _OPEN) == DaysBetween()


def test_empty_days_are_joined_and_busy_ones_are_missing() -> None:
    found = days_between(before(6), ON, {before(3)}, _OPEN)
    assert found.missing == (before(3),)
    assert found.empty == (EmptyDays(before(5), before(4)), EmptyDays(before(2), before(1)))


def test_a_day_of_rest_says_so() -> None:
    resting = WorkCalendar(closed=frozenset({date(2026, 11, 20)}))
    found = days_between(before(5), ON, (), resting)
    assert found.empty == (
        EmptyDays(before(4), before(3)),
        EmptyDays(before(2), before(2), "门店休息"),
        EmptyDays(before(1), before(1)),
    )
