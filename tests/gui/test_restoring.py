"""Bringing a workbook back from a backup, in the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from storedesk.gui.pages.restore import RestoreDialog
from storedesk.operations import backing_up, records
from tests.gui.accessible import check as check_accessible
from tests.gui.hands import (
    CUSTOMERS,
    PERSON,
    SECONDS,
    SHEET,
    ask,
    at,
    check_page,
    do,
    edit,
    many,
    names_of,
    shown_card,
    texts_of,
    written,
)
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME


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
    shown_card(opened, page.alarms)
    page.alarms.rows[0].press("从备份恢复")
    dialog = restore_dialog(opened)
    assert dialog.workbooks.currentText() == CUSTOMERS
    dialog.restore()
    opened.wait(page.alarms.isHidden, SECONDS)
    opened.wait(lambda: "团购23" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)
    opened.settled()
    assert len(names_of(opened)) == 32


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
