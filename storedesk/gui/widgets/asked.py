"""Sentences with something to do about each: questions to a person, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.cards import Card
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import IconLabel, hairline, label
from storedesk.gui.widgets.notices import Action

_ICON = 18
_GAP = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """One sentence.

    Attributes:
        key: what it is about; two sentences of one key and text are the same.
        tone: ``warn``, ``danger`` or ``info``.
        actions: what can be done; none for a mere fact.
    """

    key: object
    icon: str
    tone: str
    text: str
    actions: tuple[Action, ...] = ()

    def looks_like(self, other: Asked) -> bool:
        """Whether the other would look the same and do the same."""
        names = tuple(name for name, _ in self.actions)
        return (self.key, self.icon, self.tone, self.text, names) == (
            other.key,
            other.icon,
            other.tone,
            other.text,
            tuple(name for name, _ in other.actions),
        )


class AskedCard(Card):
    """A card of sentences; hidden while it holds none."""

    def __init__(self, title: str, *, beside: bool = False) -> None:
        """Make an empty card.

        Args:
            title: its title.
            beside: put the buttons beside the sentence, not below it.
        """
        super().__init__(title)
        self.rows: list[AskedRow] = []
        self._beside = beside
        self.hide()

    def show_asked(self, asked: Sequence[Asked], count: int | None = None) -> None:
        """Show other sentences; what is the same stays, and keeps the keyboard.

        Args:
            asked: the sentences.
            count: what to show beside the title; by default how many there are.
        """
        old = self.rows
        same = len(old) == len(asked) and all(
            row.asked.looks_like(one) for row, one in zip(old, asked, strict=True)
        )
        if not same:
            for row in old:
                row.hide()
                row.deleteLater()
            self.rows = [AskedRow(one, beside=self._beside) for one in asked]
            for row in self.rows:
                self.body.addWidget(row)
        self.set_count(len(asked) if count is None else count, "warn")
        self.setVisible(bool(asked))


class AskedRow(QWidget):
    """One sentence with its buttons; each button says to a screen reader what it is about."""

    def __init__(self, asked: Asked, *, beside: bool = False) -> None:
        super().__init__()
        self.asked = asked
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 4)
        column.setSpacing(8)
        column.addWidget(hairline())
        line = QHBoxLayout()
        line.setSpacing(_GAP)
        at = Qt.AlignmentFlag.AlignVCenter if beside else Qt.AlignmentFlag.AlignTop
        line.addWidget(IconLabel(asked.icon, asked.tone, _ICON), 0, at)
        line.addWidget(label(asked.text, wrap=True), 1)
        column.addLayout(line)
        self.buttons: list[QPushButton] = [button(name, do) for name, do in asked.actions]
        for one in self.buttons:
            one.setAccessibleDescription(asked.text)
        if beside:
            for one in self.buttons:
                line.addWidget(one)
        elif self.buttons:
            below = QHBoxLayout()
            below.setContentsMargins(_ICON + _GAP, 0, 0, 4)
            box, flow = flow_box()
            for one in self.buttons:
                flow.addWidget(one)
            below.addWidget(box, 1)
            column.addLayout(below)

    def press(self, name: str) -> None:
        """Press the button of that name."""
        next(one for one in self.buttons if one.accessibleName() == name).click()
