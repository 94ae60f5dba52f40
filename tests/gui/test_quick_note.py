"""记一笔 put aside: nothing typed is dropped without a word."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from storedesk import resources
from storedesk.gui.drafts import Drafts
from storedesk.gui.pages.quick_note import NoteDialog
from tests.gui.opened import OpenedWindow


def drafts_of(opened: OpenedWindow) -> Drafts:
    return Drafts(resources.user_folder() / "drafts" / f"{opened.session.facts.desk}.json")


def press(note: NoteDialog, words: str) -> None:
    """Press the button with these words."""
    found = [one for one in note.findChildren(QPushButton) if one.text().strip() == words]
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def put_aside(opened: OpenedWindow, content: str = "沙发有异响") -> None:
    note = opened.note()
    note._who.show_record("王建国　13800138000", "KH-1")
    note.content.set_text(content)
    note._callback.setChecked(True)
    target = note.focusWidget()
    assert isinstance(target, QWidget)
    QTest.keyClick(target, Qt.Key.Key_Escape)
    opened.settled()
    assert not [one for one in opened.window.findChildren(NoteDialog) if one.isVisible()]


def test_what_was_typed_is_there_again_after_esc(opened: OpenedWindow) -> None:
    put_aside(opened)
    assert opened.told("没记完的留着，再打开「记一笔」就在。")
    note = opened.note()
    assert note.banner.text() == "上次没记完的在这里。"
    assert (note.who.text(), note._who.line.text()) == ("KH-1", "王建国　13800138000")
    assert note.content.text() == "沙发有异响"
    assert note._callback.isChecked()
    note.give_up()


def test_esc_on_an_empty_note_keeps_and_says_nothing(opened: OpenedWindow) -> None:
    note = opened.note()
    note.reject()
    opened.settled()
    assert not opened.told("没记完的")
    again = opened.note()
    assert again.banner.text() == ""
    again.reject()


def test_what_is_not_wanted_any_more_is_gone(opened: OpenedWindow) -> None:
    put_aside(opened)
    note = opened.note()
    press(note, "不要了")
    assert (note.who.text(), note.content.text()) == ("", "")
    note.reject()
    opened.settled()
    note = opened.note()
    assert note.content.text() == ""
    note.content.set_text("打错了")
    press(note, "不记了")
    opened.settled()
    assert opened.note().banner.text() == ""


def test_what_was_noted_is_no_draft_any_more(opened: OpenedWindow) -> None:
    put_aside(opened)
    note = opened.note()
    note._who.show_record("", "")
    note.save()
    opened.wait(lambda: opened.told("已记下"))
    opened.settled()
    again = opened.note()
    assert (again.banner.text(), again.content.text()) == ("", "")
    again.reject()


def test_a_draft_does_not_overwrite_what_is_being_typed(opened: OpenedWindow) -> None:
    put_aside(opened, "第一件")
    note = NoteDialog(opened.session, drafts_of(opened), opened.window, "13800138000")
    note.open()
    opened.settled()
    assert note.content.text() == ""
    assert note.banner.text() == "上次有一笔没记完。"
    press(note, "接着记")
    assert note.content.text() == "第一件"
    note.give_up()


def test_a_note_is_kept_while_it_is_typed(opened: OpenedWindow) -> None:
    """As after a crash: nobody closed the dialog."""
    note = opened.note()
    note._rest.setInterval(1)
    note.content.set_text("说到一半")
    note.content.editor.edited.emit()
    opened.wait(lambda: not note._rest.isActive())
    opened.settled()
    assert [one.values["content"] for one in drafts_of(opened).load()] == ["说到一半"]
    note.give_up()


def test_an_empty_note_says_what_is_missing(opened: OpenedWindow) -> None:
    note = opened.note()
    note.save()
    opened.wait(lambda: bool(note.banner.text()))
    assert note.banner.text() == "「谁」和「说了什么」至少填一个。"
    note.reject()
