"""Cards: a titled surface, a figure that can be clicked, and what an empty place says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from storedesk.gui.theme import theme
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import IconTile, Pill, label, repolish


class Card(QFrame):
    """A surface with a title line; put the rest into ``body``."""

    def __init__(
        self, title: str = "", action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 8)
        self.body.setSpacing(0)
        self.count = Pill()
        self.count.hide()
        self.head = QHBoxLayout()
        if not title:
            return
        self.head.setContentsMargins(16, 12, 8, 8)
        self.head.setSpacing(8)
        self._heading = label(title, "section")
        self.head.addWidget(self._heading)
        self.head.addWidget(self.count)
        self.head.addStretch()
        if action:
            self.head.addWidget(button(action, on_action, variant="link"))
        self.body.addLayout(self.head)

    def set_titled(self, *, titled: bool) -> None:
        """Show the title, or not where there is nothing below it."""
        self._heading.setVisible(titled)

    def set_count(self, count: int, tone: str) -> None:
        """Show how many things the card holds; nothing for zero."""
        self.count.set_text(f"{count:,}" if count else "", tone)


class FigureCard(QPushButton):
    """A figure with its name, a line of explanation and an icon; the whole card is a button."""

    def __init__(self, icon_name: str, title: str, tone: str) -> None:
        super().__init__()
        self.title = title
        self.setProperty("kind", "figure")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        texts = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        texts.setSpacing(2)
        self._figure = label("–", "figure")
        self._hint = label("", "caption")
        for one in (label(title, "field"), self._figure, self._hint):
            one.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            texts.addWidget(one)
        row.addLayout(texts, 1)
        self._row, self._texts, self._low = row, texts, False
        self._tile, self._tone = IconTile(icon_name, tone), tone
        row.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(title)

    def set_figure(self, figure: int, hint: str) -> None:
        """Show a figure and the line below it; zero is nothing to be alarmed about."""
        self._tile.set_tone(self._tone if figure else "neutral")
        self._figure.setText(f"{figure:,}")
        self._hint.setText(hint)
        self.setAccessibleName(f"{self.title} {figure}，{hint}")

    def set_low(self, *, low: bool) -> None:
        """Say name and figure in one line, where the window has no height to give."""
        if low == self._low:
            return
        self._low = low
        direction = QBoxLayout.Direction
        self._texts.setDirection(direction.LeftToRight if low else direction.TopToBottom)
        self._row.setContentsMargins(*((16, 0, 16, 0) if low else (16, 14, 16, 14)))
        self._hint.setVisible(not low)
        self._tile.setVisible(not low)
        self._figure.setProperty("role", "section" if low else "figure")
        self.setProperty("low", low)
        for one in (self._figure, self):
            repolish(one)
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the card's fixed height."""
        return QSize(120, theme().sizes.row if self._low else theme().sizes.card)


class Empty(QWidget):
    """What a place says that holds nothing: an icon, a sentence, and perhaps one thing to do."""

    def __init__(self, icon_name: str, title: str, hint: str = "", tone: str = "neutral") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch()
        self._tile = IconTile(icon_name, tone, 48)
        column.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignHCenter)
        self._title, self._hint = label(title, "strong", wrap=True), label(hint, "sub", wrap=True)
        for one in (self._title, self._hint):
            one.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(one)
        self._hint.setVisible(bool(hint))
        self._offers = QHBoxLayout()
        self._offers.setSpacing(8)
        self._offers.addStretch()
        self._offers.addStretch()
        column.addLayout(self._offers)
        column.addStretch()

    def say(self, title: str, hint: str = "", icon_name: str = "") -> None:
        """Say something else, under another icon if one is named."""
        if icon_name:
            self._tile.set_icon(icon_name)
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))

    def said(self) -> str:
        """Return what it says."""
        return self._title.text()

    def add_action(self, made: QPushButton) -> None:
        """Offer something to do."""
        self._offers.insertWidget(self._offers.count() - 1, made)


def page_title(title: str, subtitle: str, *actions: QWidget) -> tuple[QHBoxLayout, QLabel, QLabel]:
    """Return a page's head (title, a line below, buttons at the right) and its two labels."""
    row = QHBoxLayout()
    row.setSpacing(8)
    texts = QVBoxLayout()
    texts.setSpacing(2)
    heading, line = label(title, "title"), label(subtitle, "sub")
    texts.addWidget(heading)
    texts.addWidget(line)
    row.addLayout(texts, 1)
    for action in actions:
        row.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
    return row, heading, line
