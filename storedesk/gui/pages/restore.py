"""从备份恢复: choose a state, see what going back would change, then go back with one click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QSize, QStringListModel, Qt
from PySide6.QtGui import QColor, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QListView,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from storedesk.domain.changes import Change
from storedesk.domain.errors import StoreDeskError
from storedesk.gui.flushing import Flusher
from storedesk.gui.session import Session
from storedesk.gui.texts import moment_name, tr
from storedesk.gui.theme import theme
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import label
from storedesk.operations import restoring
from storedesk.operations.restore_preview import Reading, RestorePoint, RestorePreview
from storedesk.operations.restoring import Look, PutBack, PutBackDone, RestoreDone

_SIZE = QSize(820, 560)
_LIST_WIDTH = 250
_KILO = 1024


class RestoreDialog(QDialog):
    """Three steps at one glance: which workbook, which state of it, what would change.

    Nothing is changed before the button is pressed; Ctrl+Enter presses it, Esc gives up.
    """

    def __init__(self, session: Session, flusher: Flusher, workbook: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("从备份恢复"))
        self.resize(_SIZE.boundedTo(parent.window().size()))
        self._session, self._flusher = session, flusher
        self._points: tuple[RestorePoint, ...] = ()
        self._seen: RestorePreview | None = None
        self._reading: Reading | None = None
        self._build(workbook)
        self._fill()

    # --- building -------------------------------------------------------------------------------

    def _build(self, workbook: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(tr("从备份恢复"), "section"))
        self.workbooks = QComboBox()
        self.workbooks.setAccessibleName(tr("哪本表格"))
        self.workbooks.setItemDelegate(QStyledItemDelegate(self.workbooks))
        books = self._session.facts.forms.workbooks()
        self.workbooks.addItems(list(books))
        self.workbooks.setCurrentText(workbook or books[0])
        self.workbooks.currentTextChanged.connect(lambda _: self._fill())
        column.addWidget(self.workbooks)
        column.addLayout(self._middle(), 1)
        self.undo = QCheckBox(tr("备份以后在 Excel 里改的也一起撤销"))
        self.undo.clicked.connect(self._preview_again)
        self.undo.setEnabled(False)
        column.addWidget(self.undo)
        column.addLayout(self._buttons())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.restore)

    def _middle(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.states = QListView()
        self.states.setAccessibleName(tr("可以恢复到哪一份"))
        self.states.setFixedWidth(_LIST_WIDTH)
        self.states.setModel(QStringListModel(self))
        self.states.setItemDelegate(_States(self.states))
        self.states.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.states.setTabKeyNavigation(False)
        self.states.selectionModel().currentChanged.connect(self._choose)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName(tr("恢复会改什么"))
        self.preview.setFrameShape(QFrame.Shape.NoFrame)
        row.addWidget(self.states)
        row.addWidget(self.preview, 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button(tr("取消"), self.reject, variant="ghost"))
        self.go = button(tr("恢复到这一份"), self.restore, variant="primary", tip="Ctrl+Enter")
        self.go.setEnabled(False)
        row.addWidget(self.go)
        return row

    # --- choosing -------------------------------------------------------------------------------

    def _fill(self) -> None:
        """List the states of the chosen workbook; the newest is looked at first."""
        self._forget(tr("正在看有哪些备份…"))
        folder, workbook = self._session.facts.folder, self.workbooks.currentText()
        self._session.worker.run(
            lambda: restoring.points(folder, workbook),
            self._list,
            refused=self._say_why_not,
            owner=self,
            latest="restore points",
        )

    def _list(self, points: Sequence[RestorePoint]) -> None:
        self._points = tuple(points)
        model = self.states.model()
        assert isinstance(model, QStringListModel)  # noqa: S101  # set above
        model.setStringList([self._line(one) for one in points])
        if points:
            self.states.setCurrentIndex(model.index(0, 0))
            self.states.setFocus()
        else:
            self._forget(tr("这本表格还没有备份。第一次写入时会自动备一份。"))

    def _line(self, point: RestorePoint) -> str:
        when = moment_name(point.at, self._session.facts.now())
        size = tr("{count} KB").format(count=max(1, point.size // _KILO))
        return f"{when}　{tr('恢复前') if point.replaced else size}"

    def _choose(self, now: QModelIndex, _before: QModelIndex) -> None:
        if 0 <= now.row() < len(self._points):
            self._forget(tr("正在看会改什么…"))
            self._session.clerk.ask(restoring.look, self._points[now.row()]).then(
                self._read, owner=self, latest="restore look"
            )

    def _read(self, look: Look) -> None:
        self._session.worker.run(
            lambda: restoring.read(look),
            self._preview,
            refused=self._say_why_not,
            owner=self,
            latest="restore read",
        )

    def _preview(self, reading: Reading) -> None:
        self._reading = reading
        self._ask_preview(reading, undo=None)

    def _preview_again(self) -> None:
        if self._reading is not None:
            self.go.setEnabled(False)
            self._ask_preview(self._reading, undo=self.undo.isChecked())

    def _ask_preview(self, reading: Reading, *, undo: bool | None) -> None:
        self._session.clerk.ask(restoring.preview, reading, undo_excel=undo).then(
            self._show, refused=self._say_why_not, owner=self, latest="restore preview"
        )

    def _show(self, seen: RestorePreview) -> None:
        self._seen = seen
        self.preview.setPlainText("\n".join(seen.lines()))
        self.undo.setChecked(seen.undo_excel)
        self.undo.setEnabled(True)
        self.go.setEnabled(True)

    def _forget(self, words: str) -> None:
        self._seen = self._reading = None
        self.preview.setPlainText(words)
        self.undo.setEnabled(False)
        self.go.setEnabled(False)

    def _say_why_not(self, error: StoreDeskError) -> None:
        self._forget(str(error))

    # --- going back -----------------------------------------------------------------------------

    def restore(self) -> None:
        """Put the chosen state back; the dialog closes when it stands."""
        if self._seen is None or not self.go.isEnabled():
            return
        self.go.setEnabled(False)
        self._session.clerk.ask(restoring.begin, self._seen, by=self._session.me).then(
            partial(self._put_back, self._seen), refused=self._say_why_not, owner=self
        )

    def _put_back(self, seen: RestorePreview, put: PutBack) -> None:
        self._session.worker.run(
            lambda: restoring.put_back(put), partial(self._finish, seen), owner=self
        )

    def _finish(self, seen: RestorePreview, done: PutBackDone) -> None:
        self._session.clerk.ask(restoring.finish, done, seen).then(self._finished, owner=self)

    def _finished(self, done: RestoreDone) -> None:
        if not done.done:
            self._forget(done.sentence)
            return
        if done.taken is not None:
            self._session.spread(Change("restore", done.taken.touched()))
        self._session.say(done.sentence)
        self._flusher.run()
        self.accept()


class _States(QStyledItemDelegate):
    """Rows as tall as a table's, softly marked."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]  # noqa: N802  # Qt's name
        """Mark the chosen row as other lists do."""
        super().initStyleOption(option, index)
        tokens = theme().tokens
        option.palette.setColor(QPalette.ColorRole.Highlight, QColor(tokens.selected))
        option.palette.setColor(QPalette.ColorRole.HighlightedText, QColor(tokens.text))
        option.text = f"　{index.data()}"

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]  # noqa: N802  # Qt's name
        """Return the height of a row of a table."""
        return QSize(super().sizeHint(option, index).width(), theme().sizes.row)
