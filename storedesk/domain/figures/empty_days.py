"""Days without anybody to call, told in the next daily, not signed one by one (shop.md §2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.daily import EmptyDays

_CLOSED = "门店休息"
_NOBODY = "无应访客户"


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """The days between two dailies: those with nothing to report, and those that lack a daily."""

    empty: tuple[EmptyDays, ...] = ()
    missing: tuple[date, ...] = ()


def days_between(
    since: date | None, on: date, busy: Collection[date], calendar: WorkCalendar
) -> DaysBetween:
    """Sort the days after the last daily and before this one.

    Args:
        since: day of the last daily; None for the first daily, before which no day counts.
        on: the day reported on.
        busy: days on which somebody was due or called.
        calendar: when the store is open.
    """
    days = [] if since is None else _days(since, on)
    return DaysBetween(
        empty=tuple(_runs((day for day in days if day not in busy), calendar.is_open)),
        missing=tuple(day for day in days if day in busy),
    )


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range(1, (until - since).days)]


def _runs(days: Iterator[date], is_open: Callable[[date], bool]) -> Iterator[EmptyDays]:
    """Join neighbouring days of one reason."""
    run: EmptyDays | None = None
    for day in days:
        reason = _NOBODY if is_open(day) else _CLOSED
        if run and run.reason == reason and day - run.last_on == timedelta(days=1):
            run = EmptyDays(run.first_on, day, reason)
            continue
        if run:
            yield run
        run = EmptyDays(day, day, reason)
    if run:
        yield run
