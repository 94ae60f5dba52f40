"""How much a field takes: what is too long is refused as a whole and in words, never cut."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QTimer, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from storedesk.domain.rules.checks import LONGEST_TEXT
from storedesk.gui.texts import tr

_NO_LIMIT = 2**31 - 1


def too_long() -> str:
    """Return what a field says that was given more than a cell can hold."""
    return tr("放不下：一格最多写 {most} 个字，没有放进来。请分开写，或只留要紧的。").format(
        most=f"{LONGEST_TEXT:,}"
    )


class _Within(QValidator):
    def __init__(self, line: QLineEdit, most: int) -> None:
        super().__init__(line)
        self._most = most

    def validate(self, text: str, _at: int) -> QValidator.State:
        """Refuse the whole change; ``maxLength`` would keep its beginning without a word."""
        return QValidator.State.Invalid if len(text) > self._most else QValidator.State.Acceptable


def keep_within(line: QLineEdit, refused: Callable[[], object], most: int = LONGEST_TEXT) -> None:
    """Let a line refuse what would make it longer than ``most``, and tell when it did."""
    line.setValidator(_Within(line, most))
    # Qt's own limit of 32,767 would cut; and taking back what it cut takes the square of its time.
    line.setMaxLength(_NO_LIMIT)
    tell = QTimer(line, singleShot=True, interval=0)
    tell.timeout.connect(refused)
    # Later: Qt is still busy taking it back.
    line.inputRejected.connect(tell.start)


class Memo(QPlainTextEdit):
    """Several lines, as many as a cell holds.

    Signals:
        refused: more was pasted or dropped than fits; nothing was changed.
    """

    refused = Signal()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt's name
        """Take what is pasted or dropped, or nothing of it."""
        there = len(self.toPlainText()) - len(self.textCursor().selectedText())
        if there + len(source.text()) > LONGEST_TEXT:
            self.refused.emit()
        else:
            super().insertFromMimeData(source)
