from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.workbooks.addresses import (
    LAST_COLUMN,
    Area,
    cell,
    column_letters,
    column_number,
    with_last_row,
)


@given(st.integers(1, LAST_COLUMN))
def test_letters_and_numbers_of_columns_are_each_others_inverse(number: int) -> None:
    assert column_number(column_letters(number)) == number


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (LAST_COLUMN, "XFD")]
)
def test_column_letters(number: int, letters: str) -> None:
    assert column_letters(number) == letters
    assert cell(number, 7) == f"{letters}7"


@pytest.mark.parametrize(
    ("reference", "area"),
    [
        ("B7", Area(2, 7, 2, 7)),
        ("$A$1:$P$20", Area(1, 1, 16, 20)),
        ("C9:A1", Area(1, 1, 3, 9)),
        ("A:A", None),
        ("", None),
        ("#REF!", None),
    ],
)
def test_area_of_a_reference(reference: str, area: Area | None) -> None:
    assert Area.of(reference) == area


def test_area_holds_and_meets() -> None:
    area = Area(2, 3, 4, 5)
    assert (3, 2) in area
    assert (6, 2) not in area
    assert area.meets(Area(4, 5, 9, 9))
    assert not area.meets(Area(5, 5, 9, 9))


@pytest.mark.parametrize(
    ("reference", "moved"),
    [("A1:P20", "A1:P31"), ("$A$1:$P$20", "$A$1:$P$31"), ("B20", "B20:B31")],
)
def test_with_last_row_keeps_dollars_and_letters(reference: str, moved: str) -> None:
    assert with_last_row(reference, 31) == moved
