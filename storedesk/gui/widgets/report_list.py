"""The list of reports: a tick, the day and kind, and whose signature is missing; painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from storedesk.gui.icons import icon
from storedesk.gui.texts import long_day, tr
from storedesk.gui.theme import theme
from storedesk.gui.tones import tone_of
from storedesk.gui.widgets.labels import bold, paint_pill, pill_font, pill_size
from storedesk.operations.reports import ReportLine

_LINE_ROLE = Qt.ItemDataRole.UserRole + 1
_BOX = 20
_EDGE = 12
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def heading(line: ReportLine) -> str:
    """Return what names a report to people."""
    day = long_day(line.reported_on) if line.reported_on else tr("没有日期")
    return f"{day} · {line.kind}"


def standing(line: ReportLine) -> tuple[str, str]:
    """Return whose turn it is, or how it stands, with its tone."""
    if not line.is_there:
        return tr("文件不在"), "danger"
    if line.waits_for:
        return tr("等{who}签字").format(who=line.waits_for), "info"
    return line.status or tr("已签完"), tone_of(line.status) if line.status else "ok"


class ReportModel(QAbstractListModel):
    """Reports, the newest first; those that still wait for a signature can be ticked.

    Signals:
        ticked: the set of ticked reports changed.
    """

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[ReportLine, ...] = ()
        self._ticks: set[str] = set()

    def show_reports(self, lines: Sequence[ReportLine]) -> None:
        """Show other reports; ticks of those that no longer wait are taken away."""
        self.beginResetModel()
        self._lines = tuple(lines)
        self._ticks &= {line.report_no for line in lines if line.waits_for}
        self.endResetModel()
        self.ticked.emit()

    def line(self, row: int) -> ReportLine | None:
        """Return the report of a row, or None."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, report_no: str) -> int:
        """Return the row of a report, or -1."""
        found = (row for row, line in enumerate(self._lines) if line.report_no == report_no)
        return next(found, -1)

    def ticks(self) -> list[ReportLine]:
        """Return the ticked reports, the oldest first: that is how they are signed."""
        return [line for line in reversed(self._lines) if line.report_no in self._ticks]

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802  # Qt's name
        """Return how many reports there are."""
        return 0 if parent.isValid() else len(self._lines)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let reports be ticked that wait for a signature."""
        flags = super().flags(index)
        line = self.line(index.row())
        return flags | Qt.ItemFlag.ItemIsUserCheckable if line and line.waits_for else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a report, its name, its tick or how it is read out."""
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(line)
        if role == Qt.ItemDataRole.CheckStateRole and line.waits_for:
            on = line.report_no in self._ticks
            return (Qt.CheckState.Checked if on else Qt.CheckState.Unchecked).value
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{heading(line)}，{line.report_no}，{standing(line)[0]}"
        if role == _LINE_ROLE:
            return line
        return None

    def setData(  # noqa: N802  # Qt's name
        self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Tick a report or take its tick away."""
        line = self.line(index.row())
        if role != Qt.ItemDataRole.CheckStateRole or line is None or not line.waits_for:
            return False
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._ticks.add(line.report_no)
        else:
            self._ticks.discard(line.report_no)
        self.dataChanged.emit(index, index, [role])
        self.ticked.emit()
        return True


class ReportDelegate(QStyledItemDelegate):
    """Paints a report and its tick."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802  # Qt's name
        """Return the fixed height."""
        return QSize(200, theme().sizes.task_row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one report."""
        tokens, rect = theme().tokens, QRect(option.rect).adjusted(4, 1, -4, -1)
        line: ReportLine = index.data(_LINE_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.selected if selected else tokens.hover))
            painter.drawRoundedRect(rect, 8, 8)
            painter.restore()
        box = QRect(rect.left() + _EDGE, rect.center().y() - _BOX // 2, _BOX, _BOX)
        if index.data(Qt.ItemDataRole.CheckStateRole) is not None:
            on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value
            self._box(painter, box, on=on)
        word, tone = standing(line)
        font = QFont(QApplication.font())
        pill = pill_size(word, pill_font(font), dot=False)
        left = rect.right() - _EDGE - pill.width()
        place = QRectF(left, rect.center().y() - pill.height() / 2, pill.width(), pill.height())
        paint_pill(painter, place, word, tone, pill_font(font))
        self._write(painter, QRect(box.right() + _EDGE, rect.top(), 0, rect.height()), left, line)

    def _box(self, painter: QPainter, box: QRect, *, on: bool) -> None:
        tokens = theme().tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent if on else tokens.border_strong), 1))
        painter.setBrush(QColor(tokens.accent if on else tokens.surface))
        painter.drawRoundedRect(box, 5, 5)
        painter.restore()
        if on:
            icon("check", tokens.on_accent).paint(painter, box.adjusted(2, 2, -2, -2))

    def _write(self, painter: QPainter, rect: QRect, right: float, line: ReportLine) -> None:
        tokens, half = theme().tokens, rect.height() // 2
        base = QFont(QApplication.font())
        small = QFont(base)
        small.setPixelSize(theme().sizes.caption)
        width = round(right) - _EDGE - rect.left()
        for text, font, color, top in (
            (heading(line), bold(base), tokens.text, 4),
            (line.report_no, small, tokens.text3, half - 2),
        ):
            place = QRect(rect.left(), rect.top() + top, width, half - 2)
            fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.setFont(font)
            painter.setPen(QColor(color))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, fitting)


class ReportView(QListView):
    """The list; Space ticks, the arrow keys show.

    Signals:
        moved: another report is in sight; carries the row.
    """

    moved = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setItemDelegate(ReportDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)

    def currentChanged(self, current: _Index, previous: _Index) -> None:  # noqa: N802  # Qt's name
        """Tell which report is in sight now."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.moved.emit(current.row())
