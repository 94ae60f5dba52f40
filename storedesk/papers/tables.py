"""Tables on paper: one calm look for all of them. Loads reportlab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

_TALLEST = 16
"""Lines of a row; a longer one goes on in a further row, so that every row fits on a page.

WORKAROUND: reportlab 5.1 can divide a row itself, but then repeats the head in the middle of a page
and writes plain text over the page's foot (it counts 1.2 times the size for a line).
"""

_GOES_ON = "续"

LOOK = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), REGULAR, CELL.fontSize, CELL.leading),
        ("FONT", (0, 0), (-1, 0), BOLD, CELL.fontSize, CELL.leading),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("BACKGROUND", (0, 0), (-1, 0), BAND),
        ("LINEABOVE", (0, 0), (-1, 0), FINE, INK),
        ("LINEBELOW", (0, 0), (-1, 0), FINE, INK),
        ("LINEAFTER", (0, 0), (-2, -1), HAIR, LINE),
        ("LINEBELOW", (0, -1), (-1, -1), FINE, INK),
        ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), FINE, INK),  # type: ignore[list-item]  # (column, row), as reportlab's guide says
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

    Args:
        pen: writes the cells.
        heads: column titles.
        widths: column widths in points; one may be 0 and takes what is left.
        rows: texts of the cells.
    """
    left = WIDTH - sum(widths)
    columns = [width or left for width in widths]
    cells = [_set(pen, _broken(pen, heads, columns, HEAD_CELL), HEAD_CELL)]
    whole: list[int] = []  # where a row begins, and not only goes on
    for row in rows:
        whole.append(len(cells))
        cells += [_set(pen, part, CELL) for part in _parts(_broken(pen, row, columns, CELL))]
    made = LongTable(cells, colWidths=columns, repeatRows=1)
    made.setStyle(TableStyle([("LINEABOVE", (0, n), (-1, n), HAIR, LINE) for n in whole[1:]], LOOK))
    return made


Lines = list[list[str]]
"""The broken lines of each cell of a row."""


def _broken(
    pen: Pen, texts: Sequence[str], widths: Sequence[float], style: ParagraphStyle
) -> Lines:
    return [pen.lines(text, width, style) for text, width in zip(texts, widths, strict=True)]


def _parts(row: Lines) -> Iterator[Lines]:
    """Yield a row in pieces that fit on a page; the further ones are marked in the first cell."""
    tallest = max(map(len, row))
    for start in range(0, tallest, _TALLEST):
        part = [lines[start : start + _TALLEST] for lines in row]
        if start and not part[0]:
            part[0] = [_GOES_ON]
        yield part


def _set(pen: Pen, row: Lines, style: ParagraphStyle) -> list[Paragraph | str]:
    return [pen.cell(lines, style) for lines in row]
