"""Label-and-text pairs and a timeline: what is known of one record, read top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from storedesk.gui.theme import theme
from storedesk.gui.widgets.labels import label

_LABEL_WIDTH = 72


class FactGrid(QWidget):
    """Two columns: what it is, and what it says. Labels are kept and filled anew."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show pairs of label and text."""
        while len(self._rows) < len(facts):
            self._add_row()
        for at, (name, text) in enumerate(self._rows):
            used = at < len(facts)
            if used:
                name.setText(facts[at][0])
                text.setText(facts[at][1])
            name.setVisible(used)
            text.setVisible(used)

    def texts(self) -> list[tuple[str, str]]:
        """Return the pairs in sight."""
        return [(one.text(), two.text()) for one, two in self._rows if not two.isHidden()]

    def _add_row(self) -> None:
        name, text = label("", "caption", wrap=True), label(wrap=True)
        name.setMaximumWidth(_LABEL_WIDTH + 24)
        name.setContentsMargins(0, 2, 0, 0)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        at = len(self._rows)
        self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text, at, 1)
        self._rows.append((name, text))


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(10, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().tokens.accent_text))
        painter.drawEllipse(QRect(1, 6, 8, 8))


class Timeline(QWidget):
    """What happened, newest first: a sentence with a grey line of when and who below it."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._rows: list[tuple[QWidget, QLabel, QLabel]] = []

    def show_events(self, events: Sequence[tuple[str, str]]) -> None:
        """Show pairs of sentence and grey line."""
        while len(self._rows) < len(events):
            self._add_row()
        for at, (row, what, when) in enumerate(self._rows):
            used = at < len(events)
            if used:
                what.setText(events[at][0])
                when.setText(events[at][1])
            row.setVisible(used)

    def _add_row(self) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(_Dot(), 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        what, when = label(wrap=True), label("", "caption")
        texts.addWidget(what)
        texts.addWidget(when)
        line.addLayout(texts, 1)
        self._column.addWidget(row)
        self._rows.append((row, what, when))
