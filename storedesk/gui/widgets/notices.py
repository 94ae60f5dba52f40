"""What the window says by itself: a toast that goes away, a banner that stays until answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from storedesk.gui.icons import icon
from storedesk.gui.texts import shortened
from storedesk.gui.theme import theme
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import IconLabel, label, set_tone

SHOWN_MS = 5000
_TOLD = 600
Action = tuple[str, Callable[[], object]]
_ICONS = {"ok": "circle-check", "warn": "triangle-alert", "danger": "circle-alert", "info": "info"}


class Toast(QFrame):
    """One sentence at the foot of the window, with at most one thing to do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("toast")
        self.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 10, 8)
        row.setSpacing(12)
        self._icon, self._text = QLabel(), QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._action = QPushButton()
        self._action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._action.clicked.connect(self._act)
        for one in (self._icon, self._text, self._action):
            row.addWidget(one)
        self._do: Callable[[], object] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)

    def say(self, text: str, tone: str = "ok", action: Action | None = None) -> None:
        """Show a sentence for five seconds (longer ones a little longer)."""
        mark = icon(_ICONS[tone], theme().tokens.on_toast)
        self._icon.setPixmap(mark.pixmap(QSize(18, 18), self.devicePixelRatioF()))
        text = shortened(text, _TOLD)
        self._text.setText(text)
        self._text.setWordWrap(False)
        self._do = action[1] if action else None
        self._action.setText(action[0] if action else "")
        self._action.setVisible(action is not None)
        self.setAccessibleName(text)
        self._timer.start(SHOWN_MS + 60 * len(text))
        self.show()
        self.place()
        self.raise_()

    def text(self) -> str:
        """Return what is being said."""
        return "" if self.isHidden() else self._text.text()

    def place(self) -> None:
        """Move to the middle of the window's foot."""
        room = self._window.size()
        self._text.setWordWrap(self._text.sizeHint().width() > room.width() - 200)
        self._text.setMaximumWidth(room.width() - 200)
        self.adjustSize()
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - 28)

    def _act(self) -> None:
        self.hide()
        if self._do:
            self._do()


class Banner(QFrame):
    """A sentence across a page with one to three things to do; hidden while it says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(12)
        self._icon = IconLabel("info", "info", 18)
        self._text = label("", wrap=True)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        self._holder: QWidget | None = None
        self._buttons: list[QPushButton] = []
        self._box = QHBoxLayout()
        self._box.setSpacing(8)
        row.addLayout(self._box)
        self.hide()

    def say(self, text: str, tone: str = "info", actions: Sequence[Action] = ()) -> None:
        """Say something; an empty text hides the banner."""
        text = shortened(text, _TOLD)
        self._text.setText(text)
        self.setAccessibleName(text)
        set_tone(self, tone)
        self._icon.set_icon(_ICONS[tone], tone)
        for old in self._buttons:
            old.hide()
            old.deleteLater()
        self._buttons = [button(name, do) for name, do in actions]
        for one in self._buttons:
            self._box.addWidget(one)
        self.setVisible(bool(text))
        if self._holder is not None:
            self._holder.setVisible(bool(text))

    def text(self) -> str:
        """Return what is being said."""
        return self._text.text()

    def with_margins(self, margin: int) -> QWidget:
        """Return a holder that keeps the banner off its neighbours and vanishes with it."""
        self._holder = QWidget()
        room = QVBoxLayout(self._holder)
        room.setContentsMargins(margin, 16, margin, 0)
        room.addWidget(self)
        self._holder.hide()
        return self._holder
