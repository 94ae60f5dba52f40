"""Going back to a backup: seen first; Excel's changes undone, the program's kept; or all kept."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.domain.select import Select
from storedesk.operations import backing_up, conflicts, imports, records, restoring, syncing
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.restore_preview import RestorePoint, RestorePreview
from storedesk.operations.restoring import RestoreDone
from tests.operations import excel
from tests.operations.shops import CALLER, Shop

BOOK, SHEET = "客户档案.xlsx", "客户档案"
WANG = {"客户姓名": "王建国", "联系电话": "13800003456", "地址": "学府花园3幢501"}
FAR = datetime(2099, 1, 1)
LI = {"客户姓名": "李敏", "联系电话": "13900001111", "地址": "滨河湾8幢"}


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return shop.desk


def add(desk: Desk, entered: dict[str, str]) -> str:
    record = records.add(desk, "customers", entered, CALLER).first
    syncing.sync(desk)
    return record


def change(desk: Desk, record: str, **cells: str) -> None:
    records.set_values(desk, record, cells, CALLER)
    syncing.sync(desk)


def in_excel(desk: Desk, *changes: object) -> None:
    for one in changes:
        excel.edit(desk.path(BOOK), one)  # type: ignore[arg-type]
    syncing.sync(desk)


def backed_up(shop: Shop) -> RestorePoint:
    """Make a backup of every workbook and let some time pass."""
    desk = shop.desk
    backing_up.make(desk.folder, desk.forms.workbooks(), desk.clock.now())
    shop.clock.moment += timedelta(minutes=5)
    return restoring.points(desk.folder, BOOK)[0]


def restore(desk: Desk, point: RestorePoint) -> tuple[RestorePreview, RestoreDone]:
    """Look, restore, and let the sync after it write what was kept."""
    seen = restoring.preview_now(desk, point)
    done = restoring.restore_now(desk, seen, by=CALLER)
    assert done.done, done.sentence
    report = syncing.sync(desk)
    assert report.waiting == ()
    assert syncing.sync(desk).lines() == ["都已同步：工作簿没有新的改动，也没有等待写入的登记。"]
    return seen, done


def row_of(desk: Desk, record: str) -> dict[str, object]:
    (row,) = [row for row in excel.rows_of(desk.path(BOOK), SHEET) if row["客户编号"] == record]
    return row


def names(desk: Desk) -> list[str]:
    return sorted(str(row["客户姓名"]) for row in excel.rows_of(desk.path(BOOK), SHEET))


def agree(desk: Desk) -> None:
    """The mirror holds what the workbook holds."""
    in_book = {row["客户编号"]: row for row in excel.rows_of(desk.path(BOOK), SHEET)}
    customers = desk.mirror.select(Select("customers"))
    assert {one.id for one in customers} == set(in_book)
    for one in customers:
        assert one["name"] == in_book[one.id]["客户姓名"]
        assert one["address"] == in_book[one.id].get("地址")
        assert one["wechat"] == in_book[one.id].get("微信")


def test_excel_is_undone_and_what_was_entered_is_kept(shop: Shop) -> None:
    desk = shop.desk
    wang, li = add(desk, WANG), add(desk, LI)
    point = backed_up(shop)
    in_excel(desk, excel.setting(SHEET, 2, 地址="改坏了", 备注="也是"))
    change(desk, wang, 微信="wjg_88")
    late = add(desk, {"客户姓名": "陈子涵", "联系电话": "13700001111"})
    in_excel(desk, excel.typing(SHEET, 客户姓名="误填", 联系电话="13600001111"))
    in_excel(desk, excel.deleting(SHEET, 3))
    assert not desk.mirror.exists("customers", li)
    seen, done = restore(desk, point)
    assert names(desk) == ["李敏", "王建国", "陈子涵"]
    row = row_of(desk, wang)
    assert (row["地址"], row.get("备注"), row["微信"]) == (WANG["地址"], None, "wjg_88")
    assert records.get(desk, late)["name"] == "陈子涵"
    agree(desk)
    assert [(c.title, c.label, c.old, c.new) for c in seen.cells] == [
        ("王建国", "地址", "改坏了", WANG["地址"]),
        ("王建国", "备注", "也是", ""),
    ]
    assert [one.title for one in seen.back] == ["李敏"]
    assert [one.title for one in seen.going] == ["误填"]
    assert sorted(one.title for one in seen.kept) == ["王建国", "陈子涵"]
    told = "\n".join(seen.lines())
    assert "改回：王建国 的地址「改坏了」→「学府花园3幢501」" in told
    assert done.taken is not None
    newest = next(one for one in records.history(desk, wang) if one.key == "address")
    assert (newest.source, newest.by, newest.old, newest.new) == (
        "restore", CALLER, "改坏了", WANG["地址"],
    )  # fmt: skip


def test_what_was_entered_since_and_deleted_in_excel_comes_back(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)
    li = add(desk, LI)
    change(desk, li, 微信="limin")
    in_excel(desk, excel.setting(SHEET, 3, 地址="改坏了"), excel.typing(SHEET, 客户姓名="误填"))
    in_excel(desk, excel.deleting(SHEET, 3, 2))
    assert not desk.mirror.exists("customers", li)
    seen, _ = restore(desk, point)
    assert [one.title for one in seen.back] == ["李敏"], "not what was only typed in Excel"
    row = row_of(desk, li)
    assert (row["地址"], row["微信"]) == (LI["地址"], "limin")
    agree(desk)


def test_what_excel_typed_and_we_worked_on_comes_back_whole(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)
    in_excel(desk, excel.typing(SHEET, **LI))
    (li,) = desk.mirror.find_by("customers", "name", "李敏")
    change(desk, li, 微信="limin")
    in_excel(desk, excel.deleting(SHEET, 3))
    restore(desk, point)
    row = row_of(desk, li)
    assert (row["地址"], row["微信"]) == (LI["地址"], "limin")


def test_a_preview_changes_nothing(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)
    in_excel(desk, excel.setting(SHEET, 2, 地址="改坏了"), excel.typing(SHEET, 客户姓名="误填"))
    before = (desk.path(BOOK).read_bytes(), desk.mirror.select(Select("customers")))
    last = desk.mirror.last_at(FAR)
    restoring.preview_now(desk, point)
    assert (desk.path(BOOK).read_bytes(), desk.mirror.select(Select("customers"))) == before
    assert desk.mirror.last_at(FAR) == last
    assert not any(one.replaced for one in restoring.points(desk.folder))


def test_what_the_program_entered_and_excel_changed_after_is_as_entered(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    point = backed_up(shop)
    change(desk, wang, 地址="程序里改的")
    in_excel(desk, excel.setting(SHEET, 2, 地址="Excel 里又改的"))
    restore(desk, point)
    assert row_of(desk, wang)["地址"] == "程序里改的"


def test_what_still_waits_is_kept(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    records.set_values(desk, wang, {"微信": "waits"}, CALLER)
    point = backed_up(shop)
    syncing.sync(desk)
    in_excel(desk, excel.setting(SHEET, 2, 地址="改坏了"))
    records.set_values(desk, wang, {"备注": "waits too"}, CALLER)
    restore(desk, point)
    row = row_of(desk, wang)
    assert (row["微信"], row["备注"], row["地址"]) == ("waits", "waits too", WANG["地址"])
    agree(desk)


def test_a_record_typed_in_excel_and_worked_on_here_is_kept(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)
    in_excel(desk, excel.typing(SHEET, **LI))
    (li,) = desk.mirror.find_by("customers", "name", "李敏")
    change(desk, li, 微信="limin")
    restore(desk, point)
    row = row_of(desk, li)
    assert (row["地址"], row["微信"]) == (LI["地址"], "limin")
    agree(desk)


def test_a_row_without_an_id_in_the_backup_keeps_its_record(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    excel.edit(desk.path(BOOK), excel.typing(SHEET, **LI))
    point = backed_up(shop)
    syncing.sync(desk)
    (li,) = desk.mirror.find_by("customers", "name", "李敏")
    in_excel(desk, excel.setting(SHEET, 3, 地址="改坏了"))
    restore(desk, point)
    assert row_of(desk, li)["地址"] == LI["地址"]
    assert len(excel.rows_of(desk.path(BOOK), SHEET)) == 2
    agree(desk)


def test_calls_owed_for_what_goes_go_with_it(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    point = backed_up(shop)
    sold = {"客户编号": wang, "产品型号": "102276", "送货日期": datetime(2026, 11, 13)}
    in_excel(desk, excel.typing("购买记录", **sold))
    assert len(desk.mirror.select(Select("followups"))) == 1
    seen, _ = restore(desk, point)
    assert "随之去掉还没打过的回访 1 个" in seen.lines()
    assert desk.mirror.select(Select("purchases")) == []
    assert desk.mirror.select(Select("followups")) == []
    assert excel.rows_of(desk.path("回访台账.xlsx"), "回访任务") == []


def test_an_undone_import_stays_undone(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk
    add(desk, WANG)
    listed = tmp_path / "list.csv"
    listed.write_text("客户姓名,联系电话\n赵六,13600001111\n", "utf-8")
    imported = imports.run(desk, listed, "customers", by=CALLER)
    syncing.sync(desk)
    point = backed_up(shop)
    imports.undo(desk, imported.batch, by=CALLER)
    syncing.sync(desk)
    restore(desk, point)
    assert names(desk) == ["王建国"]
    agree(desk)


def test_restoring_is_undone_by_restoring_what_it_replaced(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    point = backed_up(shop)
    in_excel(desk, excel.setting(SHEET, 2, 地址="doch richtig"), excel.typing(SHEET, **LI))
    restore(desk, point)
    assert names(desk) == ["王建国"]
    shop.clock.moment += timedelta(minutes=5)
    (replaced,) = [one for one in restoring.points(desk.folder, BOOK) if one.replaced]
    restore(desk, replaced)
    assert row_of(desk, wang)["地址"] == "doch richtig"
    assert names(desk) == ["李敏", "王建国"]
    agree(desk)


@pytest.mark.parametrize("fate", ["missing", "damaged", "too many rows gone"])
def test_a_workbook_that_was_lost_gets_everything_back(shop: Shop, fate: str) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    for number in range(30):
        entered = {"客户姓名": f"客户{number:02d}", "联系电话": f"139000011{number:02d}"}
        records.add(desk, "customers", entered, CALLER)
    syncing.sync(desk)
    point = backed_up(shop)
    in_excel(desk, excel.setting(SHEET, 2, 地址="in Excel, read"))
    change(desk, wang, 微信="wjg_88")
    add(desk, LI)
    in_excel(desk, excel.deleting(SHEET, 10))
    before = desk.mirror.select(Select("customers"))
    if fate == "missing":
        desk.path(BOOK).unlink()
    elif fate == "damaged":
        desk.path(BOOK).write_bytes(b"PK\x03\x04 cut off")
    else:
        excel.edit(desk.path(BOOK), excel.deleting(SHEET, 3, 28))
    syncing.sync(desk)
    records.set_values(desk, wang, {"备注": "meanwhile"}, CALLER)
    seen, _ = restore(desk, point)
    assert not seen.undo_excel
    assert seen.why
    after = desk.mirror.select(Select("customers"))
    assert [one.id for one in after] == [one.id for one in before]
    assert len(excel.rows_of(desk.path(BOOK), SHEET)) == len(before) == 31
    row = row_of(desk, wang)
    assert (row["地址"], row["微信"], row["备注"]) == ("in Excel, read", "wjg_88", "meanwhile")
    agree(desk)
    kept = [one for one in restoring.points(desk.folder, BOOK) if one.replaced]
    assert len(kept) == (fate != "missing"), "what was replaced is kept, broken as it is"


def test_a_held_workbook_is_not_replaced(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)
    in_excel(desk, excel.setting(SHEET, 2, 地址="改坏了"))
    seen = restoring.preview_now(desk, point)
    before = desk.path(BOOK).read_bytes()
    lock = desk.folder / f".~lock.{BOOK}#"
    lock.write_text(",王芳,shop-pc,22.11.2026 10:24,file:///x;", "utf-8")
    done = restoring.restore_now(desk, seen, by=CALLER)
    assert not done.done
    assert "王芳" in done.sentence
    assert desk.path(BOOK).read_bytes() == before
    lock.unlink()
    assert restoring.restore_now(desk, seen, by=CALLER).done


def test_a_workbook_changed_after_the_preview_is_not_replaced(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)
    seen = restoring.preview_now(desk, point)
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 地址="just now"))
    done = restoring.restore_now(desk, seen, by=CALLER)
    assert not done.done
    assert "预览" in done.sentence
    syncing.sync(desk)
    assert [row["地址"] for row in excel.rows_of(desk.path(BOOK), SHEET)] == ["just now"]


def test_a_crash_before_it_was_taken_in_is_made_good_by_the_next_sync(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    point = backed_up(shop)
    in_excel(desk, excel.setting(SHEET, 2, 地址="改坏了"))
    change(desk, wang, 微信="wjg_88")
    put = restoring.begin(desk, restoring.preview_now(desk, point), by=CALLER)
    restoring.put_back(put)
    desk.close()
    with open_desk(desk.folder, clock=shop.clock) as again:
        syncing.sync(again)
        row = row_of(again, wang)
        assert (row["地址"], row["微信"]) == (WANG["地址"], "wjg_88")
        assert again.mirror.conflicts() == []


def test_a_crash_before_the_file_was_touched_changes_nothing(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    point = backed_up(shop)
    in_excel(desk, excel.setting(SHEET, 2, 地址="doch richtig"))
    restoring.begin(desk, restoring.preview_now(desk, point), by=CALLER)
    change(desk, wang, 微信="wjg_88")
    in_excel(desk, excel.setting(SHEET, 2, 备注="weiter"))
    assert row_of(desk, wang)["地址"] == "doch richtig"


def test_a_mirror_that_knows_nothing_of_the_time_before_keeps_what_was_entered(shop: Shop) -> None:
    desk = shop.desk
    wang = add(desk, WANG)
    point = backed_up(shop)
    shop.clock.moment += timedelta(minutes=5)
    change(desk, wang, 微信="wjg_88")
    late = add(desk, LI)
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 备注="unseen"))
    desk.mirror.empty()
    syncing.sync(desk)
    assert desk.mirror.held_state(BOOK, "") is None
    in_excel(desk, excel.setting(SHEET, 2, 地址="改坏了"))
    restore(desk, point)
    row = row_of(desk, wang)
    assert (row["地址"], row["微信"]) == (WANG["地址"], "wjg_88")
    assert row_of(desk, late)["客户姓名"] == "李敏"
    agree(desk)


def test_what_another_pc_entered_is_kept_too(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shop.desk
    wang, li = add(here, WANG), add(here, LI)
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home of B"))
    with open_desk(here.folder, clock=shop.clock) as there:
        syncing.sync(there)
        syncing.sync(here)
        point = backed_up(shop)
        change(there, wang, 微信="from_B")
        excel.edit(there.path(BOOK), excel.setting(SHEET, 3, 地址="改坏了"))
        chen = add(there, {"客户姓名": "陈子涵", "联系电话": "13700001111"})
        syncing.sync(here)
        restore(here, point)
        assert row_of(here, wang)["微信"] == "from_B"
        assert row_of(here, li)["地址"] == LI["地址"]
        assert row_of(here, chen)["客户姓名"] == "陈子涵"
        syncing.sync(there)
        agree(there)
        assert conflicts.open_clashes(there) == conflicts.open_clashes(here) == []
        assert row_of(there, wang)["微信"] == "from_B"


def test_points_and_their_moments(shop: Shop) -> None:
    desk = shop.desk
    first = backed_up(shop)
    shop.clock.moment += timedelta(hours=2)
    add(desk, WANG)
    second = backed_up(shop)
    assert restoring.point_at(desk.folder, BOOK) == second
    assert restoring.point_at(desk.folder, BOOK, first.at + timedelta(minutes=59)) == first
    with pytest.raises(Misuse, match="没有"):
        restoring.point_at(desk.folder, BOOK, first.at - timedelta(days=400))


def test_the_backup_of_another_desk_is_refused(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)

    def stamp_as_other(book: object) -> None:
        book.custom_doc_props["StoreDeskBook"].value = "other"  # type: ignore[attr-defined]

    excel.edit(point.path, stamp_as_other)
    with pytest.raises(Misuse, match="不是这个门店"):
        restoring.preview_now(desk, point)
    point.path.write_bytes(b"cut off")
    with pytest.raises(StoreDeskError):
        restoring.preview_now(desk, point)


def test_a_damaged_workbook_is_not_backed_up_over_good_ones(shop: Shop) -> None:
    desk = shop.desk
    add(desk, WANG)
    point = backed_up(shop)
    desk.path(BOOK).write_bytes(b"PK\x03\x04 cut off")
    shutil.copyfile(desk.path("回访台账.xlsx"), desk.path("回访台账.xlsx").with_suffix(".old"))
    made = backing_up.make(desk.folder, desk.forms.workbooks(), desk.clock.now())
    assert [error.split("》")[0] for error in made.errors] == ["《客户档案.xlsx"]
    assert restoring.points(desk.folder, BOOK)[0] == point
    assert len(made.same) == len(desk.forms.workbooks()) - 1, "nothing new in the others"
