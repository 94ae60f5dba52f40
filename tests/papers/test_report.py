from __future__ import annotations

import hashlib

import pytest

from storedesk.papers import report
from storedesk.papers.pdfa import attached
from tests.helpers import dailies, reading
from tests.papers.conftest import ROWS_JSON

NAMES = ("张𠮷", "李㛃", "王䶮", "南湖宾馆有限公司")


def test_same_report_is_the_same_bytes(unsigned: bytes, rows_xlsx: bytes) -> None:
    again = report.build_daily(
        dailies.daily(),
        rows_json=ROWS_JSON,
        rows_xlsx=rows_xlsx,
        fonts=dailies.FONTS,
        template=dailies.template(),
    )
    assert again == unsigned


def test_rows_are_attached_and_their_fingerprint_is_on_every_page(
    unsigned: bytes, rows_xlsx: bytes
) -> None:
    assert attached(unsigned) == {"rows.json": ROWS_JSON, "rows.xlsx": rows_xlsx}
    digest = hashlib.sha256(ROWS_JSON).hexdigest()
    assert report.fingerprint(ROWS_JSON) == digest
    assert all(f"文件指纹 {digest[:12]}" in page for page in reading.page_texts(unsigned))


@pytest.mark.parametrize("name", NAMES)
def test_names_are_found_by_search_and_copy(name: str, unsigned: bytes, signed: bytes) -> None:
    for pdf in (unsigned, signed):
        assert name in reading.text(pdf)


@pytest.mark.skipif(not reading.HAS_POPPLER, reason="pdftotext is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_a_second_reader_finds_them_too(name: str, unsigned: bytes, signed: bytes) -> None:
    for pdf in (unsigned, signed):
        assert name in reading.poppler_text(pdf)


def test_every_font_is_embedded(unsigned: bytes, signed: bytes) -> None:
    for pdf in (unsigned, signed):
        assert reading.fonts(pdf) == {
            "StoreDeskSans-Regular",
            "StoreDeskSans-Bold",
            "StoreDeskRare",
        }
