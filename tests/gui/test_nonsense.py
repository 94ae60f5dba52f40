"""A paste of nonsense: answered in words or kept as it is; nothing typed is lost, nothing stops."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from storedesk.gui.pages.call import CallPage
from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.form import FormPage
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.question_list import word_for
from tests.gui.hands import ask
from tests.gui.opened import OpenedWindow

NONSENSE = {
    "long": "沙发 sofa 12" * 10_000,
    "controls": "前" + "".join(map(chr, range(1, 32))) + "\x7f\u200b\u202e\ufeff后",
    "halves": "前\ud83d中\ude00后",
    "lines": "一行\n二行\t三格\r\n\r\n=HYPERLINK(1)\u2028末行",
    "quotes": '\';"%_*?{}[]()<b>&amp;\\ OR 1=1 -- NEAR("',
}
LONGEST = 32_767
SHORT = {name: text for name, text in NONSENSE.items() if name != "long"}


def paste(target: QWidget, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(target, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_in_a_ledgers_search(opened: OpenedWindow) -> None:
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    for text in SHORT.values():
        opened.wait(lambda: page.model.rowCount() == 8)
        paste(page.search, text)
        opened.wait(lambda: not page.empty.isHidden())
        page.search.clear()
    opened.wait(lambda: page.model.rowCount() == 8)
    paste(page.search, NONSENSE["long"])
    opened.wait(lambda: opened.told("要搜的字太多了，最多 200 个。"))
    assert page.search.text() == ""


def test_in_the_search_for_customers(opened: OpenedWindow) -> None:
    find = FindDialog(opened.session, opened.window)
    find.open()
    for text in SHORT.values():
        find.box.setText("王建国")
        opened.wait(lambda: find.model.rowCount() > 0)
        find.box.selectAll()
        paste(find.box, text)
        opened.wait(find.list.isHidden)
        assert "没有找到" in find.empty.said()
    find.box.setText("王建国")
    opened.wait(lambda: find.model.rowCount() > 0)
    paste(find.box, NONSENSE["long"])
    opened.wait(lambda: find._foot.text() == "要搜的字太多了，最多 200 个。")
    assert find.box.text() == "王建国"
    find.close()


def test_in_a_note(opened: OpenedWindow, folder: Path) -> None:
    for text in SHORT.values():
        opened.contents.toast.hide()
        note = opened.note()
        paste(note.who.editor.focus_widget, "13800138000")
        paste(note.content.editor.focus_widget, text)
        typed = note.content.text()
        note.save()
        opened.wait(lambda: opened.told("已记下"))
        noted = {squeezed(one.text("content")) for one in ask(opened, "inbound")}
        assert squeezed(typed) in noted
    written(opened, folder / "客户档案.xlsx", noted)


@pytest.mark.parametrize("which", ["who", "content"])
def test_more_than_a_cell_holds_is_refused_as_a_whole(opened: OpenedWindow, which: str) -> None:
    """Never cut: what stands there stays, the clipboard keeps the rest, and the field says so."""
    note = opened.note()
    field = {"who": note.who, "content": note.content}[which]
    paste(field.editor.focus_widget, "前")
    paste(field.editor.focus_widget, NONSENSE["long"])
    opened.wait(lambda: bool(field.error()))
    assert field.error().startswith("放不下：一格最多写 32,767 个字，没有放进来。")
    assert field.text() == "前"
    assert QGuiApplication.clipboard().text() == NONSENSE["long"]
    paste(field.editor.focus_widget, "后")
    assert field.text() == "前后"
    assert field.error() == ""
    note.reject()


def test_as_much_as_a_cell_holds_is_taken(opened: OpenedWindow) -> None:
    note = opened.note()
    paste(note.content.editor.focus_widget, "沙" * LONGEST)
    assert (len(note.content.text()), note.content.error()) == (LONGEST, "")
    paste(note.content.editor.focus_widget, "后")
    assert (len(note.content.text()), bool(note.content.error())) == (LONGEST, True)
    note.content.editor.memo.selectAll()  # type: ignore[attr-defined]
    paste(note.content.editor.focus_widget, "后")
    assert (note.content.text(), note.content.error()) == ("后", "")
    note.reject()


def test_in_who_a_note_is_about(opened: OpenedWindow) -> None:
    """Whoever it is, the note is taken or the field says why not; it never stops the window."""
    for text in SHORT.values():
        opened.contents.toast.hide()
        before = len(ask(opened, "inbound"))
        note = opened.note()
        paste(note.who.editor.focus_widget, text)
        paste(note.content.editor.focus_widget, "说了些什么")
        typed = note.who.text()
        note.save()
        opened.settled()
        if opened.contents.toast.text() == "已记下":
            assert len(ask(opened, "inbound")) == before + 1
            continue
        assert note.banner.text()
        assert note.who.text() == typed
        note.reject()


def test_in_a_form(opened: OpenedWindow, folder: Path) -> None:
    kept = set()
    for at, (name, text) in enumerate(SHORT.items()):
        opened.contents.toast.hide()
        page = opened.go("form", "customers")
        assert isinstance(page, FormPage)
        form = page._form
        assert form is not None
        form.fields["name"].set_text(f"怪客户{at}")
        paste(form.fields["phone"].editor.focus_widget, text)
        paste(form.fields["address"].editor.focus_widget, text)
        typed = form.fields["address"].text()
        page.save()
        opened.wait(lambda form=form: bool(form.fields["phone"].error()))  # type: ignore[misc]
        assert len(form.fields["phone"].error()) < 200
        assert form.fields["name"].text() == f"怪客户{at}"
        form.fields["phone"].set_text(f"1390000444{at}")
        page.save()
        opened.settled()
        opened.wait(lambda: opened.told("已保存"))
        added = next(one for one in ask(opened, "customers") if one.text("name") == f"怪客户{at}")
        assert added.text("address") == typed
        assert typed.isprintable() or name == "controls", "one line"
        kept.add(squeezed(typed))
    written(opened, folder / "客户档案.xlsx", kept)


def test_in_what_a_customer_says_on_the_phone(opened: OpenedWindow) -> None:
    followups = opened.go("followups")
    assert isinstance(followups, LedgerPage)
    call = opened.go("call", record=followups.model.id_at(0))
    assert isinstance(call, CallPage)
    call.choose_result("成功")
    paste(call._opinion.editor.focus_widget, NONSENSE["long"])
    assert call._opinion.error().startswith("放不下")
    paste(call._opinion.editor.focus_widget, NONSENSE["halves"])
    typed = call._opinion.text()
    call.save()
    opened.wait(lambda: opened.told("已登记"))
    assert squeezed(ask(opened, "issues")[-1].text("content")) == squeezed(typed)


def test_on_a_table_nothing_is_pasted(opened: OpenedWindow) -> None:
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    opened.wait(lambda: page.model.record_at(0) is not None)
    before = ask(opened, "customers")
    page.table.selectRow(0)
    for text in NONSENSE.values():
        paste(page.table, text)
    opened.settled()
    assert ask(opened, "customers") == before
    assert QApplication.activeModalWidget() is None


def test_a_long_text_from_excel_is_shown_without_holding_up(
    opened: OpenedWindow, folder: Path
) -> None:
    """A cell holds 32,767 characters; table, panel and tooltip show its beginning."""
    book = openpyxl.load_workbook(folder / "客户档案.xlsx")
    for row in book["客户档案"].iter_rows():
        for cell in row:
            if cell.value == "王建国":
                row[[one.value for one in book["客户档案"][1]].index("地址")].value = "长" * LONGEST
    book.save(folder / "客户档案.xlsx")
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    assert opened.opening.flusher is not None
    opened.opening.flusher.run()
    opened.settled()
    rows = range(page.model.rowCount())
    names = [str(page.model.index(row, 0).data()) for row in rows]
    page.table.selectRow(names.index("王建国"))
    opened.settled()
    facts = dict(page.detail._facts.texts())
    assert facts["地址"].startswith("长长")
    assert len(facts["地址"]) < LONGEST
    at = [column.key for column in page.model.columns].index("address")
    tip = page.model.index(names.index("王建国"), at).data(Qt.ItemDataRole.ToolTipRole)
    assert len(tip) < LONGEST


def test_odd_digits_answer_no_question(opened: OpenedWindow) -> None:
    followups = opened.go("followups")
    assert isinstance(followups, LedgerPage)
    call = opened.go("call", record=followups.model.id_at(0))
    assert isinstance(call, CallPage)
    for key in ("²", "٣", "①", "１", ""):
        press = QKeyEvent(QKeyEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, key)
        QApplication.sendEvent(call, press)
        assert all(word_for(row.item, key) == "" for row in call.questions.rows())
    assert call.result() == ""


def squeezed(text: str) -> str:
    """Return what of a text a cell can hold and a person can see."""
    return "".join(char for char in text if char.isprintable() and not char.isspace())


def written(opened: OpenedWindow, workbook: Path, texts: set[str]) -> None:
    """Wait until a workbook that others can open holds the texts."""
    assert opened.opening.flusher is not None
    opened.opening.flusher.run()

    def holds() -> bool:
        book = openpyxl.load_workbook(workbook, read_only=True)
        cells = {
            squeezed(str(cell))
            for sheet in book.worksheets
            for row in sheet.iter_rows(values_only=True)
            for cell in row
            if cell is not None
        }
        book.close()
        return texts <= cells

    opened.wait(holds, seconds=20)
