from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.rules.scores import csi

WEIGHTS = {"B1": 10, "B2": 15, "B3": 30, "B4": 15, "B5": 10, "B6": 10, "B7": 10}
MEANS = {"B1": 4.6, "B2": 4.4, "B3": 4.5, "B4": 4.8, "B5": 4.1, "B6": 4.7, "B7": 4.9}


def test_the_example_of_the_rule_book() -> None:
    """domain.md §9: Q3-HOME item means → CSI 91.20."""
    assert csi(MEANS, WEIGHTS) == pytest.approx(91.20)


def test_an_item_not_answered_gives_its_weight_to_the_others() -> None:
    """B6 (收费说明) does not apply to a free repair."""
    assert csi({**MEANS, "B6": 0}, WEIGHTS) == pytest.approx((456 - 47) / 90 * 20)


def test_items_without_weight_do_not_count() -> None:
    assert csi({"A1": 1, "B1": 5}, WEIGHTS) == 100
    assert csi({"A1": 1}, {"A1": 0}) is None


@pytest.mark.parametrize("scores", [{}, {"B1": 0, "B2": 0}])
def test_nothing_answered_is_no_score(scores: dict[str, float]) -> None:
    assert csi(scores, WEIGHTS) is None


@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.integers(1, 5), min_size=1))
def test_the_index_lies_between_the_lowest_and_the_highest_answer(scores: dict[str, int]) -> None:
    index = csi(dict(scores), WEIGHTS)
    assert index is not None
    assert min(scores.values()) * 20 - 1e-9 <= index <= max(scores.values()) * 20 + 1e-9
