"""The panel beside a call: who the customer is, what is owed to them, what was said before."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from storedesk.gui.customer_card import CustomerCard
from storedesk.gui.page import scrolling
from storedesk.gui.record_view import shown_record
from storedesk.gui.session import DeskFacts
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.facts import FactGrid, Timeline
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import Avatar, Pill, hairline, label

_FLAGS = 4


class CallCard(QFrame):
    """A customer's card; says so when the call has no customer."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("detail")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 20, 0, 0)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 16, 0)
        head.setSpacing(12)
        self._avatar = Avatar(size=44)
        self._name, self._line = label("", "section", wrap=True), label("", "sub", wrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self._name)
        texts.addWidget(self._line)
        head.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        column.addLayout(head)
        self._flags = [Pill() for _ in range(_FLAGS)]
        box, flow = flow_box(6)
        for flag in self._flags:
            flow.addWidget(flag)
        column.addWidget(box)
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 16, 16)
        inside.setSpacing(12)
        self._owed, self._owned = _Block(tr("还欠客户什么")), _Block(tr("买过什么"))
        self._contacts, self._facts = Timeline(), FactGrid()
        self._contacts_title = label(tr("以前说过"), "section")
        for part in (self._owed, self._owned, self._contacts_title, self._contacts):
            inside.addWidget(part)
        inside.addWidget(hairline())
        inside.addWidget(self._facts)
        inside.addStretch()
        column.addWidget(scrolling(body), 1)
        follow_theme(self, lambda: self.setFixedWidth(theme().sizes.detail))

    def show_customer(self, card: CustomerCard | None, facts: DeskFacts) -> None:
        """Show a customer."""
        if card is None:
            self._name.setText(tr("没有关联客户"))
            self._line.setText("")
            self._facts.show_facts(())
            return
        shown = shown_record(facts.forms["customers"], card.record, facts.settings)
        self._avatar.set_name(shown.name)
        self._name.setText(shown.name)
        self._line.setText(card.record.text("address"))
        for at, pill in enumerate(self._flags):
            pill.set_text(card.flags[at] if at < len(card.flags) else "", "danger")
        self._owed.show_lines(card.owed)
        self._owned.show_lines(card.owned)
        self._contacts.show_events(card.contacts)
        self._contacts_title.setVisible(bool(card.contacts))
        self._facts.show_facts([pair for pair in shown.facts if pair[0] != tr("地址")])


class _Block(QWidget):
    """A titled list of sentences; hidden while it holds none."""

    def __init__(self, title: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(title, "section"))
        self._column = column
        self._lines: list[QLabel] = []

    def show_lines(self, lines: tuple[str, ...]) -> None:
        while len(self._lines) < len(lines):
            made = label(wrap=True)
            self._lines.append(made)
            self._column.addWidget(made)
        for at, one in enumerate(self._lines):
            one.setText(lines[at] if at < len(lines) else "")
            one.setVisible(at < len(lines))
        self.setVisible(bool(lines))
