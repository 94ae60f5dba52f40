"""A ledger as a table: search, filters, order, columns, and the record in sight beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from storedesk.domain.changes import Change
from storedesk.domain.forms import Form
from storedesk.domain.records import Record
from storedesk.gui.doings import Doings
from storedesk.gui.ledger_model import LedgerModel
from storedesk.gui.ledger_query import (
    FOUND_AT_MOST,
    Query,
    chip_column,
    count_chips,
    default_columns,
    find_ids,
    named_columns,
    width_of,
)
from storedesk.gui.page import Page
from storedesk.gui.pages.ledger_columns import offer_columns
from storedesk.gui.pages.ledger_empty import LedgerEmpty
from storedesk.gui.places import FORM, Place
from storedesk.gui.record_history import RecordHistory
from storedesk.gui.record_view import HistoryLine, events_of, shown_record
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.buttons import Chip, Segments, button, icon_button
from storedesk.gui.widgets.cards import page_title
from storedesk.gui.widgets.detail import DetailPanel
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import label
from storedesk.gui.widgets.search_box import SearchBox
from storedesk.gui.widgets.table import LedgerTable
from storedesk.operations import records

_DETAIL_FROM = 1000
"""Below this width the panel would leave too little of the table."""


class LedgerPage(Page):
    """One or several ledgers of a menu line; the words above the table switch between them."""

    def __init__(self, session: Session, title: str, ledgers: Sequence[str]) -> None:
        super().__init__(session, title)
        self._ledgers = session.facts.kept(ledgers)
        self._title_text = title
        self._query = Query(self._ledgers[0])
        self._chips: list[Chip] = []
        self._wanted_record = ""
        self._doings = Doings(session, self)
        self._history = RecordHistory(session, self)
        self._history.told.connect(self._take_history)

    @property
    def form(self) -> Form:
        """The form of the ledger in sight."""
        return self.session.facts.forms[self._query.ledger]

    # --- coming and going -----------------------------------------------------------------------

    def visit(self, place: Place) -> None:
        """Show the ledger, record or search that was asked for."""
        if place.ledger and place.ledger != self._query.ledger:
            self._tabs.set_value(self.session.facts.forms[place.ledger].label)
            self._show_ledger(place.ledger)
        if place.words:
            self.search.setText(place.words)
        if place.record:
            self._wanted_record = place.record
            self._make_room_for(place.record)
            self._choose_wanted()
            self.table.setFocus()
        self.refresh_if_stale()

    def touches(self, change: Change) -> bool:
        """Whether a record of the ledger in sight changed."""
        return self._query.ledger in change.records

    def pick_up(self, change: Change) -> None:
        """Read the changed rows again, and the query, as it may hold others now."""
        self.model.refresh(change.records.get(self._query.ledger, ()))
        self.reload()

    def reload(self) -> None:
        """Ask for the ids and counts of the query again."""
        self._ask_ids()
        values = tuple(chip.plain for chip in self._chips[1:])
        self.session.clerk.ask(count_chips, self._query.ledger, values).then(
            self._take_counts, owner=self, latest=f"counts:{id(self)}"
        )

    def _ask_ids(self) -> None:
        """Ask for the ids only: counts do not change while one searches, filters or sorts."""
        self.session.clerk.ask(find_ids, self._query).then(
            self._take_ids, owner=self, latest=f"ids:{id(self)}"
        )

    # --- building -------------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make head, filters, table, foot and the panel beside them."""
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QWidget()
        across.addWidget(left, 1)
        column = QVBoxLayout(left)
        column.setContentsMargins(theme().sizes.margin, 20, theme().sizes.margin, 12)
        column.setSpacing(12)
        column.addLayout(self._head())
        yield
        column.addLayout(self._filters())
        yield
        self._build_table(column)
        column.addLayout(self._foot())
        yield
        self.detail = DetailPanel()
        self.detail.closed.connect(self._close_detail)
        self.detail.hide()
        across.addWidget(self.detail)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self._focus_search)
        yield
        self._show_ledger(self._ledgers[0])

    def _head(self) -> QHBoxLayout:
        labels = [self.session.facts.forms[one].label for one in self._ledgers]
        self._tabs = Segments(labels, labels[0], tr("台账"))
        self._tabs.chosen.connect(self._switch)
        if len(labels) == 1:
            self._tabs.hide()
        self._add = button(tr("新增"), self._add_record, icon_name="plus", variant="primary")
        row, self._title, self._subtitle = page_title(self._title_text, "", self._tabs, self._add)
        return row

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        box, self._flow = flow_box()
        self.search = SearchBox("", tr("在本台账里搜索"))
        self.search.searched.connect(self._search)
        self.search.moved_down.connect(self._focus_table)
        self.search.refused.connect(lambda told: self.session.say(told, "warn"))
        self._flow.addWidget(self.search)
        self._chip_group = QButtonGroup(self)
        row.addWidget(box, 1)
        choose = icon_button("columns-3", tr("选择列"), self._offer_columns, "")
        row.addWidget(choose, 0, Qt.AlignmentFlag.AlignTop)
        self._columns_button = choose
        follow_theme(self, lambda: self.search.setFixedWidth(round(260 * theme().scale)))
        return row

    def _build_table(self, column: QVBoxLayout) -> None:
        self.model = LedgerModel(self)
        self.model.wanted.connect(self._fetch)
        self.table = LedgerTable()
        self.table.setModel(self.model)
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.table.opened.connect(self._open_row)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.table.customContextMenuRequested.connect(self._offer_doings)
        self.empty = LedgerEmpty()
        self.empty.begun.connect(self._add_record)
        self.empty.widened.connect(self._show_all)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._shown = label("", "caption")
        row.addWidget(self._shown, 1)
        self._keys = label(tr("↑↓ 选择　Enter 打开　Ctrl+F 搜索"), "caption")
        row.addWidget(self._keys)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Give the table the room when the window is narrow."""
        super().resizeEvent(event)
        if self.width() < _DETAIL_FROM:
            self.detail.hide()

    # --- which ledger, which records ------------------------------------------------------------

    def _switch(self, name: str) -> None:
        form = self.session.facts.forms.named(name)
        if form:
            self._show_ledger(form.ledger)

    def _show_ledger(self, ledger: str) -> None:
        self._query = Query(ledger)
        form = self.form
        self.detail.hide()
        self._clear_search()
        names = [form[key].label for key in form.search if key != "id"][:3]
        self.search.setPlaceholderText(tr("搜{what}…").format(what="、".join(names)))
        self.search.setVisible(bool(form.search))
        self.table.setAccessibleName(form.label)
        self.table.delegate.title_key = form.title
        self._add.setVisible(not form.append_only)
        self._make_chips(form)
        self._show_columns()
        self.reload()

    def _show_columns(self) -> None:
        form = self.form
        chosen = named_columns(form, self.session.preferences.columns(form.ledger))
        columns = chosen or default_columns(form)
        header = self.table.horizontalHeader()
        header.blockSignals(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.blockSignals(False)
        if self.model.form is form:
            self.model.show_columns(columns)
        else:
            self.model.show_form(form, columns)
        for at, column in enumerate(columns):
            self.table.setColumnWidth(at, round(width_of(form, column) * theme().scale))

    def _make_chips(self, form: Form) -> None:
        for old in self._chips:
            self._chip_group.removeButton(old)
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        column = chip_column(form)
        values = self.session.facts.settings.choices.get(column.choices, ()) if column else ()
        self._chips = [Chip(tr("全部")), *(Chip(value) for value in values)]
        for at, chip in enumerate(self._chips):
            if at:
                chip.hide()
            chip.clicked.connect(lambda _=False, one=chip: self._choose_chip(one))
            self._chip_group.addButton(chip)
            self._flow.addWidget(chip)
        self._chips[0].setChecked(True)

    def _choose_chip(self, chip: Chip) -> None:
        self._query = replace(self._query, chip="" if chip is self._chips[0] else chip.plain)
        self._ask_ids()

    def _make_room_for(self, record_id: str) -> None:
        """Take back search and filter where they hide the record somebody asked for."""
        narrowed = self._query.words or self._query.chip
        if narrowed and self.model.row_of(record_id) is None:
            self._show_all()

    def _show_all(self) -> None:
        self._clear_search()
        self._chips[0].setChecked(True)
        self._query = replace(self._query, words="", chip="")
        self._ask_ids()

    def _clear_search(self) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)

    def _search(self, words: str) -> None:
        self._query = replace(self._query, words=words)
        self._ask_ids()

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        if section < 0:
            self._query = replace(self._query, order="")
        else:
            down = "-" if order is Qt.SortOrder.DescendingOrder else ""
            self._query = replace(self._query, order=down + self.model.columns[section].key)
        self._ask_ids()

    # --- what the clerk answers -----------------------------------------------------------------

    def _fetch(self, page: int, ids: list[str]) -> None:
        ledger = self._query.ledger

        def take(found: list[Record]) -> None:
            if ledger == self._query.ledger and ids == self.model.page_ids(page):
                self.model.take_page(page, found)
                self._choose_wanted()

        self.session.clerk.ask(records.page, ledger, ids).then(take, owner=self)

    def _take_ids(self, ids: list[str]) -> None:
        keep = self.model.id_at(self.table.currentIndex().row())
        self.model.show_ids(ids)
        told = tr("显示 {count} 条")
        if self._query.words and len(ids) >= FOUND_AT_MOST:
            told = tr("先显示 {count} 条，再多输几个字会更准")
        self._shown.setText(told.format(count=f"{len(ids):,}"))
        self._shown.setVisible(bool(ids))
        self._keys.setVisible(bool(ids))
        self.table.setVisible(bool(ids))
        self.empty.setVisible(not ids)
        if not ids:
            narrowed = bool(self._query.words or self._query.chip)
            self.empty.say_about(self.form, narrowed=narrowed)
            self.detail.hide()
        elif keep and not self._wanted_record:
            self._wanted_record = keep
        self._choose_wanted()

    def _take_counts(self, counted: tuple[int, tuple[int, ...]]) -> None:
        total, counts = counted
        self._subtitle.setText(
            tr("{name} · 共 {count} 条").format(name=self.form.label, count=f"{total:,}")
        )
        for chip, count in zip(self._chips[1:], counts, strict=False):
            chip.set_count(count)
            chip.setVisible(count > 0 or chip.isChecked())
        self._chips[0].setVisible(len(self._chips) > 1)

    # --- the record in sight --------------------------------------------------------------------

    def _choose_wanted(self) -> None:
        """Select the record somebody asked for, once the query holds it."""
        if not self._wanted_record:
            return
        row = self.model.row_of(self._wanted_record)
        if row is None:
            return
        if self.model.record_at(row) is None:
            self.table.scrollTo(self.model.index(row, 0))
            return
        self._wanted_record = ""
        self.table.selectRow(row)
        self._show_detail(row)

    def _row_chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid() and self.width() >= _DETAIL_FROM:
            self._show_detail(current.row())

    def _show_detail(self, row: int) -> None:
        record = self.model.record_at(row)
        if record is None:
            return
        self.detail.show_record(
            shown_record(self.form, record, self.session.facts.settings),
            self._doings.offers(record),
        )
        self.detail.setVisible(self.width() >= _DETAIL_FROM)
        self._history.ask(record)

    def _take_history(self, entries: Sequence[HistoryLine]) -> None:
        self.detail.show_events(events_of(self.form, entries, self.session.facts.now()))

    def _open_row(self, row: int) -> None:
        record = self.model.record_at(row)
        if record is not None:
            self._doings.open(record)

    def _offer_doings(self, at: QPoint) -> None:
        record = self.model.record_at(self.table.indexAt(at).row())
        if record is not None:
            self._doings.offer(record, self.table.viewport().mapToGlobal(at))

    def _close_detail(self) -> None:
        self.detail.hide()
        self.table.clearSelection()
        self.table.setFocus()

    def _add_record(self) -> None:
        self.session.open(Place(FORM, self._query.ledger))

    # --- keyboard and columns -------------------------------------------------------------------

    def _focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _focus_table(self) -> None:
        self.table.setFocus()
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def _offer_columns(self) -> None:
        in_sight = [column.key for column in self.model.columns]
        offer_columns(self._columns_button, self.form, in_sight, self._remember_columns)

    def _remember_columns(self, keys: tuple[str, ...]) -> None:
        self.session.preferences.set_columns(self._query.ledger, keys)
        self._show_columns()
