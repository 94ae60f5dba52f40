"""Rings at start, every 15 minutes, after a gap in the clock, and when the next thing falls due.

A ring says nothing but "look now": what is due is always worked out anew (decision 23), so a missed
ring loses nothing and there is no job store. ``ring`` is called in a thread of the scheduler; it
must only post to somebody else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.schedulers.base import BaseScheduler
    from apscheduler.triggers.base import BaseTrigger

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
GAP = timedelta(seconds=90)
"""``watch`` is called every 30 s; a longer step of the wall clock means the PC slept."""
_EVERY, _NEXT = "every", "next"
_DEFAULTS = {
    "misfire_grace_time": None,  # after sleep: run late rather than never …
    "coalesce": True,  # … and once, however often it was missed
    "max_instances": 1,
}


class Ticker:
    """A bell on a background scheduler."""

    def __init__(
        self,
        ring: Callable[[], object],
        *,
        scheduler: Callable[[], BaseScheduler] | None = None,
    ) -> None:
        """Prepare; nothing runs before ``start``.

        Args:
            ring: called in the scheduler's thread; must return at once.
            scheduler: makes the scheduler; APScheduler's background one by default.
        """
        self._ring = ring
        self._make = scheduler or _background_scheduler
        self._scheduler: BaseScheduler | None = None
        self._seen: datetime | None = None

    def start(self) -> None:
        """Ring now and from now on."""
        self._scheduler = self._make()
        self._scheduler.add_job(self._ring, "interval", seconds=EVERY.total_seconds(), id=_EVERY)
        self._scheduler.start()
        self._ring()

    def set_next(self, after: timedelta | None) -> None:
        """Ring once more after this time, when the next thing falls due; None takes it back.

        A span, not a moment: the store's clock may be set apart from the computer's.
        """
        if self._scheduler is None:
            return
        if after is None:
            if self._scheduler.get_job(_NEXT):
                self._scheduler.remove_job(_NEXT)
            return
        then = _after(max(timedelta(seconds=1), after))
        self._scheduler.add_job(self._ring, then, id=_NEXT, replace_existing=True)

    def watch(self, now: datetime) -> None:
        """Notice a gap: call it every 30 seconds with the wall clock of the store.

        The scheduler's wait stands still while the PC sleeps, so it is woken here; a jump of the
        clock, forward or back, rings at once.
        """
        before, self._seen = self._seen, now
        if self._scheduler is None or before is None:
            return
        step = now - before
        if step > GAP or step < timedelta():
            log.info("clock gap of %d s", step.total_seconds())
            self._scheduler.wakeup()
            self._ring()

    def stop(self) -> None:
        """Ring no more."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None


def _after(span: timedelta) -> BaseTrigger:
    """Return a trigger that fires after a span; APScheduler reads the clock, this module does not.

    It goes on every quarter of an hour, as the other one does, until it is set anew.
    WORKAROUND: APScheduler 3.11 removes a job that has ended from its own thread, which dies of a
    JobLookupError when ``shutdown`` comes in between.
    """
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415  # with the rest

    first = IntervalTrigger(seconds=span.total_seconds(), timezone=UTC).start_date
    return IntervalTrigger(seconds=EVERY.total_seconds(), start_date=first, timezone=UTC)


def _background_scheduler() -> BaseScheduler:
    # 110 ms, wanted only after the window is painted.
    from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415

    # Only spans are scheduled, so the zone never matters; UTC needs no lookup on any PC.
    return BackgroundScheduler(timezone=UTC, job_defaults=_DEFAULTS)
