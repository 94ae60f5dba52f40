"""The model of 今天: what is owed, the most urgent first, as lines of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from storedesk.domain.rules.due_item import DueItem
from storedesk.gui.texts import day_name, grouped_phone, shortened, tr

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SHOWN = 300
LINE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The ``DueLine`` of a row, for the delegate."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """One line: who, how to reach them, what and why, and by when in a tone."""

    who: str
    contact: str
    what: str
    when: str
    tone: str

    def spoken(self) -> str:
        """Return the line as it is read out."""
        return "，".join(part for part in (self.who, self.contact, self.what, self.when) if part)


def line_of(item: DueItem, now: datetime) -> DueLine:
    """Return the line of a thing that is owed."""
    what = shortened(" · ".join(part for part in (item.kind, item.what) if part), _SHOWN)
    when, tone = _when(item, now)
    return DueLine(
        shortened(item.customer_name, _SHOWN) or tr("没有姓名"),
        grouped_phone(item.phone),
        what,
        when,
        tone,
    )


def _when(item: DueItem, now: datetime) -> tuple[str, str]:
    if item.suspended:
        return tr("暂缓"), "neutral"
    if item.overdue:
        late = now - item.due_at
        if late.days:
            return tr("超 {count} 天").format(count=late.days), "danger"
        hours = int(late.total_seconds() // 3600)
        return (tr("超 {count} 小时").format(count=hours) if hours else tr("刚超时")), "danger"
    if item.due_on == now.date():
        closing = item.due_at.hour >= 18 or item.due_at.hour == 0  # noqa: PLR2004  # the day's end
        return (tr("今天") if closing else f"{item.due_at:%H:%M}"), "info"
    return day_name(item.due_on, now.date()), "neutral"


class DueModel(QAbstractListModel):
    """Things owed, in the order given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[DueItem, ...] = ()
        self._lines: tuple[DueLine, ...] = ()

    def show_items(self, items: Sequence[DueItem], now: datetime) -> None:
        """Show other things."""
        self.beginResetModel()
        self._items = tuple(items)
        self._lines = tuple(line_of(item, now) for item in self._items)
        self.endResetModel()

    def item_at(self, row: int) -> DueItem | None:
        """Return the thing of a row, or None beyond the end."""
        return self._items[row] if 0 <= row < len(self._items) else None

    def row_of(self, record: str, kind: str = "") -> int:
        """Return the row of a record (and kind, as a case may owe several things), or -1."""
        return next(
            (
                row
                for row, item in enumerate(self._items)
                if item.record == record and kind in {"", item.kind}
            ),
            -1,
        )

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802  # Qt's name
        """Return how many things there are."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a line, its text or how it is read out."""
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.who
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.spoken()
        if role == LINE_ROLE:
            return line
        return None
