"""The working calendar: which days count, and where a due day goes when the store is closed.

Pure: ``operations`` fills it from the statutory calendar and from the store's own 工作日历.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

CLOSING = time(18)
"""A limit of n working days ends at 18:00 (domain.md §5.1)."""

_SATURDAY = 5
_DAY = timedelta(days=1)
_EVERY_DAY = frozenset(range(7))
_NONE: frozenset[date] = frozenset()


class Basis(Enum):
    """Which days a limit counts (domain.md §5.1, shop.md §3)."""

    STATUTORY = "法定工作日"
    """What head office judges by."""
    OPEN = "门店营业日"
    """What the store reminds itself by."""
    CALENDAR = "自然日"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days, opening days and quiet days.

    Attributes:
        years: years whose statutory arrangement is known; in others Monday to Friday count.
        days_off: statutory days off, weekdays among them.
        workdays: Saturdays and Sundays worked in exchange (调休).
        closed: days on which the store is closed.
        opened: days on which it is open although ``open_weekdays`` or ``closed`` say otherwise.
        open_weekdays: 0 = Monday … 6 = Sunday.
        quiet: days without service calls, 除夕 to 初三.
    """

    years: frozenset[int] = frozenset()
    days_off: frozenset[date] = _NONE
    workdays: frozenset[date] = _NONE
    closed: frozenset[date] = _NONE
    opened: frozenset[date] = _NONE
    open_weekdays: frozenset[int] = _EVERY_DAY
    quiet: frozenset[date] = _NONE

    def __post_init__(self) -> None:
        if not self.open_weekdays & _EVERY_DAY:
            raise ValueError("the store must be open on some day of the week")

    def is_working_day(self, day: date) -> bool:
        """Whether a statutory working day: weekdays less days off, plus exchanged days."""
        if day in self.workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off

    def is_open(self, day: date) -> bool:
        """Whether the store is open."""
        if day in self.opened:
            return True
        return day.weekday() in self.open_weekdays and day not in self.closed

    def is_call_day(self, day: date) -> bool:
        """Whether service calls are made on this day: open, and not one of the quiet days."""
        return self.is_open(day) and day not in self.quiet

    def counts(self, day: date, basis: Basis) -> bool:
        """Whether a limit of this basis counts the day."""
        if basis is Basis.STATUTORY:
            return self.is_working_day(day)
        return basis is Basis.CALENDAR or self.is_open(day)

    def add_working_days(self, day: date, count: int, basis: Basis = Basis.STATUTORY) -> date:
        """Return the ``count``-th counted day after ``day``; the next counted day is the first.

        Zero or less returns ``day`` itself.
        """
        for _ in range(count):
            day = _first(day + _DAY, lambda one: self.counts(one, basis))
        return day

    def answer_limit(
        self, since: date, count: int, basis: Basis = Basis.STATUTORY, at: time = CLOSING
    ) -> datetime:
        """Return the end of a limit of ``count`` days: that day at 18:00 (domain.md §5.1)."""
        start = since.date() if isinstance(since, datetime) else since
        return datetime.combine(self.add_working_days(start, count, basis), at)

    def due_day(self, due: date, from_on: date) -> date:
        """Return the day on which a call is due, given that ``due`` may be a closed day.

        Earlier only if that day is not before ``from_on`` (可拨起), else the first day after on
        which calls are made (shop.md §3).
        """
        day = due
        while day >= from_on:
            if self.is_call_day(day):
                return day
            day -= _DAY
        return self.next_call_day(max(due, from_on))

    def next_call_day(self, day: date) -> date:
        """Return the first day from ``day`` on, itself included, on which calls are made."""
        return _first(day, self.is_call_day)

    def unknown_years(self, days: Iterable[date]) -> tuple[int, ...]:
        """Return the years among ``days`` whose days off are not known (then weekdays count)."""
        return tuple(sorted({day.year for day in days} - self.years))

    def amended(
        self,
        *,
        days_off: Iterable[date] = (),
        workdays: Iterable[date] = (),
        closed: Iterable[date] = (),
        opened: Iterable[date] = (),
    ) -> WorkCalendar:
        """Return a copy in which the store's own entries win over what was there."""
        off, work, shut, up = map(frozenset, (days_off, workdays, closed, opened))
        return replace(
            self,
            days_off=(self.days_off | off) - work,
            workdays=(self.workdays | work) - off,
            closed=(self.closed | shut) - up,
            opened=(self.opened | up) - shut,
        )


def _first(day: date, wanted: Callable[[date], bool]) -> date:
    while not wanted(day):
        day += _DAY
    return day
