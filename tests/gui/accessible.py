"""What the window owes those who work by keyboard, by ear or with a coarse pointer."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

SMALLEST = 28


def inner(widget: QWidget) -> bool:
    """Whether it is a part Qt made inside one of its own controls."""
    return widget.objectName().startswith("qt_") or isinstance(widget.parent(), QLineEdit)


def reachable(top: QWidget) -> Iterator[QWidget]:
    for widget in top.findChildren(QWidget):
        if widget.isVisibleTo(top) and not inner(widget):
            yield widget


def nameless(top: QWidget) -> list[str]:
    """Return what the keyboard reaches and a screen reader cannot name."""
    found = []
    for widget in reachable(top):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            interface = QAccessible.queryAccessibleInterface(widget)
            if not interface.text(QAccessible.Text.Name).strip():
                found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def too_small(top: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} {widget.accessibleName()} {widget.width()}×{widget.height()}"
        for widget in reachable(top)
        if isinstance(widget, QAbstractButton)
        and (widget.height() < SMALLEST or widget.width() < SMALLEST)
    ]


def check(top: QWidget) -> None:
    assert nameless(top) == []
    assert too_small(top) == []
