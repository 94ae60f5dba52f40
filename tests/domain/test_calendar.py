from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.calendar import Basis, WorkCalendar
from tests.domain.strategies import DAYS

DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 20)
PLAIN = WorkCalendar(years=frozenset({2026}))
SPRING_FESTIVAL = frozenset(date(2026, 2, day) for day in range(16, 22))  # 除夕–初五
HOLIDAYS = WorkCalendar(
    years=frozenset({2026}),
    days_off=frozenset(date(2026, 2, day) for day in range(16, 24)),
    workdays=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
    closed=SPRING_FESTIVAL,
    quiet=frozenset(date(2026, 2, day) for day in range(16, 20)),  # 除夕–初三
)

days = st.frozensets(DAYS, max_size=40)
calendars = st.builds(
    WorkCalendar,
    days_off=days,
    workdays=days,
    closed=days,
    opened=days,
    open_weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    quiet=days,
)


def test_two_working_days_after_a_friday_end_on_tuesday_at_six() -> None:
    """shop.md §3: recorded Fri 15:00 → 内部周日 18:00 / 考核周二 18:00."""
    recorded_at = datetime(2026, 11, 20, 15)
    assert PLAIN.answer_limit(recorded_at, 2) == datetime(2026, 11, 24, 18)
    assert PLAIN.answer_limit(FRIDAY, 2, Basis.OPEN) == datetime(2026, 11, 22, 18)
    assert PLAIN.answer_limit(FRIDAY, 2, Basis.CALENDAR, time(20)) == datetime(2026, 11, 22, 20)


def test_days_off_and_exchanged_days() -> None:
    assert HOLIDAYS.is_working_day(date(2026, 2, 14))  # a Saturday worked in exchange
    assert not HOLIDAYS.is_working_day(date(2026, 2, 17))
    assert not HOLIDAYS.is_working_day(date(2026, 2, 15))
    assert HOLIDAYS.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("due", "from_on", "expected", "why"),
    [
        (date(2026, 11, 21), date(2026, 11, 19), date(2026, 11, 21), "open: stays"),
        (date(2026, 2, 18), date(2026, 2, 15), date(2026, 2, 15), "earlier, still callable"),
        (date(2026, 2, 18), date(2026, 2, 16), date(2026, 2, 22), "nothing earlier: first open"),
        (
            date(2026, 2, 18),
            date(2026, 2, 20),
            date(2026, 2, 22),
            "callable only after: first open",
        ),
    ],
)
def test_due_on_a_closed_day(due: date, from_on: date, expected: date, why: str) -> None:
    assert HOLIDAYS.due_day(due, from_on) == expected, why


def test_closed_on_the_seventh_day_moves_the_call_to_the_sixth() -> None:
    """domain.md §16: delivered Sat 11-14 → due 11-21, callable from 11-19; closed 11-21 → 11-20."""
    closed = PLAIN.amended(closed=[date(2026, 11, 21)])
    assert closed.due_day(date(2026, 11, 21), date(2026, 11, 19)) == date(2026, 11, 20)


def test_no_service_calls_on_quiet_days_even_if_the_store_opens() -> None:
    opened = HOLIDAYS.amended(opened=SPRING_FESTIVAL)
    assert opened.is_open(date(2026, 2, 17))
    assert not opened.is_call_day(date(2026, 2, 17))
    assert opened.due_day(date(2026, 2, 17), date(2026, 2, 16)) == date(2026, 2, 20)


def test_the_stores_own_entries_win() -> None:
    changed = HOLIDAYS.amended(
        days_off=[date(2026, 2, 14)],
        workdays=[date(2026, 2, 23)],
        closed=[date(2026, 3, 1)],
        opened=[date(2026, 2, 21)],
    )
    assert not changed.is_working_day(date(2026, 2, 14))
    assert changed.is_working_day(date(2026, 2, 23))
    assert not changed.is_open(date(2026, 3, 1))
    assert changed.is_open(date(2026, 2, 21))


def test_years_without_a_known_arrangement_are_named() -> None:
    assert PLAIN.unknown_years([FRIDAY]) == ()
    assert PLAIN.unknown_years([date(2028, 1, 1), FRIDAY, date(2027, 3, 1)]) == (2027, 2028)
    assert PLAIN.is_working_day(date(2027, 10, 1))  # a Friday: weekdays count there


def test_a_store_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="open on some day"):
        WorkCalendar(open_weekdays=frozenset())


@given(calendars, DAYS, st.integers(0, 12), st.sampled_from(Basis))
def test_a_limit_of_n_days_spans_n_counted_days(
    calendar: WorkCalendar, day: date, count: int, basis: Basis
) -> None:
    end = calendar.add_working_days(day, count, basis)
    passed = [day + DAY * step for step in range(1, (end - day).days + 1)]
    assert sum(calendar.counts(one, basis) for one in passed) == count
    assert end == day or calendar.counts(end, basis)


@given(calendars, DAYS, st.integers(0, 6), st.integers(0, 6))
def test_limits_add_up(calendar: WorkCalendar, day: date, first: int, then: int) -> None:
    halfway = calendar.add_working_days(day, first)
    assert calendar.add_working_days(halfway, then) == calendar.add_working_days(day, first + then)


@given(calendars, DAYS, st.integers(-10, 3))
def test_a_due_day_is_a_call_day_as_near_as_the_rule_allows(
    calendar: WorkCalendar, due: date, offset: int
) -> None:
    from_on = due + DAY * offset
    moved = calendar.due_day(due, from_on)
    assert calendar.is_call_day(moved)
    assert moved >= from_on
    between = [from_on + DAY * step for step in range((moved - from_on).days)]
    nearer = [day for day in between if moved > due or day > moved]
    nearer += [moved + DAY * step for step in range(1, (due - moved).days + 1)]
    assert not any(calendar.is_call_day(one) for one in nearer)
