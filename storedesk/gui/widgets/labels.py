"""Texts, hairlines, icons, pills and avatars."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from storedesk.gui.icons import icon
from storedesk.gui.theme import follow_theme, theme

PILL_PADDING = 9
DOT = 6


def label(text: str = "", role: str = "", *, tone: str = "", wrap: bool = False) -> QLabel:
    """Return a plain-text label.

    Args:
        text: shown as it is, never as rich text: it may be what a customer said.
        role: ``title``, ``section``, ``figure``, ``strong``, ``sub``, ``caption``, ``field`` or
            ``error``; body text if empty.
        tone: colour of the text, such as ``danger``.
        wrap: break long texts into lines.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Change the tone of a label or frame that is already shown."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        repolish(widget)


def repolish(widget: QWidget) -> None:
    """Let the style sheet see a changed property."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def hairline() -> QFrame:
    """Return a horizontal line of one pixel."""
    made = QFrame()
    made.setProperty("kind", "line")
    return made


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room; the whole text is its tooltip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw as much as fits."""
        painter = QPainter(self)
        fitting = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.setPen(self.palette().windowText().color())
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitting
        )
        self.setToolTip(self.text() if fitting != self.text() else "")


class IconLabel(QLabel):
    """An icon that says nothing by itself."""

    def __init__(self, name: str, color: str = "text2", size: int = 20) -> None:
        super().__init__()
        self._name, self._color, self._size = name, color, size
        self.setFixedSize(size, size)
        follow_theme(self, self._draw)

    def set_icon(self, name: str, color: str) -> None:
        """Show another icon."""
        self._name, self._color = name, color
        self._draw()

    def _draw(self) -> None:
        color = getattr(theme().tokens, self._color)
        size = QSize(self._size, self._size)
        self.setPixmap(icon(self._name, color).pixmap(size, self.devicePixelRatioF()))

    def event(self, event: QEvent) -> bool:
        """Draw anew when the window moves to a screen of another pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()
        return super().event(event)


def paint_tile(
    painter: QPainter, rect: QRect, name: str, tone: str, *, selected: bool = False
) -> None:
    """Paint an icon on a soft square; on a selected row the square takes the surface's colour."""
    tokens = theme().tokens
    color, soft = tokens.tone(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.surface if selected else soft))
    painter.drawRoundedRect(QRectF(rect), 9, 9)
    icon(name, color).paint(painter, rect.adjusted(8, 8, -8, -8))
    painter.restore()


class IconTile(QWidget):
    """An icon on a soft square in one tone."""

    def __init__(self, name: str, tone: str, size: int = 36) -> None:
        super().__init__()
        self._name, self._tone = name, tone
        self.setFixedSize(size, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_icon(self, name: str) -> None:
        """Show another icon in the same tone."""
        self._name = name
        self.update()

    def set_tone(self, tone: str) -> None:
        """Show the icon in another tone."""
        self._tone = tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw the square and the icon."""
        paint_tile(QPainter(self), self.rect(), self._name, self._tone)


def bold(font: QFont, pixels: int = 0) -> QFont:
    """Return a half-bold copy of a font, in another size if one is given."""
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    if pixels:
        made.setPixelSize(pixels)
    return made


def pill_font(font: QFont) -> QFont:
    """Return the font of pills and badges."""
    return bold(font, theme().sizes.caption)


def pill_size(text: str, font: QFont, *, dot: bool) -> QSize:
    """Return the size of a pill with this text in ``pill_font``."""
    width = QFontMetrics(font).horizontalAdvance(text) + 2 * PILL_PADDING
    return QSize(width + (DOT + 4 if dot else 0), theme().sizes.caption + 10)


def paint_pill(
    painter: QPainter,
    rect: QRectF,
    text: str,
    tone: str,
    font: QFont,
    dot: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """Paint a pill: soft background, optional dot, and always the word."""
    color, soft = theme().tokens.tone(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(soft))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    if dot:
        painter.setBrush(QColor(color))
        painter.drawEllipse(QRectF(rect.left() + PILL_PADDING, rect.center().y() - 3, DOT, DOT))
        rect = rect.adjusted(DOT + 4, 0, 0, 0)
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


class Pill(QWidget):
    """A rounded status: colour and word, never colour alone."""

    def __init__(self, text: str = "", tone: str = "neutral", *, dot: bool = False) -> None:
        super().__init__()
        self._text, self._tone, self._dot = text, tone, dot
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        follow_theme(self, self._refresh)

    def set_text(self, text: str, tone: str) -> None:
        """Show another status; an empty one takes no room."""
        self._text, self._tone = text, tone
        self._refresh()

    def _refresh(self) -> None:
        self.setAccessibleName(self._text)
        if self.parent() is not None:
            self.setVisible(bool(self._text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the room the word needs."""
        return pill_size(self._text, pill_font(self.font()), dot=self._dot)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw the pill."""
        painter = QPainter(self)
        font = pill_font(self.font())
        paint_pill(painter, QRectF(self.rect()), self._text, self._tone, font, self._dot)


def paint_avatar(
    painter: QPainter, rect: QRect, name: str, font: QFont, *, selected: bool = False
) -> None:
    """Paint the first character of a name on a soft disc (one tint for all: many look restless).

    On a selected row, which has the same tint, the disc takes the colour of the surface.
    """
    tokens = theme().tokens
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.surface if selected else tokens.accent_soft))
    painter.drawEllipse(rect)
    painter.setFont(bold(font, rect.height() * 15 // 36))
    painter.setPen(QColor(tokens.accent_text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name[:1])
    painter.restore()


class Avatar(QWidget):
    """A person's first character on a disc."""

    def __init__(self, name: str = "", size: int = 36) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(size, size)

    def set_name(self, name: str) -> None:
        """Show another person."""
        self._name = name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draw the disc."""
        paint_avatar(QPainter(self), self.rect(), self._name, self.font())
