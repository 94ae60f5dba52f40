"""The editors behind the fields of a form. All speak text; none knows what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent, QTextCharFormat
from PySide6.QtWidgets import (
    QButtonGroup,
    QCalendarWidget,
    QComboBox,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QWidget,
)

from storedesk.domain.values import Type, Unreadable, canonical
from storedesk.gui.icons import icon
from storedesk.gui.page import WheelGuard
from storedesk.gui.texts import cleaned, tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.buttons import Chip, Segments
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import label, repolish
from storedesk.gui.widgets.lengths import Memo, keep_within

_MEMO_HEIGHT = 88
_OPTIONS_IN_SIGHT = 12


class Editor(QObject):
    """Something that holds a text.

    Signals:
        edited: a person changed it.
        left: the cursor left it.
        refused: more was to be put in than it can hold; it is as it was.

    Attributes:
        widget: what stands in the form.
        focus_widget: what the cursor goes into.
    """

    edited = Signal()
    left = Signal()
    refused = Signal()

    def __init__(self, widget: QWidget, focus_widget: QWidget | None = None) -> None:
        super().__init__(widget)
        self.widget = widget
        self.focus_widget = focus_widget or widget

    def text(self) -> str:
        """Return the text."""
        raise NotImplementedError

    def set_text(self, text: str) -> None:
        """Put a text in without counting as an edit."""
        raise NotImplementedError

    def set_name(self, name: str, description: str) -> None:
        """Say what is read out for it."""
        self.focus_widget.setAccessibleName(name)
        self.focus_widget.setAccessibleDescription(description)

    def set_invalid(self, *, invalid: bool) -> None:
        """Mark it as wrong or right."""
        if bool(self.focus_widget.property("invalid")) != invalid:
            self.focus_widget.setProperty("invalid", invalid)
            repolish(self.focus_widget)

    def focus(self) -> None:
        """Put the cursor in."""
        self.focus_widget.setFocus(Qt.FocusReason.OtherFocusReason)


class Line(QLineEdit):
    """A line where Enter goes to the next field, as in Excel; a unit may stand at its end."""

    left = Signal()
    refused = Signal()

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        keep_within(self, self.refused.emit)
        self._unit: QLabel | None = None
        if unit:
            self._unit = label(unit, "caption")
            self._unit.setParent(self)
            self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.setTextMargins(0, 0, 28, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Go on with Enter; with Ctrl it is the page's, to save."""
        extra = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not extra:
            self.focusNextChild()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Tell that the cursor left."""
        super().focusOutEvent(event)
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Keep the unit at the right end."""
        super().resizeEvent(event)
        if self._unit is None:
            return
        hint = self._unit.sizeHint()
        left, top = self.width() - hint.width() - 12, (self.height() - hint.height()) // 2
        self._unit.setGeometry(left, top, hint.width(), hint.height())


class LineEditor(Editor):
    """One line of text.

    Numbers too: a styled QSpinBox without buttons shrinks to one pixel, and the wheel changes it.
    """

    def __init__(self, placeholder: str = "", unit: str = "") -> None:
        self.line = Line(unit)
        super().__init__(self.line)
        self.line.setPlaceholderText(placeholder)
        self.line.textEdited.connect(lambda _: self.edited.emit())
        self.line.left.connect(self.left)
        self.line.refused.connect(self.refused)

    def text(self) -> str:
        """Return the text, as one line whatever was pasted."""
        return cleaned(self.line.text())

    def set_text(self, text: str) -> None:
        """Put a text in."""
        self.line.setText(text)
        self.line.setCursorPosition(0)


class MemoEditor(Editor):
    """Several lines; Tab goes to the next field."""

    def __init__(self, placeholder: str = "", height: int = _MEMO_HEIGHT) -> None:
        self.memo = Memo()
        super().__init__(self.memo)
        self.memo.setPlaceholderText(placeholder)
        self.memo.setTabChangesFocus(True)
        self.memo.setFixedHeight(height)
        self._quiet = False
        self.memo.textChanged.connect(self._changed)
        self.memo.refused.connect(self.refused)

    def text(self) -> str:
        """Return the text."""
        return cleaned(self.memo.toPlainText(), lines=True)

    def set_text(self, text: str) -> None:
        """Put a text in."""
        self._quiet = True
        self.memo.setPlainText(text)
        self._quiet = False

    def _changed(self) -> None:
        if not self._quiet:
            self.edited.emit()


class DateEditor(LineEditor):
    """A day or a moment, typed in any usual way or chosen from a calendar; may be empty."""

    def __init__(self, placeholder: str, *, with_time: bool) -> None:
        super().__init__(placeholder)
        self._with_time = with_time
        self._calendar: QCalendarWidget | None = None
        action = self.line.addAction(
            icon("calendar", theme().tokens.text2), QLineEdit.ActionPosition.TrailingPosition
        )
        action.setToolTip(tr("从日历里选"))
        action.triggered.connect(self._open)
        follow_theme(self.line, lambda: action.setIcon(icon("calendar", theme().tokens.text2)))

    def _open(self) -> None:
        calendar = QCalendarWidget(self.line)
        calendar.setWindowFlag(Qt.WindowType.Popup)
        calendar.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        _dress_calendar(calendar)
        calendar.setSelectedDate(self._day())
        calendar.clicked.connect(self._take)
        calendar.activated.connect(self._take)
        calendar.move(self.line.mapToGlobal(QPoint(0, self.line.height())))
        self._calendar = calendar
        calendar.show()

    def _day(self) -> QDate:
        try:
            meant = canonical(self.text(), Type.DATE)
        except Unreadable:
            meant = None
        return QDate.fromString(str(meant), Qt.DateFormat.ISODate) if meant else QDate.currentDate()

    def _take(self, day: QDate) -> None:
        text = day.toString(Qt.DateFormat.ISODate)
        tail = self.text()[len(text) :] if self._with_time else ""
        self.line.setText(text + tail)
        self.edited.emit()
        if self._calendar is not None:
            self._calendar.close()
            self._calendar = None


class SegmentsEditor(Editor):
    """A few words side by side; a click on the chosen one takes it back."""

    def __init__(self, options: Sequence[str]) -> None:
        self.segments = Segments(options)
        buttons = self.segments.group.buttons()
        super().__init__(self.segments, buttons[0])
        self._before = ""
        self.segments.group.buttonPressed.connect(self._remember)
        self.segments.chosen.connect(self._chosen)

    def text(self) -> str:
        """Return the chosen word."""
        return self.segments.value()

    def set_text(self, text: str) -> None:
        """Choose a word; one that is not on offer chooses none."""
        self.segments.set_value(text)

    def set_name(self, name: str, description: str) -> None:
        """Name every word on offer."""
        self.segments.setAccessibleName(name)
        for one in self.segments.group.buttons():
            if isinstance(one, Chip):
                one.setAccessibleName(f"{name}：{one.plain}")
            one.setAccessibleDescription(description)

    def _remember(self) -> None:
        self._before = self.text()

    def _chosen(self, word: str) -> None:
        if word == self._before:
            self.set_text("")
        self._before = ""
        self.edited.emit()


class ChipsEditor(Editor):
    """Several words of many, joined by ``;`` as in the cell; or one of them."""

    def __init__(self, options: Sequence[str], *, single: bool = False) -> None:
        box, flow = flow_box()
        self._others: list[str] = []
        self._chips = [Chip(option) for option in options]
        super().__init__(box, self._chips[0])
        for chip in self._chips:
            flow.addWidget(chip)
            chip.clicked.connect(lambda _=False: self.edited.emit())
        self._group = QButtonGroup(box)
        for chip in self._chips if single else ():
            self._group.addButton(chip)

    def text(self) -> str:
        """Return the chosen words; those that are not on offer any more are kept."""
        chosen = [chip.plain for chip in self._chips if chip.isChecked()]
        return ";".join([*chosen, *self._others])

    def set_text(self, text: str) -> None:
        """Choose words."""
        words = [word for word in text.split(";") if word]
        offered = {chip.plain for chip in self._chips}
        self._others = [word for word in words if word not in offered]
        for chip in self._chips:
            chip.setChecked(chip.plain in words)

    def set_name(self, name: str, description: str) -> None:
        """Name every word on offer."""
        for chip in self._chips:
            chip.setAccessibleName(f"{name}：{chip.plain}")
            chip.setAccessibleDescription(description)


class ComboEditor(Editor):
    """One word of many; an old value that is not on offer any more stays until changed."""

    def __init__(self, options: Sequence[str]) -> None:
        self.combo = QComboBox()
        super().__init__(self.combo)
        self.combo.addItems(["", *options])
        self.combo.setMaxVisibleItems(_OPTIONS_IN_SIGHT)
        # WORKAROUND: Qt 6.11's combo popup ignores ::item rules without a delegate of this kind.
        self.combo.setItemDelegate(QStyledItemDelegate(self.combo))
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.combo.installEventFilter(WheelGuard(self.combo))
        self.combo.activated.connect(lambda _: self.edited.emit())

    def text(self) -> str:
        """Return the chosen word."""
        return self.combo.currentText()

    def set_text(self, text: str) -> None:
        """Choose a word."""
        at = self.combo.findText(text)
        if at < 0:
            self.combo.addItem(text)
            at = self.combo.count() - 1
        self.combo.setCurrentIndex(at)


def _dress_calendar(calendar: QCalendarWidget) -> None:
    """Set what a style sheet cannot: Monday first, quiet headers, weekends in the danger tone."""
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    head = QTextCharFormat()
    head.setForeground(QColor(theme().tokens.text3))
    head.setBackground(QColor(theme().tokens.surface))
    calendar.setHeaderTextFormat(head)
    weekend = QTextCharFormat()
    weekend.setForeground(QColor(theme().tokens.danger))
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, weekend)
