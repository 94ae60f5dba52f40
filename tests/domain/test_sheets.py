from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.sheets import Stamp


@pytest.mark.parametrize(
    ("generation", "number"),
    [("", 0), ("12.A.abc", 12), ("7", 7), ("x.A.abc", 0), ("-1.A.b", 0), ("²", 0)],
)
def test_the_running_number_of_a_generation(generation: str, number: int) -> None:
    assert Stamp("desk", generation).number == number


@given(st.integers(0, 10**6))
def test_the_stamp_of_the_next_write_counts_on(number: int) -> None:
    stamp = Stamp("old", f"{number}.A.abc" if number else "").following("desk", "B", "xyz")
    assert stamp == Stamp("desk", f"{number + 1}.B.xyz")
