"""Reports that several tests look at, made once."""

from __future__ import annotations

import io

import openpyxl
import pytest

from storedesk.papers.report import build_daily
from tests.helpers import dailies, signers

ROWS_JSON = '{"rows":[{"id":"HF-20261115-R03-ABCDEF","客户":"张𠮷"}]}'.encode()


@pytest.fixture(scope="session")
def rows_xlsx() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


@pytest.fixture(scope="session")
def unsigned(rows_xlsx: bytes) -> bytes:
    return build_daily(
        dailies.daily(),
        rows_json=ROWS_JSON,
        rows_xlsx=rows_xlsx,
        fonts=dailies.FONTS,
        template=dailies.template(),
    )


@pytest.fixture(scope="session")
def signed(unsigned: bytes) -> bytes:
    return signers.sign_all(unsigned)
