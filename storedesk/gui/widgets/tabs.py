"""The order in which Tab goes through what is added later."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_after(last: QWidget, added: QWidget) -> QWidget:
    """Let Tab come to what stands in a widget right after another; return the last of it.

    By itself it would come there after everything that was in the window before.
    """
    for one in (added, *added.findChildren(QWidget)):
        takes_tab = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus)
        # The list of a combo box is a window of its own.
        if takes_tab and one.window() is last.window():
            QWidget.setTabOrder(last, one)
            last = one
    return last
