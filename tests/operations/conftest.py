"""Real desks in ``tmp_path``: real workbooks, a real mirror, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from tests.operations import shops
from tests.operations.crash_desks import CrashingDesk
from tests.operations.shops import Shop

NOON = datetime(2026, 11, 20, 10, 30)
"""A Friday."""


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STOREDESK_TODAY", raising=False)
    monkeypatch.delenv("STOREDESK_USER", raising=False)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


NewDesk = Callable[[str], Desk]


@pytest.fixture(scope="session")
def new_stages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """New desks as files, one for each profile, for tests to copy: ten times faster than anew."""
    made: dict[str, Path] = {}

    def stage(profile: str) -> Path:
        if profile not in made:
            made[profile] = tmp_path_factory.mktemp(profile)
            shops.found(made[profile], profile)
        return made[profile]

    return stage


@pytest.fixture
def new_desk(
    tmp_path: Path, clock: FixedClock, new_stages: Callable[[str], Path]
) -> Iterator[NewDesk]:
    desks: list[Desk] = []

    def make(profile: str = "furniture") -> Desk:
        folder = shops.copied(new_stages(profile), tmp_path, f"{profile}{len(desks)}")
        desks.append(open_desk(folder, clock=clock))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture(scope="session")
def quiet_stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stage = tmp_path_factory.mktemp("quiet")
    shops.furnish(stage, busy=False)
    return stage


@pytest.fixture(scope="session")
def busy_stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stage = tmp_path_factory.mktemp("busy")
    shops.furnish(stage, busy=True)
    return stage


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> CrashingDesk:
    """A new desk, to be copied for every test that crashes it."""
    place = tmp_path_factory.mktemp("crashing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOREDESK_HOME", str(place / "home"))
        return CrashingDesk(place / "desk", place / "home").found()


@pytest.fixture
def shop(quiet_stage: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Shop]:
    """A store with the three who sign, and nothing to report."""
    moved = shops.moved_in(quiet_stage, tmp_path, clock)
    with moved.desk:
        yield moved


@pytest.fixture
def busy(busy_stage: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Shop]:
    """A day with one customer reached who wants something, one to call, one who did not answer."""
    moved = shops.moved_in(busy_stage, tmp_path, clock)
    with moved.desk:
        yield moved


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    return new_desk("furniture")


@pytest.fixture
def car_desk(new_desk: NewDesk) -> Desk:
    return new_desk("auto")
