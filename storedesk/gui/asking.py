"""A small dialog with one or a few questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from storedesk.domain.forms import Column
from storedesk.domain.values import Type
from storedesk.gui.editors import LineEditor
from storedesk.gui.fields import Field, editor_for
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import label

_WIDTH = 440
Saver = Callable[[Mapping[str, str]], str]
"""Takes the answers; returns what is wrong with them, or an empty text."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask.

    Attributes:
        choices: words on offer, for ``Type.CHOICE``.
        text: what stands in it at first.
        secret: shown as dots, for a passphrase.
    """

    key: str
    label: str
    type: Type = Type.TEXT
    choices: tuple[str, ...] = ()
    text: str = ""
    hint: str = ""
    secret: bool = False


class AskDialog(QDialog):
    """Asks, and closes once the answers were taken. Ctrl+Enter saves, Esc gives up."""

    def __init__(
        self, title: str, questions: Sequence[Question], save: Saver, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self._take = save
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(title, "section", wrap=True))
        self.fields = {one.key: _field(one) for one in questions}
        for field in self.fields.values():
            column.addWidget(field)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button(tr("取消"), self.reject, variant="ghost"))
        row.addWidget(button(tr("确定"), self.save, variant="primary", tip="Ctrl+Enter"))
        column.addLayout(row)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)
        next(iter(self.fields.values())).focus()

    def save(self) -> None:
        """Hand the answers on; stay open while something is wrong."""
        wrong = self._take({key: field.text() for key, field in self.fields.items()})
        if wrong:
            first = next(iter(self.fields.values()))
            first.set_error(wrong)
            first.focus()
            return
        self.accept()


def _field(question: Question) -> Field:
    column = Column(question.key, question.label, question.type, hint=question.hint)
    editor = editor_for(column, question.choices, lambda *_: None)
    field = Field(column, editor)
    field.set_text(question.text)
    if question.secret and isinstance(editor, LineEditor):
        editor.line.setEchoMode(QLineEdit.EchoMode.Password)
    return field
