"""What touches files does so in the file step: a network that hangs never holds up the desk."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storedesk.domain.errors import NotWritable, WorkbookMissing
from storedesk.operations import records, syncing
from storedesk.operations.desk import Desk
from storedesk.operations.syncing import SyncReport
from tests.operations import excel
from tests.operations.test_syncing import WANG

BOOK, SHEET = "客户档案.xlsx", "客户档案"


class _Watch:
    """Which files below a folder are opened or listed, as Python tells of it."""

    folder: str | None = None
    seen: list[str]

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if self.folder and event in ("open", "os.listdir", "os.scandir", "os.rename"):
            path = str(args[0])
            if path.startswith(self.folder):
                self.seen.append(path)


_WATCH = _Watch()


@pytest.fixture(scope="module", autouse=True)
def _hooked() -> None:
    sys.addaudithook(_WATCH)  # it stays: there is no taking it back


@contextmanager
def touched(folder: Path) -> Iterator[list[str]]:
    """Yield the list of files below a folder that are touched meanwhile."""
    _WATCH.folder, _WATCH.seen = str(folder), []
    try:
        yield _WATCH.seen
    finally:
        _WATCH.folder = None


def lines(desk: Desk) -> list[dict[str, object]]:
    files = sorted((desk.folder / "历史").glob("A-*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def read(desk: Desk) -> Desk:
    syncing.sync(desk)
    return desk


def test_planning_and_settling_touch_no_file_of_the_folder(read: Desk) -> None:
    records.add(read, "customers", WANG, "客服")
    with touched(read.folder) as planning:
        plan = syncing.plan(read)
    assert planning == []
    with touched(read.folder) as carrying:
        outcomes = syncing.carry_out(plan)
    assert any(BOOK in path for path in carrying), "the watch sees nothing"
    away = read.folder.rename(read.folder.with_name("away"))
    with touched(read.folder) as settling:
        report = syncing.settle(read, outcomes)
    assert settling == []
    assert report.written == ((BOOK, 1),)
    away.rename(read.folder)
    assert syncing.sync(read).waiting == ()


def test_who_has_a_workbook_open_is_asked_with_the_files(read: Desk) -> None:
    """Where it was not tried to write, too: here because people changed it first."""
    records.add(read, "customers", WANG, "客服")
    excel.edit(read.path(BOOK), excel.typing(SHEET, 客户姓名="李敏", 联系电话="13900001111"))
    lock = read.folder / f".~lock.{BOOK}#"
    lock.write_text(",王芳,elsewhere,22.11.2026 10:24,;", "utf-8")
    outcomes = syncing.carry_out(syncing.plan(read))
    lock.unlink()
    report = syncing.settle(read, outcomes)
    (waiting,) = report.waiting
    assert (waiting.held, waiting.holder) == (True, "王芳")


def test_the_history_is_told_before_a_workbook_is_written(read: Desk) -> None:
    added = records.add(read, "customers", WANG, "客服").first
    plan = syncing.plan(read)
    assert not any(line["id"] == added for line in lines(read))
    files = read.folder / "历史"
    away = files.rename(read.folder / "别处")
    files.write_text("in the way", "utf-8")
    before = read.path(BOOK).read_bytes()
    report = syncing.settle(read, syncing.carry_out(plan))
    assert [type(one) for one in report.errors] == [NotWritable]
    assert read.path(BOOK).read_bytes() == before, "decision 21: the history comes first"
    assert not report.again
    files.unlink()
    away.rename(files)
    assert syncing.sync(read).written == ((BOOK, 1),)
    assert any(line["id"] == added for line in lines(read))


def test_more_than_goes_with_a_plan_is_told_first(
    read: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_TOLD", 2)
    added = [
        records.add(read, "customers", {**WANG, "phone": f"1380000000{n}"}, "客服").first
        for n in range(3)
    ]
    reports: list[SyncReport] = []
    for _ in range(2):
        plan = syncing.plan(read)
        reports.append(syncing.settle(read, syncing.carry_out(plan)))
    assert [one.written for one in reports] == [(), ((BOOK, 3),)]
    assert reports[0].again
    told = [line["id"] for line in lines(read)]
    assert all(told.count(one) == 1 for one in added)


def test_a_crash_after_telling_tells_nothing_twice(read: Desk) -> None:
    added = records.add(read, "customers", WANG, "客服").first
    syncing.carry_out(syncing.plan(read))  # and never settled
    assert syncing.sync(read).waiting == ()
    numbers = [line["n"] for line in lines(read)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [line["id"] for line in lines(read)].count(added) == 1
    assert read.mirror.verify_history(read.folder / "历史") == []


def test_a_workbook_that_is_away_while_it_is_saved_is_waited_for(
    read: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel puts the old file aside and the new one in its place."""
    records.add(read, "customers", WANG, "客服")
    path, aside = read.path(BOOK), read.folder / "4F2A11D0"
    path.rename(aside)
    pauses: list[bool] = []

    def saving_ends() -> None:
        pauses.append(path.exists())
        if len(pauses) == 2:
            aside.rename(path)

    monkeypatch.setattr(syncing, "pause", saving_ends)
    report = syncing.sync(read)
    assert report.errors == ()
    assert report.written == ((BOOK, 1),)
    assert pauses == [False, False]


def test_workbooks_that_stay_away_are_waited_for_once(
    read: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[None] = []
    monkeypatch.setattr(syncing, "pause", lambda: pauses.append(None))
    for name in (BOOK, "客诉台账.xlsx"):
        read.path(name).unlink()
    report = syncing.settle(read, syncing.carry_out(syncing.plan(read)))
    assert [type(one) for one in report.errors] == [WorkbookMissing] * 2
    assert len(pauses) == 3, "all of them together"
