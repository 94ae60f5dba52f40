"""今天: everything that is owed, the most urgent first, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from storedesk.domain.changes import Change
from storedesk.domain.records import Record
from storedesk.domain.rules.due_item import DueItem
from storedesk.gui import messages
from storedesk.gui.bell import Bell
from storedesk.gui.doings import Doings
from storedesk.gui.due_model import DueModel, line_of
from storedesk.gui.page import Page, scrolling
from storedesk.gui.places import NOTE, Place
from storedesk.gui.record_view import shown_record
from storedesk.gui.session import Session
from storedesk.gui.texts import greeting, grouped_phone, long_day, tr
from storedesk.gui.theme import theme
from storedesk.gui.widgets.buttons import Segments, button
from storedesk.gui.widgets.cards import Card, Empty, FigureCard, page_title
from storedesk.gui.widgets.due_list import DueView
from storedesk.gui.widgets.facts import FactGrid
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import Pill, hairline, label
from storedesk.gui.widgets.notices import Banner
from storedesk.operations import records
from storedesk.operations.due import DueList

_NARROW, _LOW = 760, 640
"""Below this width there is only the list, below this height the figures take one line each."""
_CALLS = frozenset({"followups", "inbound"})
_CASES = frozenset({"complaints", "issues"})


@dataclass(frozen=True, slots=True)
class _Figure:
    """One of the cards above the list; choosing it narrows the list."""

    key: str
    title: str
    icon: str
    tone: str

    def holds(self, item: DueItem, today: date) -> bool:
        """Whether a thing counts there."""
        if self.key == "overdue":
            return item.overdue and not item.suspended
        if self.key == "today":
            return not item.overdue and not item.suspended and item.due_on <= today
        return item.ledger in (_CALLS if self.key == "calls" else _CASES)


FIGURES = (
    _Figure("overdue", "已过期", "circle-alert", "danger"),
    _Figure("today", "今天到期", "calendar-clock", "info"),
    _Figure("calls", "回访与回电", "phone", "accent"),
    _Figure("cases", "客诉与意见", "message-square-warning", "warn"),
)


class TodayPage(Page):
    """The first page: a list to work through from top to bottom."""

    def __init__(self, session: Session, bell: Bell) -> None:
        super().__init__(session, tr("今天"))
        self._bell = bell
        self._found = DueList(session.facts.now().date(), ())
        self._narrowed: _Figure | None = None
        self._figures: dict[str, FigureCard] = {}
        self._mine = self._narrow_page = False
        self._doings = Doings(session, self)

    def visit(self, place: Place) -> None:
        """Look again; put the keyboard on the list."""
        del place
        self._greet()
        self.reload()
        self.list.setFocus()

    def touches(self, change: Change) -> bool:
        """Never: the bell looks again after every change."""
        del change
        return False

    def reload(self) -> None:
        """Work out what is due now."""
        self._bell.look()

    def show_due(self, found: DueList) -> None:
        """Show what is owed."""
        self._found = found
        self._greet()
        self._tell_missed()
        self._fill()

    # --- building -------------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make head, figures, list and card, and follow the bell from then on."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        outer.addWidget(scrolling(body))
        column = self._column = QVBoxLayout(body)
        self._scope = Segments((tr("全店"), tr("我的")), tr("全店"), tr("看谁的"))
        self._scope.chosen.connect(self._choose_scope)
        head, self._title, self._subtitle = page_title("", "", self._scope)
        column.addLayout(head)
        self.banner = Banner()
        column.addWidget(self.banner)
        yield
        figures = QHBoxLayout()
        figures.setSpacing(12)
        column.addLayout(figures)
        for figure in FIGURES:
            self._figures[figure.key] = self._figure_card(figure)
            figures.addWidget(self._figures[figure.key])
            yield
        columns = QHBoxLayout()
        columns.setSpacing(16)
        column.addLayout(columns, 1)
        columns.addWidget(self._list_card(), 11)
        yield
        columns.addWidget(self._one_card(), 9)
        self._bell.looked.connect(self.show_due)

    def _figure_card(self, figure: _Figure) -> FigureCard:
        card = FigureCard(figure.icon, tr(figure.title), figure.tone)
        card.setCheckable(True)
        card.clicked.connect(lambda on: self._narrow(figure if on else None))
        return card

    def _list_card(self) -> Card:
        self._list_title = Card(tr("按急的排好"))
        self.model = DueModel(self)
        self.list = DueView(tr("今天要做的事"))
        self.list.setModel(self.model)
        self.list.moved.connect(self._show_one)
        self.list.opened.connect(self._open)
        self.list.customContextMenuRequested.connect(self._offer_doings)
        self._list_title.body.addWidget(self.list, 1)
        self.empty = Empty("circle-check", "", tone="ok")
        self.empty.add_action(button(tr("记一笔"), lambda: self.session.open(Place(NOTE))))
        self._list_title.body.addWidget(self.empty, 1)
        return self._list_title

    def _one_card(self) -> Card:
        card = Card()
        card.body.setContentsMargins(16, 16, 16, 16)
        card.body.setSpacing(12)
        top = QHBoxLayout()
        self._who = label("", "section", wrap=True)
        self._pill = Pill()
        top.addWidget(self._who, 1)
        top.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(top)
        self._contact = label("", "sub")
        self._why = label("", wrap=True)
        card.body.addWidget(self._contact)
        card.body.addWidget(self._why)
        self._offer_box, self._offer_flow = flow_box()
        self._offers: list[QWidget] = []
        card.body.addWidget(self._offer_box)
        card.body.addWidget(hairline())
        self._facts = FactGrid()
        inside = QWidget()
        holder = QVBoxLayout(inside)
        holder.setContentsMargins(0, 0, 8, 0)
        holder.addWidget(self._facts)
        holder.addStretch()
        area = scrolling(inside)
        # It takes what is left: the page never scrolls for its sake.
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        area.setMinimumHeight(40)
        card.body.addWidget(area, 1)
        self._one = card
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Give the list the room on a narrow or low window: nothing but it ever scrolls."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        scale, margin = theme().scale, theme().sizes.margin
        low = self.height() < _LOW * scale
        self._column.setContentsMargins(margin, 12 if low else 20, margin, 12 if low else 16)
        self._column.setSpacing(12 if low else 16)
        self._narrow_page = self.width() < _NARROW * scale
        self._one.setVisible(bool(self.model.rowCount()) and not self._narrow_page)
        for card in self._figures.values():
            card.set_low(low=low)

    # --- filling --------------------------------------------------------------------------------

    def _greet(self) -> None:
        now = self.session.facts.now()
        me = self.session.me
        self._title.setText(f"{greeting(now)}，{me}" if me else greeting(now))
        self._subtitle.setText(f"{long_day(now.date())} · {self._found.headline.rstrip('。')}")

    def _fill(self) -> None:
        today = self._found.on
        mine = [item for item in self._found.items if not self._mine or self._is_mine(item)]
        for figure in FIGURES:
            held = [item for item in mine if figure.holds(item, today)]
            self._figures[figure.key].set_figure(len(held), self._hint(figure, held))
        shown = [
            item for item in mine if self._narrowed is None or self._narrowed.holds(item, today)
        ]
        row = self.list.currentIndex().row()
        before = self.model.item_at(row)
        self.model.show_items(shown, self.session.facts.now())
        self._list_title.set_count(len(shown), "info")
        self._list_title.set_titled(titled=bool(shown))
        self.list.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        self._one.setVisible(bool(shown) and not self._narrow_page)
        if shown:
            kept = self.model.row_of(before.record, before.kind) if before else 0
            # What was done leaves its place to the next thing.
            row = kept if kept >= 0 else min(row, len(shown) - 1)
            self.list.setCurrentIndex(self.model.index(row))
        else:
            self._say_empty()

    def _is_mine(self, item: DueItem) -> bool:
        return item.owner in {"", self.session.me}

    def _hint(self, figure: _Figure, held: list[DueItem]) -> str:
        if not held:
            return tr("没有")
        now = self.session.facts.now()
        if figure.key == "overdue":
            days = max((now - item.due_at).days for item in held)
            return tr("最久已超 {count} 天").format(count=days) if days else tr("今天刚超时")
        if figure.key == "today":
            first = min(held, key=lambda item: item.due_at)
            return tr("最早：{name}").format(name=first.customer_name or first.kind)
        late = sum(1 for item in held if item.overdue and not item.suspended)
        return tr("其中 {count} 件已过期").format(count=late) if late else tr("都没有过期")

    def _say_empty(self) -> None:
        if self._narrowed is not None or self._mine:
            self.empty.say(tr("这里没有要做的事"), tr("再点一次上面的卡片，看全部。"))
            return
        told = messages.nothing_due(self._found.next_line.removeprefix(tr("下一件：")))
        self.empty.say(told.text)

    def _tell_missed(self) -> None:
        """Say what fell due while nobody was here (message 8), once a day."""
        facts, preferences = self.session.facts, self.session.preferences
        today, last = facts.now().date(), preferences.last_day(facts.folder)
        if last == today:
            return
        preferences.set_last_day(facts.folder, today)
        if last is None:
            return
        missed = [i for i in self._found.items if not i.suspended and last < i.due_on < today]
        if not missed:
            return
        counts: dict[str, int] = {}
        for item in missed:
            counts[item.kind] = counts.get(item.kind, 0) + 1
        days = sorted(item.due_on for item in missed)
        told = messages.missed(f"{days[0]:%m-%d}", f"{days[-1]:%m-%d}", counts)
        doings = (self._begin_missed, lambda: self.banner.say(""))
        self.banner.say(told.text, told.tone, tuple(zip(told.buttons, doings, strict=True)))

    def _begin_missed(self) -> None:
        self.banner.say("")
        self.list.setFocus()
        self.list.setCurrentIndex(self.model.index(0))

    # --- choosing -------------------------------------------------------------------------------

    def _choose_scope(self, scope: str) -> None:
        self._mine = scope == tr("我的")
        self._fill()

    def _narrow(self, figure: _Figure | None) -> None:
        self._narrowed = figure
        for key, card in self._figures.items():
            card.setChecked(figure is not None and key == figure.key)
        self._fill()
        self.list.setFocus()

    def _show_one(self, row: int) -> None:
        item = self.model.item_at(row)
        if item is None:
            return
        line = line_of(item, self.session.facts.now())
        self._who.setText(f"{line.who} · {item.kind}")
        self._pill.set_text(line.when, line.tone)
        self._contact.setText(
            "　".join(filter(None, (grouped_phone(item.phone), item.owner and f"{item.owner}负责")))
        )
        self._why.setText(item.reason + "。" if item.reason else "")
        self.session.clerk.ask(records.get, item.record).then(
            self._take_record, refused=lambda _: None, owner=self, latest="one"
        )

    def _take_record(self, record: Record) -> None:
        facts = self.session.facts
        shown = shown_record(facts.forms[record.ledger], record, facts.settings)
        self._facts.show_facts(shown.facts)
        for old in self._offers:
            old.hide()
            self._offer_flow.removeWidget(old)
            old.deleteLater()
        self._offers = []
        for at, (name, do) in enumerate(self._doings.offers(record)):
            made = button(name, do, variant="primary" if at == 0 else "")
            self._offers.append(made)
            self._offer_flow.addWidget(made)

    def _offer_doings(self, at: QPoint) -> None:
        item = self.model.item_at(self.list.indexAt(at).row())
        if item is not None:
            place = self.list.viewport().mapToGlobal(at)
            self.session.clerk.ask(records.get, item.record).then(
                lambda record: self._doings.offer(record, place),
                refused=lambda _: None,
                owner=self,
            )

    def _open(self, row: int) -> None:
        item = self.model.item_at(row)
        if item is not None:
            self.session.clerk.ask(records.get, item.record).then(self._doings.open, owner=self)
