from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import fields

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from storedesk.gui import tokens as tokens_module
from storedesk.gui.icons import SOURCE, icon, svg_file
from storedesk.gui.theme import follow_theme, style_sheet, theme
from storedesk.gui.tokens import DARK, LIGHT, Look, Sizes, Tokens, sizes


@pytest.fixture
def light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme().apply(qapp, Look.LIGHT, 1.0)


def test_every_name_in_the_sheet_is_filled_in() -> None:
    for tokens in (LIGHT, DARK):
        sheet = style_sheet(tokens, sizes(1.15))
        assert "$" not in sheet
        assert sheet.count("{") == sheet.count("}")


def test_the_sheet_names_no_colour_of_its_own() -> None:
    plain = (SOURCE.parent / "style.qss").read_text("utf-8")
    assert not re.findall(r":[^;{}]*#[0-9A-Fa-f]{3,8}", plain)


def test_palette_and_sheet_follow_the_look(qapp: QApplication, light_again: None) -> None:
    theme().apply(qapp, Look.DARK)
    assert theme().tokens is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.bg
    assert DARK.surface in qapp.styleSheet()


@pytest.mark.parametrize(("dark", "tokens"), [(True, DARK), (False, LIGHT)])
def test_system_look_asks_the_system(
    qapp: QApplication,
    light_again: None,
    monkeypatch: pytest.MonkeyPatch,
    dark: bool,  # noqa: FBT001  # a table's column
    tokens: object,
) -> None:
    monkeypatch.setattr(tokens_module, "system_is_dark", lambda: dark)
    theme().apply(qapp, Look.SYSTEM)
    assert theme().tokens is tokens


def test_a_widget_that_is_gone_is_not_dressed(
    qapp: QApplication, qtbot: QtBot, light_again: None
) -> None:
    seen: list[str] = []
    parent = QWidget()
    widget = QLabel(parent)
    follow_theme(widget, lambda: seen.append(widget.text()))
    assert seen == [""]
    theme().apply(qapp, Look.DARK)
    assert len(seen) == 2
    widget.deleteLater()
    qtbot.waitUntil(lambda: not parent.children())
    theme().apply(qapp, Look.LIGHT)
    assert len(seen) == 2


def test_every_icon_is_a_drawing_with_one_stroke_colour() -> None:
    code = "".join(one.read_text("utf-8") for one in SOURCE.parent.rglob("*.py"))
    for file in sorted(SOURCE.glob("*.svg")):
        assert f'"{file.stem}"' in code, f"{file.name} is used nowhere"
        root = ET.parse(file).getroot()  # noqa: S314  # our own files
        assert root.get("stroke") == "currentColor", file.name
        assert root.get("viewBox") == "0 0 24 24", file.name
    assert "ISC License" in (SOURCE / "LICENSE").read_text("utf-8")


def test_an_icon_is_drawn_in_its_colour() -> None:
    drawn = svg_file("phone", "#123456")
    assert drawn == svg_file("phone", "#123456")
    picture = icon("phone", "#123456").pixmap(48, 48).toImage()
    colors = {
        picture.pixelColor(x, y).name()
        for x in range(48)
        for y in range(48)
        if picture.pixelColor(x, y).alpha() == 255
    }
    assert colors == {"#123456"}


def test_no_size_takes_the_name_of_a_colour() -> None:
    """Both fill the same sheet: the later one would win unseen."""
    colours, lengths = {one.name for one in fields(Tokens)}, {one.name for one in fields(Sizes)}
    assert not colours & lengths
