"""Conflict copies beside a workbook: merged and put away; copies made on purpose stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storedesk.domain.changes import Operation
from storedesk.domain.problems import Kind
from storedesk.domain.select import Select
from storedesk.operations import checking, conflict_copies, conflicts, records, syncing
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.syncing import Settling, Step, SyncReport
from tests.operations import excel
from tests.operations.shops import CALLER, Shop

BOOK, SHEET = "客户档案.xlsx", "客户档案"
COPY = "客户档案 (冲突副本 2026-11-20).xlsx"
WANG = {"客户姓名": "王建国", "联系电话": "13800003456", "地址": "学府花园3幢501"}
LI = {"客户姓名": "李敏", "联系电话": "13900001111", "地址": "滨河湾8幢"}
PUT_AWAY = Path("备份") / "冲突副本"


def add(desk: Desk, entered: dict[str, str]) -> str:
    record = records.add(desk, "customers", entered, CALLER).first
    syncing.sync(desk)
    return record


def copied(desk: Desk, name: str = COPY) -> Path:
    """Let a sync client make a conflict copy of the workbook as it is."""
    return shutil.copyfile(desk.path(BOOK), desk.folder / name)


def row_of(desk: Desk, record: str) -> dict[str, object]:
    (row,) = [row for row in excel.rows_of(desk.path(BOOK), SHEET) if row["客户编号"] == record]
    return row


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return shop.desk


def test_a_conflict_copy_is_merged_and_put_away(desk: Desk) -> None:
    wang, li = add(desk, WANG), add(desk, LI)
    copy = copied(desk)
    excel.edit(copy, excel.setting(SHEET, 2, 微信="wjg_88"))
    excel.edit(copy, excel.typing(SHEET, 客户姓名="陈子涵", 联系电话="13700001111"))
    content = copy.read_bytes()
    records.set_values(desk, li, {"地址": "9幢"}, CALLER)
    report = syncing.sync(desk)
    assert row_of(desk, wang)["微信"] == "wjg_88"
    assert row_of(desk, li)["地址"] == "9幢"
    names = [row["客户姓名"] for row in excel.rows_of(desk.path(BOOK), SHEET)]
    assert names == ["王建国", "李敏", "陈子涵"]
    assert not copy.exists()
    assert (desk.folder / PUT_AWAY / COPY).read_bytes() == content
    assert f"已合并冲突副本《{COPY}》：新增 1 条、修改 1 条" in report.lines()
    newest = records.history(desk, wang)[0]
    assert (newest.key, newest.new, newest.source) == ("wechat", "wjg_88", "copy")


@pytest.mark.parametrize("between", ["entered", "merged", "undone"])
def test_what_happens_while_a_copy_is_looked_through(desk: Desk, between: str) -> None:
    """In the window a copy is looked through in steps, and other work comes in between."""
    wang, li = add(desk, WANG), add(desk, LI)
    copy = copied(desk)
    excel.edit(copy, excel.setting(SHEET, 2, 微信="wjg_88"))
    excel.edit(copy, excel.typing(SHEET, 客户姓名="陈子涵", 联系电话="13700001111"))
    settling, step = Settling(syncing.carry_out(syncing.plan(desk))), Step()
    while step.report is None:
        step = settling.step(desk, step.aside() if step.aside else None)
        if between == "entered":
            records.set_values(desk, wang, {"地址": "7幢"}, CALLER)
        elif between == "undone" and desk.mirror.exists("customers", li):
            desk.mirror.remove("customers", li, Operation("undo", desk.clock.now(), CALLER, ()))
        elif between == "merged" and not (desk.folder / PUT_AWAY).exists():
            syncing.sync(desk)
    syncing.sync(desk)
    customers = desk.mirror.select(Select("customers"))
    found = {one.text("name"): one for one in customers}
    assert sorted(one.text("name") for one in customers) == sorted(
        {"王建国", "陈子涵", *(["李敏"] * (between != "undone"))}
    )
    assert found["王建国"]["wechat"] == "wjg_88"
    assert found["王建国"]["address"] == ("7幢" if between == "entered" else WANG["地址"])
    assert not copy.exists()
    assert syncing.sync(desk).waiting == ()


def test_two_people_edited_in_excel_and_both_stay(desk: Desk) -> None:
    wang = add(desk, WANG)
    excel.edit(copied(desk), excel.setting(SHEET, 2, 微信="wjg_88"))
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 地址="5幢"))
    syncing.sync(desk)
    assert (row_of(desk, wang)["微信"], row_of(desk, wang)["地址"]) == ("wjg_88", "5幢")
    assert desk.mirror.conflicts() == []


def test_a_clash_keeps_the_workbook_and_offers_the_copy(desk: Desk) -> None:
    wang = add(desk, WANG)
    excel.edit(copied(desk), excel.setting(SHEET, 2, 地址="6幢"))
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 地址="5幢"))
    syncing.sync(desk)
    assert row_of(desk, wang)["地址"] == "5幢"
    (clash,) = conflicts.open_clashes(desk)
    assert (clash.ours, clash.theirs) == ("6幢", "5幢")
    assert "冲突副本" in clash.sentence()
    assert "店务台" not in clash.sentence()
    conflicts.use_ours(desk, clash.number, by=CALLER)
    syncing.sync(desk)
    assert row_of(desk, wang)["地址"] == "6幢"


def test_what_the_copy_lacks_is_not_deleted_and_what_was_deleted_stays_so(desk: Desk) -> None:
    wang, li = add(desk, WANG), add(desk, LI)
    excel.edit(copied(desk), excel.deleting(SHEET, 2))
    excel.edit(desk.path(BOOK), excel.deleting(SHEET, 3))
    syncing.sync(desk)
    assert desk.mirror.ids(Select("customers")) == [wang]
    assert not desk.mirror.exists("customers", li)
    assert not (desk.folder / COPY).exists()


def test_a_deleted_row_changed_in_the_copy_comes_back(desk: Desk) -> None:
    add(desk, WANG)
    li = add(desk, LI)
    excel.edit(copied(desk), excel.setting(SHEET, 3, 地址="9幢"))
    excel.edit(desk.path(BOOK), excel.deleting(SHEET, 3))
    syncing.sync(desk)
    assert row_of(desk, li)["地址"] == "9幢"


def test_the_work_of_another_pc_in_a_copy_comes_in(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shop.desk
    wang = add(here, WANG)
    shutil.copytree(here.folder, tmp_path / "cloud")
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home of B"))
    with open_desk(tmp_path / "cloud", clock=shop.clock) as there:
        syncing.sync(there)
        records.set_values(there, wang, {"微信": "from_B"}, CALLER)
        li = add(there, LI)
        records.set_values(here, wang, {"地址": "from A"}, CALLER)
        syncing.sync(here)
        shutil.copyfile(there.path(BOOK), here.folder / COPY)
        syncing.sync(here)
        assert (row_of(here, wang)["微信"], row_of(here, wang)["地址"]) == ("from_B", "from A")
        shutil.copyfile(here.path(BOOK), there.path(BOOK))
        report = syncing.sync(there)
        assert report.errors == ()
        assert [dict(one.values) for one in there.mirror.select(Select("customers"))] == [
            dict(one.values) for one in here.mirror.select(Select("customers"))
        ]
        assert there.mirror.exists("customers", li)
        assert there.mirror.conflicts() == here.mirror.conflicts() == []


@pytest.mark.parametrize(
    "name", ["客户档案 2025年归档.xlsx", "客户档案 - 副本.xlsx", "客户档案(1).xlsx"]
)
def test_a_copy_made_on_purpose_is_left_alone_and_listed(desk: Desk, name: str) -> None:
    wang = add(desk, WANG)
    copy = copied(desk, name)
    excel.edit(copy, excel.setting(SHEET, 2, 联系电话="138****3456"))
    content = copy.read_bytes()
    first = syncing.sync(desk)
    assert [one.workbook for one in first.problems] == [name]
    assert syncing.sync(desk).problems == ()
    assert copy.read_bytes() == content
    assert records.get(desk, wang)["phone"] == "13800003456"
    (problem,) = [one for one in checking.check(desk) if one.kind is Kind.COPY]
    assert name in problem.sentence()
    copy.rename(copy.with_stem(f"{copy.stem}-冲突"))
    syncing.sync(desk)
    assert not copy.exists()
    assert [one for one in checking.check(desk) if one.kind is Kind.COPY] == []


def test_a_copy_of_another_desk_is_none_of_our_business(desk: Desk) -> None:
    add(desk, WANG)
    copy = copied(desk)

    def stamp_as_other(book: object) -> None:
        book.custom_doc_props["StoreDeskBook"].value = "other"  # type: ignore[attr-defined]

    excel.edit(copy, stamp_as_other)
    report = syncing.sync(desk)
    assert (report.taken, report.problems) == ((), ())
    assert copy.exists()


def test_a_copy_that_cannot_be_read_is_told_of_once_and_stays(desk: Desk) -> None:
    add(desk, WANG)
    (desk.folder / COPY).write_bytes(b"PK\x03\x04 cut off")
    (problem,) = syncing.sync(desk).problems
    assert (problem.kind, problem.workbook) == (Kind.COPY, COPY)
    assert syncing.sync(desk).problems == ()
    assert len(conflict_copies.listed(desk)) == 1
    (desk.folder / COPY).unlink()
    syncing.sync(desk)
    assert conflict_copies.listed(desk) == []


def test_a_merged_copy_that_cannot_be_moved_is_not_merged_twice(desk: Desk) -> None:
    wang = add(desk, WANG)
    excel.edit(copied(desk), excel.setting(SHEET, 2, 微信="wjg_88"))
    blocked = desk.folder / PUT_AWAY
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("a file of that name")
    syncing.sync(desk)
    records.set_values(desk, wang, {"微信": "wjg_99"}, CALLER)
    syncing.sync(desk)
    assert (desk.folder / COPY).exists()
    assert row_of(desk, wang)["微信"] == "wjg_99"
    blocked.unlink()
    syncing.sync(desk)
    assert not (desk.folder / COPY).exists()
    assert row_of(desk, wang)["微信"] == "wjg_99"


def test_two_copies_of_one_name_are_both_kept(desk: Desk) -> None:
    add(desk, WANG)
    for number in range(2):
        excel.edit(copied(desk), excel.setting(SHEET, 2, 备注=f"第{number}份"))
        syncing.sync(desk)
    assert len([*(desk.folder / PUT_AWAY).iterdir()]) == 2


def test_what_means_nothing_in_the_copy_changes_nothing(desk: Desk) -> None:
    wang = add(desk, WANG)
    excel.edit(copied(desk), excel.setting(SHEET, 2, 联系电话="1380013800a"))
    report = syncing.sync(desk)
    assert row_of(desk, wang)["联系电话"] == "13800003456"
    assert [(one.workbook, one.column) for one in report.problems] == [(COPY, "phone")]


def test_a_copy_sorted_without_its_ids_is_not_merged(desk: Desk) -> None:
    for number in range(6):
        entered = {"客户姓名": f"客户{number}", "联系电话": f"1390000111{number}"}
        records.add(desk, "customers", entered, CALLER)
    syncing.sync(desk)

    def shuffle(book: object) -> None:
        sheet = book[SHEET]  # type: ignore[index]
        values = [[cell.value for cell in row[1:]] for row in sheet.iter_rows(2, 7)]
        for row, told in zip(sheet.iter_rows(2, 7), reversed(values), strict=True):
            for cell, value in zip(row[1:], told, strict=True):
                cell.value = value

    excel.edit(copied(desk), shuffle)
    before = desk.mirror.select(Select("customers"))
    report: SyncReport = syncing.sync(desk)
    assert [one.kind for one in report.problems] == [Kind.COPY]
    assert desk.mirror.select(Select("customers")) == before
    assert (desk.folder / COPY).exists()
    assert len(conflict_copies.listed(desk)) == 1


def test_the_sync_client_swaps_the_workbook_and_its_copy(desk: Desk) -> None:
    """What we had read becomes the copy, and the other PC's file the workbook: both stay."""
    wang = add(desk, WANG)
    theirs = desk.path(BOOK).read_bytes()
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 地址="5幢"))
    syncing.sync(desk)
    copied(desk)
    desk.path(BOOK).write_bytes(theirs)
    excel.edit(desk.path(BOOK), excel.setting(SHEET, 2, 微信="wjg_88"))
    syncing.sync(desk)
    assert (row_of(desk, wang)["地址"], row_of(desk, wang)["微信"]) == ("5幢", "wjg_88")


def test_what_was_first_seen_in_a_swapped_workbook_is_not_lost(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shop.desk
    wang, li = add(here, WANG), add(here, LI)
    theirs = here.path(BOOK).read_bytes()
    shutil.copytree(here.folder, tmp_path / "cloud")
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home of B"))
    with open_desk(tmp_path / "cloud", clock=shop.clock) as there:
        excel.edit(there.path(BOOK), excel.setting(SHEET, 2, 地址="5幢", 微信="wjg_88"))
        syncing.sync(there)
        copied(there)
        there.path(BOOK).write_bytes(theirs)
        excel.edit(there.path(BOOK), excel.setting(SHEET, 3, 备注="theirs"))
        syncing.sync(there)
        (clash,) = conflicts.open_clashes(there)
        assert (clash.ours, clash.theirs) == ("5幢", WANG["地址"]), "nobody can tell the newer"
        assert (row_of(there, wang)["微信"], row_of(there, li)["备注"]) == ("wjg_88", "theirs")


def test_a_copy_with_another_id_for_the_same_row_makes_no_second_record(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = shop.desk
    add(here, LI)
    shutil.copytree(here.folder, tmp_path / "cloud")
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home of B"))
    with open_desk(tmp_path / "cloud", clock=shop.clock) as there:
        syncing.sync(there)
        excel.edit(here.path(BOOK), excel.typing(SHEET, **WANG))
        shutil.copyfile(here.path(BOOK), there.path(BOOK))
        syncing.sync(here)
        syncing.sync(there)
        (theirs,) = there.mirror.find_by("customers", "name", "王建国")
        records.set_values(there, theirs, {"微信": "from_B"}, CALLER)
        syncing.sync(there)
        for number in range(2):
            shutil.copyfile(there.path(BOOK), here.folder / f"客户档案-冲突 {number}.xlsx")
            syncing.sync(here)
        (wang,) = here.mirror.find_by("customers", "name", "王建国")
        assert here.mirror.count(Select("customers")) == 2
        assert row_of(here, wang)["微信"] == "from_B"
