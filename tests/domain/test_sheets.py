from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.sheets import Stamp


def following(stamp: Stamp, pc: str, nonce: str) -> Stamp:
    """Return the stamp of a PC's write over a file that bears ``stamp``."""
    return Stamp.of("desk", pc, nonce, stamp.writes, stamp.number)


@pytest.mark.parametrize(
    ("generation", "number"),
    [("", 0), ("12.A.abc", 12), ("7", 7), ("x.A.abc", 0), ("-1.A.b", 0), ("²", 0)],
)
def test_the_running_number_of_a_generation(generation: str, number: int) -> None:
    assert Stamp("desk", generation).number == number


@given(st.integers(0, 10**6))
def test_the_stamp_of_the_next_write_counts_on(number: int) -> None:
    stamp = following(Stamp("old", f"{number}.A.abc" if number else ""), "A", "xyz")
    assert stamp == Stamp("desk", f"{number + 1}.A.xyz")


def test_a_stamp_says_which_writes_of_others_it_stands_on() -> None:
    one = Stamp("desk", "3.A.abc")
    two = following(one, "B", "xyz")
    three = following(two, "A", "uvw")
    assert two.generation == "4.B.xyz.A3"
    assert three.generation == "5.A.uvw.B4"
    assert three.writes == {"A": 5, "B": 4}
    assert three.stands_on(two)
    assert two.stands_on(one)
    assert three.stands_on(one)
    assert not one.stands_on(two)
    assert one.stands_on(Stamp())
    assert not Stamp().stands_on(one)


def test_of_two_that_forked_neither_stands_on_the_other() -> None:
    common = Stamp("desk", "3.A.abc")
    here, there = following(common, "A", "x"), following(common, "B", "y")
    again = following(common, "A", "z")
    assert not here.stands_on(there)
    assert not there.stands_on(here)
    assert not again.stands_on(here), "the same number given twice"
    assert not Stamp("desk", "4.A.z.B9").stands_on(Stamp("desk", "4.A.x.B3"))
    assert following(there, "B", "y2").writes == {"A": 3, "B": 5}
    assert not following(there, "B", "y2").stands_on(here)


@pytest.mark.parametrize("generation", ["", "x.A.b", "7", "7..x", "7.A", "7.A.x.", "7.A.x.B.C9x"])
def test_a_spoilt_generation_is_read_as_far_as_it_goes(generation: str) -> None:
    assert set(Stamp("desk", generation).writes.items()) <= {("A", 7)}
