"""What a person does at the window, and in Excel beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.gui.pages.check import CheckPage
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.widgets.asked import AskedCard
from storedesk.operations import records
from storedesk.operations.desk import Desk
from tests.gui.accessible import check as check_accessible
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME

CUSTOMERS = "客户档案.xlsx"
SHEET = "客户档案"
PERSON = {"name": "等", "phone": "13900002222"}
SECONDS = 40
"""Patience of a wait: another worker may have the machine."""


def press(opened: OpenedWindow, *keys: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """Press keys where the cursor is, in the window or the dialog above it."""
    for key in keys:
        top = QApplication.activeModalWidget() or opened.window
        target = top.focusWidget()
        QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)
    opened.settled()


def write(opened: OpenedWindow, text: str) -> None:
    """Type where the cursor is; Chinese comes from an input method, as it does for people."""
    target = (QApplication.activeModalWidget() or opened.window).focusWidget()
    assert isinstance(target, QWidget)
    if text.isascii():
        QTest.keyClicks(target, text)
        return
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(target, event)


def ask(opened: OpenedWindow, ledger: str) -> list[Record]:
    """Return all records of a ledger, asked as the window asks."""
    found: list[list[Record]] = []
    opened.session.clerk.ask(
        lambda desk: records.page(desk, ledger, records.ids(desk, Select(ledger)))
    ).then(found.append)
    opened.wait(lambda: bool(found))
    return found[0]


def dialog(kind: type[QDialog]) -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def texts_of(workbook: Path, sheet: str) -> set[str]:
    book = openpyxl.load_workbook(workbook, read_only=True)
    found = {str(cell) for row in book[sheet].iter_rows(values_only=True) for cell in row if cell}
    book.close()
    return found


def ledger(opened: OpenedWindow, key: str) -> LedgerPage:
    page = opened.go(key)
    assert isinstance(page, LedgerPage)
    opened.wait(lambda: page.model.record_at(0) is not None)
    return page


def column_texts(page: LedgerPage, key: str) -> list[str]:
    at = [column.key for column in page.model.columns].index(key)
    return [str(page.model.index(row, at).data()) for row in range(page.model.rowCount())]


def excel_edit(workbook: Path, sheet: str, old: str, new: str) -> None:
    """Change a cell the way a person does in Excel: another program writes the file."""
    book = openpyxl.load_workbook(workbook)
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.value == old:
                cell.value = new
    book.save(workbook)


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


def shown_card(opened: OpenedWindow, card: AskedCard) -> str:
    """Wait for a card's first sentence and return it."""
    opened.wait(lambda: bool(card.rows), SECONDS)
    check_accessible(opened.window)
    return card.rows[0].asked.text


def names_of(opened: OpenedWindow) -> list[str]:
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


def press_button(opened: OpenedWindow, one: QPushButton) -> None:
    """Press a button by keyboard."""
    one.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(one, Qt.Key.Key_Space)
    opened.settled()
