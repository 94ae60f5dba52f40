"""Going back to a backup of a workbook that was lost, is held, or changes under our hands."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.domain.select import Select
from storedesk.operations import backing_up, conflicts, records, restoring, syncing
from storedesk.operations.desk import open_desk
from tests.operations import excel
from tests.operations.restores import (
    BOOK,
    LI,
    SHEET,
    WANG,
    add,
    agree,
    backed_up,
    change,
    in_excel,
    restore,
    row_of,
)
from tests.operations.shops import CALLER, Shop


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
