from __future__ import annotations

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date, datetime
from pathlib import Path

import pytest

from storedesk.domain.values import Type, Value
from storedesk.gui import messages, texts
from storedesk.gui.tones import tone_of

SOURCES = sorted(Path(texts.__file__).parent.rglob("*.py"))
SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("phone", "grouped"),
    [
        ("13800138000", "138 0013 8000"),
        ("0755-26001234", "0755-26001234"),
        ("4008001234", "4008001234"),
        ("", ""),
    ],
)
def test_phones_are_grouped_as_people_say_them(phone: str, grouped: str) -> None:
    assert texts.grouped_phone(phone) == grouped


def test_phones_inside_a_line_are_grouped() -> None:
    line = texts.with_grouped_phones("13800138000 · 学府花园 3幢501")
    assert line == "138 0013 8000 · 学府花园 3幢501"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (1280.5, Type.MONEY, "1,280.50"),
        (3, Type.NUMBER, "3"),
        (True, Type.YES_NO, "是"),
        ("维修;退货", Type.CHOICES, "维修、退货"),
        (datetime(2026, 11, 22, 9, 5), Type.MOMENT, "2026-11-22 09:05"),
        (SUNDAY, Type.DATE, "2026-11-22"),
        (None, Type.MONEY, ""),
    ],
)
def test_cells_read_as_in_the_workbook_only_kinder(value: Value, kind: Type, shown: str) -> None:
    assert texts.cell_text(value, kind) == shown


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 21), "昨天"),
        (date(2026, 11, 22), "今天"),
        (date(2026, 11, 23), "明天"),
        (date(2026, 11, 24), "周二"),
        (date(2026, 11, 28), "周六"),
        (date(2026, 11, 29), "11-29"),
        (date(2026, 11, 1), "11-01"),
        (date(2027, 1, 2), "2027-01-02"),
    ],
)
def test_days_are_called_as_people_call_them(day: date, name: str) -> None:
    assert texts.day_name(day, SUNDAY) == name


@pytest.mark.parametrize(
    ("hour", "words"),
    [(3, "夜深了"), (8, "早上好"), (12, "中午好"), (15, "下午好"), (21, "晚上好")],
)
def test_the_greeting_knows_the_hour(hour: int, words: str) -> None:
    assert texts.greeting(datetime(2026, 11, 22, hour)) == words


def test_moments_and_long_days() -> None:
    now = datetime(2026, 11, 22, 14, 24)
    assert texts.moment_name(datetime(2026, 11, 22, 9, 5), now) == "09:05"
    assert texts.moment_name(datetime(2026, 11, 23, 10), now) == "明天 10:00"
    assert texts.long_day(SUNDAY) == "11月22日 星期日"


def test_tones_of_status_words() -> None:
    assert [tone_of(word) for word in ("待拨", "处理中", "逾期", "已完成", "没见过")] == [
        "info",
        "warn",
        "danger",
        "ok",
        "neutral",
    ]


@pytest.mark.parametrize(
    ("text", "line", "lines"),
    [
        ("一\n二\t三", "一 二 三", "一\n二\t三"),
        ("一\r\n二\r三", "一 二 三", "一\n二\n三"),
        ("一\x00\x1b\x7f\u2028二", "一    二", "一    二"),
        ("学府花园 3幢", "学府花园 3幢", "学府花园 3幢"),
    ],
)
def test_a_pasted_text_keeps_its_words_and_loses_what_nobody_sees(
    text: str, line: str, lines: str
) -> None:
    assert texts.cleaned(text) == line
    assert texts.cleaned(text, lines=True) == lines


def test_a_very_long_text_is_told_by_its_beginning() -> None:
    assert texts.shortened("长" * 50, 10) == "长" * 10 + "…"
    assert texts.shortened("长" * 10, 10) == "长" * 10


# --- ready for another language -----------------------------------------------------------------


def test_no_text_is_translated_that_cannot_be_found() -> None:
    """``tr(f"…")`` would be extracted as it stands and never match at run time."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr":
                assert not isinstance(node.args[0], ast.JoinedStr), f"{source}:{node.lineno}"


def test_the_texts_of_the_window_can_be_extracted(tmp_path: Path) -> None:
    target = tmp_path / "storedesk_en.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run(
        [
            str(tool),
            *map(str, SOURCES),
            *("-source-language", "zh_CN", "-target-language", "en_US"),
            *("-locations", "none", "-ts", str(target)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    found = {one.text for one in ET.parse(target).iter("source")}  # noqa: S314  # just made
    assert {"今天", "记一笔", "登记结果", "复制号码", "需核对"} <= found
    assert len(found) > 200


# --- the twelve messages --------------------------------------------------------------------------


def test_the_messages_say_what_where_and_what_to_do() -> None:
    """Wording of shop.md §5, which sets the tone for all others."""
    held = messages.held("客诉台账.xlsx", "王芳", 2)
    assert held.text == (
        "《客诉台账.xlsx》正被王芳打开。您照常登记：2 条已存好，关掉表格后自动写入。"
    )
    assert held.buttons == ("知道了", "看这 2 条")
    assert messages.held("客诉台账.xlsx", "", 1).text.startswith("《客诉台账.xlsx》正被别的程序")
    waiting = messages.waiting("回访台账.xlsx", 3, "1 天")
    assert waiting.text == (
        "3 条已存好，等了 1 天还没写进 Excel，不会丢。请在那台电脑上关闭《回访台账.xlsx》。"
    )
    assert messages.conflict("哪个？").buttons == ("用店务台的", "用 Excel 的", "自己填")
    assert messages.wrong_passphrase().text == (
        "签名口令不对，报表没有变动。忘了口令：设置 › 签名 › 重办。"
    )
    assert messages.duplicate("王建国", "学府花园，1 件客诉未结").text == (
        "这个电话已有客户：王建国，学府花园，1 件客诉未结。"
    )
    missed = messages.missed("11-17", "11-21", {"客诉": 2, "回访": 9})
    assert missed.text == "11-17 至 11-21 有 11 件到期：客诉 2、回访 9。都在，已按急的排好。"
    assert messages.missed("11-17", "11-17", {"回访": 1}).text.startswith("11-17 有 1 件")
    assert messages.nothing_due("").text == "今天没有到期的事。"
    crashed = messages.not_closed_properly(datetime(2026, 11, 22, 17, 42), 1)
    assert crashed.text == "上次没有正常退出（11-22 17:42）。已保存的都在，另有 1 份没填完。"
    assert messages.not_closed_properly(datetime(2026, 11, 22, 17, 42), 0).buttons == ("知道了",)
    later = messages.nothing_due("11-24 周二 10:00，陈子涵，七天回访。")
    assert later.text.endswith("下一件：11-24 周二 10:00，陈子涵，七天回访。")
