"""The menu at the left: where one is, what waits, and whether everything is in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from storedesk.gui.icons import icon
from storedesk.gui.page import scrolling
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.buttons import button, icon_button
from storedesk.gui.widgets.labels import (
    ElidedLabel,
    IconTile,
    label,
    paint_pill,
    pill_font,
    pill_size,
)

_BADGE = 20
_GAP = 2
_LEAST = 28
"""A line is never lower than a finger or a shaking hand can hit."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu: where it leads, its name, icon and shortcut."""

    key: str
    name: str
    icon: str
    shortcut: str = ""


class MenuButton(QPushButton):
    """A line of the menu with an optional count."""

    def __init__(self, entry: MenuEntry) -> None:
        super().__init__()
        self.entry = entry
        self._badge, self._tone = "", "neutral"
        self._name = entry.name
        self._folded = False
        self._icon, self._color = entry.icon, "text2"
        self.setProperty("kind", "nav")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setIconSize(QSize(20, 20))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._height = theme().sizes.nav_row
        follow_theme(self, self._dress)

    def set_height(self, height: int) -> None:
        """Be as high as there is room for."""
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the width the name needs and the height that was set."""
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the same: a line is never squeezed."""
        return self.sizeHint()

    def set_badge(self, count: int, tone: str = "neutral") -> None:
        """Show a count; none for zero."""
        self._badge = "99+" if count > 99 else str(count or "")  # noqa: PLR2004  # two digits fit
        self._tone = tone
        self._dress()
        self.update()

    def set_name(self, name: str, icon_name: str, color: str) -> None:
        """Say something else, as the line about Excel does."""
        self._name, self._icon, self._color = name, icon_name, color
        self._dress()

    def fold(self, *, folded: bool) -> None:
        """Show the icon only, or icon and name."""
        self._folded = folded
        self._dress()

    def _dress(self) -> None:
        tokens = theme().tokens
        self.setIcon(icon(self._icon, getattr(tokens, self._color), on=tokens.accent_text))
        self.setText("" if self._folded else f"  {self._name}")
        keys = f"（{self.entry.shortcut}）" if self.entry.shortcut else ""
        self.setToolTip(f"{self._name}{keys}")
        count = tr("，{count} 项").format(count=self._badge) if self._badge else ""
        self.setAccessibleName(self._name + count)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw the button and its count."""
        super().paintEvent(event)
        if not self._badge:
            return
        font = pill_font(self.font())
        width = max(_BADGE, pill_size(self._badge, font, dot=False).width() - 6)
        left = self.width() - width - (2 if self._folded else 10)
        top = 2 if self._folded else (self.height() - _BADGE) / 2
        place = QRectF(left, top, width, _BADGE)
        paint_pill(QPainter(self), place, self._badge, self._tone, font)


class SideMenu(QFrame):
    """Brand, the two things done most, the pages, and the foot.

    Signals:
        chosen: a line was clicked; carries its key.
        new_note: 记一笔.
        find_wanted: 找客户.
    """

    chosen = Signal(str)
    new_note = Signal()
    find_wanted = Signal()

    def __init__(self, pages: Sequence[MenuEntry], foot: Sequence[MenuEntry]) -> None:
        super().__init__()
        self.setObjectName("nav")
        self.buttons: dict[str, MenuButton] = {}
        self._group = QButtonGroup(self)
        self._folded = False
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 12)
        column.setSpacing(8)
        self._brand, self._door = self._make_brand(), self._make_doors()
        column.addWidget(self._brand)
        column.addLayout(self._door)
        self._pages = self._lines(pages)
        self._area = scrolling(self._pages)
        # Only with the largest text in the lowest window a line is out of sight; the wheel works.
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self._area, 1)
        column.addWidget(self._lines(foot))
        follow_theme(self, self._set_width)

    def set_store(self, store: str) -> None:
        """Show the name of the store."""
        self._store.setText(store)

    def mark(self, key: str) -> None:
        """Mark the line of the page in sight."""
        if key in self.buttons:
            self.buttons[key].setChecked(True)

    def fold(self, *, folded: bool) -> None:
        """Show icons only on a narrow window."""
        if folded == self._folded:
            return
        self._folded = folded
        direction = QBoxLayout.Direction
        self._door.setDirection(direction.TopToBottom if folded else direction.LeftToRight)
        for one in (self._brand, self._note):
            one.setVisible(not folded)
        self._note_folded.setVisible(folded)
        for one in self.buttons.values():
            one.fold(folded=folded)
        self._set_width()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Move the lines together where the window is low: all of them are in sight."""
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        margins = self._column.contentsMargins()
        taken = margins.top() + margins.bottom() + 3 * self._column.spacing()
        taken += self._door.sizeHint().height()
        taken += 0 if self._folded else self._brand.sizeHint().height()
        room = (self.height() - taken) // max(1, len(self.buttons)) - _GAP
        height = max(_LEAST, min(theme().sizes.nav_row, room))
        for one in self.buttons.values():
            one.set_height(height)

    def _set_width(self) -> None:
        size = theme().sizes
        self.setFixedWidth(size.nav_folded if self._folded else size.nav_width)
        self._share_height()

    def _make_brand(self) -> QWidget:
        brand = QWidget()
        row = QHBoxLayout(brand)
        row.setContentsMargins(16, 0, 12, 4)
        row.setSpacing(10)
        row.addWidget(IconTile("store", "accent", 36))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(label(tr("店务台"), "section"))
        self._store = ElidedLabel("", "caption")
        texts.addWidget(self._store)
        row.addLayout(texts, 1)
        return brand

    def _make_doors(self) -> QBoxLayout:
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self._note = button(
            tr("记一笔"), self.new_note.emit, icon_name="plus", variant="primary", tip="Ctrl+N"
        )
        self._note_folded = icon_button("plus", tr("记一笔（Ctrl+N）"), self.new_note.emit, "")
        self._note_folded.hide()
        self._find = icon_button("search", tr("找客户（Ctrl+K）"), self.find_wanted.emit, "")
        row.addWidget(self._note, 1)
        row.addWidget(self._note_folded)
        row.addWidget(self._find)
        return row

    def _lines(self, entries: Sequence[MenuEntry]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 0, 12, 0)
        column.setSpacing(_GAP)
        for entry in entries:
            one = MenuButton(entry)
            one.clicked.connect(lambda _=False, key=entry.key: self.chosen.emit(key))
            self._group.addButton(one)
            self.buttons[entry.key] = one
            column.addWidget(one)
        column.addStretch()
        return box
