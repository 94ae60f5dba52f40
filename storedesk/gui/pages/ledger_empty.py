"""What a ledger says that has nothing to show, and the next step from there."""

from __future__ import annotations

from PySide6.QtCore import Signal

from storedesk.domain.forms import Form
from storedesk.gui.places import icon_of
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.cards import Empty


class LedgerEmpty(Empty):
    """Stands in for the table.

    Signals:
        begun: the first record is to be entered.
        widened: search and filter are to be taken back.
    """

    begun = Signal()
    widened = Signal()

    def __init__(self) -> None:
        super().__init__("search", "")
        self._begin = button(tr("新增第一条"), self.begun.emit, icon_name="plus")
        self._widen = button(tr("看全部"), self.widened.emit)
        for one in (self._begin, self._widen):
            self.add_action(one)
        self.hide()

    def say_about(self, form: Form, *, narrowed: bool) -> None:
        """Say that a ledger is empty, or that nothing in it fits what was searched for."""
        self._widen.setVisible(narrowed)
        self._begin.setVisible(not narrowed and not form.append_only)
        if narrowed:
            self.say(tr("没有找到"), tr("换个词试试。"), "search")
        else:
            name = tr("还没有{name}").format(name=form.label)
            self.say(name, form.tip, icon_of(form.ledger))
