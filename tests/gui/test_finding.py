"""Finding, and going to what was found."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.ledger import LedgerPage
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
