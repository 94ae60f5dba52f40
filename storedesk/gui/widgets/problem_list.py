"""A list of problems, however many: what is wrong, where, and what to do; painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from storedesk.domain.problems import Problem
from storedesk.gui.theme import follow_theme, theme

_PROBLEM_ROLE = Qt.ItemDataRole.UserRole + 1
_ROWS_IN_SIGHT = 8
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ProblemModel(QAbstractListModel):
    """Problems in the order given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show other problems."""
        self.beginResetModel()
        self._problems = tuple(problems)
        self.endResetModel()

    def problem(self, row: int) -> Problem:
        """Return the problem of a row."""
        return self._problems[row]

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802  # Qt's name
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._problems)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a problem, its fact or its whole sentence."""
        problem = self._problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return problem.what
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return problem.sentence()
        if role == _PROBLEM_ROLE:
            return problem
        return None


class ProblemDelegate(QStyledItemDelegate):
    """Paints the fact, and below it in grey where it is and what to do."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802  # Qt's name
        """Return the fixed height."""
        return QSize(200, theme().sizes.task_row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one problem."""
        problem: Problem = index.data(_PROBLEM_ROLE)
        tokens, rect = theme().tokens, QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.selected))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(tokens.hover))
        painter.fillRect(rect.left() + 16, rect.top(), rect.width() - 32, 1, QColor(tokens.border))
        font = QFont(QApplication.font())
        small = QFont(font)
        small.setPixelSize(theme().sizes.caption)
        half = rect.height() // 2
        below = "　".join(part for part in (problem.where(), problem.hint) if part)
        for text, own, color, top in (
            (problem.what, font, tokens.text, 4),
            (below, small, tokens.text3, half - 2),
        ):
            line = QRect(rect.left() + 16, rect.top() + top, rect.width() - 32, half - 2)
            fitting = QFontMetrics(own).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.setFont(own)
            painter.setPen(QColor(color))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, fitting)


class ProblemView(QListView):
    """The list; Enter or a double click goes to the record.

    Signals:
        opened: carries the ``Problem``.
    """

    opened = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._model = ProblemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(ProblemDelegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        follow_theme(self, self._fit)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show other problems; the list is as tall as they need, up to eight rows."""
        self._model.show_problems(problems)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Go to the record on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def _open(self, row: int) -> None:
        self.opened.emit(self._model.problem(row))

    def _fit(self) -> None:
        rows = max(1, min(self._model.rowCount(), _ROWS_IN_SIGHT))
        self.setFixedHeight(rows * theme().sizes.task_row + 4)
