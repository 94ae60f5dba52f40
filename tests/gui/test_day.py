"""One day in the window, on a real desk: real workbooks, real mirror, nothing faked below."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from storedesk.gui.pages.call import CallPage
from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.quick_note import NoteDialog
from storedesk.gui.pages.today import TodayPage
from storedesk.operations import records, syncing
from storedesk.operations.desk import open_desk
from tests.gui.hands import ask, dialog, press, texts_of, write
from tests.gui.opened import OpenedWindow, spin
from tests.gui.sample_desk import ME


def today(opened: OpenedWindow) -> TodayPage:
    page = opened.contents.page("today")
    assert isinstance(page, TodayPage)
    return page


def names(opened: OpenedWindow) -> list[str]:
    model = today(opened).model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def test_today_shows_what_is_owed_the_most_urgent_first(opened: OpenedWindow) -> None:
    model = today(opened).model
    first = model.item_at(0)
    assert first is not None
    assert (first.kind, first.customer_name, first.overdue) == ("客诉答复客户", "罗怡", True)
    assert "已超 1 天" in today(opened)._why.text()
    assert opened.contents.menu.buttons["today"].accessibleName() == f"今天，{model.rowCount()} 项"


def test_a_figure_narrows_the_list_and_gives_it_back(opened: OpenedWindow) -> None:
    page = today(opened)
    everything = page.model.rowCount()
    page._figures["overdue"].click()
    narrowed = [page.model.item_at(row) for row in range(page.model.rowCount())]
    assert 0 < len(narrowed) < everything
    assert all(item is not None and item.overdue for item in narrowed)
    page._figures["overdue"].click()
    assert page.model.rowCount() == everything


def test_mine_shows_what_i_owe(opened: OpenedWindow) -> None:
    page = today(opened)
    opened.session.set_me("周敏")
    page._scope.group.buttons()[1].click()
    mine = [page.model.item_at(row) for row in range(page.model.rowCount())]
    assert all(item is not None and item.owner in {"", "周敏"} for item in mine)


def test_the_day_after_a_week_away_says_what_was_missed(opened: OpenedWindow) -> None:
    page = today(opened)
    folder = opened.session.facts.folder
    opened.session.preferences.set_last_day(folder, datetime(2026, 11, 14).date())
    page.reload()
    opened.settled()
    assert page.banner.text().startswith("11-20 至 11-21 有 3 件到期：")
    assert page.banner.text().endswith("都在，已按急的排好。")
    page.reload()
    opened.settled()


def start_call(opened: OpenedWindow, name: str) -> CallPage:
    page = today(opened)
    row = next(
        row
        for row in range(page.model.rowCount())
        if (item := page.model.item_at(row))
        and item.ledger == "followups"
        and item.customer_name == name
    )
    page.list.setFocus()
    page.list.setCurrentIndex(page.model.index(row))
    opened.settled()
    press(opened, Qt.Key.Key_Return)
    call = opened.contents.page("call")
    assert isinstance(call, CallPage)
    opened.wait(lambda: bool(call.questions.rows()))
    return call


def test_a_call_from_today_to_its_result_without_the_mouse(opened: OpenedWindow) -> None:
    call = start_call(opened, "赵敏")
    assert "午休" in call.banner.text()
    press(opened, Qt.Key.Key_1)
    assert call.result() == "成功"
    press(opened, Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_5)
    assert call.questions.answers() == {"A2": "正常", "S1": "是", "T1": "5"}
    write(opened, "床垫边角有点硬")
    press(opened, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    opened.wait(lambda: opened.told("已登记：赵敏，成功。"))
    done = [one for one in ask(opened, "followups") if one.text("customer_name") == "赵敏"]
    assert done[0].text("status") == "已完成"
    assert done[0].number("overall") == 5
    issues = ask(opened, "issues")
    assert [one.text("content") for one in issues] == ["床垫边角有点硬"]
    assert opened.contents.page("today") is opened.contents.current()


def test_a_call_that_was_not_answered_comes_again(opened: OpenedWindow) -> None:
    start_call(opened, "王建国")
    press(opened, Qt.Key.Key_7)
    press(opened, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    opened.wait(lambda: opened.told("已登记"))
    call = next(one for one in ask(opened, "followups") if one.text("customer_name") == "王建国")
    assert call.text("status") == "待重拨"
    assert call.moment("next_try_at") is not None


def test_a_result_must_be_chosen_and_a_promised_time_be_readable(opened: OpenedWindow) -> None:
    call = start_call(opened, "王建国")
    call.save()
    assert "先选打通了没有" in call.banner.text()
    call.choose_result("改约")
    call._appointed.set_text("后天下午")
    call.save()
    assert "不是日期" in call._appointed.error()
    call._appointed.set_text("2026-11-24 15:30")
    call.save()
    opened.wait(lambda: opened.told("已登记"))
    record = next(one for one in ask(opened, "followups") if one.text("customer_name") == "王建国")
    assert record.moment("appointed_at") == datetime(2026, 11, 24, 15, 30)


def test_a_note_by_keyboard_reaches_the_workbook(opened: OpenedWindow, folder: Path) -> None:
    press(opened, Qt.Key.Key_N, modifier=Qt.KeyboardModifier.ControlModifier)
    note = dialog(NoteDialog)
    assert isinstance(note, NoteDialog)
    write(opened, "13800138000")
    note.content.focus()
    write(opened, "问沙发什么时候能补扶手")
    note._callback.click()
    press(opened, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)
    opened.wait(lambda: opened.told("已记下"))
    noted = ask(opened, "inbound")[-1]
    assert noted.text("content") == "问沙发什么时候能补扶手"
    assert noted.text("customer_name") == "王建国"
    assert noted.text("receiver") == ME
    flusher = opened.opening.flusher
    assert flusher is not None
    flusher.run()
    opened.wait(lambda: "问沙发什么时候能补扶手" in texts_of(folder / "客户档案.xlsx", "来电登记"))


@pytest.mark.parametrize("words", ["wangjianguo", "wjg", "8000", "学府花园 3幢"])
def test_a_customer_is_found_by_what_one_remembers(opened: OpenedWindow, words: str) -> None:
    press(opened, Qt.Key.Key_K, modifier=Qt.KeyboardModifier.ControlModifier)
    find = dialog(FindDialog)
    assert isinstance(find, FindDialog)
    write(opened, words)
    opened.wait(lambda: find.model.rowCount() > 0)
    hit = find.model.hit(0)
    assert hit is not None
    assert (hit.ledger, hit.title) == ("customers", "王建国")
    press(opened, Qt.Key.Key_Return)
    page = opened.contents.page("customers")
    assert isinstance(page, LedgerPage)
    opened.wait(lambda: not page.detail.isHidden())
    assert page.detail.name() == "王建国"


def test_closing_finishes_what_was_asked_for(opened: OpenedWindow, folder: Path) -> None:
    opened.session.clerk.ask(
        records.add, "customers", {"name": "最后一位", "phone": "13900003333"}, ME
    ).then()
    opened.close()
    spin(50)
    with open_desk(folder) as desk:
        assert [hit.title for hit in records.find(desk, "最后一位")] == ["最后一位"]
        syncing.sync(desk)
    assert "最后一位" in texts_of(folder / "客户档案.xlsx", "客户档案")
