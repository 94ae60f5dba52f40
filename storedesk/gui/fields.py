"""One field of a form: its label, the fitting editor, and a line for hint or error.

Every editor speaks text: what a person would type into the cell. What it means is decided where it
is saved, in one place for window, command line and Excel.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from storedesk.domain.forms import Column
from storedesk.domain.values import Type, Unreadable, canonical, shown
from storedesk.gui.editors import (
    ChipsEditor,
    ComboEditor,
    DateEditor,
    Editor,
    LineEditor,
    MemoEditor,
    SegmentsEditor,
)
from storedesk.gui.record_editor import Look, RecordEditor
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.labels import IconLabel, label, repolish
from storedesk.gui.widgets.lengths import too_long

WIDE = frozenset({Type.LONG_TEXT, Type.CHOICES, Type.FILE})
_FEW = 6
_SHORT = 30
_PLACEHOLDERS = {
    Type.DATE: "2026-11-22",
    Type.MOMENT: "2026-11-22 14:30",
    Type.PHONE: "手机或座机",
    Type.RECORD: "姓名、电话或编号",
}
_READABLE = frozenset({Type.NUMBER, Type.MONEY, Type.DATE, Type.MOMENT})


def name_of(column: Column) -> str:
    """Return what a form calls a column: a reference is chosen by name, only cells hold numbers."""
    return column.label.removesuffix("编号") or column.label


class Field(QWidget):
    """A column of a form, to be filled in.

    Signals:
        edited: a person changed it.
        left: a person has finished with it.
    """

    edited = Signal()
    left = Signal()

    def __init__(self, column: Column, editor: Editor, *, needed: bool = False) -> None:
        super().__init__()
        self.column = column
        self.editor = editor
        self.name = name_of(column)
        self._error = ""
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(4)
        stack.addWidget(self._label(needed=needed))
        stack.addWidget(self.editor.widget)
        self._below = QHBoxLayout()
        self._below.setSpacing(5)
        self._mark: IconLabel | None = None
        self._note: QLabel | None = None
        stack.addLayout(self._below)
        stack.addStretch()
        self.editor.set_name(self.name, column.hint)
        self.editor.edited.connect(self._edited)
        self.editor.left.connect(self._tidy)
        self.editor.refused.connect(lambda: self.set_error(too_long()))
        self.set_error("")

    @property
    def wide(self) -> bool:
        """Whether it takes a line of its own."""
        return self.column.type in WIDE or isinstance(self.editor, SegmentsEditor)

    def text(self) -> str:
        """Return what stands in the field."""
        return self.editor.text().strip()

    def set_text(self, text: str) -> None:
        """Put something in without counting as an edit."""
        self.editor.set_text(text)
        self.set_error("")

    def error(self) -> str:
        """Return what is wrong with it, or an empty string."""
        return self._error

    def set_error(self, sentence: str) -> None:
        """Say what is wrong below the field; an empty text brings the hint back."""
        self._error = sentence
        self._say(sentence or self.column.hint, wrong=bool(sentence))
        self.editor.set_invalid(invalid=bool(sentence))
        self.editor.set_name(self.name, sentence or self.column.hint)

    def focus(self) -> None:
        """Put the cursor in."""
        self.editor.focus()

    def _label(self, *, needed: bool) -> QLabel:
        made = label(self.name, "field")
        if needed:
            made.setTextFormat(Qt.TextFormat.RichText)
            name = self.name.replace("&", "&amp;").replace("<", "&lt;")

            def dress() -> None:
                made.setText(f'{name} <span style="color:{theme().tokens.danger}">*</span>')

            follow_theme(made, dress)
        made.setBuddy(self.editor.focus_widget)
        return made

    def _say(self, text: str, *, wrong: bool) -> None:
        """Write the line below the editor; most fields never need one."""
        if self._note is None or self._mark is None:
            if not text:
                return
            self._mark = IconLabel("circle-alert", "danger", 15)
            self._note = label("", "caption", wrap=True)
            self._below.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
            self._below.addWidget(self._note, 1)
        self._note.setText(text)
        self._note.setProperty("role", "error" if wrong else "caption")
        repolish(self._note)
        self._note.setVisible(bool(text))
        self._mark.setVisible(wrong)

    def _edited(self) -> None:
        if self._error:
            self.set_error("")
        self.edited.emit()

    def _tidy(self) -> None:
        """Write a date or number as the ledger shows it, or say why it cannot be read."""
        if self.column.type in _READABLE and self.text():
            try:
                meant = canonical(self.text(), self.column.type)
            except Unreadable as reason:
                self.set_error(str(reason))
            else:
                self.editor.set_text(shown(meant, self.column.type))
        self.left.emit()


def editor_for(column: Column, choices: Sequence[str], look: Look) -> Editor:
    """Return the editor that fits a column.

    Args:
        column: the column.
        choices: the words on offer, if it has a list; names, if it is about staff.
        look: finds records, for a column that points to one.
    """
    placeholder = tr(_PLACEHOLDERS.get(column.type, ""))
    match column.type:
        case Type.LONG_TEXT:
            return MemoEditor()
        case Type.DATE | Type.MOMENT:
            return DateEditor(placeholder, with_time=column.type is Type.MOMENT)
        case Type.YES_NO:
            return SegmentsEditor((tr("是"), tr("否")))
        case Type.RECORD if column.links:
            return RecordEditor(column.links, look, placeholder)
        case Type.CHOICES if choices:
            return ChipsEditor(choices)
        case Type.CHOICE if choices and _is_short(choices):
            return SegmentsEditor(choices)
        case Type.CHOICE | Type.STAFF if choices:
            return ComboEditor(choices)
        case Type.MONEY:
            return LineEditor(placeholder, unit=tr("元"))
        case _:
            return LineEditor(placeholder)


def _is_short(choices: Sequence[str]) -> bool:
    return len(choices) <= _FEW and sum(map(len, choices)) <= _SHORT
