"""The list of 今天: one line for each thing owed, painted, so that five hundred cost no more."""

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
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from storedesk.gui.due_model import LINE_ROLE, DueLine
from storedesk.gui.texts import copied
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.labels import bold, paint_avatar, paint_pill, pill_font, pill_size

_AVATAR = 36
_EDGE = 12
_GAP = 12
_Index = QModelIndex | QPersistentModelIndex


class DueDelegate(QStyledItemDelegate):
    """Paints a line: disc, name and phone, what and why, and by when."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        follow_theme(view, self._dress)

    def _dress(self) -> None:
        tokens, size = theme().tokens, theme().sizes
        self._grounds = QColor(tokens.selected), QColor(tokens.hover)
        self._inks = QColor(tokens.text), QColor(tokens.text2), QColor(tokens.text3)
        base = QFont(QApplication.font())
        self._name, self._pill = bold(base), pill_font(base)
        self._small, self._caption = QFont(base), QFont(base)
        self._small.setPixelSize(size.small)
        self._caption.setPixelSize(size.caption)
        self._height = size.task_row
        self._focus = QColor(tokens.focus)

    def sizeHint(  # noqa: N802  # Qt's name
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the fixed height of a line."""
        return QSize(200, self._height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one line."""
        line: DueLine = index.data(LINE_ROLE)
        rect: QRect = option.rect.adjusted(4, 1, -4, -1)
        self._ground(painter, rect, option.state)
        middle = rect.center().y() + 1
        disc = QRect(rect.left() + _EDGE, middle - _AVATAR // 2, _AVATAR, _AVATAR)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_avatar(painter, disc, line.who, self._name, selected=selected)
        size = pill_size(line.when, self._pill, dot=False)
        left = rect.right() - _EDGE - size.width()
        place = QRectF(left, middle - size.height() / 2, size.width(), size.height())
        paint_pill(painter, place, line.when, line.tone, self._pill)
        texts = QRect(rect)
        texts.setLeft(disc.right() + _GAP)
        texts.setRight(left - _GAP)
        self._write(painter, texts, line)

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        selected, hover = self._grounds
        ground = None
        if state & QStyle.StateFlag.State_Selected:
            ground = selected
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = hover
        if ground is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 8, 8)
        painter.restore()

    def _write(self, painter: QPainter, rect: QRect, line: DueLine) -> None:
        ink, ink2, ink3 = self._inks
        half = rect.height() // 2
        upper = QRect(rect.left(), rect.top() + 4, rect.width(), half - 4)
        lower = QRect(rect.left(), rect.top() + half, rect.width(), half - 4)
        contact = QFontMetrics(self._caption).horizontalAdvance(line.contact)
        metrics = QFontMetrics(self._name)
        room = max(60, rect.width() - contact - 10)
        name = metrics.elidedText(line.who, Qt.TextElideMode.ElideRight, room)
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._name)
        painter.setPen(ink)
        painter.drawText(upper, align, name)
        painter.setFont(self._caption)
        painter.setPen(ink3)
        painter.drawText(
            upper.adjusted(metrics.horizontalAdvance(name) + 8, 1, 0, 0), align, line.contact
        )
        painter.setFont(self._small)
        painter.setPen(ink2)
        small = QFontMetrics(self._small)
        what = small.elidedText(line.what, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(lower, align, what)


class DueView(QListView):
    """The list; Enter or a double click does the thing.

    Signals:
        opened: carries the row.
        moved: another row is in sight; carries the row.
    """

    opened = Signal(int)
    moved = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setItemDelegate(DueDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def currentChanged(self, current: _Index, previous: _Index) -> None:  # noqa: N802  # Qt's name
        """Tell which row is in sight now."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.moved.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Do the thing on Enter, copy its line on Ctrl+C."""
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self.opened.emit(current.row())
        elif event.matches(QKeySequence.StandardKey.Copy) and current.isValid():
            line: DueLine = current.data(LINE_ROLE)
            cells = (line.who, line.contact, line.what, line.when)
            QGuiApplication.clipboard().setText(copied(cells))
        else:
            super().keyPressEvent(event)
