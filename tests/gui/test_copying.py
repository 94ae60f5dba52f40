"""Ctrl+C: a row of the window goes into Excel or a message as it reads."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.today import TodayPage
from storedesk.gui.texts import copied
from tests.gui.opened import OpenedWindow


def copy(target: QWidget) -> str:
    QTest.keyClick(target, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (("王建国", "138 0013 8000"), "王建国\t138 0013 8000"),
        (("两行\n的话", "有\t制表符"), "两行 的话\t有 制表符"),
        (("=HYPERLINK(1)", "-12.5", "+86 138"), "'=HYPERLINK(1)\t-12.5\t'+86 138"),
        (("", "空"), "\t空"),
    ],
)
def test_cells_stand_side_by_side_and_none_becomes_a_formula(
    cells: tuple[str, ...], line: str
) -> None:
    assert copied(cells) == line


def test_a_row_of_a_ledger(opened: OpenedWindow) -> None:
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    QGuiApplication.clipboard().clear()
    assert copy(page.table) == ""
    opened.wait(lambda: page.model.record_at(0) is not None)
    page.table.selectRow(0)
    opened.settled()
    cells = copy(page.table).split("\t")
    assert cells[:2] == ["黄霞", "188 2045 9917"]
    assert len(cells) == page.model.columnCount()


def test_a_line_of_today(opened: OpenedWindow) -> None:
    page = opened.contents.page("today")
    assert isinstance(page, TodayPage)
    line = copy(page.list).split("\t")
    assert line[:2] == ["罗怡", "139 6627 3105"]
    assert line[-1] == "超 1 天"


def test_what_is_done_leaves_its_place_to_the_next_thing(opened: OpenedWindow) -> None:
    page = opened.contents.page("today")
    assert isinstance(page, TodayPage)
    page.list.setCurrentIndex(page.model.index(2))
    items = [page.model.item_at(row) for row in range(page.model.rowCount())]
    opened.settled()
    page.reload()
    opened.settled()
    assert page.list.currentIndex().row() == 2
    without = tuple(item for item in items if item is not None and item != items[2])
    page.show_due(type(page._found)(page._found.on, without))
    assert page.model.item_at(page.list.currentIndex().row()) == items[3]
    page.show_due(type(page._found)(page._found.on, without[:1]))
    assert page.list.currentIndex().row() == 0
    opened.settled()
