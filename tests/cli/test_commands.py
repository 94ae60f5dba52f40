from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import NewShell, Shell

WANG = ("客户姓名=王建国", "联系电话=13800003456", "地址=学府花园3幢501")


def _sold(run: Shell, day: str = "2026-11-13") -> str:
    customer = run.json("add", run.desk, "customers", *WANG)["id"]
    cells = (f"客户编号={customer}", "产品型号=K5", f"送货日期={day}", "金额=165800")
    run.json("add", run.desk, "购买记录", *cells)
    return str(customer)


def test_add_prints_the_id_and_list_says_what_the_cells_say(run: Shell) -> None:
    assert run("add", run.desk, "customers", *WANG) == 0
    assert run.out == "KH-20261120-A001\n"
    (row,) = run.json("list", run.desk, "客户档案")
    assert row["客户姓名"] == "王建国"
    assert row["创建时间"] == "2026-11-20 10:30"
    assert run.json("list", run.desk, "customers", "--where", "联系电话=13900000000") == []


def test_a_day_of_calls(run: Shell) -> None:
    _sold(run)
    (item,) = run.json("due", run.desk)["items"]
    assert item["reason"] == "11-13 交车，今天满 7 天，还没打过"
    assert item["record"].startswith("HF-20261113-R01-")
    assert run("call", run.desk, item["record"]) == 0
    assert "T1★" in run.out
    logged = run.json(
        "call", run.desk, item["record"], "--result", "成功", "--answer", "T1=5",
        "--opinion", "抽屉有异响",
    )["call"]  # fmt: skip
    assert logged["answer_due"] == "2026-11-24 18:00", "two working days, the weekend skipped"
    (issue,) = run.json("list", run.desk, "issues")
    assert (issue["答复期限"], issue["内部提醒"]) == ("2026-11-24 18:00", "2026-11-22 18:00")
    (owed,) = run.json("due", run.desk)["items"]
    assert owed["ledger"] == "issues"
    assert run("call", run.desk, item["record"], "--result", "成功") == 2
    assert "已经登记过结果" in run.err


def test_a_later_day_is_asked_for_with_on(run: Shell) -> None:
    _sold(run, "2026-11-19")
    assert run.json("due", run.desk)["items"] == []
    (item,) = run.json("due", run.desk, "--on", "2026-11-26")["items"]
    assert item["due_at"].startswith("2026-11-26")


def test_find_show_and_set(run: Shell) -> None:
    customer = _sold(run)
    assert run.json("find", run.desk, "wjg", "3456")[0]["id"] == customer
    assert run("set", run.desk, customer, "地址=滨河湾8幢") == 0
    shown = run.json("show", run.desk, customer)
    assert shown["cells"]["地址"] == "滨河湾8幢"
    newest = next(entry for entry in shown["history"] if entry["key"] == "address")
    assert (newest["old"], newest["new"]) == ("学府花园3幢501", "滨河湾8幢")
    assert run("set", run.desk, customer, "地址=滨河湾8幢") == 0
    assert "没有改动" in run.out


MISTAKES = [
    (("show", "D", "KH-1"), 1, "没有编号为「KH-1」的记录"),
    (("call", "D", "HF-1", "--result", "成功"), 1, "没有编号为「HF-1」的记录"),
    (("add", "D", "customers", "客户姓名=王", "联系电话=1380013800a"), 1, "不是电话号码"),
    (("add", "D", "customers", "客户姓名=王"), 1, "「联系电话」没有填"),
    (("add", "D", "customers", *WANG, "生日=abc", "--by", "没有人"), 1, "没有人"),
    (("add", "D", "purchases", "客户编号=KH-9", "产品型号=K5"), 1, "没有「KH-9」"),
    (("add", "D", "purchases", "送货日期=2026.2.30"), 1, "不是日历上的日子"),
    (("add", "D", "nothing", "a=b"), 2, "没有「nothing」这个台账"),
    (("add", "D", "customers", "没有这列=1"), 2, "没有「没有这列」这一列"),
    (("add", "D", "customers", "客户姓名"), 2, "应写成 表头=值"),
    (("due", "D", "--on", "tomorrow"), 2, "看不懂"),
    (("sync", "D/nowhere"), 1, "不是门店文件夹"),
    (("fly", "D"), 2, "命令写得不对"),
    (("init", "D", "--profile", "auto", "--store", "x"), 2, "已经有"),
]


@pytest.mark.parametrize(("words", "code", "said"), MISTAKES, ids=lambda case: str(case)[:40])
def test_mistakes_are_one_clear_sentence(
    run: Shell, words: tuple[str, ...], code: int, said: str
) -> None:
    told = [run.desk + word[1:] if word[:2] in ("D", "D/") else word for word in words]
    assert run(*told) == code
    assert said in run.err
    assert "Traceback" not in run.err
    assert run.json("list", run.desk, "customers") == []


def test_two_people_of_one_name_cannot_be_told_apart(run: Shell) -> None:
    for _ in range(2):
        run("add", run.desk, "staff", "姓名=赵倩", "岗位=销售顾问")
    assert run("add", run.desk, "customers", *WANG, "--by", "赵倩") == 1
    assert "2 个" in run.err


def test_nobody_named_and_two_callers_is_misuse(run: Shell) -> None:
    for name in ("赵倩", "林晓"):
        run("add", run.desk, "staff", f"姓名={name}", "岗位=回访人", "--by", "客服")
    assert run("add", run.desk, "customers", *WANG) == 2
    assert "--by" in run.err


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_reads_exactly_what_list_says(new_shell: NewShell, tmp_path: Path) -> None:
    run = new_shell("furniture")
    customer = run.json("add", run.desk, "customers", *WANG, "备注==1+1，第二行")["id"]
    cells = ("产品型号=102276", "送货日期=2026-11-13", "数量=2", "成交单价=1999.5")
    run.json("add", run.desk, "purchases", f"客户编号={customer}", *cells)
    out = tmp_path / "csv"
    as_shown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/lo", "--headless", "--convert-to",
         as_shown, "--outdir", out, Path(run.desk) / "客户档案.xlsx"],
        check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    for ledger, sheet in (("customers", "客户档案"), ("purchases", "购买记录")):
        text = (out / f"客户档案-{sheet}.csv").read_text("utf-8-sig")
        header, *lines = text.splitlines()
        labels = header.split(",")
        rows = [dict(zip(labels, line.split(","), strict=True)) for line in lines]
        assert rows == run.json("list", run.desk, ledger)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("地址=a\x07b", "地址里有看不见的控制字符 U+0007。请去掉再试"),
        ("地址=一\n二", "地址里有换行。这一格只能写一行"),
        ("客户姓名=王\udcff", "客户姓名里有看不见的控制字符 U+DCFF"),
    ],
)
def test_signs_that_no_cell_shows_are_refused_when_typed(run: Shell, cell: str, told: str) -> None:
    customer = run.json("add", run.desk, "customers", *WANG)["id"]
    (before,) = run.json("list", run.desk, "customers")
    assert run("set", run.desk, customer, cell) == 1
    assert told in run.err
    assert run("add", run.desk, "customers", "联系电话=13900001111", cell) == 1
    assert told in run.err
    assert run.json("list", run.desk, "customers") == [before]


def test_a_note_may_have_lines_but_no_bells(run: Shell) -> None:
    customer = _sold(run)
    assert run("set", run.desk, customer, "备注=先打电话\n再上门") == 0
    (item,) = run.json("due", run.desk)["items"]
    said = ("--result", "成功", "--answer", "T1=5")
    for words in (("--opinion", "有\x07异响"), ("--note", "\x1b[1m"), ("--answer", "T4=有\x07")):
        assert run("call", run.desk, item["record"], *said, *words) != 0
        assert "看不见的控制字符" in run.err
    assert run.json("due", run.desk)["items"] == [item]
    assert run("call", run.desk, item["record"], *said, "--opinion", "抽屉\n有异响") == 0
