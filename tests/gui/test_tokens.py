from __future__ import annotations

from dataclasses import fields

import pytest

from storedesk.gui.tokens import DARK, LIGHT, TEXT_SIZES, Sizes, Tokens, sizes

TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("bg", "surface", "sunken", "nav", "selected", "hover")
PAIRS = [
    *((text, ground, TEXT) for text in ("text", "text2", "text3") for ground in GROUNDS),
    *((tone, f"{tone}_soft", TEXT) for tone in ("danger", "warn", "ok", "info", "neutral")),
    *((tone, ground, TEXT) for tone in ("danger", "warn", "ok") for ground in ("bg", "surface")),
    *(("on_accent", ground, TEXT) for ground in ("accent", "accent_hover", "accent_pressed")),
    *(("accent_text", ground, TEXT) for ground in ("accent_soft", "surface", "bg", "selected")),
    ("on_toast", "toast", TEXT),
    ("toast_accent", "toast", TEXT),
    ("text", "pressed", TEXT),
    ("text3", "neutral_soft", TEXT),
    ("text2", "neutral_soft", TEXT),
    ("text", "warn_soft", TEXT),
    ("text", "danger_soft", TEXT),
    ("text", "info_soft", TEXT),
    ("text", "ok_soft", TEXT),
    *(("border_strong", ground, SHAPE) for ground in ("surface", "bg")),
    *(("focus", ground, SHAPE) for ground in ("surface", "bg", "nav", "neutral_soft")),
    *(("accent", ground, SHAPE) for ground in ("surface", "bg")),
]


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_contrast_is_aa(tokens: Tokens, front: str, ground: str, least: float) -> None:
    """WCAG 2.1 AA: 4.5:1 for texts, 3:1 for outlines and focus rings."""
    assert contrast(getattr(tokens, front), getattr(tokens, ground)) >= least


def test_contrast_is_measured_as_wcag_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scale", TEXT_SIZES)
def test_targets_stay_large_enough(scale: float) -> None:
    size = sizes(scale)
    assert size.control >= 38
    assert size.row >= 40
    assert size.nav_row >= 44


def test_text_grows_and_distances_stay() -> None:
    large = sizes(1.25)
    assert (large.body, large.row) == (18, 50)
    assert (large.margin, large.radius) == (Sizes().margin, Sizes().radius)
    assert all(isinstance(getattr(large, one.name), int) for one in fields(Sizes))
