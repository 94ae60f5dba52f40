"""找客户: a line to type in above everything; pinyin, initials, digits and names all find."""

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
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from storedesk.domain.select import Select
from storedesk.gui.places import Place, group_of, icon_of
from storedesk.gui.session import Session
from storedesk.gui.texts import tr, with_grouped_phones
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.cards import Empty
from storedesk.gui.widgets.labels import (
    bold,
    label,
    paint_avatar,
    paint_pill,
    paint_tile,
    pill_font,
    pill_size,
)
from storedesk.gui.widgets.search_box import SearchBox
from storedesk.operations import records
from storedesk.operations.desk import Desk
from storedesk.operations.records import Hit

_SIZE = QSize(640, 480)
_REST_MS = 60
_LIMIT = 30
_RECENT = 8
_PEOPLE = frozenset({"customers", "staff"})
"""Ledgers whose records have a name with a first character; others have their icon."""
_HIT_ROLE = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def recent(desk: Desk, opened: Sequence[str]) -> list[Hit]:
    """Return the customers opened last, then those called last; runs in the clerk's lane."""
    attempts = records.ids(desk, Select("call_attempts", order=("-at",), limit=_RECENT))
    called = [one.text("followup") for one in records.page(desk, "call_attempts", attempts)]
    followups = records.page(desk, "followups", list(dict.fromkeys(called)))
    wanted = dict.fromkeys((*opened, *(one.text("customer") for one in followups)))
    found = records.page(desk, "customers", [one for one in wanted if one])
    form = desk.forms["customers"]
    return [
        Hit("customers", one.id, records.title(form, one), records.line(form, one))
        for one in found[:_RECENT]
    ]


class HitModel(QAbstractListModel):
    """What was found."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._hits: tuple[tuple[Hit, str], ...] = ()

    def show_hits(self, hits: Sequence[tuple[Hit, str]]) -> None:
        """Show pairs of hit and name of its ledger."""
        self.beginResetModel()
        self._hits = tuple(hits)
        self.endResetModel()

    def hit(self, row: int) -> Hit | None:
        """Return the hit of a row, or None."""
        return self._hits[row][0] if 0 <= row < len(self._hits) else None

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802  # Qt's name
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a hit, its name or how it is read out."""
        hit, ledger = self._hits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{ledger}：{hit.title}，{hit.line}"
        if role == _HIT_ROLE:
            return hit, ledger
        return None


class HitDelegate(QStyledItemDelegate):
    """Paints a hit: disc, name, what else is known, and its ledger."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802  # Qt's name
        """Return the fixed height."""
        return QSize(200, theme().sizes.task_row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one hit."""
        hit, ledger = index.data(_HIT_ROLE)
        tokens = theme().tokens
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(tokens.selected))
        font = QFont(QApplication.font())
        disc = QRect(rect.left() + 16, rect.center().y() - 17, 36, 36)
        if hit.ledger in _PEOPLE:
            paint_avatar(painter, disc, hit.title, font, selected=selected)
        else:
            paint_tile(painter, disc, icon_of(hit.ledger), "neutral", selected=selected)
        pill = pill_size(ledger, pill_font(font), dot=False)
        place = QRect(0, 0, pill.width(), pill.height())
        place.moveCenter(rect.center())
        place.moveRight(rect.right() - 16)
        paint_pill(painter, place.toRectF(), ledger, "neutral", pill_font(font))
        texts = QRect(disc.right() + 12, rect.top() + 6, 0, rect.height() - 12)
        texts.setRight(place.left() - 12)
        self._write(painter, texts, hit, font)

    def _write(self, painter: QPainter, rect: QRect, hit: Hit, font: QFont) -> None:
        tokens, half = theme().tokens, rect.height() // 2
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.TextElideMode.ElideRight
        for text, own, color, top in (
            (hit.title, bold(font), tokens.text, 0),
            (with_grouped_phones(hit.line), font, tokens.text2, half),
        ):
            line = QRect(rect.left(), rect.top() + top, rect.width(), half)
            painter.setFont(own)
            painter.setPen(QColor(color))
            painter.drawText(line, align, QFontMetrics(own).elidedText(text, right, line.width()))


class FindDialog(QDialog):
    """Type, choose with the arrow keys, Enter opens."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("找客户"))
        self._session = session
        frame = QFrame()
        frame.setProperty("kind", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        self.box = SearchBox(tr("姓名、拼音、首字母、电话后四位…"), tr("找客户"), _REST_MS)
        self.box.searched.connect(self._search)
        self.box.moved_down.connect(lambda: self._move(1))
        column.addWidget(self.box)
        self.hint = label(
            tr("可以输姓名、拼音首字母、电话后四位、地址、车牌，几个词用空格隔开。"),
            "sub",
            wrap=True,
        )
        column.addWidget(self.hint)
        self.recent = label(tr("最近看过、打过电话的客户"), "caption")
        self.recent.hide()
        column.addWidget(self.recent)
        self.model = HitModel(self)
        self.list = QListView()
        self.list.setAccessibleName(tr("找到的记录"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setModel(self.model)
        self.list.setItemDelegate(HitDelegate(self.list))
        self.list.clicked.connect(lambda index: self._open(index.row()))
        column.addWidget(self.list, 1)
        self.empty = Empty("search", "")
        column.addWidget(self.empty, 1)
        self._foot = label(tr("↑↓ 选择　Enter 打开　Esc 关闭"), "caption")
        column.addWidget(self._foot)
        self.box.refused.connect(self._foot.setText)
        follow_theme(self, lambda: self.resize(_SIZE * theme().scale))
        self.box.setFocus()
        self._search("")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Move and open without leaving the line."""
        match event.key():
            case Qt.Key.Key_Up:
                self._move(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._open(max(0, self.list.currentIndex().row()))
            case _:
                super().keyPressEvent(event)

    def _move(self, by: int) -> None:
        last = self.model.rowCount() - 1
        self._choose(max(0, min(last, self.list.currentIndex().row() + by)))

    def _search(self, words: str) -> None:
        self.hint.hide()
        if not words:
            opened = self._session.preferences.seen(self._session.facts.desk)
            self._session.clerk.ask(recent, opened).then(
                self._show_recent, owner=self, latest="find"
            )
            return
        self._session.clerk.ask(records.find, words, _LIMIT).then(
            self._show, owner=self, latest="find"
        )

    def _show_recent(self, hits: list[Hit]) -> None:
        self._show(hits)
        self.recent.setVisible(bool(hits))
        self.hint.setVisible(bool(hits))
        self.empty.say(tr("找客户"), self.hint.text(), "users")

    def _show(self, hits: list[Hit]) -> None:
        self.recent.hide()
        forms = self._session.facts.forms
        self.model.show_hits([(hit, forms[hit.ledger].label) for hit in hits])
        self._choose(0)
        self._foot.setText(tr("↑↓ 选择　Enter 打开　Esc 关闭"))
        self.empty.say(tr("没有找到"), tr("换个词试试，或者关上后按 Ctrl+N 记一笔。"), "search")
        self.list.setVisible(bool(hits))
        self.empty.setVisible(not hits)

    def _choose(self, row: int) -> None:
        self.list.setCurrentIndex(self.model.index(row))

    def _open(self, row: int) -> None:
        hit = self.model.hit(row)
        if hit is not None:
            self.accept()
            self._session.open(Place(group_of(hit.ledger), hit.ledger, hit.id))
