"""A search field that waits for the fingers to rest."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from storedesk.gui.icons import icon
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.lengths import keep_within

REST_MS = 120
_MOST = 200


class SearchBox(QLineEdit):
    """A line to search with; Esc clears it.

    Signals:
        searched: typing rests; carries the words.
        moved_down: the arrow-down key goes to the list.
        refused: far too much was pasted, nothing of it stands here; carries a sentence.
    """

    searched = Signal(str)
    moved_down = Signal()
    refused = Signal(str)

    def __init__(self, placeholder: str, name: str, rest_ms: int = REST_MS) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        glass = self.addAction(
            icon("search", theme().tokens.text3), QLineEdit.ActionPosition.LeadingPosition
        )
        follow_theme(self, lambda: glass.setIcon(icon("search", theme().tokens.text3)))
        self._rest = QTimer(self, singleShot=True, interval=rest_ms)
        self._rest.timeout.connect(lambda: self.searched.emit(self.text().strip()))
        self.textChanged.connect(lambda *_: self._rest.start())
        told = tr("要搜的字太多了，最多 {most} 个。").format(most=_MOST)
        keep_within(self, lambda: self.refused.emit(told), _MOST)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Clear on Esc; leave for the list on the down key."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.moved_down.emit()
        else:
            super().keyPressEvent(event)
