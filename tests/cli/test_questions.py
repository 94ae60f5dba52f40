"""What only a person can decide, and lost headers, on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Shell

WANG = ("客户姓名=王建国", "联系电话=13800003456", "地址=学府花园3幢501")
CUSTOMERS = "客户档案.xlsx"


def edit(run: Shell, change: Callable[[Any], object]) -> None:
    path = Path(run.desk) / CUSTOMERS
    book = openpyxl.load_workbook(path)
    change(book["客户档案"])
    book.save(path)
    book.close()


def at(sheet: Any, label: str) -> Any:
    return next(cell for cell in sheet[1] if cell.value == label)


@pytest.fixture
def wang(run: Shell) -> str:
    run.json("add", run.desk, "customers", "客户姓名=李敏", "联系电话=13900001111")
    return str(run.json("add", run.desk, "customers", *WANG)["id"])


def hold(run: Shell) -> Path:
    lock = Path(run.desk) / ".~lock.客户档案.xlsx#"
    lock.write_text(",王芳,pc,22.11.2026 10:24,;", "utf-8")
    return lock


def test_a_lost_header_is_told_proposed_and_written_back(run: Shell, wang: str) -> None:
    def lose(sheet: Any) -> None:
        at(sheet, "联系电话").value = "打这个"

    edit(run, lose)
    assert run("sync", run.desk) == 1
    assert "C 列「打这个」应该就是「联系电话」" in run.out
    assert f"storedesk repair {run.desk} --yes" in run.out
    assert run("repair", run.desk) == 1, "still lost"
    assert "--yes" in run.out
    (one,) = run.json("repair", run.desk, "--yes")
    assert (one["columns"], one["repaired"]) == ({"联系电话": "C"}, True)
    assert run.json("sync", run.desk)["repairs"] == []
    assert run("repair", run.desk) == 0
    assert run.out == "没有能修的表头。\n"


def test_a_column_may_be_named(run: Shell, wang: str) -> None:
    def lose(sheet: Any) -> None:
        at(sheet, "联系电话").value = "打这个"
        at(sheet, "地址").value = "哪里"

    edit(run, lose)
    assert run("repair", run.desk, "--yes", "--column", "地址=ZZ") == 2
    assert "「ZZ」列不能当「地址」" in run.err
    assert run("repair", run.desk, "--yes") == 0
    assert "「联系电话」" in run.out
    assert "「地址」" in run.out


def test_what_stands_in_the_way_is_said(run: Shell, wang: str) -> None:
    edit(run, lambda sheet: sheet.delete_rows(1))
    assert run("repair", run.desk, "--yes") == 1
    assert "插入一个空行" in run.out
    edit(run, lambda sheet: sheet.insert_rows(1))
    lock = hold(run)
    assert run("repair", run.desk, "--yes") == 1
    assert "王芳" in run.err
    lock.unlink()
    assert run("repair", run.desk, "--yes") == 0


def test_a_deleted_row_and_a_clash_are_decided(run: Shell, wang: str) -> None:
    assert run("decide", run.desk) == 0
    assert run.out == "没有要您决定的事。\n"
    lock = hold(run)
    run.json("set", run.desk, wang, "地址=滨河湾8幢")
    edit(run, lambda sheet: sheet.delete_rows(3))
    lock.unlink()
    assert run("sync", run.desk) == 0
    assert f"有 1 件事要您决定：storedesk decide {run.desk}" in run.out
    (asked,) = run.json("decide", run.desk)
    assert (asked["about"], asked["answers"]) == (wang, "write-back|delete")
    assert run("decide", run.desk, wang, "ours") == 2
    assert run.json("decide", run.desk, wang, "write-back") == []
    lock = hold(run)
    run.json("set", run.desk, wang, "地址=学府花园")
    edit(run, lambda sheet: sheet.cell(3, at(sheet, "地址").column, "翠湖苑"))
    lock.unlink()
    (asked,) = run.json("decide", run.desk)
    assert run.json("decide", run.desk, asked["about"], "--value", "东方明珠") == []
    assert run("show", run.desk, wang) == 0
    assert "东方明珠" in run.out


def test_many_rows_gone_are_confirmed(run: Shell) -> None:
    people = [f"客户{n:02d},1390000{n:04d}" for n in range(24)]
    listed = Path(run.desk).parent / "名单.csv"
    listed.write_text("\n".join(["客户姓名,联系电话", *people]), "utf-8")
    run.json("import", run.desk, listed, "--ledger", "customers")
    edit(run, lambda sheet: sheet.delete_rows(2, 22))
    (asked,) = run.json("decide", run.desk)
    assert (asked["about"], asked["answers"]) == (CUSTOMERS, "meant")
    assert run.json("decide", run.desk, "客户档案", "meant") == []
    assert len(run.json("list", run.desk, "customers")) == 2


def test_a_name_people_gave_is_kept_and_understood_from_then_on(run: Shell, wang: str) -> None:
    def rename(sheet: Any) -> None:
        at(sheet, "联系电话").value = "打这个"

    edit(run, rename)
    before = (Path(run.desk) / CUSTOMERS).read_bytes()
    assert run("repair", run.desk) == 1
    assert "--keep" in run.out
    assert run("repair", run.desk, "--keep") == 0
    assert run.out.startswith("「客户档案」里，「打这个」从现在起就是「联系电话」。\n")
    assert (Path(run.desk) / CUSTOMERS).read_bytes() == before, "the workbook is theirs"
    assert run("sync", run.desk) == 0
    (row,) = run.json("list", run.desk, "customers", "--where", "联系电话=13800003456")
    assert row["客户编号"] == wang
    assert run("set", run.desk, wang, "打这个=13700001111") == 0
    book = openpyxl.load_workbook(Path(run.desk) / CUSTOMERS)
    sheet = book["客户档案"]
    assert sheet.cell(3, at(sheet, "打这个").column).value == "13700001111"
    book.close()
    assert run("repair", run.desk, "--keep") == 0
    assert run.out == "没有可以记下的表头。\n"


def test_a_second_name_is_learned_beside_the_first(run: Shell, wang: str) -> None:
    edit(run, lambda sheet: setattr(at(sheet, "联系电话"), "value", "打这个"))
    assert run("repair", run.desk, "--keep") == 0
    edit(run, lambda sheet: setattr(at(sheet, "打这个"), "value", "找他用这个"))
    edit(run, lambda sheet: setattr(at(sheet, "地址"), "value", "哪里"))
    assert run("repair", run.desk, "--keep") == 0
    learned = (Path(run.desk) / "forms" / "aliases.toml").read_text("utf-8")
    assert 'phone = ["打这个", "找他用这个"]' in learned
    assert 'address = ["哪里"]' in learned


def test_a_row_without_headers_has_no_names_to_keep(run: Shell, wang: str) -> None:
    edit(run, lambda sheet: sheet.delete_rows(1))
    edit(run, lambda sheet: sheet.insert_rows(1))
    assert run("repair", run.desk, "--keep") == 1
    assert "整行表头都没有了" in run.err
    assert not (Path(run.desk) / "forms").exists()
