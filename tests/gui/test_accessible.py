"""Everything that takes the keyboard has a name, and everything that is clicked is large enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from storedesk.gui.asking import AskDialog, Question
from storedesk.gui.failures import FailureDialog
from storedesk.gui.pages.find import FindDialog
from storedesk.gui.places import CALL, CHECK, FORM, GROUPS, REPORTS, SETTINGS, STORE_SETTINGS, TODAY
from storedesk.gui.preferences import Preferences
from storedesk.operations.clock import FixedClock
from tests.gui.accessible import check
from tests.gui.heartbeat import WatchedApplication
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import NOW

PAGES = [TODAY, CHECK, SETTINGS, STORE_SETTINGS, *(group.key for group in GROUPS)]


@pytest.mark.may_block("asking about every event shown takes its own time")
def test_no_part_is_ever_a_window_of_its_own(
    qapp: WatchedApplication, folder: Path, preferences: Preferences
) -> None:
    qapp.watching_strays = True
    opened = OpenedWindow(qapp, folder, preferences, FixedClock(NOW))
    opened.ready()
    for key in (*PAGES, REPORTS):
        opened.go(key)
    opened.go(FORM, "complaints")
    followups = opened.contents.page("followups")
    opened.go(CALL, record=followups.model.id_at(0))  # type: ignore[union-attr]
    opened.note()
    FindDialog(opened.session, opened.window).open()
    opened.settled()
    opened.close()
    qapp.watching_strays = False
    assert qapp.strays == []


def test_every_page(opened: OpenedWindow) -> None:
    for key in PAGES:
        opened.go(key)
        check(opened.window)


@pytest.mark.parametrize("ledger", ["customers", "complaints", "visits", "parts"])
def test_every_form_unfolded(opened: OpenedWindow, ledger: str) -> None:
    page = opened.go(FORM, ledger)
    for section in page._form._sections:  # type: ignore[attr-defined]
        section.unfold()
    opened.settled()
    check(opened.window)


def test_a_call_with_its_whole_questionnaire(opened: OpenedWindow) -> None:
    followups = opened.go("followups")
    page = opened.go(CALL, record=followups.model.id_at(0))  # type: ignore[attr-defined]
    page.choose_result("改约")  # type: ignore[attr-defined]
    quick = len(page.questions.rows())  # type: ignore[attr-defined]
    page._length.group.buttons()[1].click()  # type: ignore[attr-defined]
    opened.settled()
    assert len(page.questions.rows()) > quick  # type: ignore[attr-defined]
    check(opened.window)


def test_dialogs(opened: OpenedWindow) -> None:
    dialogs = (
        FindDialog(opened.session, opened.window),
        opened.note(),
        AskDialog("改约", (Question("at", "客户约的时间"),), lambda _: "", opened.window),
        FailureDialog("ZeroDivisionError", opened.window),
    )
    for dialog in dialogs:
        dialog.open()
        opened.settled()
        check(dialog)
        dialog.close()


def test_lists_are_read_out_line_by_line(opened: OpenedWindow) -> None:
    today = opened.contents.page(TODAY)
    spoken = today.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)  # type: ignore[union-attr]
    assert spoken.startswith("罗怡，139 6627 3105，客诉答复客户 · 床头柜抽屉面板开裂")
    assert spoken.endswith("，超 1 天")
