"""A large workbook taken in piece by piece comes to the same, whatever happens in between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storedesk.domain.changes import Operation
from storedesk.domain.select import Select
from storedesk.operations import records, syncing, unfinished
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.syncing import Settling, SyncReport
from storedesk.operations.taking_in import PIECE
from tests.operations import excel
from tests.operations.conftest import NOON
from tests.operations.shops import copied
from tests.operations.stages import build, opened

BOOK = "客户档案.xlsx"
COUNT, FEW = 24, 2
LEDGERS = ("customers", "purchases", "followups")


def fill(desk: Desk) -> None:
    with desk.mirror.transaction():
        for at in range(COUNT):
            person = {"客户姓名": f"客户{at:02d}", "联系电话": f"139000011{at:02d}"}
            records.add(desk, "customers", person, "客服")
    syncing.sync(desk)


def busy_day(book: Any) -> None:
    """Type, change, delete, sort and copy rows, in two sheets, with mistakes."""
    sheet = book["客户档案"]
    at = excel.headers(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(2, COUNT + 1)]
    rows = [rows[0], *reversed(rows[2:])]  # one is deleted, the others turned upside down
    for number in (3, 4, 5, 9):
        rows[number][at["地址"] - 1] = f"滨河湾{number}幢"
    rows[6][at["客户来源"] - 1] = "别的"
    rows.append(list(rows[7]))
    for number in range(5):
        typed: list[object] = [None] * len(rows[0])
        typed[at["客户姓名"] - 1], typed[at["联系电话"] - 1] = (
            f"新客{number}",
            f"1370000000{number}",
        )
        rows.append(typed)
    brought = list(rows[-1])
    brought[0], brought[at["客户姓名"] - 1] = "KH-20260101-Z001", "带编号来的"
    rows.append(brought)
    sheet.delete_rows(2, COUNT)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    sold = book["购买记录"]
    at = excel.headers(sold)
    for number, who in enumerate(("13700000001", "新客2", rows[0][0], "没有这个人"), 2):
        told = {"客户编号": who, "产品型号": "沙发", "送货日期": NOON.date()}
        for label, value in told.items():
            sold.cell(number, at[label], value)


@dataclass
class Window:
    """Settles as the window does."""

    desk: Desk
    settling: Settling
    found: object = None

    def go_on(self) -> SyncReport | None:
        """Do one step."""
        step = self.settling.step(self.desk, self.found)
        self.found = step.aside() if step.aside else None
        return step.report

    def finish(self) -> SyncReport:
        """Do all that are left."""
        while (report := self.go_on()) is None:
            pass
        return report


def window(desk: Desk, piece: int = FEW) -> Window:
    return Window(desk, Settling(syncing.carry_out(syncing.plan(desk)), piece))


def shown(desk: Desk) -> dict[str, object]:
    """Return all that people see of a desk, but for which row got which new id."""
    found: dict[str, object] = {}
    for ledger in LEDGERS:
        for record in desk.mirror.select(Select(ledger)):
            values = {k: v for k, v in record.values.items() if k not in ("id", "trigger_record")}
            name = values.get("customer")
            if isinstance(name, str) and (customer := desk.mirror.get("customers", name)):
                values["customer"] = customer.text("name")
            key = f"{ledger} {record.row} {sorted(map(str, values.values()))}"
            found[key] = (values, record.raw, record.row)
    problems = [(p.what, p.cell) for p in desk.mirror.problems(BOOK)]
    return {**found, "problems": sorted(problems)}


@contextmanager
def at(folder: Path) -> Iterator[None]:
    """Sit down at a PC of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOREDESK_HOME", str(folder / "home"))
        yield


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("pieces"), FixedClock(NOON), fill)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, stage: Path) -> Path:
    """The same desk, with a day's work of people in Excel in its workbook."""
    folder = tmp_path_factory.mktemp("busy")
    with at(folder):
        excel.edit(copied(stage, folder) / BOOK, busy_day)
    return folder


@pytest.fixture
def desk(busy: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    with opened(busy, tmp_path, clock) as desk:
        yield desk


@pytest.fixture
def expected(busy: Path, tmp_path: Path, clock: FixedClock) -> dict[str, object]:
    """What is shown when the workbook is taken in as a whole."""
    with at(tmp_path / "whole"), opened(busy, tmp_path / "whole", clock) as desk:
        syncing.settle(desk, syncing.carry_out(syncing.plan(desk)))
        return shown(desk)


def test_pieces_come_to_the_same_as_the_whole(desk: Desk, expected: dict[str, object]) -> None:
    report = window(desk).finish()
    assert shown(desk) == expected
    (taken,) = report.taken
    assert (len(taken.new["customers"]), len(taken.gone["customers"])) == (7, 1)
    assert len(taken.changed["customers"]) == 5
    assert syncing.sync(desk).waiting == ()
    assert not syncing.sync(desk).taken, "the file counts as taken in"


def test_few_rows_are_one_piece(desk: Desk, expected: dict[str, object]) -> None:
    steps = window(desk, PIECE)
    before = shown(desk)
    while shown(desk) == before:
        assert steps.go_on() is None
    assert shown(desk) == expected


def test_a_crash_after_any_piece_loses_nothing(
    busy: Path, tmp_path: Path, clock: FixedClock, expected: dict[str, object]
) -> None:
    """The next reading goes on; what was given an id keeps it."""
    for count in range(2, 80, 4):
        here = tmp_path / str(count)
        with at(here), opened(busy, here, clock) as desk:
            steps = window(desk)
            is_over = any(steps.go_on() for _ in range(count))
            is_over |= unfinished.noted(desk, BOOK) is None  # it counts as taken in
            given = set(desk.mirror.ids(Select("customers")))
        if is_over:
            with at(here), open_desk(here / "desk", clock=clock) as desk:
                assert shown(desk) == expected
            return
        with at(here), open_desk(here / "desk", clock=clock) as desk:
            again = syncing.settle(desk, syncing.carry_out(syncing.plan(desk)))
            assert shown(desk) == expected, count
            gone = {one for taken in again.taken for one in taken.gone.get("customers", ())}
            assert given - gone <= set(desk.mirror.ids(Select("customers")))
    raise AssertionError("it never ends")


def test_what_is_entered_between_two_pieces_is_merged(desk: Desk) -> None:
    """Before its row comes, and after; each time both sides are kept."""
    first, *_, last = desk.mirror.ids(Select("customers", order=("id",)))
    steps = window(desk)
    at = 0
    while steps.go_on() is None:
        at += 1
        for customer in (first, last):
            records.set_values(desk, customer, {"微信": f"微信{at}", "地址": f"这里{at}"}, "客服")
    assert at > 10
    assert syncing.sync(desk).waiting == ()
    for customer in (first, last):
        record = desk.mirror.get("customers", customer)
        assert record is not None
        assert (record["wechat"], record["address"]) == (f"微信{at}", f"这里{at}")
    rows = excel.rows_of(desk.path(BOOK), "客户档案")
    held = {str(row["客户编号"]): row["微信"] for row in rows if "微信" in row}
    assert held == {first: f"微信{at}", last: f"微信{at}"}


def test_an_entry_undone_in_between_does_not_come_back(desk: Desk) -> None:
    *_, last = desk.mirror.ids(Select("customers", order=("id",)))
    steps = window(desk)
    for _ in range(12):
        assert steps.go_on() is None
    desk.mirror.remove("customers", last, Operation("undo", NOON, "客服", ()))
    report = steps.finish()
    assert report.again, "it is read again"
    assert syncing.sync(desk).waiting == ()
    assert not desk.mirror.exists("customers", last)
    rows = excel.rows_of(desk.path(BOOK), "客户档案")
    assert last not in [row.get("客户编号") for row in rows]


@pytest.mark.parametrize("count", [1, 9, 16, 24])
def test_another_program_that_takes_it_in_first_has_its_way(
    desk: Desk, expected: dict[str, object], count: int
) -> None:
    """A command beside the window: no row typed gets two ids."""
    steps = window(desk)
    for _ in range(count):
        assert steps.go_on() is None
    syncing.settle(desk, syncing.carry_out(syncing.plan(desk)))
    assert shown(desk) == expected
    late = steps.finish()
    assert not late.taken
    assert late.again
    assert shown(desk) == expected


def test_two_windows_that_begin_do_not_both_go_on(desk: Desk, expected: dict[str, object]) -> None:
    one, other = window(desk), window(desk)
    for _ in range(18):
        assert one.go_on() is None
    assert other.finish().taken
    assert not one.finish().taken
    assert shown(desk) == expected


@pytest.mark.parametrize("count", [9, 16, 24])
def test_a_file_put_back_half_way_is_read_again(
    busy: Path, stage: Path, tmp_path: Path, clock: FixedClock, count: int
) -> None:
    """The file is again what was known before its first piece came in."""
    with at(tmp_path / "before"), opened(stage, tmp_path / "before", clock) as desk:
        before = shown(desk)
    with opened(busy, tmp_path, clock) as desk:
        steps = window(desk)
        for _ in range(count):
            assert steps.go_on() is None
        old = tmp_path / "before" / "desk" / BOOK
        desk.path(BOOK).write_bytes(old.read_bytes())
        os.utime(desk.path(BOOK), ns=(old.stat().st_mtime_ns,) * 2)
    with open_desk(tmp_path / "desk", clock=clock) as desk:
        (plan,) = [one for one in syncing.plan(desk).books if one.workbook == BOOK]
        assert not plan.keeping.base
        syncing.settle(desk, syncing.carry_out(syncing.plan(desk)))
        now = shown(desk)
    assert {key for key in now if key.startswith("customers")} == {
        key for key in before if key.startswith("customers")
    }


def test_a_question_is_asked_before_any_piece(
    stage: Path, tmp_path: Path, clock: FixedClock
) -> None:
    with opened(stage, tmp_path, clock) as desk:
        before = shown(desk)
        excel.edit(desk.path(BOOK), excel.deleting("客户档案", 2, COUNT - 1))
        excel.edit(desk.path(BOOK), lambda book: book["客户档案"].append(["", "多一位"]))
        report = window(desk, 1).finish()
        assert [one.stopped for one in report.taken] == [True]
        assert {**shown(desk), "problems": []} == {**before, "problems": []}
