"""What paper looks like: page, distances, type sizes, lines and greys. Loads reportlab.

Everything reads well in black and white and after a fax: no meaning in colour, no text under 9 pt,
no grey lighter than a copier keeps.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph

from storedesk.papers.breaking import broken
from storedesk.papers.fonts import BOLD, REGULAR, Fonts

PAGE = landscape(A4)
BINDING = 25 * mm  # left: holes and a clip
RIGHT = 15 * mm
TOP = 17 * mm
BOTTOM = 18 * mm
WIDTH = PAGE[0] - BINDING - RIGHT

INK = HexColor("#16191d")
SOFT = HexColor("#4a525c")  # labels and footers: dark enough for a bad copier
LINE = HexColor("#9aa3ad")
BAND = HexColor("#eceff2")

HAIR = 0.4
FINE = 0.7
STRONG = 1.1

SMALLEST = 9
TITLE, HEADING, FIGURE, TEXT = 19, 12, 13, 9
LEADING = 13
PAD = 4
GAP = 9
BOX_INSET = 3  # between the frame of a signature box and the field in it


BODY = ParagraphStyle(
    "body",
    fontName=REGULAR,
    fontSize=TEXT,
    leading=LEADING,
    textColor=INK,
    wordWrap="CJK",  # breaks between any two Han characters, never before 。，
)
CELL = ParagraphStyle("cell", parent=BODY, leading=12.5)
HEAD_CELL = ParagraphStyle("head cell", parent=CELL, fontName=BOLD)
NOTE = ParagraphStyle("note", parent=BODY, textColor=SOFT)
RIGHT_NOTE = ParagraphStyle("right note", parent=NOTE, alignment=TA_RIGHT)
TITLE_LINE = ParagraphStyle("title", parent=BODY, fontName=BOLD, fontSize=TITLE, leading=26)
HEADING_LINE = ParagraphStyle(
    "heading", parent=BODY, fontName=BOLD, fontSize=HEADING, leading=18, spaceAfter=4
)


@dataclass(frozen=True)
class Pen:
    """Writes paragraphs and cells with the fonts of this report."""

    fonts: Fonts

    def text(self, text: str, style: ParagraphStyle = BODY) -> Paragraph:
        """Return a paragraph that wraps and has a glyph for every character."""
        return Paragraph(self.fonts.markup(text, style.fontName), style)

    def lines(self, text: str, width: float, style: ParagraphStyle = CELL) -> list[str]:
        """Return a text broken into the lines of a table cell ``width`` points wide."""
        font, size = style.fontName, style.fontSize
        room = width - 2 * PAD
        shown = self.fonts.printable(text)
        return broken(shown, room, lambda part: self.fonts.width(part, size, font))

    def cell(self, lines: list[str], style: ParagraphStyle = CELL) -> Paragraph | str:
        """Return lines as a table cell: plain text where one font has every character."""
        together = "\n".join(lines)
        plain = self.fonts.plain(together, style.fontName)
        return together if plain else self.text(together, style)
