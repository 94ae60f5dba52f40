"""Finding, and going to what was found."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QPushButton,
    QStyleOptionViewItem,
    QWidget,
)

from storedesk.gui.pages.call import CallPage
from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.today import TodayPage
from storedesk.gui.places import Place, icon_of
from storedesk.operations.records import Hit
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


def test_an_empty_search_says_what_can_be_typed_and_shows_who_was_seen_last(
    opened: OpenedWindow,
) -> None:
    customers = opened.go("customers")
    assert isinstance(customers, LedgerPage)
    first, second = customers.model.id_at(0), customers.model.id_at(1)
    for one in (first, second, first):
        opened.session.open(Place("customers", "customers", one))
    opened.settled()
    find = FindDialog(opened.session, opened.window)
    find.open()
    opened.wait(lambda: find.model.rowCount() == 2)
    assert "电话后四位" in find.hint.text()
    assert not find.recent.isHidden()
    assert [find.model.hit(row).id for row in range(2)] == [first, second]  # type: ignore[union-attr]
    find.box.setText("王建国")
    opened.wait(find.recent.isHidden)
    assert find.hint.isHidden()
    find.box.clear()
    opened.wait(lambda: not find.recent.isHidden())
    assert find.model.rowCount() == 2
    find.close()


def test_who_was_called_counts_as_seen(opened: OpenedWindow) -> None:
    followups = opened.go("followups")
    assert isinstance(followups, LedgerPage)
    opened.wait(lambda: followups.model.record_at(0) is not None)
    called = followups.model.record_at(0)
    assert called is not None
    page = opened.go("call", record=called.id)
    assert isinstance(page, CallPage)
    page.choose_result("无人接听")
    page.save()
    opened.wait(lambda: opened.told("已登记"))
    find = FindDialog(opened.session, opened.window)
    find.open()
    opened.wait(lambda: find.model.rowCount() == 1)
    assert find.model.hit(0).id == called.text("customer")  # type: ignore[union-attr]
    find.close()


def test_only_people_have_letters(opened: OpenedWindow) -> None:
    """Others show what they are: a purchase by its first character says nothing."""
    assert icon_of("purchases") != icon_of("customers")
    find = FindDialog(opened.session, opened.window)
    find.open()
    opened.settled()
    delegate, picture = find.list.itemDelegate(), QPixmap(640, 64)
    drawn = []
    for ledger in ("customers", "purchases", "vehicles"):
        find.model.show_hits([(Hit(ledger, "X-1", "沙发", ""), "台账")])
        picture.fill(Qt.GlobalColor.white)
        painter, option = QPainter(picture), QStyleOptionViewItem()
        option.rect = QRect(0, 0, 640, 64)
        delegate.paint(painter, option, find.model.index(0))
        painter.end()
        drawn.append(picture.copy(16, 0, 36, 64).toImage())
    assert len({bytes(one.constBits()) for one in drawn}) == 3
    find.close()
