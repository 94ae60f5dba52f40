"""Shows a PDF as pictures: the window has no other way, and QtPdf leaves out signatures."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from storedesk.domain.paper_errors import NoSuchPage, PaperUnreadable

_PDFIUM = Lock()
"""PDFium may be used by one thread at a time, whichever document it is."""

_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class PageImage:
    """A rendered page: 32 bits per pixel, blue-green-red-unused (Qt's ``Format_RGB32``).

    Attributes:
        width, height: pixels.
        stride: bytes per line.
        page_count: pages of the whole document.
    """

    width: int
    height: int
    stride: int
    pixels: bytes = field(repr=False)
    page_count: int

    def png(self) -> bytes:
        """Return the picture as PNG."""
        from PIL import Image  # noqa: PLC0415  # only who wants a file waits for it

        size = (self.width, self.height)
        image = Image.frombuffer("RGB", size, self.pixels, "raw", "BGRX", self.stride, 1)
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()


def render(pdf: Path | bytes, page: int = 1, dpi: int = 144) -> PageImage:
    """Return a page as a picture, signatures and filled fields included.

    Args:
        pdf: a file, or what is in it.
        page: from 1.
        dpi: pixels per inch.

    Raises:
        PaperUnreadable: it cannot be opened as a PDF.
        NoSuchPage: it has fewer pages.
    """
    # PDFium takes 0.1 s to load: only who looks at a report waits for it
    import pypdfium2  # noqa: PLC0415

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except (pypdfium2.PdfiumError, OSError):
            name = pdf.name if isinstance(pdf, Path) else "这份文件"
            raise PaperUnreadable(name) from None
        try:
            if not 1 <= page <= len(document):
                raise NoSuchPage(page, len(document))
            document.init_forms()  # before the page is loaded, else fields and stamps are missing
            bitmap = document[page - 1].render(scale=dpi / _POINTS_PER_INCH, prefer_bgrx=True)
            return PageImage(
                bitmap.width,
                bitmap.height,
                bitmap.stride,
                bytes(bitmap.buffer),
                len(document),
            )
        finally:
            document.close()
