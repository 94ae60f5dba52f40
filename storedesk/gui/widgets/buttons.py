"""Buttons: one shape in a few variants, and the chips and segments that choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
)

from storedesk.gui.icons import icon
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.labels import bold

B = TypeVar("B", bound=QAbstractButton)


def button(
    text: str,
    on_click: Callable[[], object] | None = None,
    *,
    icon_name: str = "",
    variant: str = "",
    tip: str = "",
) -> QPushButton:
    """Return a push button.

    Args:
        text: what it does.
        on_click: called without arguments.
        icon_name: a Lucide icon before the text.
        variant: ``primary`` (one per page), ``soft``, ``ghost``, ``link``, ``danger`` or plain.
        tip: a longer explanation or the shortcut.
    """
    # Qt leaves 4 px between icon and text; a blank makes it 8.
    made = QPushButton(f" {text}" if icon_name else text)
    made.setAccessibleName(text)
    if variant:
        made.setProperty("variant", variant)
    if tip:
        made.setToolTip(tip)
    if icon_name:
        follow_theme(made, lambda: _dress(made, icon_name, variant, 18))
    return _finish(made, on_click)


def icon_button(
    icon_name: str, name: str, on_click: Callable[[], object] | None = None, variant: str = "ghost"
) -> QToolButton:
    """Return a square button; its name is read out and shown as tooltip."""
    made = QToolButton()
    made.setProperty("kind", "square")
    if variant:
        made.setProperty("variant", variant)
    made.setToolTip(name)
    made.setAccessibleName(name)
    follow_theme(made, lambda: _dress(made, icon_name, variant, 20))
    return _finish(made, on_click)


def _dress(made: QAbstractButton, icon_name: str, variant: str, size: int) -> None:
    tokens = theme().tokens
    color = {
        "primary": tokens.on_accent,
        "soft": tokens.accent_text,
        "link": tokens.accent_text,
        "danger": tokens.danger,
    }.get(variant, tokens.text2)
    made.setIcon(icon(icon_name, color, disabled=tokens.text3))
    made.setIconSize(QSize(size, size))


def _finish(made: B, on_click: Callable[[], object] | None) -> B:
    # Qt has no :focus-visible; reached by Tab only, the ring shows for the keyboard alone.
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if on_click is not None:
        made.clicked.connect(lambda *_: on_click())
    return made


class Chip(QPushButton):
    """One of several filters; shows how many records it holds."""

    def __init__(self, text: str, kind: str = "chip") -> None:
        super().__init__(text)
        self.plain = text
        self.setProperty("kind", kind)
        self.setCheckable(True)
        self.setAccessibleName(text)
        _finish(self, None)

    def set_count(self, count: int | None) -> None:
        """Show a count behind the text; none if it is None."""
        self.setText(self.plain if count is None else f"{self.plain}  {count:,}")
        self.setAccessibleName(self.plain if count is None else f"{self.plain}，{count} 条")
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return room for the bold text: ``:checked`` never asks for a new size."""
        self.ensurePolished()
        width = QFontMetrics(bold(self.font())).horizontalAdvance(self.text())
        return QSize(width + 32, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Never clip the word."""
        return self.sizeHint()


class Segments(QFrame):
    """A choice of a few, side by side; arrow keys move, digits choose."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[str], value: str = "", name: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "segments")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        self.group = QButtonGroup(self)
        for option in options:
            one = Chip(option, "segment")
            one.setAccessibleName(f"{name}：{option}" if name else option)
            one.setChecked(option == value)
            self.group.addButton(one)
            row.addWidget(one)
        self.group.buttonClicked.connect(lambda one: self.chosen.emit(one.plain))

    def value(self) -> str:
        """Return what is chosen, or an empty string."""
        one = self.group.checkedButton()
        return one.plain if isinstance(one, Chip) else ""

    def set_value(self, value: str) -> None:
        """Choose without telling anybody; an unknown value chooses nothing."""
        self.group.setExclusive(False)
        for one in self.group.buttons():
            one.setChecked(isinstance(one, Chip) and one.plain == value)
        self.group.setExclusive(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Choose by digit while one of the buttons has the focus."""
        at = event.key() - Qt.Key.Key_1
        buttons = self.group.buttons()
        if 0 <= at < len(buttons):
            buttons[at].click()
            return
        super().keyPressEvent(event)
