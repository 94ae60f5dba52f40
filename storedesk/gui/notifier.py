"""How the bell reaches a person: through the tray, or inside the window where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from storedesk.gui.icons import icon
from storedesk.gui.texts import tr
from storedesk.gui.theme import theme

_SHOWN_MS = 10_000


class Notifier(Protocol):
    """Says one sentence to a person who may be looking elsewhere."""

    def ring(self, title: str, text: str) -> None:
        """Say it."""


class TrayNotifier:
    """A message at the tray icon; a click on either brings the window to the front."""

    def __init__(self, window: QWidget, show: Callable[[], object]) -> None:
        self._tray = QSystemTrayIcon(icon("store", theme().tokens.accent), window)
        self._tray.setToolTip(tr("店务台"))
        self._tray.activated.connect(lambda _: show())
        self._tray.messageClicked.connect(show)
        self._tray.show()

    def ring(self, title: str, text: str) -> None:
        """Show a message at the tray icon."""
        self._tray.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, _SHOWN_MS)


class WindowNotifier:
    """A sentence inside the window; its entry in the task bar asks for a look."""

    def __init__(self, window: QWidget, say: Callable[[str], object]) -> None:
        self._window, self._say = window, say

    def ring(self, title: str, text: str) -> None:
        """Say it in the window."""
        self._say(f"{title}：{text}")
        QApplication.alert(self._window)


def notifier_for(
    window: QWidget, show: Callable[[], object], say: Callable[[str], object]
) -> Notifier:
    """Return the tray's notifier where there is a tray, else the window's own."""
    if QSystemTrayIcon.isSystemTrayAvailable():
        return TrayNotifier(window, show)
    return WindowNotifier(window, say)
