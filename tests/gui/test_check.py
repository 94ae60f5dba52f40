"""需核对: what a person decides there, with real workbooks edited beside the open window.

Nobody presses 再看一遍 here: the watch on the folder notices every edit by itself.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from storedesk.gui import flushing
from storedesk.gui.pages.check import CheckPage
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.repair import RepairDialog
from storedesk.gui.pages.restore import RestoreDialog
from storedesk.gui.widgets.asked import AskedCard
from storedesk.operations import backing_up, records, syncing
from storedesk.operations.desk import Desk, open_desk
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME
from tests.gui.test_accessible import check as check_accessible
from tests.gui.test_day import ask, texts_of

CUSTOMERS = "客户档案.xlsx"
SHEET = "客户档案"
PERSON = {"name": "等", "phone": "13900002222"}
SECONDS = 40
"""Patience of a wait: another worker may have the machine."""


def edit(folder: Path, change: Callable[[Any], object], workbook: str = CUSTOMERS) -> None:
    """Save a workbook as people do: another program writes aside and renames."""
    book = openpyxl.load_workbook(folder / workbook)
    change(book[SHEET])
    aside = folder / "5A3F0C1D"
    book.save(aside)
    book.close()
    aside.replace(folder / workbook)


def at(sheet: Any, label: str) -> Any:
    return next(cell for cell in sheet[1] if cell.value == label)


def check_page(opened: OpenedWindow) -> CheckPage:
    page = opened.go("check")
    assert isinstance(page, CheckPage)
    return page


def shown(opened: OpenedWindow, card: AskedCard) -> str:
    """Wait for a card's first sentence and return it."""
    opened.wait(lambda: bool(card.rows), SECONDS)
    check_accessible(opened.window)
    return card.rows[0].asked.text


def names(opened: OpenedWindow) -> list[str]:
    return sorted(one.text("name") for one in ask(opened, "customers"))


def do(opened: OpenedWindow, operation: Callable[[Desk], object]) -> None:
    opened.session.clerk.ask(operation).then()
    opened.settled()


def many(desk: Desk) -> None:
    with desk.mirror.transaction():
        for number in range(24):
            person = {"name": f"团购{number:02d}", "phone": f"139000022{number:02d}"}
            records.add(desk, "customers", person, ME)


def written(opened: OpenedWindow) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None
    flusher.run()
    opened.wait(lambda: flusher.state.waiting_count == 0, SECONDS)
    opened.settled()


# --- an edit made in Excel ----------------------------------------------------------------------


def test_an_edit_shows_by_itself(opened: OpenedWindow, folder: Path) -> None:
    edit(folder, lambda sheet: sheet.cell(2, at(sheet, "客户姓名").column, "王建国（改）"))
    opened.wait(lambda: "王建国（改）" in names(opened), SECONDS)


def test_a_workbook_moved_away_is_said_after_a_while_and_forgiven_at_once(
    opened: OpenedWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flushing, "MISSING_MS", 300)
    flusher = opened.opening.flusher
    assert flusher is not None
    told: list[tuple[str, ...]] = []
    flusher.state_changed.connect(lambda state: told.append(state.errors))
    (folder / CUSTOMERS).rename(folder.parent / "拿走.xlsx")
    do(
        opened,
        lambda desk: records.add(desk, "customers", PERSON, ME),
    )
    opened.wait(lambda: any("找不到" in one for one in flusher.state.errors), SECONDS)
    assert told[0] == (), "Excel takes the name away for a moment when it saves"
    assert flusher.state.waiting_count == 1
    assert opened.contents.menu.buttons["saved"].text().strip() == "有工作簿读不了"
    page = check_page(opened)
    gone = next(row for row in page.waiting.rows if "找不到" in row.asked.text)
    assert [one.accessibleName() for one in gone.buttons] == ["再试", "从备份恢复…"]
    (folder.parent / "拿走.xlsx").rename(folder / CUSTOMERS)
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)
    opened.wait(page.waiting.isHidden, SECONDS)


def test_entries_go_in_by_themselves_when_the_folder_comes_back(
    opened: OpenedWindow, folder: Path
) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None
    away = folder.with_name("网线掉了")
    folder.rename(away)
    opened.wait(lambda: flusher.state.out_of_reach, SECONDS)
    do(
        opened,
        lambda desk: records.add(desk, "customers", PERSON, ME),
    )
    flusher.run()
    opened.wait(lambda: flusher.state.waiting_count == 1, SECONDS)
    assert opened.contents.menu.buttons["saved"].text().strip() == "1 条等连上"
    assert not folder.exists(), "nothing is made where the folder was"
    page = check_page(opened)
    assert any("现在连不上" in row.asked.text for row in page.waiting.rows)
    away.rename(folder)
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)
    opened.wait(lambda: "已写入 Excel" in opened.contents.menu.buttons["saved"].text(), SECONDS)


def test_closing_the_workbook_lets_entries_in_at_once(opened: OpenedWindow, folder: Path) -> None:
    owner_file = folder / "~$客户档案.xlsx"
    owner_file.write_bytes(bytes([6]) + "王芳".encode("gbk").ljust(54, b" ") + b"\x00" * 110)
    do(
        opened,
        lambda desk: records.add(desk, "customers", PERSON, ME),
    )
    flusher = opened.opening.flusher
    assert flusher is not None
    opened.wait(lambda: flusher.state.waiting_count == 1, SECONDS)
    owner_file.unlink()
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)


def test_an_old_copy_saved_over_ours_is_said(opened: OpenedWindow, folder: Path) -> None:
    old = (folder / CUSTOMERS).read_bytes()
    do(opened, lambda desk: records.add(desk, "customers", PERSON, ME))
    written(opened)
    (folder / CUSTOMERS).write_bytes(old)
    opened.wait(lambda: "被一份旧副本盖过" in opened.contents.banner.text(), SECONDS)
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)


def test_copies_beside_a_workbook_are_merged_or_listed(opened: OpenedWindow, folder: Path) -> None:
    page = check_page(opened)
    shutil.copy(folder / CUSTOMERS, folder / "客户档案-冲突.xlsx")
    shutil.copy(folder / CUSTOMERS, folder / "客户档案 - 副本.xlsx")
    opened.wait(
        lambda: "已合并冲突副本《客户档案-冲突.xlsx》" in opened.contents.banner.text(), SECONDS
    )
    opened.wait(lambda: not (folder / "客户档案-冲突.xlsx").exists(), SECONDS)
    model = page.list.model()
    spoken = Qt.ItemDataRole.AccessibleTextRole
    opened.wait(
        lambda: any(
            "《客户档案 - 副本.xlsx》" in str(model.index(row, 0).data(spoken))
            for row in range(model.rowCount())
        ),
        SECONDS,
    )
    assert (folder / "客户档案 - 副本.xlsx").exists()


# --- questions ------------------------------------------------------------------------------------


def test_many_rows_gone_is_asked_and_taken_in_when_meant(
    opened: OpenedWindow, folder: Path
) -> None:
    do(opened, many)
    written(opened)
    edit(folder, lambda sheet: sheet.delete_rows(10, 23))
    opened.wait(lambda: "一次改了很多行" in opened.contents.banner.text(), SECONDS)
    page = check_page(opened)
    text = shown(opened, page.alarms)
    assert "一次少了 23 行（共 32 行）：团购00、团购01" in text
    assert len(names(opened)) == 32
    assert opened.contents.menu.buttons["check"].accessibleName() == "需核对，1 项"
    page.alarms.rows[0].press("我去 Excel 里撤销")
    assert opened.told("在 Excel 里撤销并保存")
    press(opened, page.alarms.rows[0].buttons[0])
    opened.wait(page.alarms.isHidden, SECONDS)
    opened.wait(lambda: len(names(opened)) == 9, SECONDS)
    opened.wait(lambda: opened.contents.menu.buttons["check"].accessibleName() == "需核对", SECONDS)


def press(opened: OpenedWindow, one: QPushButton) -> None:
    """Press a button by keyboard."""
    one.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(one, Qt.Key.Key_Space)
    opened.settled()


@pytest.mark.parametrize(("answer", "stays"), [("写回表格", True), ("确实删掉", False)])
def test_a_row_deleted_while_edited_is_decided(
    opened: OpenedWindow, folder: Path, answer: str, *, stays: bool
) -> None:
    page = check_page(opened)
    wang = next(one for one in ask(opened, "customers") if one.text("name") == "王建国")
    owner_file = folder / ".~lock.客户档案.xlsx#"
    owner_file.write_text(",王芳,pc,22.11.2026 10:24,;", "utf-8")
    do(opened, lambda desk: records.set_values(desk, wang.id, {"address": "滨河湾"}, ME))
    assert wang.row is not None
    edit(folder, lambda sheet: sheet.delete_rows(wang.row))
    owner_file.unlink()
    text = shown(opened, page.deletions)
    assert text.startswith("「客户档案」里的王建国在 Excel 里被删掉了")
    assert "王建国" in names(opened), "kept until it is decided"
    page.deletions.rows[0].press(answer)
    opened.wait(page.deletions.isHidden, SECONDS)
    opened.wait(lambda: ("王建国" in texts_of(folder / CUSTOMERS, SHEET)) is stays, SECONDS)
    opened.settled()
    assert ("王建国" in names(opened)) is stays


# --- lost headers ---------------------------------------------------------------------------------


def test_a_lost_header_is_repaired_in_a_dialog(opened: OpenedWindow, folder: Path) -> None:
    page = check_page(opened)

    def lose(sheet: Any) -> None:
        at(sheet, "联系电话").value = "打这个"
        at(sheet, "地址").value = None

    edit(folder, lose)
    text = shown(opened, page.repairs)
    assert "「打这个」应该就是「联系电话」（8 行里 8 行内容一样）" in text
    page.repairs.rows[0].press("修复…")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RepairDialog)
    opened.settled()
    check_accessible(dialog)
    proposed = dialog.chosen()
    assert proposed.keys() == {"phone", "address"}
    dialog.fields["address"].set_text(dialog.fields["phone"].text())
    dialog.save()
    assert "已经选过" in dialog.fields["address"].error()
    words = {position: told for told, position in dialog._positions.items()}
    dialog.fields["address"].set_text(words[proposed["address"]])
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    opened.wait(page.repairs.isHidden, SECONDS)
    assert {"联系电话", "地址"} <= texts_of(folder / CUSTOMERS, SHEET)
    opened.settled()
    model = page.list.model()
    listed = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
    assert not any("少了" in one for one in listed)


def test_a_header_row_that_was_deleted_needs_a_hand_first(
    opened: OpenedWindow, folder: Path
) -> None:
    page = check_page(opened)
    edit(folder, lambda sheet: sheet.delete_rows(1))
    assert "插入一个空行并保存" in shown(opened, page.repairs)
    page.repairs.rows[0].press("修复…")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RepairDialog)
    dialog.save()
    edit(folder, lambda sheet: sheet.insert_rows(1))
    opened.wait(lambda: "可以把表头写回去" in shown(opened, page.repairs), SECONDS)
    page.repairs.rows[0].press("修复…")
    again = QApplication.activeModalWidget()
    assert isinstance(again, RepairDialog)
    again.save()
    opened.wait(page.repairs.isHidden, SECONDS)
    assert "联系电话" in texts_of(folder / CUSTOMERS, SHEET)


# --- carrying away what waits --------------------------------------------------------------------


@pytest.mark.may_block("a file dialog is replaced; what counts is the file")
def test_what_waits_is_saved_apart(
    opened: OpenedWindow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner_file = folder / ".~lock.客户档案.xlsx#"
    owner_file.write_text(",王芳,pc,22.11.2026 10:24,;", "utf-8")
    page = check_page(opened)
    do(
        opened,
        lambda desk: records.add(desk, "customers", PERSON, ME),
    )
    offered: list[str] = []

    def choose(_parent: object, _title: str, suggested: str, _kind: str) -> tuple[str, str]:
        offered.append(suggested)
        return str(tmp_path / "带走"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    shown(opened, page.waiting)
    page.waiting.rows[0].press("另存这 1 条")
    opened.wait(lambda: opened.told("已另存：带走.xlsx"), SECONDS)
    assert offered[0].endswith("客户档案 等写入 2026-11-22.xlsx")
    assert {"等", "13900002222", "新的一行"} <= texts_of(tmp_path / "带走.xlsx", SHEET)


# --- from a backup -------------------------------------------------------------------------------


def restore_dialog(opened: OpenedWindow) -> RestoreDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RestoreDialog)
    opened.wait(dialog.go.isEnabled, SECONDS)
    check_accessible(dialog)
    return dialog


def test_a_workbook_is_brought_back_after_a_look(opened: OpenedWindow, folder: Path) -> None:
    page = check_page(opened)
    do(opened, lambda desk: backing_up.make(desk.folder, (CUSTOMERS,), desk.clock.now()))
    edit(folder, lambda sheet: sheet.cell(2, at(sheet, "地址").column, "不知道"))
    opened.wait(
        lambda: "不知道" in {one.text("address") for one in ask(opened, "customers")}, SECONDS
    )
    do(opened, lambda desk: records.add(desk, "customers", PERSON, ME))
    written(opened)
    page._restore(CUSTOMERS)
    dialog = restore_dialog(opened)
    assert "14:24" in str(dialog.states.model().index(0, 0).data())
    QTest.keyClick(dialog.states, Qt.Key.Key_Down)
    opened.wait(dialog.go.isEnabled, SECONDS)
    told = dialog.preview.toPlainText()
    assert "地址「不知道」→「学府花园 3幢501」" in told
    assert "保留，会重新写进去" in told
    press_undo = dialog.undo
    QTest.keyClick(press_undo, Qt.Key.Key_Space)
    opened.wait(lambda: "不知道" not in dialog.preview.toPlainText(), SECONDS)
    opened.wait(dialog.go.isEnabled, SECONDS)
    QTest.keyClick(press_undo, Qt.Key.Key_Space)
    opened.wait(lambda: "不知道" in dialog.preview.toPlainText(), SECONDS)
    opened.wait(dialog.go.isEnabled, SECONDS)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    opened.wait(lambda: opened.told("已恢复到"), SECONDS)
    opened.wait(lambda: {"等", "学府花园 3幢501"} <= texts_of(folder / CUSTOMERS, SHEET), SECONDS)
    opened.settled()
    assert "不知道" not in {one.text("address") for one in ask(opened, "customers")}


def test_many_rows_gone_come_back_from_a_backup(opened: OpenedWindow, folder: Path) -> None:
    do(opened, many)
    written(opened)
    page = check_page(opened)
    edit(folder, lambda sheet: sheet.delete_rows(10, 23))
    shown(opened, page.alarms)
    page.alarms.rows[0].press("从备份恢复")
    dialog = restore_dialog(opened)
    assert dialog.workbooks.currentText() == CUSTOMERS
    dialog.restore()
    opened.wait(page.alarms.isHidden, SECONDS)
    opened.wait(lambda: "团购23" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)
    opened.settled()
    assert len(names(opened)) == 32


def test_a_workbook_without_backups_says_so(opened: OpenedWindow) -> None:
    page = check_page(opened)
    page._restore("配件台账.xlsx")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RestoreDialog)
    opened.wait(lambda: "还没有备份" in dialog.preview.toPlainText(), SECONDS)
    dialog.restore()
    assert not dialog.go.isEnabled()
    dialog.workbooks.setCurrentText(CUSTOMERS)
    opened.wait(dialog.go.isEnabled, SECONDS)
    dialog.close()


# --- beside the window ---------------------------------------------------------------------------


def test_what_a_command_enters_shows_by_itself(opened: OpenedWindow, folder: Path) -> None:
    customers = opened.go("customers")
    assert isinstance(customers, LedgerPage)
    opened.wait(lambda: customers.model.rowCount() == 8, SECONDS)
    with open_desk(folder) as desk:
        records.add(desk, "customers", PERSON, ME)
        syncing.sync(desk)
    opened.wait(lambda: customers.model.rowCount() == 9, SECONDS)


def test_a_round_that_hangs_with_the_network_is_said(
    opened: OpenedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None
    go_on = threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(syncing, "carry_out", lambda _: go_on.wait(SECONDS) and ())
        flusher.run()
        opened.wait(lambda: flusher._running)
        patch.setattr(flusher._watch, "reachable", lambda: False)
        flusher.run()
        assert flusher.state.out_of_reach
        assert opened.contents.menu.buttons["saved"].text().strip() == "文件夹连不上"
    go_on.set()
    opened.wait(lambda: not flusher.state.out_of_reach, SECONDS)
