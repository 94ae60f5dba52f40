"""The watcher itself: what it must see, and what it must not mind."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QTimer

from tests.gui.heartbeat import Heartbeat, Reading
from tests.gui.opened import spin


def compute(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_long_computation_in_an_event_is_seen(heartbeat: Heartbeat) -> None:
    QTimer.singleShot(0, lambda: compute(1.0))
    spin(50)
    assert "ms in" in str(heartbeat.take()[0])


def test_a_long_wait_in_an_event_is_seen(heartbeat: Heartbeat) -> None:
    QTimer.singleShot(0, lambda: time.sleep(1.0))
    spin(50)
    assert heartbeat.take()


def test_work_of_a_lane_is_not_minded(heartbeat: Heartbeat) -> None:
    with ThreadPoolExecutor(1) as lane:
        busy = lane.submit(compute, 0.3)
        for _ in range(30):
            spin(5)
        busy.result()
    assert not heartbeat.take()


def test_short_events_are_not_minded(heartbeat: Heartbeat) -> None:
    QTimer.singleShot(0, lambda: compute(0.01))
    spin(50)
    assert not heartbeat.take()


def test_a_thread_that_ends_meanwhile_does_not_look_like_a_wait() -> None:
    before = Reading(wall=10.0, own=1.0, all_threads=2.0, lines={1: 0.0, 2: 5.0}, lines_at=10.0)
    after = Reading(wall=10.1, own=1.01, all_threads=2.05, lines={1: 0.03, 3: 0.01}, lines_at=10.1)
    assert after.held_since(before) == pytest.approx(0.01 + 0.1 - 0.01 - 0.04 - 0.03 - 0.01)
