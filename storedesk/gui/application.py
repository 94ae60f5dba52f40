"""Starting: the window first, everything behind it after its first paint."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from storedesk.gui.instance import OneInstance
from storedesk.gui.main_window import MainWindow
from storedesk.gui.preferences import Preferences, default_file
from storedesk.gui.tokens import sizes, tokens_of


def run(folder: Path) -> int:
    """Open the window on a desk and stay until it is closed.

    A second start on the same desk only brings the first window to the front.

    Args:
        folder: the desk folder; the window says so if it is none.

    Returns:
        The exit code of the process.
    """
    app = QApplication(sys.argv[:1])
    app.setApplicationName("StoreDesk")
    instance = OneInstance(folder)
    if not instance.claim():
        return 0
    preferences = Preferences(default_file())
    window = first_window(preferences)
    instance.shown.connect(lambda: bring_to_front(window))
    # The window is gone at once; what is left to finish behind it must not hold up a new start.
    window.closing.connect(instance.release)
    window.painted.connect(
        lambda: QTimer.singleShot(0, lambda: _furnish(app, window, folder, preferences))
    )
    window.show()
    code = app.exec()
    instance.release()
    if window.hangs:
        # Python would wait for the threads; everything acknowledged is in SQLite.
        logging.shutdown()
        os._exit(code)
    return code


def first_window(preferences: Preferences) -> MainWindow:
    """Return the empty window, where it stood last."""
    window = MainWindow(tokens_of(preferences.look()), sizes(preferences.text_size()))
    window.restoreGeometry(preferences.geometry())
    return window


def bring_to_front(window: MainWindow) -> None:
    """Show the window, whatever hides it."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _furnish(app: QApplication, window: MainWindow, folder: Path, preferences: Preferences) -> None:
    # Shortcuts need an active window; where no window manager makes it so, we do.
    window.activateWindow()
    # Half of the start is loading; it begins once the window is on screen.
    from storedesk.gui.opening import Opening  # noqa: PLC0415

    Opening(app, window, folder, preferences).start()
