"""Draws what a signature and a 批示 look like on the page. Loads reportlab and pikepdf.

Each is a page of its own with embedded fonts, imported into the report by ``seals``. pyHanko's own
stamps know one font, no line breaks, and by default Courier: garbage for Chinese, and no PDF/A.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pikepdf
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from storedesk.domain.paper_errors import CommentTooLong
from storedesk.papers.breaking import broken
from storedesk.papers.fonts import BOLD, REGULAR, Fonts
from storedesk.papers.style import BOX_INSET, GAP, INK, SMALLEST, SOFT, TEXT

LONGEST_COMMENT = 300
"""Characters of a 批示 that fit its box at the smallest size, with a reserve for line ends."""

_INSET = 4.0
_NAME_SIZES = (14, 12, 10, SMALLEST)
_COMMENT_SIZES = (11, 10, SMALLEST)
_LEADING = 1.4


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a signature shows.

    Attributes:
        name, label: who signed, in which role.
        at: local time.
        certificate: first 8 hex digits of the certificate's SHA-256.
        remark: such as 试用 or 补签; may be empty.
        boxes: how many signature boxes side by side it fills: 2 where one person signs two steps.
    """

    name: str
    label: str
    at: datetime
    certificate: str
    remark: str = ""
    boxes: int = 1


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    font: str = REGULAR
    ink: Color = INK


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines under each other: left edge and top in points, leading as a multiple of the size."""

    lines: list[_Line]
    left: float
    top: float
    leading: float


def draw_stamp(stamp: Stamp, width: int, height: int, fonts: Fonts) -> bytes:
    """Return a one-page PDF of the stamp, ``width`` by ``height`` points."""
    between = GAP + 2 * BOX_INSET
    room = (width - between * (stamp.boxes - 1)) / stamp.boxes - 2 * _INSET
    size = next(
        (size for size in _NAME_SIZES if fonts.width(stamp.name, size, BOLD) <= room), SMALLEST
    )
    remark = f" · {stamp.remark}" if stamp.remark else ""
    texts = (
        _Line(stamp.name, size, BOLD),
        _Line(f"{stamp.label}（电子签字）", TEXT),
        _Line(f"{stamp.at:%Y-%m-%d %H:%M:%S}", TEXT),
        _Line(f"证书 {stamp.certificate}{remark}", TEXT, ink=SOFT),
    )
    blocks = [_block(texts, _INSET, room, height, fonts)]
    if stamp.boxes > 1:
        same = (_Line("同左，一人兼签", TEXT, ink=SOFT),)
        blocks.append(_block(same, width - room - _INSET, room, height, fonts))
    return _drawn(blocks, (width, height), fonts)


def _block(texts: Sequence[_Line], left: float, room: float, height: float, fonts: Fonts) -> _Block:
    """Return lines as a block in the middle of a box."""
    lines = [line for text in texts for line in _wrapped(text, room, fonts)]
    sizes = sum(line.size for line in lines)
    leading = min(_LEADING, height / sizes)
    return _Block(lines, left, (height + sizes * leading) / 2, leading)


def draw_comment(text: str, width: int, height: int, fonts: Fonts) -> bytes:
    """Return a one-page PDF of the 批示, as large as fits.

    Raises:
        CommentTooLong: it does not fit at 9 pt.
    """
    room = width - 2 * _INSET
    for size in _COMMENT_SIZES:
        lines = _wrapped(_Line(fonts.printable(text.strip()), size), room, fonts)
        if len(lines) * size * _LEADING <= height - _INSET:
            block = _Block(lines, _INSET, height - _INSET / 2, _LEADING)
            return _drawn([block], (width, height), fonts)
    raise CommentTooLong(LONGEST_COMMENT)


def _wrapped(line: _Line, room: float, fonts: Fonts) -> list[_Line]:
    def width(part: str) -> float:
        return fonts.width(part, line.size, line.font)

    return [_Line(part, line.size, line.font, line.ink) for part in broken(line.text, room, width)]


def _drawn(blocks: Sequence[_Block], page: tuple[int, int], fonts: Fonts) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(
        out,
        pagesize=page,
        initialFontName=REGULAR,  # type: ignore[arg-type]  # a name; the stubs say float
        initialFontSize=TEXT,
        invariant=1,
    )
    for block in blocks:
        y = block.top
        for line in block.lines:
            y -= line.size * block.leading
            _write(canvas, line, block.left, y + line.size * (block.leading - 1), fonts)
    canvas.showPage()
    canvas.save()
    return _repacked(out.getvalue())


def _write(canvas: Canvas, line: _Line, x: float, y: float, fonts: Fonts) -> None:
    canvas.setFillColor(line.ink)
    for font, run in fonts.runs(line.text, line.font):
        canvas.setFont(font, line.size)
        canvas.drawString(x, y, run)
        x += canvas.stringWidth(run, font, line.size)


def _repacked(pdf: bytes) -> bytes:
    """Undo reportlab's ASCII armour, which doubles the size of every signature."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, compress_streams=True, recompress_flate=True, deterministic_id=True)
    return out.getvalue()
