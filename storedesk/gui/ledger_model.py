"""The model of a ledger's table: the ids of the query, and pages of 200 records read when seen.

Sorting, filtering and counting are the clerk's work (SQL); the model never holds a whole ledger.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from storedesk.domain.forms import Column, Form
from storedesk.domain.records import Record
from storedesk.domain.values import Type
from storedesk.gui.texts import cell_text, shortened

PAGE = 200
_KEPT_PAGES = 40
_TIP_SHOWN = 600
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_NUMBERS = frozenset({Type.NUMBER, Type.MONEY})
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def alignment(column: Column) -> int:
    """Return where a column's texts stand: numbers at the right."""
    return _RIGHT if column.type in _NUMBERS else _LEFT


class LedgerModel(QAbstractTableModel):
    """Rows of one ledger in the order of a query.

    Signals:
        wanted: pages have come into sight that are not here; carries (page, ids). Answer with
            ``take_page``.
    """

    wanted = Signal(int, list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.form: Form | None = None
        self.columns: tuple[Column, ...] = ()
        self._ids: list[str] = []
        self._pages: OrderedDict[int, list[Record | None]] = OrderedDict()
        self._asked: set[int] = set()
        self._missing: set[int] = set()
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._ask_for_missing)

    # --- what is shown --------------------------------------------------------------------------

    def show_form(self, form: Form, columns: Sequence[Column]) -> None:
        """Show another ledger, empty until its ids come."""
        self.beginResetModel()
        self.form, self.columns = form, tuple(columns)
        self._forget()
        self._ids = []
        self.endResetModel()

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns of the same ledger."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def show_ids(self, ids: Sequence[str]) -> None:
        """Show the records of a query; those that stay in place keep their cells until re-read."""
        if list(ids) == self._ids:
            self._forget()
            self._tell_all()
            return
        self.beginResetModel()
        self._forget()
        self._ids = list(ids)
        self.endResetModel()

    def take_page(self, page: int, records: Iterable[Record]) -> None:
        """Take the records of a page that was wanted, in the order of its ids."""
        by_id = {record.id: record for record in records}
        ids = self.page_ids(page)
        self._asked.discard(page)
        self._pages[page] = [by_id.get(one) for one in ids]
        self._pages.move_to_end(page)
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        self._tell(page * PAGE, page * PAGE + len(ids) - 1)

    def refresh(self, ids: Iterable[str]) -> None:
        """Read some records again; those not in sight wait until they are."""
        changed = frozenset(ids)
        for page in [one for one in self._pages if not changed.isdisjoint(self.page_ids(one))]:
            del self._pages[page]
            self._tell(page * PAGE, page * PAGE + len(self.page_ids(page)) - 1)

    def id_at(self, row: int) -> str:
        """Return the id of a row, or an empty string beyond the end."""
        return self._ids[row] if 0 <= row < len(self._ids) else ""

    def row_of(self, record_id: str) -> int | None:
        """Return the row of a record, or None if the query does not hold it."""
        try:
            return self._ids.index(record_id)
        except ValueError:
            return None

    def record_at(self, row: int) -> Record | None:
        """Return the record of a row, or None while it is being read."""
        page = self._pages.get(row // PAGE)
        if page is None:
            self._want(row // PAGE)
            return None
        return page[row % PAGE] if row % PAGE < len(page) else None

    # --- Qt's side ------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802  # Qt's name
        """Return how many records the query holds."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802  # Qt's name
        """Return how many columns are in sight."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, alignment or spoken name."""
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.label}：{self.text(index.row(), column)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return shortened(self.text(index.row(), column), _TIP_SHOWN) or None
        return None

    def headerData(  # noqa: N802  # Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return a column's header."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.label
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        return None

    # --- pages ----------------------------------------------------------------------------------

    def text(self, row: int, column: Column) -> str:
        """Return a cell's text; empty while its record is being read."""
        record = self.record_at(row)
        if column.key == "id":
            return self.id_at(row)
        if record is None:
            return ""
        return record.raw.get(column.key) or cell_text(record[column.key], column.type)

    def page_ids(self, page: int) -> list[str]:
        """Return the ids of a page as the query has them now."""
        return self._ids[page * PAGE : (page + 1) * PAGE]

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._missing.add(page)
            self._ask.start()

    def _ask_for_missing(self) -> None:
        missing, self._missing = self._missing, set()
        for page in sorted(missing):
            self._asked.add(page)
            self.wanted.emit(page, self.page_ids(page))

    def _forget(self) -> None:
        self._pages.clear()
        self._asked.clear()
        self._missing.clear()

    def _tell(self, first: int, last: int) -> None:
        if self._ids and self.columns and last >= first:
            begin, end = self.index(first, 0), self.index(last, len(self.columns) - 1)
            self.dataChanged.emit(begin, end)

    def _tell_all(self) -> None:
        self._tell(0, len(self._ids) - 1)
