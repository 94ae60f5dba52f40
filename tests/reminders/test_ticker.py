"""The bell, on APScheduler's own logic with only its clock and its thread replaced."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from storedesk.reminders.ticker import EVERY, Ticker

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Hand(datetime):
    """A clock hand that is moved by the test; APScheduler reads ``now`` from it."""

    moment = START

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return Hand.moment.astimezone(tz)


class StillScheduler(base.BaseScheduler):  # type: ignore[misc]
    """APScheduler without a thread: ``tick`` runs what is due by the hand."""

    woken = 0

    def wakeup(self) -> None:
        self.woken += 1

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001, FBT002  # APScheduler's own
        super().shutdown(wait)

    def _create_default_executor(self) -> DebugExecutor:
        return DebugExecutor()

    def tick(self) -> None:
        self._process_jobs()


class Bell:
    """A ticker, its scheduler and how often it rang."""

    def __init__(self) -> None:
        self.rings = 0
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self.scheduler = StillScheduler(timezone=UTC, job_defaults=defaults)
        self.ticker = Ticker(self.ring, scheduler=lambda: self.scheduler)
        self.ticker.start()

    def ring(self) -> None:
        self.rings += 1

    def pass_time(self, span: timedelta, step: timedelta = timedelta(minutes=1)) -> None:
        end = Hand.moment + span
        while Hand.moment < end:
            Hand.moment += step
            self.scheduler.tick()


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bell]:
    monkeypatch.setattr(base, "datetime", Hand)
    monkeypatch.setattr(interval, "datetime", Hand)
    Hand.moment = START
    made = Bell()
    yield made
    made.ticker.stop()


def test_rings_at_start_and_every_quarter_of_an_hour(bell: Bell) -> None:
    assert bell.rings == 1
    bell.pass_time(timedelta(hours=1))
    assert bell.rings == 1 + timedelta(hours=1) // EVERY


def test_rings_when_the_next_thing_falls_due_and_only_once(bell: Bell) -> None:
    bell.ticker.set_next(timedelta(minutes=7))
    bell.pass_time(timedelta(minutes=6))
    assert bell.rings == 1
    bell.pass_time(timedelta(minutes=2))
    assert bell.rings == 2
    bell.pass_time(timedelta(minutes=6))
    assert bell.rings == 2


def test_a_newer_next_moment_replaces_the_older(bell: Bell) -> None:
    bell.ticker.set_next(timedelta(minutes=5))
    bell.ticker.set_next(timedelta(minutes=10))
    bell.pass_time(timedelta(minutes=9))
    assert bell.rings == 1
    bell.ticker.set_next(None)
    bell.pass_time(timedelta(minutes=4))
    assert bell.rings == 1


def test_a_moment_already_past_rings_within_a_second(bell: Bell) -> None:
    bell.ticker.set_next(timedelta(minutes=-3))
    bell.pass_time(timedelta(seconds=2), timedelta(seconds=1))
    assert bell.rings == 2


def test_a_week_of_sleep_is_one_late_ring_not_hundreds(bell: Bell) -> None:
    Hand.moment += timedelta(days=7)
    bell.scheduler.tick()
    assert bell.rings == 2


@pytest.mark.parametrize(
    ("step", "rings"),
    [
        (timedelta(seconds=30), 1),
        (timedelta(seconds=90), 1),
        (timedelta(hours=8), 2),
        (timedelta(hours=-1), 2),
    ],
)
def test_a_gap_in_the_wall_clock_rings_at_once(bell: Bell, step: timedelta, rings: int) -> None:
    wall, woken = datetime(2026, 11, 22, 9), bell.scheduler.woken
    bell.ticker.watch(wall)
    bell.ticker.watch(wall + step)
    assert bell.rings == rings
    assert bell.scheduler.woken - woken == rings - 1


def test_says_nothing_before_start_and_after_stop(bell: Bell) -> None:
    silent = Ticker(bell.ring)
    silent.set_next(timedelta(seconds=1))
    silent.watch(datetime(2026, 11, 22, 9))
    bell.ticker.stop()
    bell.ticker.set_next(timedelta(seconds=1))
    bell.ticker.watch(datetime(2026, 11, 22, 9))
    bell.ticker.watch(datetime(2026, 11, 23, 9))
    assert bell.rings == 1


def test_the_real_scheduler_rings_in_its_own_thread_and_stops() -> None:
    rang = threading.Event()
    threads: list[str] = []

    def ring() -> None:
        threads.append(threading.current_thread().name)
        if len(threads) == 2:
            rang.set()

    ticker = Ticker(ring)
    ticker.start()
    ticker.set_next(timedelta(0))
    assert rang.wait(10)
    ticker.stop()
    assert threads[0] == threading.current_thread().name
    assert threads[1] != threads[0]
