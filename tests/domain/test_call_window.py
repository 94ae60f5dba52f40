from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.call_window import PREFERRED, CallWindow, Period
from tests.domain.stores import CALENDAR
from tests.domain.strategies import MOMENTS

STORE = CallWindow()
CLOSED_SUNDAYS = WorkCalendar(open_weekdays=frozenset(range(6)))
CLOSED_WEEKENDS = WorkCalendar(open_weekdays=frozenset(range(5)))
preferences = st.lists(st.sampled_from([*PREFERRED, "周末", "不限", "随便"]))


def monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute)


@pytest.mark.parametrize(
    ("now", "sentence", "better"),
    [
        (monday(12, 40), "现在 12:40，客户可能在午休，建议 15:00 后再打。", monday(15)),
        (monday(21, 5), "已过 21:00，不宜打扰客户。", monday(10) + timedelta(days=1)),
        (monday(7, 30), "还不到 8:00，不宜打扰客户。", monday(10)),
        (monday(8, 30), "现在 8:30，客户可能还在忙早上的事，建议 10:00 后再打。", monday(10)),
        (
            monday(20, 30),
            "现在 20:30，不在合适的拨打时段，建议明天 10:00 后再打。",
            monday(10) + timedelta(days=1),
        ),
        (
            datetime(2026, 11, 22, 11),
            "今天门店休息，建议明天 10:00 后再打。",
            monday(10),
        ),
    ],
)
def test_outside_the_window_people_are_told_why_and_when(
    now: datetime, sentence: str, better: datetime
) -> None:
    advice = STORE.advice(now, CLOSED_SUNDAYS)
    assert advice is not None
    assert (advice.sentence, advice.better_at) == (sentence, better)
    assert advice.forbidden is ("不宜打扰" in sentence)


def test_inside_the_window_nothing_is_said() -> None:
    assert STORE.advice(monday(10), CALENDAR) is None
    assert STORE.advice(monday(19, 59), CALENDAR) is None


def test_no_calls_over_the_spring_festival() -> None:
    advice = STORE.advice(datetime(2026, 2, 17, 11), CALENDAR)
    assert advice is not None
    assert advice.sentence == ("春节期间（除夕到初三）不打回访电话，建议 02-20 10:00 后再打。")


def test_the_customers_own_time_wins() -> None:
    window = STORE.for_customer(["中午"])
    assert window.advice(monday(12, 40), CALENDAR) is None
    advice = window.advice(monday(16), CALENDAR)
    assert advice is not None
    assert advice.sentence == ("现在 16:00，不在客户说的方便时段，建议明天 12:00 后再打。")


def test_weekends_are_added_to_a_time_of_day_or_stand_alone() -> None:
    afternoons = STORE.for_customer(["下午", "周末"])
    assert afternoons.on(date(2026, 11, 23)) == (PREFERRED["下午"],)
    assert afternoons.on(date(2026, 11, 21)) == STORE.periods
    weekends = STORE.for_customer(["周末"])
    assert weekends.on(date(2026, 11, 23)) == ()
    assert weekends.opening(date(2026, 11, 23)) == time(8)
    assert weekends.next_moment(monday(10), CALENDAR) == datetime(2026, 11, 28, 10)


@pytest.mark.parametrize("preferred", [[], ["不限"], ["下午", "不限"], ["看心情"]])
def test_who_named_no_time_is_called_when_the_store_calls(preferred: list[str]) -> None:
    assert STORE.for_customer(preferred) == STORE


def test_who_wants_weekends_of_a_store_closed_then_is_called_anyhow() -> None:
    weekends = STORE.for_customer(["周末"])
    assert weekends.next_moment(monday(10), CLOSED_WEEKENDS) == monday(8) + timedelta(days=1)


def test_a_period_reads_as_people_write_it() -> None:
    assert str(Period(time(9, 30), time(12))) == "09:30-12:00"


@given(MOMENTS, preferences, st.sampled_from([CALENDAR, CLOSED_SUNDAYS]))
def test_the_next_moment_is_a_good_one_and_good_moments_are_now(
    now: datetime, preferred: list[str], calendar: WorkCalendar
) -> None:
    window = STORE.for_customer(preferred)
    moment = window.next_moment(now, calendar)
    assert moment >= now
    assert calendar.is_call_day(moment.date())
    assert window.period_at(moment)
    assert window.next_moment(moment, calendar) == moment
    assert (window.advice(now, calendar) is None) is (moment == now)
