"""Reports in the window: made, looked at, signed by three, verified; real PDFs, real keys."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from storedesk.gui.asking import AskDialog
from storedesk.gui.pages.reports import ReportsPage
from storedesk.gui.pages.settings import SettingsPage
from storedesk.gui.pages.signing import SignDialog
from storedesk.gui.widgets.labels import Pill
from storedesk.gui.widgets.report_list import ReportModel
from storedesk.operations import keys
from storedesk.operations.reports import ReportLine
from tests.gui.opened import OpenedWindow

PASSPHRASE = "correct horse battery"  # noqa: S105  # opens keys of this test only
ROUNDS = 1_000
"""Of PBKDF2: practice keys open at once."""
SIGNERS = ("林晓", "周敏", "陈强")


@pytest.fixture
def page(opened: OpenedWindow) -> ReportsPage:
    found = opened.go("reports")
    assert isinstance(found, ReportsPage)
    found.make()
    opened.wait(lambda: found.model.rowCount() > 0, seconds=30)
    opened.settled()
    return found


def sign(opened: OpenedWindow, page: ReportsPage, who: str, passphrase: str) -> SignDialog:
    page.sign()
    dialog = page.findChildren(SignDialog)[-1]
    opened.wait(lambda: dialog.who.editor.combo.count() > 1)  # type: ignore[attr-defined]
    dialog.who.set_text(who)
    dialog.passphrase.set_text(passphrase)
    dialog.sign()
    return dialog


def test_a_report_is_made_and_shown(opened: OpenedWindow, page: ReportsPage) -> None:
    assert "已生成" in page.banner.text()
    opened.wait(lambda: page.pages.page_count() > 0, seconds=30)
    line = page.model.line(0)
    assert line is not None
    assert line.path.is_file()
    assert line.waits_for == "回访人"


@pytest.mark.may_block("pyHanko brings 500 modules, whose first collection may fall anywhere")
def test_three_people_sign_and_the_file_verifies(opened: OpenedWindow, page: ReportsPage) -> None:
    for name in SIGNERS:
        opened.session.clerk.ask(keys.make_key, name, (), PASSPHRASE, rounds=ROUNDS).then()
    opened.settled()
    first = sign(opened, page, SIGNERS[0], "not the passphrase")
    opened.wait(lambda: first.banner.text().startswith("签名口令不对"), seconds=30)
    first.reject()
    for name in SIGNERS:
        before = page.model.line(0)
        sign(opened, page, name, PASSPHRASE)
        opened.wait(lambda old=before: page.model.line(0) != old, seconds=60)  # type: ignore[misc]
        opened.settled()
    line = page.model.line(0)
    assert line is not None
    assert line.waits_for == ""
    page.verify(line.path)
    opened.wait(lambda: page.banner.text().startswith("可以采信"), seconds=30)


def test_a_key_is_made_in_the_settings(
    opened: OpenedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "make_key", partial(keys.make_key, rounds=ROUNDS))
    page = opened.go("settings")
    assert isinstance(page, SettingsPage)
    opened.wait(lambda: len(page._keys._rows) == len(SIGNERS))
    ask = next(one for one in page._keys._rows[0].findChildren(QPushButton))
    ask.click()
    dialog = page._keys.findChildren(AskDialog)[-1]
    dialog.fields["first"].set_text(PASSPHRASE)
    dialog.fields["second"].set_text("something else")
    dialog.save()
    assert dialog.fields["first"].error().startswith("两次输入的口令不一样")
    dialog.fields["second"].set_text(PASSPHRASE)
    dialog.save()
    opened.wait(lambda: opened.told("林晓 的钥匙办好了"), seconds=30)
    opened.settled()
    assert page._keys._rows[0].findChildren(Pill)[0].accessibleName() == "有效（试用）"


def test_a_changed_file_is_named_as_such(
    opened: OpenedWindow, page: ReportsPage, tmp_path: Path
) -> None:
    other = tmp_path / "改过.pdf"
    other.write_bytes(b"%PDF-1.7 nothing of ours")
    page.banner.say("")
    page.verify(other)
    opened.wait(lambda: bool(page.banner.text()), seconds=30)
    assert page.banner.text().startswith("读不出来")


def test_nothing_to_sign_is_said(opened: OpenedWindow) -> None:
    found = opened.go("reports")
    assert isinstance(found, ReportsPage)
    assert not found.empty.isHidden()
    found.sign()
    assert "没有等签字的报表" in found.banner.text()


def report(number: str, waits_for: str) -> ReportLine:
    return ReportLine(
        number, "综合", None, "待审核", waits_for, Path("x.pdf"), True, "", "", None, ""
    )


def test_reports_are_ticked_and_signed_oldest_first(qtbot: QtBot) -> None:
    model = ReportModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_reports([report("RB-3", "回访人"), report("RB-2", ""), report("RB-1", "店长")])
    role, on = Qt.ItemDataRole.CheckStateRole, Qt.CheckState.Checked.value
    with qtbot.waitSignal(model.ticked):
        assert model.setData(model.index(0), on, role)
    assert model.setData(model.index(2), on, role)
    assert not model.setData(model.index(1), on, role)
    assert [line.report_no for line in model.ticks()] == ["RB-1", "RB-3"]
    model.show_reports([report("RB-3", ""), report("RB-1", "店长")])
    assert [line.report_no for line in model.ticks()] == ["RB-1"]
    del tester
