"""What every page has in common."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from storedesk.domain.changes import Change
from storedesk.gui.places import Place
from storedesk.gui.session import Session


class Page(QWidget):
    """A page of the window; built before its first visit, kept afterwards."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self.session = session
        self.setAccessibleName(name)
        self._stale = False
        # Focusable, so that keys work at once after navigation and no control shows a ring.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        session.changed.connect(self._note_change)
        session.facts_changed.connect(self._note_facts)

    def build(self) -> Iterator[None]:
        """Make what the page holds, step by step: each takes its share of a blink."""
        yield from ()

    def visit(self, place: Place) -> None:
        """Come into sight for this place; runs at every visit."""

    def touches(self, change: Change) -> bool:
        """Whether what changed is shown here; pages narrow it."""
        return bool(change.records)

    def reload(self) -> None:
        """Read again what is shown."""

    def pick_up(self, change: Change) -> None:
        """Follow a change while in sight; by default everything is read again."""
        del change
        self.reload()

    def refresh_if_stale(self) -> None:
        """Read again if something changed while the page was out of sight."""
        if self._stale:
            self._stale = False
            self.reload()

    def _note_change(self, change: Change) -> None:
        if not self.touches(change):
            return
        if self.isVisible():
            self.pick_up(change)
        else:
            self._stale = True

    def _note_facts(self) -> None:
        if self.isVisible():
            self.reload()
        else:
            self._stale = True


class WheelGuard(QObject):
    """Keeps the wheel from changing a field that is only scrolled past."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Let the wheel through to fields that have the focus only."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def scrolling(body: QWidget) -> QScrollArea:
    """Return an area that scrolls its body up and down; the body keeps the page's ground."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    body.setObjectName("scrollbody")
    area.setWidget(body)
    area.viewport().setAutoFillBackground(False)
    return area
