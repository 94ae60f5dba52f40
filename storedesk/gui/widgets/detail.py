"""The panel at the right of a ledger: one record, what can be done with it, what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from storedesk.gui.page import scrolling
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.buttons import button, icon_button
from storedesk.gui.widgets.facts import FactGrid, Timeline
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import Avatar, ElidedLabel, Pill, hairline, label
from storedesk.gui.widgets.notices import Action

_PILLS = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """One record as the panel shows it.

    Attributes:
        id: last and grey.
        name: what names it to people.
        line: the second line, such as the phone.
        pills: words with their tones.
        facts: pairs of label and text.
        events: pairs of sentence and grey line, newest first.
    """

    id: str
    name: str
    line: str = ""
    pills: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    events: tuple[tuple[str, str], ...] = ()


class DetailPanel(QFrame):
    """Shows one record; closing it is remembered by the page, not here."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("detail")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._head())
        column.addLayout(self._person())
        self._pills = [Pill(dot=at == 0) for at in range(_PILLS)]
        pill_box, pills = flow_box(6)
        for pill in self._pills:
            pills.addWidget(pill)
        column.addWidget(pill_box)
        self._action_box, self._actions = flow_box()
        self._buttons: list[QPushButton] = []
        column.addWidget(self._action_box)
        column.addWidget(scrolling(self._body()), 1)
        follow_theme(self, lambda: self.setFixedWidth(theme().sizes.detail))

    def show_record(self, shown: Shown, actions: Sequence[Action]) -> None:
        """Show a record; the first action is the one to take."""
        self._id.setText(shown.id)
        self._avatar.set_name(shown.name)
        self._name.setText(shown.name)
        self._line.setText(shown.line)
        self._line.setVisible(bool(shown.line))
        for at, pill in enumerate(self._pills):
            pill.set_text(*(shown.pills[at] if at < len(shown.pills) else ("", "neutral")))
        self._offer(actions)
        self._facts.show_facts(shown.facts)
        self.show_events(shown.events)

    def show_events(self, events: Sequence[tuple[str, str]]) -> None:
        """Show what happened to the record."""
        self._events.show_events(events)
        for one in self._event_parts:
            one.setVisible(bool(events))

    def name(self) -> str:
        """Return the name of the record in sight."""
        return self._name.text()

    def actions(self) -> list[QPushButton]:  # type: ignore[override]  # QWidget's are not used here
        """Return the buttons in sight."""
        return self._buttons

    def _offer(self, actions: Sequence[Action]) -> None:
        for old in self._buttons:
            old.hide()
            self._actions.removeWidget(old)
            old.deleteLater()
        self._buttons = [
            button(name, do, variant="soft" if at == 0 else "")
            for at, (name, do) in enumerate(actions)
        ]
        for one in self._buttons:
            self._actions.addWidget(one)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 12, 0)
        self._id = label("", "caption")
        row.addWidget(self._id, 1)
        row.addWidget(icon_button("x", tr("关闭详情"), self.closed.emit))
        return row

    def _person(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 16, 0)
        row.setSpacing(12)
        self._avatar = Avatar(size=44)
        row.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        self._name, self._line = label("", "section", wrap=True), ElidedLabel("", "sub")
        texts.addWidget(self._name)
        texts.addWidget(self._line)
        row.addLayout(texts, 1)
        return row

    def _body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 16, 16)
        column.setSpacing(12)
        self._facts, self._events = FactGrid(), Timeline()
        line, title = hairline(), label(tr("处理记录"), "section")
        self._event_parts = (line, title)
        column.addWidget(hairline())
        column.addWidget(self._facts)
        for one in (line, title, self._events):
            column.addWidget(one)
        column.addStretch()
        return body
