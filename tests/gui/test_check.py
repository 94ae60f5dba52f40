"""需核对: what a person decides there, with real workbooks edited beside the open window.

Nobody presses 再看一遍 here: the watch on the folder notices every edit by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from storedesk.gui.pages.repair import RepairDialog
from storedesk.operations import records
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
    press_button,
    shown_card,
    texts_of,
    written,
)
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME


def test_many_rows_gone_is_asked_and_taken_in_when_meant(
    opened: OpenedWindow, folder: Path
) -> None:
    do(opened, many)
    written(opened)
    edit(folder, lambda sheet: sheet.delete_rows(10, 23))
    opened.wait(lambda: "一次改了很多行" in opened.contents.banner.text(), SECONDS)
    page = check_page(opened)
    text = shown_card(opened, page.alarms)
    assert "一次少了 23 行（共 32 行）：团购00、团购01" in text
    assert len(names_of(opened)) == 32
    assert opened.contents.menu.buttons["check"].accessibleName() == "需核对，1 项"
    page.alarms.rows[0].press("我去 Excel 里撤销")
    assert opened.told("在 Excel 里撤销并保存")
    press_button(opened, page.alarms.rows[0].buttons[0])
    opened.wait(page.alarms.isHidden, SECONDS)
    opened.wait(lambda: len(names_of(opened)) == 9, SECONDS)
    opened.wait(lambda: opened.contents.menu.buttons["check"].accessibleName() == "需核对", SECONDS)


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
    text = shown_card(opened, page.deletions)
    assert text.startswith("「客户档案」里的王建国在 Excel 里被删掉了")
    assert "王建国" in names_of(opened), "kept until it is decided"
    page.deletions.rows[0].press(answer)
    opened.wait(page.deletions.isHidden, SECONDS)
    opened.wait(lambda: ("王建国" in texts_of(folder / CUSTOMERS, SHEET)) is stays, SECONDS)
    opened.settled()
    assert ("王建国" in names_of(opened)) is stays


def test_a_lost_header_is_repaired_in_a_dialog(opened: OpenedWindow, folder: Path) -> None:
    page = check_page(opened)

    def lose(sheet: Any) -> None:
        at(sheet, "联系电话").value = "打这个"
        at(sheet, "地址").value = None

    edit(folder, lose)
    text = shown_card(opened, page.repairs)
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
    assert "插入一个空行并保存" in shown_card(opened, page.repairs)
    page.repairs.rows[0].press("修复…")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RepairDialog)
    dialog.save()
    edit(folder, lambda sheet: sheet.insert_rows(1))
    opened.wait(lambda: "可以把表头写回去" in shown_card(opened, page.repairs), SECONDS)
    page.repairs.rows[0].press("修复…")
    again = QApplication.activeModalWidget()
    assert isinstance(again, RepairDialog)
    again.save()
    opened.wait(page.repairs.isHidden, SECONDS)
    assert "联系电话" in texts_of(folder / CUSTOMERS, SHEET)


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
    shown_card(opened, page.waiting)
    page.waiting.rows[0].press("另存这 1 条")
    opened.wait(lambda: opened.told("已另存：带走.xlsx"), SECONDS)
    assert offered[0].endswith("客户档案 等写入 2026-11-22.xlsx")
    assert {"等", "13900002222", "新的一行"} <= texts_of(tmp_path / "带走.xlsx", SHEET)
