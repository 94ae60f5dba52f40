"""The table of a ledger: whole rows, painted directly, quick at 100,000 records."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from storedesk.domain.forms import Column
from storedesk.domain.values import Type
from storedesk.gui.ledger_model import LedgerModel, alignment
from storedesk.gui.texts import copied
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.tones import PILL_KEYS, tone_of
from storedesk.gui.widgets.labels import bold, paint_pill, pill_font, pill_size

_SHOWN = 400
PADDING = 12
BAR = 3
# As numbers: Python's flags are made anew by every operation, and a frame asks for hundreds.
_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVERED = QStyle.StateFlag.State_MouseOver.value
_SINGLE_LINE = Qt.TextFlag.TextSingleLine.value
_DIM = frozenset({Type.DATE, Type.MOMENT})


class LedgerDelegate(QStyledItemDelegate):
    """Paints a cell by its column; a style sheet's ``::item`` rule would cost ten times as much."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self.title_key = ""
        follow_theme(view, self._dress)

    def _dress(self) -> None:
        tokens = theme().tokens
        self._selected, self._hover = QColor(tokens.selected), QColor(tokens.hover)
        self._line, self._accent = QColor(tokens.border), QColor(tokens.accent)
        self._text, self._text2 = QColor(tokens.text), QColor(tokens.text2)
        self._text3 = QColor(tokens.text3)
        self._font = QFont(QApplication.font())
        self._bold = bold(self._font)
        self._pill = pill_font(self._font)
        self._metrics = QFontMetrics(self._font)
        self._bold_metrics = QFontMetrics(self._bold)

    def sizeHint(  # noqa: N802  # Qt's name
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the fixed row height."""
        return QSize(80, theme().sizes.row)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        rect: QRect = option.rect
        at = index.column()
        self._ground(painter, rect, option.state.value, first=at == 0)
        # Straight from the model: through Qt's variants a frame takes a quarter longer.
        model = index.model()
        assert isinstance(model, LedgerModel)  # noqa: S101  # the only one such a table shows
        column = model.columns[at]
        text = model.text(index.row(), column)
        if not text:
            return
        if column.key in PILL_KEYS:
            size = pill_size(text, self._pill, dot=True)
            top = rect.center().y() - size.height() / 2 + 1
            place = QRectF(rect.left() + PADDING - 2, top, size.width(), size.height())
            paint_pill(painter, place, text, tone_of(text), self._pill, dot=True)
            return
        self._write(painter, rect, text, column)

    def _ground(
        self,
        painter: QPainter,
        rect: QRect,
        state: int,
        *,
        first: bool,
    ) -> None:
        selected = bool(state & _SELECTED)
        if selected:
            painter.fillRect(rect, self._selected)
        elif state & _HOVERED:
            painter.fillRect(rect, self._hover)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._line)
        if selected and first:
            painter.fillRect(rect.left(), rect.top(), BAR, rect.height(), self._accent)

    def _write(self, painter: QPainter, rect: QRect, text: str, column: Column) -> None:
        strong = column.key == self.title_key
        metrics = self._bold_metrics if strong else self._metrics
        room = rect.adjusted(PADDING, 0, -PADDING, -1)
        # However much somebody pasted: no column shows more, and measuring takes its time.
        line = text[:_SHOWN].replace("\n", " ")
        if metrics.horizontalAdvance(line) > room.width():
            line = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width())
        painter.setFont(self._bold if strong else self._font)
        if column.key == "id":
            painter.setPen(self._text3)
        else:
            painter.setPen(self._text2 if column.type in _DIM else self._text)
        painter.drawText(room, alignment(column) | _SINGLE_LINE, line)


class LedgerTable(QTableView):
    """A table with sane settings for many rows.

    Signals:
        opened: Enter or a double click on a row; carries its number.
    """

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.delegate = LedgerDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self._set_headers()
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        follow_theme(self, self._dress)

    def _set_headers(self) -> None:
        rows = self.verticalHeader()
        rows.setVisible(False)
        # Fixed: ResizeToContents asks for every one of 100,000 rows.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(20)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsMovable(True)
        columns.setSectionsClickable(True)
        columns.setStretchLastSection(True)
        columns.setSortIndicatorShown(True)
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def _dress(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme().sizes.row)
        self.horizontalHeader().setFixedHeight(theme().sizes.row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Open the row on Enter, copy it on Ctrl+C."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _copy(self, row: int) -> None:
        model, header = self.model(), self.horizontalHeader()
        cells = [
            str(model.index(row, header.logicalIndex(at)).data() or "")
            for at in range(header.count())
        ]
        if row >= 0:
            QGuiApplication.clipboard().setText(copied(cells))
