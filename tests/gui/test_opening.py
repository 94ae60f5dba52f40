"""Opening in bad weather: no desk, a folder that goes away, a crash before, a PC that slept."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton, QScrollArea, QSystemTrayIcon
from pytestqt.exceptions import capture_exceptions

from storedesk.gui import opening
from storedesk.gui.application import bring_to_front
from storedesk.gui.drafts import Draft, Drafts
from storedesk.gui.failures import FailureWatch
from storedesk.gui.notifier import TrayNotifier, WindowNotifier, notifier_for
from storedesk.gui.pages.form import FormPage
from storedesk.gui.pages.today import TodayPage
from storedesk.gui.places import Place
from storedesk.gui.preferences import Preferences
from storedesk.operations import records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import open_desk
from tests.gui.heartbeat import WatchedApplication
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME, NOW


@pytest.fixture(autouse=True)
def _plain_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FailureWatch, "install", lambda _: lambda: None)


def open_window(
    qapp: WatchedApplication, folder: Path, preferences: Preferences, clock: FixedClock
) -> OpenedWindow:
    preferences.set_me(folder, ME)
    return OpenedWindow(qapp, folder, preferences, clock)


def test_a_folder_that_is_no_desk_is_said_and_tried_again(
    qapp: WatchedApplication, folder: Path, preferences: Preferences
) -> None:
    away = folder.with_name("搬走了")
    folder.rename(away)
    opened = open_window(qapp, folder, preferences, FixedClock(NOW))
    banner = opened.contents.banner
    opened.wait(lambda: bool(banner.text()))
    assert "不是门店文件夹" in banner.text()
    away.rename(folder)
    again = next(one for one in banner.findChildren(QPushButton) if one.text() == "再试")
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    opened.ready()
    assert opened.session.facts.store == "幸福路店"
    opened.close()


def test_on_a_new_pc_one_is_asked_who_one_is_once(
    qapp: WatchedApplication, folder: Path, preferences: Preferences
) -> None:
    with open_desk(folder) as desk:
        records.add(desk, "staff", {"name": "小张", "roles": "回访人", "status": "在职"}, "林晓")
        syncing.sync(desk)
    opened = OpenedWindow(qapp, folder, preferences, FixedClock(NOW))
    opened.ready()
    banner = opened.contents.banner
    opened.wait(lambda: banner.text().startswith("您是哪一位？"))
    zhang = next(one for one in banner.findChildren(QPushButton) if one.text() == "小张")
    QTest.mouseClick(zhang, Qt.MouseButton.LeftButton)
    assert opened.session.me == "小张"
    assert preferences.me(folder) == "小张"
    assert banner.isHidden()
    opened.close()


def test_a_folder_that_goes_away_and_comes_back_loses_nothing(
    opened: OpenedWindow, folder: Path
) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None
    away = folder.with_name("网线掉了")
    folder.rename(away)
    opened.wait(lambda: flusher.state.out_of_reach, seconds=30)
    assert opened.contents.menu.buttons["saved"].text().strip() == "文件夹连不上"
    away.rename(folder)
    opened.wait(lambda: not flusher.state.errors, seconds=30)
    assert "已写入 Excel" in opened.contents.menu.buttons["saved"].text()


def test_after_a_crash_the_unfinished_form_is_offered(
    qapp: WatchedApplication, folder: Path, preferences: Preferences
) -> None:
    preferences.set_open_since(folder, datetime(2026, 11, 21, 17, 42))
    opened = open_window(qapp, folder, preferences, FixedClock(NOW))
    opened.wait(lambda: opened.opening.session is not None)
    opened.ready()
    assert opened.contents.banner.text() == "上次没有正常退出（11-21 17:42）。已保存的都在。"
    desk = opened.session.facts.desk
    opened.close()
    assert preferences.open_since(folder) is None

    kept = Drafts(folder.parent / "home" / "drafts" / f"{desk}.json")
    kept.keep(Draft("customers", "", {"name": "没填完的"}))
    preferences.set_open_since(folder, datetime(2026, 11, 21, 17, 42))
    again = open_window(qapp, folder, preferences, FixedClock(NOW))
    again.ready()
    banner = again.contents.banner
    again.wait(lambda: banner.text().endswith("另有 1 份没填完。"))
    go_on = next(one for one in banner.findChildren(QPushButton) if one.text() == "接着填")
    QTest.mouseClick(go_on, Qt.MouseButton.LeftButton)
    again.settled()
    page = again.contents.current()
    assert isinstance(page, FormPage)
    assert page._form is not None
    assert page._form.fields["name"].text() == "没填完的"
    again.close()


def test_a_half_filled_form_is_kept_and_offered_again(opened: OpenedWindow) -> None:
    page = opened.go("form", "customers")
    assert isinstance(page, FormPage)
    assert page._form is not None
    QTest.keyClicks(page._form.fields["phone"].editor.focus_widget, "139")
    page._rest.setInterval(1)
    page._rest.start()
    opened.wait(lambda: page._state.text().startswith("草稿已存好"))
    opened.go("today")
    opened.go("form", "customers")
    opened.wait(lambda: page.banner.text() == "上次有一份没填完。")
    page._resume(Draft("customers", "", {"phone": "139"}))
    opened.settled()
    assert page._form.fields["phone"].text() == "139"


def test_a_week_of_sleep_rings_and_shows_the_new_day(
    qapp: WatchedApplication, folder: Path, preferences: Preferences
) -> None:
    clock = FixedClock(NOW)
    opened = open_window(qapp, folder, preferences, clock)
    opened.ready()
    today, bell = opened.contents.page("today"), opened.opening.bell
    assert isinstance(today, TodayPage)
    assert bell is not None
    opened.wait(lambda: bell._ticker._scheduler is not None)
    opened.settled()
    before = today._found.overdue
    clock.advance(timedelta(days=7))
    bell._watch.timeout.emit()
    opened.wait(lambda: len(today._found.overdue) > len(before))
    assert "11月29日 星期日" in today._subtitle.text()
    assert "有" in today.banner.text()
    opened.close()


def test_a_clock_set_back_only_looks_again(
    qapp: WatchedApplication, folder: Path, preferences: Preferences
) -> None:
    clock = FixedClock(NOW)
    opened = open_window(qapp, folder, preferences, clock)
    opened.ready()
    bell = opened.opening.bell
    assert bell is not None
    opened.wait(lambda: bell._ticker._scheduler is not None)
    clock.advance(timedelta(days=-2))
    bell._watch.timeout.emit()
    today = opened.contents.page("today")
    assert isinstance(today, TodayPage)
    opened.wait(lambda: "11月20日" in today._subtitle.text())
    opened.close()


def test_the_bell_is_heard_in_the_window_where_there_is_no_tray(opened: OpenedWindow) -> None:
    said: list[str] = []
    notifier = notifier_for(opened.window, lambda: None, said.append)
    assert isinstance(notifier, WindowNotifier)
    notifier.ring("到时间了", "王建国 七天回访")
    assert said == ["到时间了：王建国 七天回访"]


def test_the_bell_is_heard_in_the_tray_where_there_is_one(
    opened: OpenedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[object, ...]] = []
    shown: list[bool] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _, *words: told.append(words[:2]))
    notifier = notifier_for(opened.window, lambda: shown.append(True), lambda _: None)
    assert isinstance(notifier, TrayNotifier)
    notifier.ring("到时间了", "王建国 七天回访")
    assert told == [("到时间了", "王建国 七天回访")]
    notifier._tray.messageClicked.emit()
    assert shown == [True]


def test_a_hidden_window_comes_to_the_front(opened: OpenedWindow) -> None:
    opened.window.showMinimized()
    bring_to_front(opened.window)
    assert not opened.window.isMinimized()


def test_back_returns_to_where_one_came_from(opened: OpenedWindow) -> None:
    customers = opened.go("customers")
    opened.go("form", "customers")
    opened.contents.back()
    opened.settled()
    assert opened.contents.current() is customers
    opened.contents.go(Place("nowhere"))
    assert opened.contents.current() is customers


def test_the_keys_of_the_menu(opened: OpenedWindow) -> None:
    for key, page in (
        (Qt.Key.Key_2, "customers"),
        (Qt.Key.Key_9, "check"),
        (Qt.Key.Key_1, "today"),
    ):
        QTest.keyClick(opened.window, key, Qt.KeyboardModifier.ControlModifier)
        opened.settled()
        assert opened.contents.current() is opened.contents.page(page)


def test_a_narrow_window_folds_its_menu(opened: OpenedWindow) -> None:
    opened.window.resize(911, 512)
    opened.settled()
    assert opened.contents.menu.width() < 80
    assert opened.contents.menu.buttons["customers"].accessibleName() == "客户"
    opened.window.resize(1366, 768)
    opened.settled()
    assert opened.contents.menu.width() > 180


@pytest.mark.parametrize("size", [(880, 500), (911, 512), (1366, 700), (1366, 768)])
def test_every_line_of_the_menu_is_in_sight(opened: OpenedWindow, size: tuple[int, int]) -> None:
    """1366×768 at 150 % leaves 911×512."""
    opened.window.resize(*size)
    opened.settled()
    menu = opened.contents.menu
    for one in menu.buttons.values():
        top = one.mapTo(menu, one.rect().topLeft()).y()
        assert not one.visibleRegion().isEmpty()
        assert one.visibleRegion().boundingRect().height() == one.height() >= 28
        assert 0 <= top <= menu.height() - one.height()


@pytest.mark.parametrize("size", [(911, 512), (1366, 768)])
def test_on_today_nothing_scrolls_but_the_list(opened: OpenedWindow, size: tuple[int, int]) -> None:
    opened.window.resize(*size)
    opened.settled()
    page = opened.contents.page("today")
    assert isinstance(page, TodayPage)
    area = page.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() == 0


@pytest.mark.may_block("dressing a whole window anew takes as long as it does; it is one click")
def test_look_and_text_size_are_chosen_and_kept(opened: OpenedWindow) -> None:
    page = opened.go("settings")
    before = opened.contents.menu.width()
    page.looks.group.buttons()[1].click()  # type: ignore[attr-defined]
    page.sizes.group.buttons()[2].click()  # type: ignore[attr-defined]
    opened.settled()
    assert opened.session.preferences.look().value == "dark"
    assert opened.contents.menu.width() > before
    page.looks.group.buttons()[0].click()  # type: ignore[attr-defined]
    page.sizes.group.buttons()[0].click()  # type: ignore[attr-defined]
    opened.settled()
    assert opened.contents.menu.width() == before


def close_while(opened: OpenedWindow, network: threading.Event) -> None:
    """Close the window while the worker hangs with the network."""
    opened.session.worker.run(network.wait)
    opened.close()


@pytest.mark.may_block("the end may wait for a moment; the window is hidden by then")
def test_a_folder_that_hangs_does_not_hold_up_the_end(
    opened: OpenedWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(opening, "PATIENCE", 0.1)
    monkeypatch.setattr(
        QMessageBox, "exec", lambda box: told.append(f"{box.text()}{box.informativeText()}")
    )
    network = threading.Event()
    before = opened.session.facts.desk
    close_while(opened, network)
    assert opened.window.hangs
    assert told
    assert "登记过的都已存在本机" in told[0]
    network.set()
    with open_desk(folder) as desk:
        assert desk.uuid == before


def test_a_window_that_closes_well_says_nothing(opened: OpenedWindow) -> None:
    opened.close()
    assert not opened.window.hangs


def test_a_bug_in_a_round_does_not_end_all_rounds(
    opened: OpenedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None

    def stumble(_: object) -> None:
        raise ZeroDivisionError

    with capture_exceptions() as seen:
        with monkeypatch.context() as patch:
            patch.setattr(syncing, "carry_out", stumble)
            flusher.run()
            opened.wait(lambda: bool(seen))
        opened.wait(lambda: not flusher._running)
        states: list[object] = []
        flusher.state_changed.connect(states.append)
        flusher.run()
        opened.wait(lambda: bool(states))
    assert [kind for kind, _, _ in seen] == [ZeroDivisionError]


HANGING = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from storedesk.gui import application, opening

opening.PATIENCE = 0.2
QMessageBox.exec = lambda box: print(box.text(), flush=True)
furnish = application._furnish

def furnish_and_close(app, window, folder, preferences):
    furnish(app, window, folder, preferences)
    found = window.findChild(opening.Opening)
    found.worker.run(threading.Event().wait)
    QTimer.singleShot(0, window.close)

application._furnish = furnish_and_close
sys.exit(application.run(Path(sys.argv[1])))
"""


def test_the_process_ends_although_a_thread_hangs(folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", HANGING, str(folder)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "没有反应" in ended.stdout
