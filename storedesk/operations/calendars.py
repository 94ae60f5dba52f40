"""The statutory working calendar, from chinesecalendar.

It knows the State Council's yearly arrangement (domain.md §5.1) up to the last announced year; a
later year counts by weekdays, and the desk lists that as a Problem. The store's own closed and open
days are added from 门店设置.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from storedesk.domain.calendar import WorkCalendar

_SATURDAY = 5
_NEW_YEAR = tuple(
    date.fromisoformat(day)
    for day in (
        "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
        "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19",
    )
)  # fmt: skip
"""初一 by year: the announced block of days off does not always begin with 除夕 (2026 does not)."""
_QUIET = range(-1, 3)
"""除夕 to 初三 (shop.md §3: no service calls)."""


@cache
def statutory_calendar() -> WorkCalendar:
    """Return the calendar of all announced years."""
    # The tables themselves: asking day by day would cost half a second for twenty years.
    from chinese_calendar import constants  # noqa: PLC0415  # only where days are counted

    holidays: dict[date, str] = constants.holidays
    return WorkCalendar(
        years=frozenset(day.year for day in holidays),
        days_off=frozenset(day for day in holidays if day.weekday() < _SATURDAY),
        workdays=frozenset(constants.workdays),
        quiet=frozenset(day + timedelta(days=n) for day in _NEW_YEAR for n in _QUIET),
    )
