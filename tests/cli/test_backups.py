"""``storedesk backup`` and ``storedesk restore``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.operations import excel

BOOK, SHEET = "客户档案.xlsx", "客户档案"


@pytest.fixture
def filled(run: Shell) -> Shell:
    """A desk with one customer and backups of every workbook; the clock is an hour later."""
    assert run("add", run.desk, "customers", "客户姓名=王建国", "联系电话=13800003456") == 0
    assert run("backup", run.desk) == 0
    return run


def path(run: Shell) -> Path:
    return Path(run.desk) / BOOK


def test_backup_makes_one_of_every_workbook(filled: Shell) -> None:
    kept = {one.name.split(" ")[0] for one in (Path(filled.desk) / "备份").glob("*.xlsx")}
    assert kept == {one.stem for one in Path(filled.desk).glob("*.xlsx")}
    assert "已备份《客户档案.xlsx》" in filled.out
    again = filled.json("backup", filled.desk)["backup"]
    assert (again["made"], BOOK in again["same"]) == ({}, True)


def test_backup_of_a_damaged_workbook_is_refused_and_the_others_made(run: Shell) -> None:
    path(run).write_bytes(b"PK cut off")
    assert run("backup", run.desk) == 1
    assert BOOK in run.err
    assert "已备份《回访台账.xlsx》" in run.out


def test_restore_lists_then_shows_then_does(filled: Shell) -> None:
    run = filled
    excel.edit(path(run), excel.setting(SHEET, 2, 客户姓名="改坏了"))
    assert run("restore", run.desk) == 0
    assert f"{BOOK}" in run.out
    listed = run.json("restore", run.desk)
    assert {one["workbook"] for one in listed} >= {BOOK}
    assert run("restore", run.desk, "--workbook", "客户档案", "--preview") == 0
    assert "改回：改坏了 的客户姓名「改坏了」→「王建国」" in run.out
    assert excel.rows_of(path(run), SHEET)[0]["客户姓名"] == "改坏了"
    (seen,) = run.json("restore", run.desk, "--workbook", BOOK, "--preview")
    assert [(one["old"], one["new"]) for one in seen["cells"]] == [("改坏了", "王建国")]
    assert run("restore", run.desk, "--workbook", "客户档案") == 0
    assert "已恢复到" in run.out
    assert excel.rows_of(path(run), SHEET)[0]["客户姓名"] == "王建国"
    assert run("check", run.desk) == 0
    assert len([*(Path(run.desk) / "备份" / "恢复前").iterdir()]) == 1


def test_a_missing_workbook_comes_back_with_what_was_entered_since(filled: Shell) -> None:
    run = filled
    assert run("add", run.desk, "customers", "客户姓名=李敏", "联系电话=13900001111") == 0
    path(run).unlink()
    assert run("sync", run.desk) == 1
    done = run.json("restore", run.desk, "--workbook", BOOK)
    assert done["restored"] == [BOOK]
    names = [row["客户姓名"] for row in excel.rows_of(path(run), SHEET)]
    assert names == ["王建国", "李敏"]
    assert run("sync", run.desk) == 0


def test_edits_can_be_kept(filled: Shell) -> None:
    run = filled
    excel.edit(path(run), excel.setting(SHEET, 2, 客户姓名="王建民"))
    assert run("restore", run.desk, "--workbook", BOOK, "--keep-edits") == 0
    assert excel.rows_of(path(run), SHEET)[0]["客户姓名"] == "王建民"


def test_all_workbooks_go_back_to_one_moment(filled: Shell) -> None:
    run = filled
    done = run.json("restore", run.desk, "--at", "2026-11-20")
    assert BOOK in done["restored"]
    assert len(done["restored"]) >= 5


def test_misuse_is_said(filled: Shell) -> None:
    for words, said in (
        (("--workbook", "没有的"), "没有《没有的》这本工作簿"),
        (("--at", "昨天"), "看不懂"),
        (("--at", "2020-01-01"), "没有 2020-01-01 23:59 以前的备份"),
    ):
        assert filled("restore", filled.desk, *words) == 2
        assert said in filled.err


def test_a_held_workbook_is_said_and_stays(filled: Shell) -> None:
    run = filled
    excel.edit(path(run), excel.setting(SHEET, 2, 客户姓名="改坏了"))
    assert run("sync", run.desk) == 0
    lock = Path(run.desk) / f".~lock.{BOOK}#"
    lock.write_text(",王芳,shop-pc,22.11.2026 10:24,file:///x;", "utf-8")
    assert run("restore", run.desk, "--workbook", BOOK) == 1
    assert "王芳" in run.err
    assert excel.rows_of(path(run), SHEET)[0]["客户姓名"] == "改坏了"


def test_the_store_says_how_much_its_backups_may_take(run: Shell) -> None:
    assert run("add", run.desk, "客户档案", "客户姓名=王建国", "联系电话=13800003456") == 0
    assert run("backup", run.desk, "--today", "2026-11-20 12:30") == 0
    (row,) = run.json("list", run.desk, "门店信息", "--where", "项目=备份上限")
    assert row["内容"] == "2 GB"
    before = sum(1 for _ in (Path(run.desk) / "备份").glob("*.xlsx"))
    assert run("set", run.desk, row["信息编号"], "内容=很少") == 0
    assert run("add", run.desk, "客户档案", "客户姓名=李敏", "联系电话=13900001111") == 0
    assert run("backup", run.desk, "--today", "2026-11-20 16:30") == 0
    assert sum(1 for _ in (Path(run.desk) / "备份").glob("*.xlsx")) > before, "a slip deletes none"
    assert run("set", run.desk, row["信息编号"], "内容=0.1 MB") == 0
    late = ("--today", "2026-11-20 20:30")
    assert run("add", run.desk, "客户档案", "客户姓名=赵六", "联系电话=13700001111", *late) == 0
    left = list((Path(run.desk) / "备份").glob("*.xlsx"))
    assert len(left) == len({path.name.split(" ")[0] for path in left}), "the newest of each"
