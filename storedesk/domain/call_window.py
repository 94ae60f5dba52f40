"""When customers are called: periods of the day, the store's or the customer's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from storedesk.domain.calendar import WorkCalendar

_SATURDAY = 5
_ANY_TIME = "不限"
_WEEKEND = "周末"
_NOON = (time(11, 30), time(15))
_PATIENCE = 31
"""Days looked ahead for a period; who wants weekends of a store closed then is called anyhow."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Part of a day; the end is no longer in it."""

    start: time
    end: time

    def __contains__(self, at: time) -> bool:
        return self.start <= at < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


PREFERRED = {
    "上午": Period(time(8), time(12)),
    "中午": Period(time(12), time(14)),
    "下午": Period(time(14), time(18)),
    "晚间": Period(time(18), time(21)),
}
"""What the choices of 方便时段 mean."""


@dataclass(frozen=True, slots=True)
class CallAdvice:
    """Why this is no good moment to call, and a better one.

    Attributes:
        sentence: for people.
        better_at: the next good moment.
        forbidden: outside the hard limits, where a reason is asked (domain.md §5.3).
    """

    sentence: str
    better_at: datetime
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class CallWindow:
    """Periods in which calls are welcome, and limits beyond which nobody is disturbed.

    Attributes:
        periods: in order of the day, at least one.
        weekend: periods on Saturday and Sunday, if they differ.
        earliest, latest: hard limits (domain.md §5.3).
        personal: the periods are what this customer asked for.
    """

    periods: tuple[Period, ...] = (Period(time(10), time(12)), Period(time(15), time(20)))
    weekend: tuple[Period, ...] | None = None
    earliest: time = time(8)
    latest: time = time(21)
    personal: bool = False

    def on(self, day: date) -> tuple[Period, ...]:
        """Return the periods of a day; none on weekdays for a customer who wants weekends only."""
        if self.weekend is not None and day.weekday() >= _SATURDAY:
            return self.weekend
        return self.periods

    def period_at(self, at: datetime) -> Period | None:
        """Return the period a moment falls into, or None."""
        return next((period for period in self.on(at.date()) if at.time() in period), None)

    def opening(self, day: date) -> time:
        """Return the first good time of a day, on which calls may well not be made at all."""
        return min((period.start for period in self.on(day)), default=self.earliest)

    def next_moment(self, now: datetime, calendar: WorkCalendar) -> datetime:
        """Return the first good moment from now on, now included."""
        for days in range(_PATIENCE):
            day = now.date() + timedelta(days=days)
            if calendar.is_call_day(day):
                for period in self.on(day):
                    moment = max(now, datetime.combine(day, period.start))
                    if moment < datetime.combine(day, period.end):
                        return moment
        later = calendar.next_call_day(now.date() + timedelta(days=1))
        return datetime.combine(later, self.earliest)

    def for_customer(self, preferred: Iterable[str]) -> CallWindow:
        """Return the window of a customer with this 方便时段, which wins over the store's.

        ``周末`` opens the whole weekend; alone it closes the weekdays.
        """
        named = set(preferred)
        periods = tuple(sorted(PREFERRED[name] for name in named if name in PREFERRED))
        if _ANY_TIME in named or not (periods or _WEEKEND in named):
            return self
        weekend = self.on(_A_SATURDAY) if _WEEKEND in named else None
        return replace(self, periods=periods, weekend=weekend, personal=True)

    def advice(self, now: datetime, calendar: WorkCalendar) -> CallAdvice | None:
        """Return what speaks against calling now, or None (shop.md §5, message 10)."""
        better = self.next_moment(now, calendar)
        if better == now:
            return None
        at = now.time()
        if at >= self.latest:
            return CallAdvice(f"已过 {_clock(self.latest)}，不宜打扰客户。", better, forbidden=True)
        if at < self.earliest:
            text = f"还不到 {_clock(self.earliest)}，不宜打扰客户。"
            return CallAdvice(text, better, forbidden=True)
        reason = self._reason(now, calendar)
        when = in_words(better, now, "建议").replace("今天", "")
        return CallAdvice(f"{reason}，{when} 后再打。", better)

    def _reason(self, now: datetime, calendar: WorkCalendar) -> str:
        if now.date() in calendar.quiet:
            return "春节期间（除夕到初三）不打回访电话"
        if not calendar.is_open(now.date()):
            return "今天门店休息"
        if self.personal:
            return f"现在 {_clock(now.time())}，不在客户说的方便时段"
        if now.time() < self.opening(now.date()):
            return f"现在 {_clock(now.time())}，客户可能还在忙早上的事"
        if _NOON[0] <= now.time() < _NOON[1]:
            return f"现在 {_clock(now.time())}，客户可能在午休"
        return f"现在 {_clock(now.time())}，不在合适的拨打时段"


_A_SATURDAY = date(2026, 11, 21)


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02d}"


def in_words(moment: datetime, now: datetime, lead: str = "") -> str:
    """Return a moment as people say it, after a lead: 建议明天 10:00, 建议 11-26 10:00."""
    days = (moment.date() - now.date()).days
    day = {0: "今天", 1: "明天"}.get(days, f"{' ' if lead else ''}{moment:%m-%d}")
    return f"{lead}{day} {_clock(moment.time())}"
