from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.ids import MintedId, derived, is_derived, mint, parse

DAY = date(2026, 11, 14)


def test_the_next_number_of_the_day_and_pc() -> None:
    assert mint("KH", DAY, "A", 2) == "KH-20261114-A003"
    assert mint("KH", DAY, "A", 0) == "KH-20261114-A001"
    assert mint("KH", DAY, "B", 1233) == "KH-20261114-B1234"


@given(
    st.from_regex(r"[A-Z]{1,4}", fullmatch=True),
    st.dates(),
    st.from_regex(r"[A-Z]{1,2}", fullmatch=True),
    st.integers(0, 10**6),
)
def test_a_minted_id_is_read_back(prefix: str, day: date, pc: str, used: int) -> None:
    assert parse(mint(prefix, day, pc, used)) == MintedId(prefix, day, pc, used + 1)


@pytest.mark.parametrize(
    "text",
    ["", "R01", "KH-20261114-003", "KH-20261314-A003", "KH-20261114-A03", "KH-20261114-R01-ABC234"],
)
def test_other_texts_are_no_minted_ids(text: str) -> None:
    assert parse(text) is None


def test_a_derived_id_depends_on_rule_trigger_and_cycle_only() -> None:
    one = derived("HF", DAY, "R01", "GM-20261114-A001")
    assert one == "HF-20261114-R01-MWQ66N"
    assert one == derived("HF", DAY, "R01", "GM-20261114-A001", "")
    others = {
        derived("HF", DAY, "R02", "GM-20261114-A001"),
        derived("HF", DAY, "R01", "GM-20261114-A002"),
        derived("HF", DAY, "R01", "GM-20261114-A001", "2027"),
    }
    assert len(others | {one}) == 4


@given(st.dates(), st.text("R0123456789", min_size=1), st.text(), st.text())
def test_a_derived_id_is_known_as_one(day: date, rule: str, trigger: str, cycle: str) -> None:
    assert is_derived(derived("HF", day, rule, trigger, cycle))
    assert not is_derived(mint("KH", day, "A", 3))
