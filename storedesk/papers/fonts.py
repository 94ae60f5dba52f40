"""Fonts on paper: registration, the fallback chain for rare characters, repair of text extraction.

Loads reportlab. Fonts are registered once per process, with the first report (about 0.1 s).
"""

from __future__ import annotations

import logging
import re
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics, ttfonts

from storedesk.domain.paper_errors import FontMissing

log = logging.getLogger(__name__)

REGULAR = "StoreDeskSans"
BOLD = "StoreDeskSans-Bold"
MORE = "StoreDeskSans-More"
RARE = "StoreDeskRare"

_FILES = {
    REGULAR: "StoreDeskSans-Regular.ttf",
    BOLD: "StoreDeskSans-Bold.ttf",
    MORE: "StoreDeskSans-More.ttf",
    RARE: "StoreDeskRare.ttf",
}
_FALLBACKS = {REGULAR: (MORE, RARE), BOLD: (REGULAR, MORE, RARE)}

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e01ef]"
)
"""Controls, joiners, direction marks, variation selectors, lone surrogates: nothing to print."""


LOOKALIKES = {"✔": "✓", "☑": "✓", "✘": "✗", "☒": "✗", "☐": "□"}
"""Ticks people type that no font here has, and what is printed for them."""


class Fonts:
    """The fonts of reports, in one folder. Use ``load``: registration is per process."""

    def __init__(self, folder: Path) -> None:
        self._known = {name: _registered(name, folder / file) for name, file in _FILES.items()}
        self._told: set[str] = set()
        _map_styles()

    def runs(self, text: str, font: str = REGULAR) -> list[tuple[str, str]]:
        """Split one line into (font, text) runs so that every character has a glyph.

        A character that no font has is printed as ``〓(U+2A6D0)``; nothing is silently lost.
        """
        runs: list[tuple[str, str]] = []
        for character in self.printable(text):
            name, shown = self._glyph(character, font)
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + shown)
            else:
                runs.append((name, shown))
        return runs

    def markup(self, text: str, font: str = REGULAR) -> str:
        """Return the text as paragraph markup: escaped, foreign runs in their font, line ends."""
        return "<br/>".join(self._line(line, font) for line in self.printable(text).split("\n"))

    def printable(self, text: str) -> str:
        """Return the text without what cannot be printed; tabs become blanks."""
        plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        return _INVISIBLE.sub("", plain)

    def plain(self, text: str, font: str = REGULAR) -> bool:
        """Whether this font alone shows the text; line ends do not count."""
        return self._known[font].issuperset(map(ord, text.replace("\n", "")))

    def width(self, text: str, size: float, font: str = REGULAR) -> float:
        """Return the width of one line in points."""
        if self.plain(text, font):
            return pdfmetrics.stringWidth(text, font, size)
        return sum(pdfmetrics.stringWidth(run, name, size) for name, run in self.runs(text, font))

    def _line(self, line: str, font: str) -> str:
        if self.plain(line, font):
            return escape(line)
        return "".join(
            escape(run) if name == font else f'<font name="{name}">{escape(run)}</font>'
            for name, run in self.runs(line, font)
        )

    def _glyph(self, character: str, font: str) -> tuple[str, str]:
        code = ord(character)
        for name in (font, *_FALLBACKS[font]):
            if code in self._known[name]:
                return name, character
        if character in LOOKALIKES:
            return self._glyph(LOOKALIKES[character], font)
        if character not in self._told:
            self._told.add(character)
            log.warning("no font has U+%04X", code)
        return font, f"〓(U+{code:04X})"


@cache
def load(folder: Path) -> Fonts:
    """Return the fonts in ``folder``, registered once.

    Raises:
        FontMissing: a font file is not there.
    """
    ttfonts.makeToUnicodeCMap = to_unicode
    return Fonts(folder)


def to_unicode(fontname: str, subset: list[int]) -> str:  # noqa: ARG001  # called by reportlab
    """Return the table by which a PDF reader gets text back from a font subset.

    WORKAROUND: reportlab 5.1 writes characters above U+FFFF as ``<20BB7>`` where UTF-16 is due, so
    that 𠮷 is drawn right but found and copied as another character, and puts more than the
    permitted 100 entries into one block.

    Args:
        fontname: name of the subset; the table needs none.
        subset: code point of each character code, 0 where there is none.
    """
    entries = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>"
        for code, point in enumerate(subset)
        if point
    ]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for start in range(0, len(entries), 100):
        block = entries[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)


def _registered(name: str, path: Path) -> frozenset[int]:
    """Register a font under a name and return the characters it has."""
    if not path.is_file():
        raise FontMissing(str(path))
    font = ttfonts.TTFont(name, str(path), asciiReadable=False)
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def _map_styles() -> None:
    """Keep Helvetica out: it would not be embedded, and PDF/A forbids that."""
    for italic in (0, 1):
        addMapping(REGULAR, 0, italic, REGULAR)
        addMapping(REGULAR, 1, italic, BOLD)
        addMapping(BOLD, 0, italic, BOLD)
        addMapping(BOLD, 1, italic, BOLD)
