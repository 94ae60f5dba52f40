"""Reads a PDF back as people's programs do: text, where it stands, and which fonts it needs."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

HAS_POPPLER = shutil.which("pdftotext") is not None


@dataclass(frozen=True)
class Run:
    """A run of text on a page (from 1), its edges in points, its type size."""

    page: int
    left: float
    bottom: float
    right: float
    top: float
    size: float
    text: str


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page, as PDFium reads it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def text(pdf: bytes) -> str:
    """Return the whole text without blanks and line ends, as PDFium reads it."""
    return "".join("".join(page_texts(pdf)).split())


def poppler_text(pdf: bytes) -> str:
    """Return the whole text without blanks and line ends, as poppler reads it."""
    done = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"], input=pdf, check=True, capture_output=True
    )
    return "".join(done.stdout.decode().split())


def runs(pdf: bytes) -> list[Run]:
    """Return every run of text, in the order it was drawn."""
    document = pypdfium2.PdfDocument(pdf)
    found: list[Run] = []
    try:
        for number, page in enumerate(document, 1):
            textpage = page.get_textpage()
            for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], textpage=textpage):
                left, bottom, right, top = drawn.get_bounds()
                size, shown = drawn.get_font_size(), drawn.extract()
                found.append(Run(number, left, bottom, right, top, size, shown))
    finally:
        document.close()
    return found


def pictures(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """Return the edges of every picture: left, bottom, right, top in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            drawn.get_bounds()
            for page in document
            for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
        ]
    finally:
        document.close()


def fonts(pdf: bytes) -> set[str]:
    """Return the names of all fonts, with a mark on those that are not embedded."""
    names: set[str] = set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for entry in opened.objects:
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/Font":
                embedded = "/FontFile2" in entry.get("/FontDescriptor", {})
                name = str(entry.BaseFont).split("+")[-1]
                names.add(name if embedded else f"{name} (not embedded)")
    return names
