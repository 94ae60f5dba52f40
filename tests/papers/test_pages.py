from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from storedesk.domain.paper_errors import NoSuchPage, PaperUnreadable
from storedesk.papers.pages import PageImage, render


def darkness(image: PageImage, box: tuple[float, float, float, float]) -> float:
    """Return the share of dark pixels in a part of the page given by shares of its size."""
    with Image.open(io.BytesIO(image.png())) as opened:
        width, height = opened.size
        edges = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
        part = opened.convert("L").crop(tuple(round(edge) for edge in edges))  # type: ignore[arg-type]  # four of them
        return sum(part.histogram()[:128]) / (part.width * part.height)


def test_page_is_a_picture_of_its_size(unsigned: bytes) -> None:
    image = render(unsigned, 1, dpi=72)
    assert (image.width, image.height) == (842, 596)
    assert len(image.pixels) == image.stride * image.height
    assert image.page_count == 3


def test_signatures_are_in_the_picture(unsigned: bytes, signed: bytes) -> None:
    """Other viewers of this kind leave out what stands in form fields."""
    before, after = (render(pdf, 3) for pdf in (unsigned, signed))
    lower_half = (0.1, 0.3, 0.95, 0.8)
    assert darkness(after, lower_half) > darkness(before, lower_half) + 0.001


def test_page_that_is_not_there_is_one_sentence(unsigned: bytes) -> None:
    for page in (0, 4):
        with pytest.raises(NoSuchPage, match=f"没有第 {page} 页，这份文件共 3 页"):
            render(unsigned, page)


def test_what_is_no_pdf_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "日报.pdf"
    for missing in (True, False):
        with pytest.raises(PaperUnreadable, match=r"《日报\.pdf》打不开"):
            render(path)
        if missing:
            path.write_bytes(b"not a pdf")


def test_pages_can_be_asked_for_by_several_threads(signed: bytes) -> None:
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda number: render(signed, number % 3 + 1, 48), range(12)))
    assert pages[0] == pages[3] == pages[6]
    assert pages[0] != pages[1]
