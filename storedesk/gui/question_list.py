"""A questionnaire to be answered by digit keys: one question in sight after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from storedesk.domain.questionnaires import Answer, Item, Questionnaire
from storedesk.gui.editors import Line
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import Segments
from storedesk.gui.widgets.labels import label, set_tone

NO_OPINION = "不表态"
_OPINION = "opinion"
_AT_ONCE = 2
"""Rows built in one go: a long form is built between other events."""


def options_of(item: Item) -> tuple[str, ...]:
    """Return the words on offer for a question; none for free text."""
    match item.answer:
        case Answer.SCORE:
            return (*map(str, range(1, 6)), tr(NO_OPINION))
        case Answer.RECOMMEND:
            return tuple(map(str, range(11)))
        case Answer.CHOICE:
            return item.options
        case _:
            return ()


def word_for(item: Item, key: str) -> str:
    """Return the word a digit key means in a question, or an empty string.

    A score is its own digit and 0 is 不表态; of words, 1 is the first.
    """
    if not (key.isascii() and key.isdigit()):
        return ""
    if item.answer is Answer.SCORE:
        return tr(NO_OPINION) if key == "0" else (key if "1" <= key <= "5" else "")
    if item.answer is Answer.RECOMMEND:
        return key
    at = int(key) - 1
    return item.options[at] if 0 <= at < len(item.options) else ""


class QuestionRow(QFrame):
    """One question with its answers.

    Signals:
        answered: an answer was given.
        refused: more was to be put in than an answer can hold.
    """

    answered = Signal()
    refused = Signal()

    def __init__(self, item: Item, place: int) -> None:
        super().__init__()
        self.item = item
        self.setProperty("kind", "question")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(label(f"{place}", "caption"))
        row.addWidget(label(item.title, wrap=True), 1)
        self._segments: Segments | None = None
        self._line: QLineEdit | None = None
        if options := options_of(item):
            self._segments = Segments(options, name=item.title)
            self._segments.chosen.connect(lambda _: self.answered.emit())
            row.addWidget(self._segments)
        else:
            line = self._line = Line()
            self._line.setAccessibleName(item.title)
            line.refused.connect(self.refused)
            self._line.setPlaceholderText(tr("客户原话"))
            row.addWidget(self._line, 2)

    @property
    def is_text(self) -> bool:
        """Whether it is answered in words."""
        return self._line is not None

    def answer(self) -> str:
        """Return the answer as it is recorded; 不表态 is 0; empty if there is none."""
        if self._line is not None:
            return self._line.text().strip()
        chosen = self._segments.value() if self._segments else ""
        return "0" if chosen == tr(NO_OPINION) else chosen

    def give(self, word: str) -> None:
        """Choose an answer."""
        if self._segments is not None and word in options_of(self.item):
            self._segments.set_value(word)
            self.answered.emit()

    def mark(self, *, current: bool) -> None:
        """Show that this is the question to answer now."""
        set_tone(self, "current" if current else "")
        if current and self._line is not None:
            self._line.setFocus()


class QuestionList(QWidget):
    """All questions, one of them current.

    Signals:
        finished: the last question was answered.
        changed: any answer changed.
        refused: more was to be put in than an answer can hold.
    """

    finished = Signal()
    changed = Signal()
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("问卷：按数字键回答"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._rows: list[QuestionRow] = []
        self._waiting: list[Item] = []
        self._at = 0
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._build_some)

    def show_items(self, items: Sequence[Item]) -> None:
        """Ask these questions."""
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self._rows = []
        self._at = 0
        self._waiting = list(items)
        self._build_some()

    def answers(self) -> dict[str, str]:
        """Return what was answered, by question number."""
        return {row.item.number: row.answer() for row in self._rows if row.answer()}

    def rows(self) -> list[QuestionRow]:
        """Return the questions in sight."""
        return self._rows

    def press(self, key: str) -> bool:
        """Answer the current question by a digit; whether it was one."""
        if not self._rows or self._rows[self._at].is_text:
            return False
        word = word_for(self._rows[self._at].item, key)
        if not word:
            return False
        self._rows[self._at].give(word)
        return True

    def go(self, at: int) -> None:
        """Make another question the current one."""
        if not self._rows:
            return
        self._at = max(0, min(at, len(self._rows) - 1))
        for place, row in enumerate(self._rows):
            row.mark(current=place == self._at)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Answer by digits, move by arrows."""
        match event.key():
            case Qt.Key.Key_Down:
                self.go(self._at + 1)
            case Qt.Key.Key_Up:
                self.go(self._at - 1)
            case _ if self.press(event.text()):
                pass
            case _:
                super().keyPressEvent(event)

    def _build_some(self) -> None:
        now, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        for item in now:
            row = QuestionRow(item, len(self._rows) + 1)
            row.answered.connect(lambda one=row: self._answered(one))
            row.refused.connect(self.refused)
            self._rows.append(row)
            self._column.addWidget(row)
        if self._waiting:
            self._more.start()
        else:
            self.go(self._at)

    def _answered(self, row: QuestionRow) -> None:
        at = self._rows.index(row)
        self.changed.emit()
        if at + 1 < len(self._rows):
            self.setFocus()
            self.go(at + 1)
        else:
            self.finished.emit()


def items_of(questionnaire: Questionnaire, *, short: bool) -> tuple[Item, ...]:
    """Return the questions to ask: 快速版 in its own order, or all.

    The customer's opinion has a field of its own below the questions.
    """
    found: Iterable[Item | None] = questionnaire.items
    if short and questionnaire.short:
        found = (questionnaire.item(number) for number in questionnaire.short)
    return tuple(item for item in found if item is not None and item.column != _OPINION)
