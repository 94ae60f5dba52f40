"""Desks made once for a module and copied for each test: ten times faster than made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.founding import init_desk
from tests.operations.shops import copied


def build(stage: Path, clock: FixedClock, fill: Callable[[Desk], None]) -> Path:
    """Make a furniture store in an empty folder, fill it, and leave it as files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOREDESK_HOME", str(stage / "home"))
        with init_desk(stage / "desk", "furniture", "幸福路店", clock=clock) as desk:
            fill(desk)
    return stage


def opened(stage: Path, folder: Path, clock: FixedClock) -> Desk:
    """Open a test's own copy of a stage."""
    return open_desk(copied(stage, folder), clock=clock)
