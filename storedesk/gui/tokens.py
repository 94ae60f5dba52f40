"""Design tokens: the one place where colours and sizes stand.

Every pair of text and background reaches 4.5:1, outlines and focus rings 3:1; a test sweeps them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one look, as ``#RRGGBB``.

    Names say what a colour is for. Each tone (``danger`` …) has a soft background of its own.
    """

    name: str
    bg: str
    surface: str
    sunken: str
    nav: str
    hover: str
    pressed: str
    selected: str
    border: str
    border_strong: str
    scroll: str
    text: str
    text2: str
    text3: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_soft: str
    accent_text: str
    danger: str
    danger_soft: str
    warn: str
    warn_soft: str
    ok: str
    ok_soft: str
    info: str
    info_soft: str
    neutral: str
    neutral_soft: str
    focus: str
    toast: str
    on_toast: str
    toast_accent: str

    def tone(self, name: str) -> tuple[str, str]:
        """Return the text colour and the soft background of a tone."""
        if name == "accent":
            return self.accent_text, self.accent_soft
        return str(getattr(self, name)), str(getattr(self, name + "_soft"))


LIGHT = Tokens(
    name="light",
    bg="#F4F6F7",
    surface="#FFFFFF",
    sunken="#F7F9FA",
    nav="#FBFCFC",
    hover="#EEF2F3",
    pressed="#E4EAEC",
    selected="#E3F1F0",
    border="#E1E6E9",
    border_strong="#7A8791",
    scroll="#C7CFD5",
    text="#17212B",
    text2="#4A5864",
    text3="#5B6874",
    accent="#0F6B68",
    accent_hover="#0C5A57",
    accent_pressed="#094846",
    on_accent="#FFFFFF",
    accent_soft="#E3F1F0",
    accent_text="#0B5F5C",
    danger="#B3261E",
    danger_soft="#FCEBEA",
    warn="#8A4B00",
    warn_soft="#FFF1DC",
    ok="#1B6E3F",
    ok_soft="#E4F4EA",
    info="#1F58B0",
    info_soft="#E8F0FC",
    neutral="#4A5864",
    neutral_soft="#EDF0F2",
    focus="#0F6B68",
    toast="#17212B",
    on_toast="#FFFFFF",
    toast_accent="#8FE0D8",
)

DARK = Tokens(
    name="dark",
    bg="#12171C",
    surface="#1A2027",
    sunken="#161C22",
    nav="#151A20",
    hover="#232B33",
    pressed="#2B343D",
    selected="#17393A",
    border="#2A333C",
    border_strong="#6C7A87",
    scroll="#3A4550",
    text="#E9EEF2",
    text2="#B3BEC8",
    text3="#98A5B0",
    accent="#4FC1B8",
    accent_hover="#6ACFC7",
    accent_pressed="#86DAD3",
    on_accent="#04211F",
    accent_soft="#17393A",
    accent_text="#79D6CE",
    danger="#FF9A92",
    danger_soft="#43211F",
    warn="#F5BE6B",
    warn_soft="#3D2E14",
    ok="#7FD3A1",
    ok_soft="#183526",
    info="#94BDFB",
    info_soft="#1A2E4C",
    neutral="#B3BEC8",
    neutral_soft="#262E36",
    focus="#6ACFC7",
    toast="#E9EEF2",
    on_toast="#17212B",
    toast_accent="#0B5F5C",
)

TEXT_SIZES = (1.0, 1.15, 1.25)
"""The choices of text size: 100, 115 and 125 %."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in device-independent pixels at the chosen text size."""

    body: int = 14
    small: int = 13
    caption: int = 12
    section: int = 16
    title: int = 22
    figure: int = 30
    gap: int = 8
    radius: int = 8
    card_radius: int = 12
    control: int = 38
    row: int = 40
    nav_row: int = 44
    task_row: int = 58
    card: int = 112
    nav_width: int = 196
    nav_folded: int = 68
    detail: int = 300
    margin: int = 24


_UNSCALED = frozenset({"gap", "radius", "card_radius", "margin"})
"""Distances stay as they are when the text grows: a 1366-pixel screen has none to give away."""


def sizes(scale: float = 1.0) -> Sizes:
    """Return the sizes for a text-size choice such as 1.15."""
    plain = Sizes()
    return Sizes(
        **{
            f.name: round(getattr(plain, f.name) * (1 if f.name in _UNSCALED else scale))
            for f in fields(Sizes)
        }
    )


class Look(Enum):
    """What a person chooses in 设置."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


def tokens_of(look: Look) -> Tokens:
    """Return the colours of a look."""
    dark = system_is_dark() if look is Look.SYSTEM else look is Look.DARK
    return DARK if dark else LIGHT


def system_is_dark() -> bool:
    """Whether the system asks for dark windows (unknown counts as light)."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
