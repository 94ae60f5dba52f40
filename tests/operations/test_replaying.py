"""What waited is not lost with the mirror: the history files know it (decision 21)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storedesk import resources
from storedesk.domain.errors import Misuse
from storedesk.domain.problems import Kind
from storedesk.domain.select import Select
from storedesk.domain.values import Value
from storedesk.operations import (
    checking,
    conflicts,
    deletions,
    rebuilding,
    records,
    replaying,
    syncing,
)
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from tests.operations.test_syncing import CUSTOMERS, WANG, _set, edit, sheet_rows, type_row

Values = dict[tuple[str, str], dict[str, object]]


@contextmanager
def held(desk: Desk, *workbooks: str) -> Iterator[None]:
    """Let somebody have workbooks open in LibreOffice on another machine."""
    locks = [desk.folder / f".~lock.{name}#" for name in workbooks or desk.forms.workbooks()]
    for lock in locks:
        lock.write_text(",王芳,shop-pc,22.11.2026 10:24,file:///x;", "utf-8")
    yield
    for lock in locks:
        lock.unlink()


def values(desk: Desk) -> Values:
    return {
        (form.ledger, record.id): dict(record.values)
        for form in desk.forms
        for record in desk.mirror.select(Select(form.ledger))
    }


@contextmanager
def without_mirror(desk: Desk, *, wiped: bool = False) -> Iterator[Desk]:
    """Open a desk again whose mirror was lost, or the user's whole folder with it."""
    clock = desk.clock
    place = desk.mirror.db.path
    desk.close()
    shutil.rmtree(resources.user_folder() if wiped else place.parent)
    with open_desk(desk.folder, clock=clock) as again:
        yield again


def a_day(desk: Desk) -> str:
    """Enter this and that, half of it in the workbooks; return a customer."""
    customer = records.add(desk, "customers", {**WANG, "生日": "1980-02-29"}, "客服").first
    syncing.sync(desk)
    sold: dict[str, Value] = {
        "客户编号": customer,
        "产品型号": "102276",
        "送货日期": "2026-11-13",
        "数量": 2,
    }
    records.add(desk, "purchases", sold, "客服")
    records.set_values(
        desk, customer, {"微信": "wjg_88", "地址": "", "备注": "=爱喝茶\n老客户"}, "客服"
    )
    return customer


@pytest.mark.parametrize("wiped", [False, True])
def test_what_waited_comes_back_with_the_workbooks(desk: Desk, *, wiped: bool) -> None:
    with held(desk):
        customer = a_day(desk)
        syncing.sync(desk)
        before, waiting = values(desk), desk.mirror.waiting()
        assert {book: count for book, (count, _) in waiting.items()} == {
            CUSTOMERS: 2,
            "回访台账.xlsx": 1,
        }
        with without_mirror(desk, wiped=wiped) as again:
            report = syncing.sync(again)
            assert again.pc == "A"
            assert values(again) == before
            assert {one.workbook: one.count for one in report.waiting} == {
                CUSTOMERS: 2,
                "回访台账.xlsx": 1,
            }
            assert again.mirror.conflicts() == []
            place = again.mirror.db.path
    with open_desk(desk.folder, clock=desk.clock) as later:
        assert later.mirror.db.path == place
        syncing.sync(later)
        assert later.mirror.waiting() == {}
        assert values(later) == before
    (row,) = sheet_rows(desk, CUSTOMERS, "客户档案")
    assert (row["客户编号"], row["微信"]) == (customer, "wjg_88")
    assert "地址" not in row


def test_nothing_is_entered_again_that_a_workbook_has(desk: Desk) -> None:
    a_day(desk)
    syncing.sync(desk)
    before = values(desk)
    with without_mirror(desk) as again:
        syncing.sync(again)
        assert values(again) == before
        assert again.mirror.waiting() == {}
        assert again.mirror.conflicts() == []
        assert all(not again.mirror.history(*key) for key in before), "nothing was replayed"


def test_what_was_changed_in_excel_since_stands_and_ours_is_asked_about(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    with held(desk):
        records.set_values(desk, customer, {"地址": "3幢501", "微信": "wjg_88"}, "客服")
        syncing.sync(desk)
    edit(desk, CUSTOMERS, lambda book: _set(book, "客户档案", 2, "地址", "3幢502"))
    with without_mirror(desk) as again:
        syncing.sync(again)
        record = records.get(again, customer)
        assert (record["address"], record["wechat"]) == ("3幢502", "wjg_88")
        (clash,) = conflicts.open_clashes(again)
        assert (clash.ours, clash.theirs) == ("3幢501", "3幢502")


def deleted_while_it_waited(desk: Desk) -> str:
    """Enter a customer, change a cell, and delete the row in Excel before that was written."""
    customer = records.add(desk, "customers", dict(WANG), "客服").first
    syncing.sync(desk)
    with held(desk):
        records.set_values(desk, customer, {"微信": "wjg_88"}, "客服")
        syncing.sync(desk)
    edit(desk, CUSTOMERS, lambda book: book["客户档案"].delete_rows(2))
    return customer


def test_what_waited_of_a_row_deleted_in_excel_is_asked_about(desk: Desk) -> None:
    customer = deleted_while_it_waited(desk)
    with without_mirror(desk) as again:
        syncing.sync(again)
        (asked,) = deletions.open_deletions(again)
        assert (asked.record, "王建国" in asked.title) == (customer, True)
        assert ("微信", "wjg_88") in asked.edits
        assert not [row for row in sheet_rows(again, CUSTOMERS, "客户档案") if row.get("客户编号")]
        deletions.write_back(again, "customers", customer, by="客服")
        syncing.sync(again)
        assert deletions.open_deletions(again) == []
        (row,) = sheet_rows(again, CUSTOMERS, "客户档案")
        told = row["客户编号"], row["客户姓名"], row["联系电话"], row["微信"]
        assert told == (customer, "王建国", "13800003456", "wjg_88")


def test_a_row_that_was_let_go_is_not_asked_about_again(desk: Desk) -> None:
    customer = deleted_while_it_waited(desk)
    syncing.sync(desk)
    deletions.delete(desk, "customers", customer, by="客服")
    syncing.sync(desk)
    with without_mirror(desk) as again:
        syncing.sync(again)
        assert deletions.open_deletions(again) == []
        assert not again.mirror.exists("customers", customer)


def test_a_conflict_comes_back_until_it_was_decided(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    records.set_values(desk, customer, {"地址": "3幢501", "微信": "wjg_88"}, "客服")
    edit(desk, CUSTOMERS, lambda book: _set(book, "客户档案", 2, "地址", "3幢502"))
    syncing.sync(desk)
    with without_mirror(desk) as again:
        syncing.sync(again)
        (clash,) = conflicts.open_clashes(again)
        assert (clash.key, clash.ours, clash.theirs) == ("address", "3幢501", "3幢502")
        conflicts.use_theirs(again, clash.number, by="客服")
        syncing.sync(again)
        with without_mirror(again) as third:
            syncing.sync(third)
            assert conflicts.open_clashes(third) == []
            assert records.get(third, customer)["address"] == "3幢502"


def test_an_older_copy_beside_a_lost_mirror_gets_back_what_it_lacks(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    yesterday = desk.path(CUSTOMERS).read_bytes()
    records.set_values(desk, customer, {"微信": "wjg_88"}, "客服")
    records.add(desk, "customers", {**WANG, "联系电话": "13700007777"}, "客服")
    syncing.sync(desk)
    before = values(desk)
    desk.path(CUSTOMERS).write_bytes(yesterday)
    with without_mirror(desk) as again:
        syncing.sync(again)
        assert values(again) == before
    assert len(sheet_rows(desk, CUSTOMERS, "客户档案")) == 2


def test_a_cell_whose_column_is_missing_is_known_to_wait(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)

    def without_wechat(book: object) -> None:
        sheet = book["客户档案"]  # type: ignore[index]
        labels = [cell.value for cell in sheet[1]]
        sheet.delete_cols(labels.index("微信") + 1)

    edit(desk, CUSTOMERS, without_wechat)
    records.set_values(desk, customer, {"微信": "wjg_88", "备注": "爱喝茶"}, "客服")
    syncing.sync(desk)
    assert sheet_rows(desk, CUSTOMERS, "客户档案")[0]["备注"] == "爱喝茶"
    with without_mirror(desk) as again:
        syncing.sync(again)
        assert records.get(again, customer)["wechat"] == "wjg_88"


def test_a_row_typed_meanwhile_gets_no_id_that_an_entry_has(desk: Desk) -> None:
    with held(desk):
        customer = records.add(desk, "customers", WANG, "客服").first
        syncing.sync(desk)
        typed: dict[str, object] = {"客户姓名": "张三", "联系电话": "13811112222"}
        edit(desk, CUSTOMERS, lambda book: type_row(book, "客户档案", typed))
        with without_mirror(desk) as again:
            syncing.sync(again)
            names = {r.id: r["name"] for r in again.mirror.select(Select("customers"))}
    assert names == {customer: "王建国", "KH-20261120-A002": "张三"}


def test_a_row_typed_gets_no_id_that_stands_further_down(desk: Desk) -> None:
    """The mirror that gave the first id is lost, and no history tells of a first reading."""
    type_in(desk, "张三")
    with without_mirror(desk) as again:
        syncing.sync(again)
        type_in(again, "李四")
        edit(again, CUSTOMERS, lambda book: turned_round(book["客户档案"]))
        with without_mirror(again) as third:
            syncing.sync(third)
            names = {r.text("name"): r.id for r in third.mirror.select(Select("customers"))}
    assert names == {"张三": "KH-20261120-A001", "李四": "KH-20261120-A002"}


def type_in(desk: Desk, name: str) -> None:
    typed: dict[str, object] = {"客户姓名": name, "联系电话": "13811112222"}
    edit(desk, CUSTOMERS, lambda book: type_row(book, "客户档案", typed))


def turned_round(sheet: Any) -> None:
    one, other = ([cell.value for cell in row] for row in sheet.iter_rows(2, 3))
    for column, (above, below) in enumerate(zip(other, one, strict=True), 1):
        sheet.cell(2, column).value = above
        sheet.cell(3, column).value = below


def test_a_copy_from_before_the_first_write_has_nothing_of_ours(desk: Desk) -> None:
    empty = desk.path(CUSTOMERS).read_bytes()
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    desk.path(CUSTOMERS).write_bytes(empty)
    with without_mirror(desk) as again:
        syncing.sync(again)
        assert records.get(again, customer)["name"] == "王建国"


def test_an_entry_undone_stays_undone(desk: Desk, tmp_path: Path) -> None:
    from storedesk.operations import imports  # noqa: PLC0415

    table = tmp_path / "名单.csv"
    table.write_text("客户姓名,联系电话\n张三,13811112222\n", "utf-8-sig")
    syncing.sync(desk)
    done = imports.run(desk, table, "customers", by="客服")
    syncing.sync(desk)
    (imported,) = desk.mirror.ids(Select("customers"))
    with held(desk):
        imports.undo(desk, done.batch, by="客服")
        syncing.sync(desk)
        with without_mirror(desk) as again:
            syncing.sync(again)
            assert not again.mirror.exists("customers", imported)
    with open_desk(desk.folder, clock=desk.clock) as later:
        syncing.sync(later)
        assert sheet_rows(desk, CUSTOMERS, "客户档案") == []


def test_a_damaged_mirror_is_helped_by_the_history_files(desk: Desk) -> None:
    with held(desk):
        a_day(desk)
        syncing.sync(desk)
        before, path = values(desk), desk.mirror.db.path
        desk.close()
        path.write_bytes(b"not a database at all" * 1000)
        with open_desk(desk.folder, clock=desk.clock) as again:
            syncing.sync(again)
            assert values(again) == before
            assert sum(count for count, _ in again.mirror.waiting().values()) == 3


# --- another PC that is gone ---------------------------------------------------------------------


@pytest.fixture
def dead_pc(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Values:
    """PC A saved entries while Excel held the workbooks, and then its disk broke."""
    with held(desk):
        a_day(desk)
        syncing.sync(desk)
    told = values(desk)
    desk.close()
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "other pc"))
    return told


def test_entries_of_another_pc_are_named_and_taken_over_when_asked(
    desk: Desk, dead_pc: Values, clock: FixedClock
) -> None:
    with open_desk(desk.folder, clock=clock) as other:
        assert other.pc == "B"
        syncing.sync(other)
        assert values(other) != dead_pc, "PC A may be in use and write them itself"
        assert replaying.waiting_elsewhere(other) == {"A": (3, clock.now())}
    done = rebuilding.rebuild(desk.folder, clock=clock, take_over=("A",))
    assert done.replayed == 3
    with open_desk(desk.folder, clock=clock) as other:
        assert {k: _without_stamps(v) for k, v in values(other).items()} == {
            k: _without_stamps(v) for k, v in dead_pc.items()
        }
        assert other.mirror.waiting() == {}
        assert replaying.waiting_elsewhere(other) == {}


def test_what_was_changed_after_it_was_taken_over_stays(
    desk: Desk, dead_pc: Values, clock: FixedClock
) -> None:
    rebuilding.rebuild(desk.folder, clock=clock, take_over=("A",))
    with open_desk(desk.folder, clock=clock) as other:
        (customer,) = other.mirror.ids(Select("customers"))
        records.set_values(other, customer, {"微信": "new"}, "客服")
        syncing.sync(other)
    rebuilding.rebuild(desk.folder, clock=clock, take_over=("A",))
    with open_desk(desk.folder, clock=clock) as other:
        assert records.get(other, customer)["wechat"] == "new"
        assert other.mirror.conflicts() == []


def _without_stamps(told: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in told.items() if not key.startswith("updated")}


def test_check_names_a_pc_that_has_not_been_seen_for_a_day(
    desk: Desk, dead_pc: Values, clock: FixedClock
) -> None:
    with open_desk(desk.folder, clock=clock) as other:
        syncing.sync(other)
        assert Kind.NOT_WRITTEN not in {problem.kind for problem in checking.check(other)}
        clock.moment += timedelta(days=1)
        (found,) = [p for p in checking.check(other) if p.kind is Kind.NOT_WRITTEN]
        assert found.what == ("另一台电脑（A）有 3 条登记一直没有写进工作簿，最早 11-20 10:30")
        assert "--take-over A" in found.hint


@pytest.mark.parametrize("letter", ["B", "C", ""])
def test_only_another_pc_is_taken_over(desk: Desk, letter: str) -> None:
    with pytest.raises(Misuse, match="另一台电脑"):
        rebuilding.rebuild(desk.folder, clock=desk.clock, take_over=(letter,))
