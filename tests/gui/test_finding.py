"""Finding, and going to what was found."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.today import TodayPage
from storedesk.gui.places import Place
from tests.gui.opened import OpenedWindow


def open_find(opened: OpenedWindow, words: str) -> FindDialog:
    opened.contents.find_wanted.emit()
    opened.settled()
    found = QApplication.activeModalWidget() or opened.window.findChild(FindDialog)
    assert isinstance(found, FindDialog)
    found.box.setText(words)
    opened.wait(lambda: found.model.rowCount() > 1)
    return found


def test_arrows_move_through_the_hits_while_one_types(opened: OpenedWindow) -> None:
    find = open_find(opened, "王")
    target = find.focusWidget()
    assert isinstance(target, QWidget)
    rows = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(target, key)
        rows.append(find.list.currentIndex().row())
    assert rows == [1, 2, 1]
    find.close()


def test_a_record_is_shown_although_a_search_hides_it(opened: OpenedWindow) -> None:
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    opened.wait(lambda: page.model.record_at(0) is not None)
    wanted = page.model.id_at(0)
    page.search.setText("学府")
    opened.wait(lambda: page.model.rowCount() == 2)
    assert page.model.row_of(wanted) is None
    opened.session.open(Place("customers", "customers", wanted))
    opened.wait(lambda: page.model.id_at(page.table.currentIndex().row()) == wanted)
    assert page.search.text() == ""
    assert opened.window.focusWidget() is page.table


def test_a_search_that_holds_the_record_stays(opened: OpenedWindow) -> None:
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    page.search.setText("学府")
    opened.wait(lambda: page.model.rowCount() == 2)
    opened.session.open(Place("customers", "customers", page.model.id_at(1)))
    opened.wait(lambda: page.table.currentIndex().row() == 1)
    assert page.search.text() == "学府"


def test_the_title_of_the_window_says_where_one_is(opened: OpenedWindow) -> None:
    assert opened.window.windowTitle() == "幸福路店 · 今天 · 店务台"
    opened.go("parts")
    assert opened.window.windowTitle() == "幸福路店 · 配件 · 店务台"


def test_an_empty_ledger_offers_the_next_step(opened: OpenedWindow) -> None:
    page = opened.go("parts")
    assert isinstance(page, LedgerPage)
    opened.wait(lambda: not page.empty.isHidden())
    offered = [one for one in page.empty.findChildren(QPushButton) if not one.isHidden()]
    assert [one.text().strip() for one in offered] == ["新增第一条"]
    offered[0].click()
    opened.settled()
    assert opened.contents.current() is opened.contents.page("form")


def test_a_search_without_hits_offers_the_way_back(opened: OpenedWindow) -> None:
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    page.search.setText("查无此人")
    opened.wait(lambda: not page.empty.isHidden())
    offered = [one for one in page.empty.findChildren(QPushButton) if not one.isHidden()]
    assert [one.text() for one in offered] == ["看全部"]
    offered[0].click()
    opened.wait(lambda: page.model.rowCount() == 8)


@pytest.mark.parametrize("key", ["today", "customers"])
def test_the_right_button_offers_what_the_panel_offers(opened: OpenedWindow, key: str) -> None:
    page = opened.go(key)
    view = page.list if isinstance(page, TodayPage) else page.table  # type: ignore[attr-defined]
    opened.wait(lambda: view.model().rowCount() > 0)
    opened.settled()
    view.customContextMenuRequested.emit(view.visualRect(view.model().index(0, 0)).center())
    opened.wait(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text() for action in menu.actions()]
    assert {"复制号码", "修改"} <= set(words)
    next(action for action in menu.actions() if action.text() == "复制号码").trigger()
    menu.close()
    assert QGuiApplication.clipboard().text().isdigit()
    opened.settled()
