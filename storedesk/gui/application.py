"""Starting the window: painted first, filled when the desk is open."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from storedesk import resources
from storedesk.gui.failures import FailureWatch
from storedesk.gui.instance import OneInstance
from storedesk.gui.main_window import MainWindow
from storedesk.gui.preferences import Preferences
from storedesk.gui.theme import theme

log = logging.getLogger(__name__)


def run(folder: Path) -> int:
    """Open the window on a desk and stay until it is closed.

    A second start on the same desk only brings the first window to the front.

    Args:
        folder: the desk folder; the window says so if it is none.

    Returns:
        The exit code of the process.
    """
    preferences = Preferences(resources.user_folder() / "window.ini")
    app = make_application(preferences)
    instance = OneInstance(folder)
    if not instance.claim():
        return 0
    watch = FailureWatch()
    watch.install()
    window = MainWindow()
    instance.shown.connect(lambda: bring_to_front(window))
    window.restoreGeometry(preferences.geometry())
    window.show()
    QTimer.singleShot(0, lambda: _open(window, folder, preferences))
    code = app.exec()
    instance.release()
    return code


def make_application(preferences: Preferences) -> QApplication:
    """Return the application: Chinese standard buttons, our look, nothing opened yet."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("StoreDesk")
    # Without a display name Qt appends nothing to window titles.
    QLocale.setDefault(QLocale("zh_CN"))
    translator = QTranslator(app)
    if translator.load(
        "qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        app.installTranslator(translator)
    theme().apply(app, preferences.look(), preferences.text_size())
    return app


def bring_to_front(window: MainWindow) -> None:
    """Show the window, whatever hides it."""
    window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _open(window: MainWindow, folder: Path, preferences: Preferences) -> None:
    # Everything behind the window is loaded after its first paint.
    from storedesk.gui.opening import Opening  # noqa: PLC0415

    Opening(window, folder, preferences).start()
