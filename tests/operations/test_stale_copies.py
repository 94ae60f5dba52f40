"""Old copies saved over the workbook: merged against what they were made from, nothing is lost."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from storedesk.domain.select import Select
from storedesk.operations import checking, conflicts, imports, records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.syncing import SyncReport
from tests.operations import excel
from tests.operations.shops import CALLER, Shop

BOOK, SHEET = "客户档案.xlsx", "客户档案"
WANG = {"客户姓名": "王建国", "联系电话": "13800003456", "地址": "学府花园3幢501"}
LI = {"客户姓名": "李敏", "联系电话": "13900001111", "地址": "滨河湾8幢"}


def add(desk: Desk, entered: dict[str, str]) -> str:
    """Enter a customer and write it; return its id."""
    record = records.add(desk, "customers", entered, CALLER).first
    syncing.sync(desk)
    return record


def change(desk: Desk, record: str, **cells: str) -> None:
    """Change cells of a record and write them."""
    records.set_values(desk, record, cells, CALLER)
    syncing.sync(desk)


def put_back(desk: Desk, copy: bytes) -> SyncReport:
    """Save an old copy over the workbook, as a program does that had it open all the while."""
    desk.path(BOOK).write_bytes(copy)
    return syncing.sync(desk)


def row_of(desk: Desk, record: str) -> dict[str, object]:
    """Return the one row of a customer in the workbook."""
    (row,) = [row for row in excel.rows_of(desk.path(BOOK), SHEET) if row["客户编号"] == record]
    return row


def edited(desk: Desk, copy: bytes, *changes: object) -> bytes:
    """Return an old copy in which a person changed something."""
    place = desk.folder.parent / "copy.xlsx"
    place.write_bytes(copy)
    for one in changes:
        excel.edit(place, one)  # type: ignore[arg-type]
    return place.read_bytes()


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return shop.desk


def test_what_was_entered_after_the_copy_was_opened_stays(desk: Desk) -> None:
    wang = add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502")
    report = put_back(desk, old)
    assert records.get(desk, wang)["address"] == "3幢502"
    assert row_of(desk, wang)["地址"] == "3幢502"
    assert desk.mirror.conflicts() == []
    assert any("旧副本" in line for line in report.lines())
    assert syncing.sync(desk).lines() == ["都已同步：工作簿没有新的改动，也没有等待写入的登记。"]


def test_what_was_changed_in_the_copy_comes_in_beside_it(desk: Desk) -> None:
    wang = add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502")
    li = add(desk, LI)
    put_back(desk, edited(desk, old, excel.setting(SHEET, 2, 微信="wjg_88")))
    row = row_of(desk, wang)
    assert (row["地址"], row["微信"]) == ("3幢502", "wjg_88")
    assert records.get(desk, wang)["wechat"] == "wjg_88"
    assert row_of(desk, li)["客户姓名"] == "李敏"


def test_what_both_changed_waits_for_a_person(desk: Desk) -> None:
    wang = add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502")
    put_back(desk, edited(desk, old, excel.setting(SHEET, 2, 地址="4幢101")))
    assert row_of(desk, wang)["地址"] == "4幢101"
    (clash,) = conflicts.open_clashes(desk)
    assert (clash.ours, clash.theirs, clash.by) == ("3幢502", "4幢101", CALLER)


def test_what_excel_changed_after_the_copy_is_written_again(desk: Desk) -> None:
    wang = add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 地址="5幢"))
    syncing.sync(desk)
    change(desk, wang, 微信="wjg_88")
    put_back(desk, old)
    assert (row_of(desk, wang)["地址"], row_of(desk, wang)["微信"]) == ("5幢", "wjg_88")


def test_a_copy_of_between_two_edits_is_recognised(desk: Desk) -> None:
    wang = add(desk, WANG)
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 地址="5幢"))
    syncing.sync(desk)
    between = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="6幢")
    put_back(desk, between)
    assert row_of(desk, wang)["地址"] == "6幢"
    assert desk.mirror.conflicts() == []


def test_the_same_copy_twice_does_no_harm(desk: Desk) -> None:
    wang = add(desk, WANG)
    old = edited(desk, desk.path(BOOK).read_bytes(), excel.setting(SHEET, 2, 微信="wjg_88"))
    change(desk, wang, 地址="3幢502")
    put_back(desk, old)
    change(desk, wang, 微信="wjg_99")
    put_back(desk, old)
    assert (row_of(desk, wang)["地址"], row_of(desk, wang)["微信"]) == ("3幢502", "wjg_99")
    assert desk.mirror.conflicts() == []


def test_what_waits_meanwhile_goes_in_too(desk: Desk) -> None:
    wang = add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502")
    records.set_values(desk, wang, {"地址": "3幢503", "微信": "wjg_88"}, CALLER)
    late = records.add(desk, "customers", LI, CALLER).first
    put_back(desk, old)
    assert (row_of(desk, wang)["地址"], row_of(desk, wang)["微信"]) == ("3幢503", "wjg_88")
    assert row_of(desk, late)["地址"] == LI["地址"]


def test_a_row_deleted_in_the_copy_is_kept_and_asked_about(desk: Desk) -> None:
    wang, li = add(desk, WANG), add(desk, LI)
    old = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502")
    report = put_back(desk, edited(desk, old, excel.deleting(SHEET, 3)))
    assert row_of(desk, li)["客户姓名"] == "李敏"
    (problem,) = [one for one in report.problems if one.record == li]
    assert "李敏" in problem.what
    excel.edit(desk.path(BOOK), excel.deleting(SHEET, 3))
    syncing.sync(desk)
    assert not desk.mirror.exists("customers", li), "deleted again, it is meant"


def test_a_row_the_copy_could_not_have_comes_back_without_a_word(desk: Desk) -> None:
    add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    li = add(desk, LI)
    excel.edit(desk.path(BOOK), excel.typing(SHEET, 客户姓名="陈子涵", 联系电话="13700001111"))
    syncing.sync(desk)
    report = put_back(desk, old)
    assert report.problems == ()
    names = [row["客户姓名"] for row in excel.rows_of(desk.path(BOOK), SHEET)]
    assert sorted(map(str, names)) == ["李敏", "王建国", "陈子涵"]
    assert row_of(desk, li)["地址"] == LI["地址"]


def test_a_row_deleted_before_comes_back_and_is_told(desk: Desk) -> None:
    wang, li = add(desk, WANG), add(desk, LI)
    old = desk.path(BOOK).read_bytes()
    excel.edit(desk.path(BOOK), excel.deleting(SHEET, 3))
    syncing.sync(desk)
    change(desk, wang, 地址="3幢502")
    report = put_back(desk, old)
    assert records.get(desk, li)["name"] == "李敏"
    assert [one.record for one in report.problems] == [li]
    assert row_of(desk, wang)["地址"] == "3幢502"


def test_an_undone_import_does_not_come_back(desk: Desk, tmp_path: Path) -> None:
    wang = add(desk, WANG)
    listed = tmp_path / "list.csv"
    listed.write_text("客户姓名,联系电话\n赵六,13600001111\n", "utf-8")
    imported = imports.run(desk, listed, "customers", by=CALLER)
    syncing.sync(desk)
    old = desk.path(BOOK).read_bytes()
    imports.undo(desk, imported.batch, by=CALLER)
    syncing.sync(desk)
    put_back(desk, old)
    assert desk.mirror.ids(Select("customers")) == [wang]
    assert [row["客户姓名"] for row in excel.rows_of(desk.path(BOOK), SHEET)] == ["王建国"]


def test_an_undone_import_is_not_forgotten_while_others_edit_in_excel(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, WANG)
    listed = tmp_path / "list.csv"
    listed.write_text("客户姓名,联系电话\n赵六,13600001111\n", "utf-8")
    imported = imports.run(desk, listed, "customers", by=CALLER)
    syncing.sync(desk)
    for address in ("5幢", "6幢"):  # after the first save of a program, few rows are read
        if address == "6幢":
            imports.undo(desk, imported.batch, by=CALLER)
        excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 地址=address))
        syncing.sync(desk)
    (row,) = excel.rows_of(desk.path(BOOK), SHEET)
    assert (row["客户姓名"], row["地址"]) == ("王建国", "6幢")


@pytest.mark.parametrize("later", ["", "3幢502"])
def test_a_row_that_got_its_id_since_is_not_doubled(desk: Desk, later: str) -> None:
    add(desk, LI)
    excel.edit(desk.path(BOOK), excel.typing(SHEET, **WANG))
    old = desk.path(BOOK).read_bytes()
    syncing.sync(desk)
    (wang,) = desk.mirror.find_by("customers", "name", "王建国")
    if later:
        change(desk, wang, 地址=later)
    put_back(desk, old)
    assert row_of(desk, wang)["地址"] == (later or WANG["地址"])
    assert desk.mirror.count(Select("customers")) == 2
    assert len(excel.rows_of(desk.path(BOOK), SHEET)) == 2


def test_rows_sorted_without_their_ids_in_the_copy_stop_and_ask(desk: Desk) -> None:
    for number in range(6):
        entered = {"客户姓名": f"客户{number}", "联系电话": f"1390000111{number}"}
        records.add(desk, "customers", entered, CALLER)
    syncing.sync(desk)
    old = desk.path(BOOK).read_bytes()
    add(desk, LI)

    def shuffle(book: object) -> None:
        sheet = book[SHEET]  # type: ignore[index]
        values = [[cell.value for cell in row[1:]] for row in sheet.iter_rows(2, 7)]
        for row, told in zip(sheet.iter_rows(2, 7), reversed(values), strict=True):
            for cell, value in zip(row[1:], told, strict=True):
                cell.value = value

    report = put_back(desk, edited(desk, old, shuffle))
    assert report.taken[-1].stopped


def test_generations_outlive_the_cache(desk: Desk) -> None:
    wang = add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502")
    desk.mirror.empty()
    syncing.sync(desk)
    put_back(desk, old)
    assert row_of(desk, wang)["地址"] == "3幢502"
    assert desk.mirror.conflicts() == []


def test_a_copy_older_than_all_that_is_known_loses_nothing(desk: Desk, clock: FixedClock) -> None:
    wang = add(desk, WANG)
    old = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502", 微信="wjg_88")
    desk.mirror.db.path.with_suffix(".db").unlink()
    desk.close()
    with open_desk(desk.folder, clock=clock) as again:
        syncing.sync(again)
        change(again, wang, 微信="wjg_99")
        li = add(again, LI)
        put_back(again, old)
        assert row_of(again, li)["客户姓名"] == "李敏"
        clashes = {one.key: (one.ours, one.theirs) for one in conflicts.open_clashes(again)}
        assert clashes["address"] == ("3幢502", "学府花园3幢501")
        assert row_of(again, wang)["微信"] == "wjg_99"


def test_two_pcs_that_went_on_from_one_copy_meet(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shop.desk
    wang, li = add(here, WANG), add(here, LI)
    shutil.copytree(here.folder, tmp_path / "cloud")
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home of B"))
    with open_desk(tmp_path / "cloud", clock=shop.clock) as there:
        syncing.sync(there)
        assert (here.pc, there.pc) == ("A", "B")
        change(here, wang, 地址="A幢")
        change(here, li, 地址="A座")
        change(there, wang, 微信="from_B")
        change(there, li, 地址="B座")
        chen = add(there, {"客户姓名": "陈子涵", "联系电话": "13700001111"})
        change(there, wang, 备注="再写一次")
        mine = here.path(BOOK).read_bytes()
        # The cloud lets B's file win at A's place, and later A's at B's.
        put_back(here, there.path(BOOK).read_bytes())
        row = row_of(here, wang)
        assert (row["地址"], row["微信"], row["备注"]) == ("A幢", "from_B", "再写一次")
        assert row_of(here, chen)["客户姓名"] == "陈子涵"
        assert [(c.ours, c.theirs) for c in conflicts.open_clashes(here)] == [("A座", "B座")]
        put_back(there, mine)
        row = row_of(there, wang)
        assert (row["地址"], row["微信"], row["备注"]) == ("A幢", "from_B", "再写一次")
        put_back(there, here.path(BOOK).read_bytes())
        assert _values(there) == _values(here)
        assert [one for one in checking.check(there) if one.workbook == BOOK] == []


def _values(desk: Desk) -> dict[str, dict[str, object]]:
    return {one.id: dict(one.values) for one in desk.mirror.select(Select("customers"))}


def test_an_id_cleared_in_excel_is_written_again(desk: Desk) -> None:
    wang = add(desk, WANG)
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 客户编号=None))
    syncing.sync(desk)
    assert row_of(desk, wang)["客户姓名"] == "王建国"


def test_a_backup_is_made_before_the_first_write_over_what_people_did(desk: Desk) -> None:
    wang = add(desk, WANG)
    excel.edit(desk.path(BOOK), lambda book: book[SHEET].cell(1, 60, "我的备注"))
    made_by_hand = desk.path(BOOK).read_bytes()
    change(desk, wang, 地址="3幢502")
    kept = [path.read_bytes() for path in (desk.folder / "备份").glob("客户档案 *.xlsx")]
    assert made_by_hand in kept
    change(desk, wang, 地址="3幢503")
    assert len([*(desk.folder / "备份").glob("客户档案 *.xlsx")]) == len(kept), "once is enough"


def test_one_row_that_two_pcs_gave_an_id_each_stays_one(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row typed in Excel comes to both PCs through the cloud before either wrote its id."""
    here = shop.desk
    add(here, LI)
    shutil.copytree(here.folder, tmp_path / "cloud")
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home of B"))
    with open_desk(tmp_path / "cloud", clock=shop.clock) as there:
        syncing.sync(there)
        excel.edit(here.path(BOOK), excel.typing(SHEET, **WANG))
        there.path(BOOK).write_bytes(here.path(BOOK).read_bytes())
        syncing.sync(here)
        syncing.sync(there)
        ids = [desk.mirror.find_by("customers", "name", "王建国")[0] for desk in (here, there)]
        assert ids[0] < ids[1]
        change(there, ids[1], 微信="from_B")
        change(here, ids[0], 地址="from A")
        mine, theirs = here.path(BOOK).read_bytes(), there.path(BOOK).read_bytes()
        put_back(here, theirs)
        put_back(there, mine)
        for _ in range(2):
            put_back(there, here.path(BOOK).read_bytes())
            put_back(here, there.path(BOOK).read_bytes())
        for desk in (here, there):
            assert desk.mirror.count(Select("customers")) == 2
            row = row_of(desk, ids[0])
            assert (row["地址"], row["微信"]) == ("from A", "from_B")
            assert len(excel.rows_of(desk.path(BOOK), SHEET)) == 2
        put_back(here, theirs)
        assert here.mirror.count(Select("customers")) == 2, "an old copy with the other id"


def test_yesterdays_copy_of_a_busy_day_is_no_alarm(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    yesterday = desk.path(BOOK).read_bytes()
    for number in range(40):
        entered = {"客户姓名": f"客户{number:02d}", "联系电话": f"139000011{number:02d}"}
        records.add(desk, "customers", entered, CALLER)
    syncing.sync(desk)
    shop.clock.moment += timedelta(days=1)
    change(desk, wang, 地址="3幢502")
    report = put_back(desk, yesterday)
    assert not any(taken.stopped for taken in report.taken)
    assert report.problems == ()
    assert len(excel.rows_of(desk.path(BOOK), SHEET)) == 41
    assert row_of(desk, wang)["地址"] == "3幢502"
    assert report.written == ((BOOK, 41),)
