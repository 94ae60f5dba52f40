"""One day in the window, on a real desk: real workbooks, real mirror, nothing faked below."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.gui.pages.call import CallPage
from storedesk.gui.pages.check import CheckPage
from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.form import FormPage
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.quick_note import NoteDialog
from storedesk.gui.pages.today import TodayPage
from storedesk.operations import records, syncing
from storedesk.operations.desk import open_desk
from tests.gui.opened import OpenedWindow, spin
from tests.gui.sample_desk import ME


def today(opened: OpenedWindow) -> TodayPage:
    page = opened.contents.page("today")
    assert isinstance(page, TodayPage)
    return page


def names(opened: OpenedWindow) -> list[str]:
    model = today(opened).model
    return [str(model.index(row).data()) for row in range(model.rowCount())]


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


# --- 今天 ----------------------------------------------------------------------------------


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


# --- a call, by keyboard alone -----------------------------------------------------------


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


# --- 记一笔 and 找客户 -------------------------------------------------------------------------


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


def texts_of(workbook: Path, sheet: str) -> set[str]:
    book = openpyxl.load_workbook(workbook, read_only=True)
    found = {str(cell) for row in book[sheet].iter_rows(values_only=True) for cell in row if cell}
    book.close()
    return found


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


# --- ledgers and forms -------------------------------------------------------------------


def ledger(opened: OpenedWindow, key: str) -> LedgerPage:
    page = opened.go(key)
    assert isinstance(page, LedgerPage)
    opened.wait(lambda: page.model.record_at(0) is not None)
    return page


def column_texts(page: LedgerPage, key: str) -> list[str]:
    at = [column.key for column in page.model.columns].index(key)
    return [str(page.model.index(row, at).data()) for row in range(page.model.rowCount())]


def test_a_ledger_is_searched_filtered_and_sorted(opened: OpenedWindow) -> None:
    page = ledger(opened, "customers")
    assert page.model.rowCount() == 8
    page.search.setText("学府")
    opened.wait(lambda: page.model.rowCount() == 2)
    page.search.clear()
    opened.wait(lambda: page.model.rowCount() == 8)
    at = [column.key for column in page.model.columns].index("name")
    page.table.horizontalHeader().setSortIndicator(at, Qt.SortOrder.AscendingOrder)
    opened.settled()
    opened.wait(lambda: column_texts(page, "name")[0] != "")
    opened.settled()
    by_pinyin = ["陈子涵", "高强", "黄霞", "罗怡", "王建国", "徐静", "赵敏", "周晨"]
    assert column_texts(page, "name") == by_pinyin
    calls = ledger(opened, "followups")
    chip = next(chip for chip in calls._chips if chip.plain == "待拨")
    assert chip.text() == f"待拨  {calls.model.rowCount()}"
    chip.click()
    opened.settled()
    assert set(column_texts(calls, "status")) == {"待拨"}


def test_a_search_that_finds_nothing_says_so(opened: OpenedWindow) -> None:
    page = ledger(opened, "customers")
    page.search.setText("查无此人")
    opened.wait(lambda: not page.empty.isHidden())
    assert page.table.isHidden()


def test_a_new_customer_with_a_known_phone_is_pointed_out(opened: OpenedWindow) -> None:
    page = opened.go("form", "customers")
    assert isinstance(page, FormPage)
    form = page._form
    assert form is not None
    form.fields["phone"].set_text("13800138000")
    form.fields["phone"].left.emit()
    opened.wait(lambda: bool(page.banner.text()))
    assert page.banner.text().startswith("这个电话已有客户：王建国，")


def test_what_is_missing_is_said_at_the_field_and_nothing_is_lost(opened: OpenedWindow) -> None:
    page = opened.go("form", "customers")
    assert isinstance(page, FormPage)
    form = page._form
    assert form is not None
    form.fields["name"].set_text("新客户")
    page.save()
    opened.settled()
    assert "联系电话" in form.fields["phone"].error()
    assert form.fields["name"].text() == "新客户"
    form.fields["phone"].set_text("139 0000 1111")
    page.save()
    opened.wait(lambda: opened.told("已保存"))
    assert "新客户" in {one.text("name") for one in ask(opened, "customers")}


def test_a_record_is_changed_and_its_history_tells(opened: OpenedWindow) -> None:
    page = ledger(opened, "customers")
    row = column_texts(page, "name").index("王建国")
    page.table.setFocus()
    page.table.selectRow(row)
    press(opened, Qt.Key.Key_Return)
    form_page = opened.contents.page("form")
    assert isinstance(form_page, FormPage)
    opened.wait(lambda: form_page._record is not None)
    opened.settled()
    form = form_page._form
    assert form is not None
    form.fields["address"].set_text("学府花园 3幢502")
    form_page.save()
    opened.wait(lambda: opened.told("已保存"))
    opened.wait(lambda: opened.contents.current() is page)
    opened.settled()
    page.table.selectRow(row)
    opened.settled()
    shown = {what.text() for shown, what, _ in page.detail._events._rows if not shown.isHidden()}
    assert "地址改为「学府花园 3幢502」" in shown


# --- Excel -------------------------------------------------------------------------------


def excel_edit(workbook: Path, sheet: str, old: str, new: str) -> None:
    """Change a cell the way a person does in Excel: another program writes the file."""
    book = openpyxl.load_workbook(workbook)
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.value == old:
                cell.value = new
    book.save(workbook)


def test_an_edit_made_in_excel_shows_in_the_table(opened: OpenedWindow, folder: Path) -> None:
    page = ledger(opened, "customers")
    excel_edit(folder / "客户档案.xlsx", "客户档案", "王建国", "王建国（老客户）")
    flusher = opened.opening.flusher
    assert flusher is not None
    with_edit = "王建国（老客户）"
    flusher.run()
    opened.wait(lambda: with_edit in column_texts(page, "name"))


def test_the_history_files_are_told_before_any_workbook(opened: OpenedWindow, folder: Path) -> None:
    before = (folder / "客户档案.xlsx").read_bytes()
    for number in range(150):
        values = {"name": f"客户{number}", "phone": f"13900{number:06}"}
        opened.session.clerk.ask(records.add, "customers", values, ME).then()
    flusher = opened.opening.flusher
    assert flusher is not None
    flusher._rest.stop()

    def told() -> bool:
        flusher._rest.stop()
        files = (folder / "历史").glob("*.jsonl")
        return any("13900000149" in one.read_text("utf-8") for one in files)

    opened.wait(told, seconds=20)
    assert (folder / "客户档案.xlsx").read_bytes() == before


def test_a_held_workbook_is_said_and_written_later(
    opened: OpenedWindow, folder: Path, qtbot: QtBot
) -> None:
    owner_file = folder / "~$客户档案.xlsx"
    owner_file.write_bytes(bytes([6]) + "王芳".encode("gbk").ljust(54, b" ") + b"\x00" * 110)
    flusher = opened.opening.flusher
    assert flusher is not None
    opened.session.clerk.ask(
        records.add, "customers", {"name": "等一等", "phone": "13900002222"}, ME
    ).then()
    with qtbot.waitSignal(flusher.held, timeout=10_000):
        opened.settled()
        flusher.run()
    assert "《客户档案.xlsx》正被" in opened.contents.banner.text()
    assert "条等写入" in opened.contents.menu.buttons["saved"].text()
    check = opened.go("check")
    assert isinstance(check, CheckPage)
    assert not check.waiting.isHidden()
    owner_file.unlink()
    flusher.run()
    opened.wait(lambda: "等一等" in texts_of(folder / "客户档案.xlsx", "客户档案"))
    opened.settled()
    assert check.waiting.isHidden()


def test_what_both_sides_changed_is_decided_by_a_person(opened: OpenedWindow, folder: Path) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None
    excel_edit(folder / "客户档案.xlsx", "客户档案", "学府花园 3幢501", "学府花园 3幢503")
    customer = next(one for one in ask(opened, "customers") if one.text("name") == "王建国")
    values = {"address": "学府花园 3幢502"}
    opened.session.clerk.ask(records.set_values, customer.id, values, ME).then()
    opened.settled()
    flusher.run()
    opened.settled()
    check = opened.go("check")
    assert isinstance(check, CheckPage)
    opened.wait(lambda: bool(check.clashes.rows))
    question = check.clashes.rows[0].findChildren(QWidget)
    words = [one.text() for one in question if hasattr(one, "text")]
    assert any("王建国的地址两边都改过" in text for text in words)
    ours = next(one for one in question if getattr(one, "text", str)() == "用店务台的")
    QTest.mouseClick(ours, Qt.MouseButton.LeftButton)
    opened.wait(check.clashes.isHidden)
    flusher.run()
    opened.wait(lambda: "学府花园 3幢502" in texts_of(folder / "客户档案.xlsx", "客户档案"))


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
