"""Header and footer of every page, with 「第1页 共3页」. Loads reportlab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from storedesk.papers.fonts import Fonts
from storedesk.papers.style import (
    BINDING,
    BOTTOM,
    GAP,
    HAIR,
    LEADING,
    LINE,
    PAGE,
    SOFT,
    TEXT,
    TOP,
    WIDTH,
)


@dataclass(frozen=True)
class Margins:
    """What stands above and below the text of each page.

    Attributes:
        running: at the upper left from the second page on.
        number: at the upper right from the second page on.
        facts, proof: the two lines at the foot of each page.
    """

    running: str
    number: str
    facts: str
    proof: str


def numbered(margins: Margins, fonts: Fonts) -> type[Canvas]:
    """Return a canvas class that writes the margins once it knows how many pages there are."""

    class NumberedCanvas(Canvas):
        """Holds finished pages back until the last one tells their number."""

        def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # reportlab's own
            super().__init__(*args, **options)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  # reportlab's name
            self._held.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # there, but not in the stubs

        def save(self) -> None:
            for number, page in enumerate(self._held, 1):
                self.__dict__.update(page)
                _draw(self, fonts, margins, number, len(self._held))
                super().showPage()
            super().save()

    return NumberedCanvas


def _draw(canvas: Canvas, fonts: Fonts, margins: Margins, page: int, pages: int) -> None:
    right = BINDING + WIDTH
    canvas.setFillColor(SOFT)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(HAIR)
    if page > 1:
        line = PAGE[1] - TOP + GAP
        _write(canvas, fonts, margins.running, BINDING, line + 5)
        _write_right(canvas, fonts, margins.number, right, line + 5)
        canvas.line(BINDING, line, right, line)
    line = BOTTOM - GAP
    canvas.line(BINDING, line, right, line)
    _write(canvas, fonts, margins.facts, BINDING, line - LEADING)
    _write(canvas, fonts, margins.proof, BINDING, line - 2 * LEADING)
    _write_right(canvas, fonts, f"第{page}页 共{pages}页", right, line - LEADING)


def _write_right(canvas: Canvas, fonts: Fonts, text: str, right: float, y: float) -> None:
    _write(canvas, fonts, text, right - fonts.width(text, TEXT), y)


def _write(canvas: Canvas, fonts: Fonts, text: str, x: float, y: float) -> None:
    for font, run in fonts.runs(text):
        canvas.setFont(font, TEXT)
        canvas.drawString(x, y, run)
        x += canvas.stringWidth(run, font, TEXT)
