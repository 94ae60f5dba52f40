"""The watcher, on real files: what it tells of and what it keeps to itself.

Nothing here measures: each test waits until it was told, for as long as it takes. What must not be
told is proved by something that is told after it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storedesk.workbooks import file_events, watcher
from storedesk.workbooks.watcher import Watcher, look, matters

PATIENCE = 30.0


class Told:
    """Counts what the watcher tells and lets a test wait for it."""

    def __init__(self) -> None:
        self.count = 0
        self._news = threading.Condition()

    def __call__(self) -> None:
        with self._news:
            self.count += 1
            self._news.notify_all()

    def waits_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.count >= count, PATIENCE), "nothing was told"


@pytest.fixture(params=["events", "looks alone"])
def told(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Told]:
    """A watcher on ``desk``, by file events as well as without any."""
    if request.param == "events":
        monkeypatch.setattr(watcher, "LOOK_SECONDS", PATIENCE * 10)  # only events can wake it
    else:
        monkeypatch.setattr(file_events, "listen", lambda *_: None)
        monkeypatch.setattr(watcher, "ALONE_SECONDS", 0.05)
    monkeypatch.setattr(watcher, "_QUIET_SECONDS", 0.1)
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "客户档案.xlsx").write_bytes(b"one")
    heard = Told()
    watching = Watcher(folder, heard)
    watching.start()
    heard.waits_for(1)
    yield heard
    watching.stop()
    assert not watching._thread.is_alive()


def saved_at_once(path: Path) -> None:
    """Save in one step, so that no look can fall into the middle."""
    aside = path.with_name("aside")
    aside.write_bytes(b"two, longer")
    aside.replace(path)


def by_temporary_and_rename(folder: Path) -> None:
    """Save as Excel does (workbooks.md §3.3)."""
    aside = folder / "5A3F0C1D"
    aside.write_bytes(b"two, longer")
    (folder / "客户档案.xlsx").unlink()
    aside.rename(folder / "客户档案.xlsx")


CHANGES: dict[str, Callable[[Path], object]] = {
    "saved in place": lambda folder: (folder / "客户档案.xlsx").write_bytes(b"two, longer"),
    "saved by Excel": by_temporary_and_rename,
    "renamed": lambda folder: (folder / "客户档案.xlsx").rename(folder / "客户档案 旧.xlsx"),
    "moved away": lambda folder: (folder / "客户档案.xlsx").rename(folder.parent / "x.xlsx"),
    "deleted": lambda folder: (folder / "客户档案.xlsx").unlink(),
    "a copy came": lambda folder: (folder / "客户档案 (冲突副本).xlsx").write_bytes(b"three"),
    "opened in Excel": lambda folder: (folder / "~$客户档案.xlsx").write_bytes(b""),
    "opened in LibreOffice": lambda folder: (folder / ".~lock.客户档案.xlsx#").write_bytes(b""),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_it_is_told(told: Told, tmp_path: Path, change: Callable[[Path], object]) -> None:
    change(tmp_path / "desk")
    told.waits_for(2)


def test_closing_a_workbook_is_told(told: Told, tmp_path: Path) -> None:
    owner_file = tmp_path / "desk" / "~$客户档案.xlsx"
    owner_file.write_bytes(b"")
    told.waits_for(2)
    owner_file.unlink()
    told.waits_for(3)


def test_our_own_files_and_other_files_are_not_told(told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    (folder / ".storedesk-客户档案.xlsx.7.A.tmp").write_bytes(b"aside")
    (folder / ".storedesk-lock.客户档案.xlsx").write_bytes(b"")
    (folder / "说明.docx").write_bytes(b"words")
    (folder / "客户档案.xlsx").read_bytes()
    before = look(folder)
    saved_at_once(folder / "客户档案.xlsx")
    told.waits_for(2)
    assert told.count == 2, "one saved workbook is told once"
    assert before is not None
    assert set(before) == {str(folder), "客户档案.xlsx"}


def test_a_folder_that_goes_away_and_comes_back_is_watched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the share drops, no event says so: the next look does."""
    monkeypatch.setattr(watcher, "LOOK_SECONDS", 0.05)
    folder, away, told = tmp_path / "desk", tmp_path / "away", Told()
    folder.mkdir()
    watching = Watcher(folder, told)
    assert watching.reachable(), "not known yet"
    watching.start()
    told.waits_for(1)
    folder.rename(away)
    told.waits_for(2)
    assert not watching.reachable()
    away.rename(folder)
    told.waits_for(3)
    assert watching.reachable()
    monkeypatch.setattr(watcher, "LOOK_SECONDS", PATIENCE * 10)
    saved_at_once(folder / "客户档案.xlsx")
    told.waits_for(4)
    watching.stop()


def test_a_look_that_hangs_means_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, go_on, told = threading.Event(), threading.Event(), Told()

    def hang(_folder: Path) -> None:
        hanging.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr(watcher, "look", hang)
    monkeypatch.setattr(watcher, "_SLOW_SECONDS", 0.0)
    watching = Watcher(tmp_path, told)
    watching.start()
    assert hanging.wait(PATIENCE)
    assert not watching.reachable()
    go_on.set()
    watching.stop()


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("客户档案.xlsx", True),
        ("客户档案.XLSM", True),
        ("~$客户档案.xlsx", True),
        (".~客户档案.xlsx", True),
        (".~lock.客户档案.xlsx#", True),
        (".storedesk-客户档案.xlsx.7.A.tmp", False),
        (".storedesk-lock.客户档案.xlsx", False),
        ("5A3F0C1D", False),
        ("lu1234.tmp", False),
        ("说明.docx", False),
    ],
)
def test_what_matters(name: str, counts: bool) -> None:  # noqa: FBT001  # a table
    assert matters(name) is counts


def test_a_folder_without_events_is_looked_at_alone(tmp_path: Path) -> None:
    assert file_events.listen(tmp_path / "nowhere", lambda _: None) is None
