"""Tables on paper: one calm look for all of them. Loads reportlab."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import LongTable, Paragraph, TableStyle

from storedesk.papers.fonts import BOLD, REGULAR
from storedesk.papers.style import (
    BAND,
    CELL,
    FINE,
    HAIR,
    HEAD_CELL,
    INK,
    LINE,
    PAD,
    WIDTH,
    Pen,
)

_TALL = 24
"""Lines from which a row may have to be divided between pages.

WORKAROUND: reportlab 5.1 divides plain text by 1.2 times its size instead of its leading and so
writes over the foot of the page; paragraphs it divides well.
"""

LOOK = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), REGULAR, CELL.fontSize, CELL.leading),
        ("FONT", (0, 0), (-1, 0), BOLD, CELL.fontSize, CELL.leading),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("BACKGROUND", (0, 0), (-1, 0), BAND),
        ("LINEABOVE", (0, 0), (-1, 0), FINE, INK),
        ("LINEBELOW", (0, 0), (-1, 0), FINE, INK),
        ("INNERGRID", (0, 1), (-1, -1), HAIR, LINE),
        ("LINEBELOW", (0, -1), (-1, -1), FINE, INK),
        ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), FINE, INK),  # type: ignore[list-item]  # (column, row), as reportlab's guide says
        ("LINEAFTER", (0, 0), (-2, 0), HAIR, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
)


def table(
    pen: Pen, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[str]]
) -> LongTable:
    """Return a table as wide as the page, its head repeated on each page.

    A row goes whole to the next page; only one taller than a page is divided.

    Args:
        pen: writes the cells.
        heads: column titles.
        widths: column widths in points; one may be 0 and takes what is left.
        rows: texts of the cells.
    """
    left = WIDTH - sum(widths)
    columns = [width or left for width in widths]
    cells = [_row(pen, heads, columns, HEAD_CELL)]
    cells += [_row(pen, row, columns, CELL) for row in rows]
    made = LongTable(cells, colWidths=columns, repeatRows=1, splitInRow=1)
    made.setStyle(LOOK)
    return made


def _row(
    pen: Pen, texts: Sequence[str], widths: Sequence[float], style: ParagraphStyle
) -> list[Paragraph | str]:
    lines = [pen.lines(text, width, style) for text, width in zip(texts, widths, strict=True)]
    if max(map(len, lines)) > _TALL:
        return [pen.text("\n".join(cell), style) for cell in lines]
    return [pen.cell(cell, style) for cell in lines]
