"""The one place that reads a clock: the store's wall clock, to the minute, without a time zone.

``STOREDESK_TODAY`` (an ISO date or moment) sets it for rules and entries. Certificates, signing
times and verification never use it (decision 24).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from storedesk.domain.errors import Misuse

VARIABLE = "STOREDESK_TODAY"


class Clock(Protocol):
    """Tells what time it is in the store."""

    def now(self) -> datetime:
        """Return the wall clock, to the second."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The computer's clock, moved by an offset (zero in daily use)."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the computer's local time plus the offset."""
        return (datetime.now() + self.offset).replace(microsecond=0)  # noqa: DTZ005  # wall clock


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set: for reports of a past day and for tests."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def advance(self, step: timedelta) -> None:
        """Move the clock on."""
        self.moment += step


def clock_at(text: str) -> Clock:
    """Return a clock that runs on from ``text``: an ISO date (time of day as now) or moment.

    Raises:
        Misuse: the text is neither.
    """
    real = SystemClock().now()
    try:
        if len(text.strip()) <= len("2026-11-22"):
            meant = datetime.combine(date.fromisoformat(text.strip()), real.time())
        else:
            meant = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        raise Misuse(f"日期「{text}」看不懂，请写成 2026-11-22 或 2026-11-22 10:24。") from None
    return SystemClock(meant - real)


def clock_from_environment() -> Clock:
    """Return the clock set by ``STOREDESK_TODAY``, or the computer's."""
    text = os.environ.get(VARIABLE, "").strip()
    return clock_at(text) if text else SystemClock()


def at_time(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment on a day."""
    return datetime.combine(day, time(hour, minute))
