"""Going back to a backup: seen first; Excel's changes undone, the program's kept; or all kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storedesk.domain.select import Select
from storedesk.operations import imports, records, restoring, syncing
from storedesk.operations.desk import Desk
from tests.operations import excel
from tests.operations.restores import (
    BOOK,
    FAR,
    LI,
    SHEET,
    WANG,
    add,
    agree,
    backed_up,
    change,
    in_excel,
    names,
    restore,
    row_of,
)
from tests.operations.shops import CALLER, Shop


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return shop.desk


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
