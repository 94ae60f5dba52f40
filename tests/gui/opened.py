"""A window on a desk, opened as the program opens it, for tests and pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from storedesk.gui.application import first_window
from storedesk.gui.contents import Contents
from storedesk.gui.main_window import MainWindow
from storedesk.gui.opening import Opening
from storedesk.gui.page import Page
from storedesk.gui.pages.quick_note import NoteDialog
from storedesk.gui.pieces import Pieces
from storedesk.gui.places import Place
from storedesk.gui.preferences import Preferences
from storedesk.gui.session import Session
from storedesk.operations.clock import Clock


def spin(milliseconds: int) -> None:
    """Let the window work (unlike ``QTest.qWait`` this lets other threads run, too)."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class OpenedWindow:
    """A window with its parts, and ways to wait for it."""

    def __init__(
        self,
        app: QApplication,
        folder: Path,
        preferences: Preferences,
        clock: Clock | None = None,
        size: tuple[int, int] = (1366, 768),
    ) -> None:
        self.window: MainWindow = first_window(preferences)
        self.window.resize(*size)
        self.window.show()
        self.opening = Opening(app, self.window, folder, preferences, clock)
        self.opening.start()
        self.notices: list[str] = []

    @property
    def contents(self) -> Contents:
        return self.opening.contents

    @property
    def session(self) -> Session:
        assert self.opening.session is not None
        return self.opening.session

    def wait(self, holds: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until something holds."""
        deadline = QDeadlineTimer(round(seconds * 1000))
        while not holds():
            assert not deadline.hasExpired(), "it did not come about"
            spin(10)

    def ready(self) -> None:
        """Wait until the desk is open and the workbooks were looked at once."""
        self.wait(lambda: self.opening.session is not None)
        self.session.said.connect(lambda notice: self.notices.append(notice.text))
        self.settled()

    def told(self, words: str) -> bool:
        """Whether the foot of the window has said so since this was last answered with yes.

        Another notice may stand there by now, such as the bell's.
        """
        found = any(words in one for one in self.notices)
        if found:
            self.notices.clear()
        return found

    def settled(self) -> None:
        """Wait until nothing is under way any more."""
        spin(30)
        self.wait(lambda: not self._busy())
        spin(30)
        self.wait(lambda: not self._busy())

    def _busy(self) -> bool:
        lanes = (self.opening.clerk, self.opening.worker)
        building = self.window.findChildren(Pieces)
        return not all(one.idle() for one in lanes) or any(one.busy() for one in building)

    def go(self, page: str, ledger: str = "", record: str = "", words: str = "") -> Page:
        """Go to a page (within an event, so that the heartbeat sees it); wait until filled."""
        place = Place(page, ledger, record, words=words)
        QTimer.singleShot(0, lambda: self.contents.go(place))
        self.wait(lambda: self.contents.page(page) is not None)
        self.settled()
        found = self.contents.page(page)
        assert found is not None
        return found

    def note(self) -> NoteDialog:
        """Open 记一笔 as its key does."""
        self.contents.note_wanted.emit()
        self.settled()
        return next(one for one in self.window.findChildren(NoteDialog) if one.isVisible())

    def close(self) -> None:
        """Close the window as a person does; once is enough."""
        if isValid(self.window):
            self.window.close()
            self.window.deleteLater()
