"""Ledgers and forms in the window, and the workbooks behind them edited in Excel meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from storedesk.domain.problems import Kind, Problem
from storedesk.gui.pages.check import CheckPage
from storedesk.gui.pages.form import FormPage
from storedesk.gui.places import Place
from storedesk.operations import records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import open_desk
from tests.gui.hands import ask, column_texts, excel_edit, ledger, press, texts_of
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME, NOW


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


def test_the_history_tells_what_another_pc_entered(
    opened: OpenedWindow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this mirror it looks like an edit in Excel; the other PC's history file knows better."""
    customer = next(one for one in ask(opened, "customers") if one.text("name") == "王建国")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("STOREDESK_HOME", str(tmp_path / "another PC"))
        with open_desk(folder, clock=FixedClock(NOW)) as other:
            syncing.sync(other)
            records.set_values(other, customer.id, {"address": "学府花园 3幢502"}, "周敏")
            syncing.sync(other)
    flusher = opened.opening.flusher
    assert flusher is not None
    flusher.run()
    page = ledger(opened, "customers")
    opened.wait(lambda: "学府花园 3幢502" in column_texts(page, "address"), seconds=20)
    page.table.selectRow(column_texts(page, "name").index("王建国"))

    def told() -> dict[str, str]:
        rows = page.detail._events._rows
        return {what.text(): who.text() for shown, what, who in rows if not shown.isHidden()}

    what = "地址改为「学府花园 3幢502」"
    opened.wait(lambda: "周敏" in told().get(what, ""))
    assert len(told()) == 2, "each thing is told once"


def test_tab_goes_through_a_form_from_top_to_bottom(opened: OpenedWindow) -> None:
    """Also through a section that is unfolded later, and to the buttons last."""
    page = opened.go("form", "customers")
    assert isinstance(page, FormPage)
    form = page._form
    assert form is not None
    folded = form._sections[1]
    folded.unfold()
    opened.settled()
    wanted = [form.fields[one.key] for one in folded.columns]
    folded.fold_button.setFocus()
    passed: list[QWidget] = []
    while len(passed) < 60 and not (passed and passed[-1] is page._save):
        target: QWidget | None = opened.window.focusWidget()
        assert target is not None
        QTest.keyClick(target, Qt.Key.Key_Tab)
        passed.append(opened.window.focusWidget())
    assert passed[-1] is page._save
    fields = [next((f for f in wanted if f.isAncestorOf(one)), None) for one in passed]
    assert list(dict.fromkeys(filter(None, fields))) == wanted
    assert fields[0] is wanted[0]
    assert passed[-2] is page._save_again


def test_what_is_wrong_far_below_is_brought_into_sight(opened: OpenedWindow) -> None:
    page = opened.go("form", "complaints")
    assert isinstance(page, FormPage)
    form = page._form
    assert form is not None
    for section in form._sections:
        section.unfold()
    opened.settled()
    last = next(reversed(form.fields.values()))
    form.show_problems([Problem(Kind.BAD_VALUE, "不对", column=last.column.key)])
    opened.settled()
    shown = last.mapTo(page._area.viewport(), last.rect().bottomLeft())
    assert page._area.viewport().rect().contains(shown)


def test_what_is_typed_before_the_first_field_is_there_is_not_lost(opened: OpenedWindow) -> None:
    opened.go("form", "parts")
    QTimer.singleShot(0, lambda: opened.contents.go(Place("form", "customers")))
    QTimer.singleShot(0, lambda: QTest.keyClicks(opened.window.focusWidget(), "Li"))
    opened.settled()
    page = opened.contents.page("form")
    assert isinstance(page, FormPage)
    assert page._form is not None
    assert page._form.fields["name"].text() == "Li"
