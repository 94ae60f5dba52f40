"""One whole day in the real process on a real screen, by keys and mouse; then the desk is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storedesk.gui.tokens import LIGHT
from tests.gui.real_screen import RealScreen, missing, real_screen, until
from tests.gui.sample_desk import ME, NOW

PASSPHRASE = "correct horse battery"  # noqa: S105  # opens keys of this test only
FOOT = (0, 660, 196, 720)
"""Where the window's first size has the line that says whether everything is in Excel."""
HEAD = (200, 70, 1366, 200)
LIST = (220, 260, 830, 740)

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}"),
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for Linux"),
]


class Day:
    """The window of one desk on a real screen, and the command line beside it."""

    def __init__(self, screen: RealScreen, folder: Path, home: Path) -> None:
        self.screen, self.folder = screen, folder
        self.own = {
            "STOREDESK_HOME": str(home),
            "STOREDESK_TODAY": f"{NOW:%Y-%m-%d %H:%M}",
            "STOREDESK_PASSPHRASE": PASSPHRASE,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.window = ""

    def open(self) -> None:
        self.process = self.start()
        until(lambda: self.screen.window("今天"), "the window shows 今天")
        self.window = self.screen.window("今天")

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "storedesk", str(self.folder)]
        return self.screen.start(command, {k: v for k, v in self.own.items() if "PASS" not in k})

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("STOREDESK")}
        return subprocess.run(
            [sys.executable, "-m", "storedesk", *words],
            env={**kept, **self.own},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def ask(self, *words: str) -> Any:
        done = self.command(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def listed(self, ledger: str, where: str) -> Any:
        return self.ask("list", str(self.folder), ledger, "--where", where)

    def shows_page(self, name: str) -> None:
        until(lambda: f" · {name} · " in self.screen.title(self.window), f"{name} is in sight")
        self.screen.settle()

    def dialog(self, title: str) -> str:
        """Wait for a dialog that has the keyboard and return it."""
        until(
            lambda: (found := self.screen.window(title)) and found == self.screen.active(),
            f"{title} has the keyboard",
        )
        self.screen.settle()
        return self.screen.window(title)

    def gone(self, title: str) -> None:
        until(lambda: not self.screen.window(title), f"{title} is closed")
        until(lambda: self.screen.active() == self.window, "the window has the keyboard")

    def copied(self, holds: str, what: str) -> str:
        """Press Ctrl+C until the row in sight holds a text; return the row."""

        def copy() -> bool:
            self.screen.key("ctrl+c")
            return holds in self.screen.clipboard()

        until(copy, what)
        return self.screen.clipboard()

    def cells(self, workbook: str) -> set[str]:
        book = openpyxl.load_workbook(self.folder / workbook, read_only=True)
        found = {
            str(cell)
            for sheet in book.worksheets
            for row in sheet.iter_rows(values_only=True)
            for cell in row
            if cell is not None
        }
        book.close()
        return found


@pytest.fixture
def day(folder: Path, tmp_path: Path) -> Iterator[Day]:
    place = tmp_path / "screen"
    place.mkdir()
    with real_screen(place) as screen:
        made = Day(screen, folder, tmp_path / "home")
        key = made.command("staff", str(folder), "key", ME, "--role", "回访人")
        assert key.returncode == 0, key.stderr
        made.open()
        yield made
        screen.picture().save(tmp_path / "last.png")


def test_a_day(day: Day) -> None:
    """Each step is done by hand in the window and read from the screen; the desk is asked last."""
    today_shows_what_is_owed(day)
    a_note_is_taken(day)
    a_call_is_answered_by_keys_alone(day)
    a_ledger_is_searched_and_added_to(day)
    a_customer_is_found(day)
    a_daily_is_made_signed_and_verified(day)
    an_excel_edit_shows(day)
    a_held_workbook_is_said_and_written_when_free(day)
    a_second_start_raises_the_window(day)
    the_window_is_closed(day)
    all_of_it_is_in_the_desk(day)


def today_shows_what_is_owed(day: Day) -> None:
    screen = day.screen
    until(lambda: screen.shows(day.window, LIGHT.danger, LIST), "something overdue is in sight")
    screen.settle()
    owed = day.ask("due", str(day.folder))["items"]
    screen.key("Home")
    for item in owed:
        line = day.copied(item["customer_name"] or "没有姓名", "the line of what is owed")
        assert item["kind"] in line
        screen.key("Down")


def a_note_is_taken(day: Day) -> None:
    screen = day.screen
    screen.key("ctrl+n")
    day.dialog("记一笔")
    screen.type("13800138000")
    screen.key("Tab", "Tab")
    screen.paste("问沙发扶手什么时候能补")
    screen.key("Tab", "Tab", "space", "ctrl+Return")
    day.gone("记一笔")


def a_call_is_answered_by_keys_alone(day: Day) -> None:
    screen = day.screen
    screen.key("Home", "Down")
    assert "赵敏" in day.copied("七天回访", "the second line is a call")
    screen.key("Return")
    day.shows_page("回访通话")
    screen.key("1", "1", "1", "5")
    screen.paste("床垫边角有点硬")
    screen.key("ctrl+Return")
    day.shows_page("今天")


def a_ledger_is_searched_and_added_to(day: Day) -> None:
    screen = day.screen
    screen.key("ctrl+2")
    day.shows_page("客户")
    screen.key("ctrl+f")
    screen.paste("学府")
    screen.settle()
    screen.key("Down")
    first = day.copied("学府花园", "the first hit")
    screen.key("Down")
    second = day.copied("学府花园", "the second hit")
    assert {line.split("\t")[0] for line in (first, second)} == {"王建国", "高强"}
    left = day.screen.place(day.window)[2]
    screen.click(day.window, left - 24 - 300 - 40, 46)  # 新增, left of the panel
    day.shows_page("登记表")
    screen.paste("孙大勇")
    screen.key("Tab")
    screen.type("13512348888")
    screen.key("ctrl+s")
    day.shows_page("客户")


def a_customer_is_found(day: Day) -> None:
    screen = day.screen
    screen.key("ctrl+k")
    day.dialog("找客户")
    screen.type("sdy")
    screen.settle()
    screen.key("Return")
    day.gone("找客户")
    assert "135 1234 8888" in day.copied("孙大勇", "the customer who was found")


def a_daily_is_made_signed_and_verified(day: Day) -> None:
    screen = day.screen
    screen.click(day.window, 80, 417)  # 报表
    day.shows_page("报表")
    screen.click(day.window, -100, 46)  # 生成今天的日报
    until(lambda: screen.shows(day.window, LIGHT.ok_soft, HEAD, 5000), "the daily is made")
    screen.settle()
    screen.click(day.window, -225, 46)  # 签字
    dialog = day.dialog("签字")
    screen.type("not the passphrase")
    screen.key("ctrl+Return")
    banner = (0, 0, 480, 300)
    until(lambda: screen.shows(dialog, LIGHT.danger_soft, banner, 2000), "the mistake is said")
    screen.key("ctrl+a")
    screen.type(PASSPHRASE)
    screen.key("ctrl+Return")
    day.gone("签字")
    until(lambda: screen.shows(day.window, LIGHT.ok_soft, HEAD, 5000), "the signing is said")
    screen.key("Tab", "space")  # 核验
    until(lambda: screen.shows(day.window, LIGHT.warn_soft, HEAD, 5000), "two signatures to come")


def an_excel_edit_shows(day: Day) -> None:
    screen = day.screen
    screen.key("ctrl+2")
    day.shows_page("客户")
    screen.key("ctrl+f", "ctrl+a")
    screen.type("13800138000")
    screen.settle()
    screen.key("Down")
    day.copied("王建国", "the customer before the edit")
    book = openpyxl.load_workbook(day.folder / "客户档案.xlsx")
    for row in book["客户档案"].iter_rows():
        for cell in row:
            if cell.value == "王建国":
                cell.value = "王建国（老客户）"
    book.save(day.folder / "客户档案.xlsx")
    day.copied("王建国（老客户）", "the edit made in Excel")


def a_held_workbook_is_said_and_written_when_free(day: Day) -> None:
    screen = day.screen
    owner_file = day.folder / "~$客户档案.xlsx"
    owner_file.write_bytes(bytes([6]) + "王芳".encode("gbk").ljust(54, b" ") + b"\x00" * 110)
    screen.key("ctrl+n")
    day.dialog("记一笔")
    screen.type("13800138000")
    screen.key("Tab", "Tab")
    screen.paste("表格被打开时记的")
    screen.key("ctrl+Return")
    day.gone("记一笔")
    until(lambda: screen.shows(day.window, LIGHT.warn, FOOT, 20), "the foot says what waits")
    assert "表格被打开时记的" not in day.cells("客户档案.xlsx")
    owner_file.unlink()
    until(lambda: "表格被打开时记的" in day.cells("客户档案.xlsx"), "it is written when free")
    until(lambda: not screen.shows(day.window, LIGHT.warn, FOOT, 20), "the foot is calm again")


def a_second_start_raises_the_window(day: Day) -> None:
    day.screen.ask("windowminimize", day.window)
    until(lambda: day.screen.active() != day.window, "the window is out of sight")
    second = day.start()
    assert second.wait(timeout=20) == 0
    until(lambda: day.screen.active() == day.window, "the first window is back")
    assert day.process is not None
    assert day.process.poll() is None


def the_window_is_closed(day: Day) -> None:
    """In the middle of work: what was entered a moment before is written all the same."""
    screen = day.screen
    screen.key("ctrl+n")
    day.dialog("记一笔")
    screen.type("13800138000")
    screen.key("Tab", "Tab")
    screen.paste("关窗前最后一句")
    screen.key("ctrl+Return")
    day.gone("记一笔")
    screen.key("alt+F4")
    assert day.process is not None
    assert day.process.wait(timeout=20) == 0


def all_of_it_is_in_the_desk(day: Day) -> None:
    """Everything is in the workbooks already, without another command having written it."""
    cells = {book.name: day.cells(book.name) for book in day.folder.glob("[!.]*.xlsx")}
    entered = {"孙大勇", "问沙发扶手什么时候能补", "表格被打开时记的", "关窗前最后一句"}
    assert {"王建国（老客户）", *entered} <= cells["客户档案.xlsx"]
    assert "床垫边角有点硬" in cells["回访台账.xlsx"]
    notes = {one["内容"] for one in day.listed("inbound", "联系电话=13800138000")}
    assert entered - notes == {"孙大勇"}
    call = day.listed("followups", "客户姓名=赵敏")[0]
    assert call["状态"] == "已完成"
    customer = day.listed("customers", "客户姓名=孙大勇")[0]
    assert day.ask("show", str(day.folder), customer["客户编号"])
    owed = day.ask("due", str(day.folder))["items"]
    kinds = {one["kind"] for one in owed if one["customer_name"] == "赵敏"}
    assert kinds == {"意见答复"}  # the call is done; what the customer said is owed an answer
    report = next((day.folder / "报表").rglob("*.pdf"))
    verdict = day.command("verify", str(report), "--json")
    assert verdict.returncode == 1, "two signatures are still to come"
    found = json.loads(verdict.stdout)[0]["verdict"]
    assert found["unaltered"]
    assert [one["name"] for one in found["signers"]] == [ME]
