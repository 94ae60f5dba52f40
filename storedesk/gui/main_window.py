"""The window itself: light, so that it is on screen before anything else is loaded."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow

from storedesk.gui.tokens import Sizes, Tokens

_SMALLEST = (880, 500)
_FIRST = (1366, 768)


class MainWindow(QMainWindow):
    """A ground in the colours of the look until the contents are there.

    Signals:
        painted: it is on screen for the first time.
        closing: it was closed by a person.
    """

    painted = Signal()
    closing = Signal()

    def __init__(self, tokens: Tokens, size: Sizes) -> None:
        super().__init__()
        self._tokens, self._size = tokens, size
        self._shown = False
        self.hangs = False
        """Work behind it hangs with the network and cannot be waited for."""
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_FIRST)
        self.setWindowTitle("店务台")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw the ground and the menu's strip (texts would wait for fonts to load)."""
        super().paintEvent(event)
        if self.centralWidget() is None:
            self._paint_ground()
        if not self._shown:
            self._shown = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Vanish at once; what was asked for is finished behind it."""
        self.hide()
        self.closing.emit()
        super().closeEvent(event)

    def _paint_ground(self) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._tokens.bg))
        menu = QRect(0, 0, self._size.nav_width, self.height())
        painter.fillRect(menu, QColor(self._tokens.nav))
        painter.fillRect(menu.right(), 0, 1, menu.height(), QColor(self._tokens.border))
