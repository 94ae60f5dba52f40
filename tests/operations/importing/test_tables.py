"""Addresses and blank cells of foreign tables."""

from __future__ import annotations

import pytest

from storedesk.operations.importing.tables import address, is_blank, letters


@pytest.mark.parametrize(("column", "text"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")])
def test_columns_are_named_as_in_excel(column: int, text: str) -> None:
    assert letters(column) == text
    assert address(12, column) == f"{text}12"


def test_blank_is_what_nobody_sees() -> None:
    assert is_blank(None)
    assert is_blank(" \n　")
    assert not is_blank(0)
    assert not is_blank(False)
