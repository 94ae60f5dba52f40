"""The look of the window: palette, style sheet and fonts, all from one set of tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from storedesk.gui.icons import icon, svg_file
from storedesk.gui.tokens import LIGHT, Look, Sizes, Tokens, sizes, tokens_of

FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "WenQuanYi Micro Hei",
    "Segoe UI",
)
_SHEET = Path(__file__).with_name("style.qss")


class Theme(QObject):
    """The look in force; ``changed`` after every switch."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.look = Look.SYSTEM
        self.scale = 1.0
        self.tokens: Tokens = LIGHT
        self.sizes: Sizes = sizes()
        self._fusion = False

    def apply(
        self, app: QApplication, look: Look | None = None, scale: float | None = None
    ) -> None:
        """Dress the application; call it once before the first window is made.

        Args:
            app: the application.
            look: light, dark or as the system has it; unchanged if None.
            scale: text size, one of ``tokens.TEXT_SIZES``; unchanged if None.
        """
        self.look = look or self.look
        self.scale = scale or self.scale
        self.tokens = tokens_of(self.look)
        self.sizes = sizes(self.scale)
        icon.cache_clear()
        if not self._fusion:
            # Windows' own styles do not mix with a style sheet; once a sheet is set the style's
            # name reads "", so remember here that it was done.
            app.setStyle("Fusion")
            self._fusion = True
        app.setFont(self._font())
        app.setPalette(palette(self.tokens))
        app.setStyleSheet(style_sheet(self.tokens, self.sizes))
        self.changed.emit()

    def _font(self) -> QFont:
        font = QFont()
        font.setFamilies(FAMILIES)
        font.setPixelSize(self.sizes.body)
        return font


@cache
def theme() -> Theme:
    """Return the one theme of this process."""
    return Theme()


def follow_theme(widget: QWidget, dress: Callable[[], None]) -> None:
    """Run ``dress`` now and at every theme change, for as long as the widget lives.

    A closure connected straight to the theme would outlive its widget; a child object does not.
    """
    dress()
    _Follower(widget, dress)


class _Follower(QObject):
    def __init__(self, widget: QWidget, dress: Callable[[], None]) -> None:
        super().__init__(widget)
        self._dress = dress
        theme().changed.connect(self.run)

    def run(self) -> None:
        self._dress()


def palette(tokens: Tokens) -> QPalette:
    """Return the palette; placeholders, links, selections and standard dialogs read it."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.bg,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.sunken,
        role.Text: tokens.text,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.on_accent,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.ToolTipBase: tokens.toast,
        role.ToolTipText: tokens.on_toast,
        role.PlaceholderText: tokens.text3,
        role.Link: tokens.accent_text,
        role.LinkVisited: tokens.accent_text,
        role.Mid: tokens.border,
        role.Midlight: tokens.hover,
        role.Dark: tokens.border_strong,
        role.Light: tokens.surface,
        role.Shadow: tokens.border_strong,
        role.Accent: tokens.accent,
    }
    made = QPalette()
    for one, color in colors.items():
        made.setColor(one, QColor(color))
    for one in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, one, QColor(tokens.text3))
    return made


def style_sheet(tokens: Tokens, size: Sizes) -> str:
    """Return the style sheet: ``style.qss`` with its ``$names`` filled in.

    Control heights are given without their border, as style sheets count them; ``…_in`` is the
    height inside the 2-pixel focus border.
    """
    names = {key: str(value) for key, value in {**asdict(tokens), **asdict(size)}.items()}
    heights = {"control": size.control, "chip": size.control - 6}
    for name, height in heights.items():
        names[f"{name}_height"] = str(height - 2)
        names[f"{name}_in"] = str(height - 4)
    names |= {
        "chip_radius": str((size.control - 6) // 2),
        "card_radius_in": str(size.card_radius - 1),
        "task_height": str(size.task_row - 4),
        "card_height": str(size.card - 2),
        "icon_down": svg_file("chevron-down", tokens.text2),
        "icon_up": svg_file("chevron-up", tokens.text2),
        "icon_left": svg_file("chevron-left", tokens.text2),
        "icon_right": svg_file("chevron-right", tokens.text2),
        "icon_calendar": svg_file("calendar", tokens.text2),
        "icon_check": svg_file("check", tokens.on_accent, 3),
    }
    return Template(_SHEET.read_text("utf-8")).substitute(names)
