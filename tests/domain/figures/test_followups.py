from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.figures.call_state import CallState
from storedesk.domain.figures.followups import Share, figures
from tests.domain.figures.calls import ON, before, called, untried

_LATE_ONES = range(18, 20)


def worked_example() -> list[CallState]:
    """The month of domain.md §9: 40 due, 33 reached, 6 failed, 1 never tried."""
    scores = [5] * 20 + [4] * 10 + [3] * 2 + [2]
    recommended = [9] * 21 + [7] * 9 + [4] * 3
    reached = [
        called(
            "成功",
            due_on=before(1) if number in _LATE_ONES else ON,
            overall=score,
            recommend=chance,
            complained=number in (0, 30, 31, 32),
        )
        for number, (score, chance) in enumerate(zip(scores, recommended, strict=True))
    ]
    failed = [called(result) for result in ("无人接听",) * 3 + ("关机", "空号", "拒访")]
    return [*reached, *failed, untried()]


def test_the_worked_example_to_two_decimals() -> None:
    """K02 97.50, K03 92.50, K04 84.62, K05 82.50, K08 90.91, K09 60.61, K11 54.55, K12 12.12."""
    found = figures(worked_example())

    def percent(share: Share) -> float:
        assert share.rate is not None
        return round(100 * share.rate, 2)

    assert found.due_count == 40
    assert percent(found.attempted) == 97.50
    assert percent(found.on_time) == 92.50
    assert percent(found.success) == 84.62
    assert percent(found.effective) == 82.50
    assert found.failed_by == (("拒访", 1), ("无人接听", 3), ("关机", 1), ("空号", 1))
    assert percent(found.satisfied) == 90.91
    assert percent(found.very_satisfied) == 60.61
    assert found.promoters is not None
    assert round(100 * found.promoters, 2) == 54.55
    assert percent(found.complained) == 12.12
    assert found.index is not None
    assert round(found.index, 1) == 89.7, "the overall score alone: mean 4.485"
    assert percent(found.valid_number) == round(100 * 38 / 39, 2)


def test_the_index_weighs_the_items_that_were_answered() -> None:
    """Q3-HOME of domain.md §9: 91.20."""
    means = (4.6, 4.4, 4.5, 4.8, 4.1, 4.7, 4.9)
    weights = (10, 15, 30, 15, 10, 10, 10)
    items = [f"B{n}" for n in range(1, 8)]
    found = figures(
        [called("成功")],
        {item: [mean, 0] for item, mean in zip(items, means, strict=True)},
        dict(zip(items, weights, strict=True)),
    )
    assert found.index == pytest.approx(91.20)


def test_nothing_to_divide_by_is_no_share() -> None:
    found = figures([])
    rates = (found.attempted.rate, found.success.rate, found.satisfied.rate, found.complained.rate)
    assert rates == (None, None, None, None)
    assert (found.index, found.promoters) == (None, None)


def test_exempt_and_void_calls_count_nowhere() -> None:
    exempt = [untried(status=word, outcome=word) for word in ("免访", "作废")]
    assert figures([*exempt, called("成功")]).due_count == 1


def test_no_opinion_is_not_a_low_score() -> None:
    found = figures([called("成功", overall=0)])
    assert (found.satisfied, found.complained) == (Share(0, 0), Share(0, 1))


_KINDS = st.sampled_from(
    ["成功", "部分成功", "改约", "本人不在", "拒访", "空号", "无人接听", "关机", ""]
)


@given(st.lists(_KINDS, max_size=30))
def test_the_summary_line_always_adds_up(results: list[str]) -> None:
    counts = figures([called(one) if one else untried() for one in results]).counts()
    assert counts.due_count == counts.attempted_count + counts.untried_count == len(results)
    told = counts.success_count + counts.failed_count + counts.rescheduled_count
    assert counts.attempted_count == told
    assert counts.failed_count == sum(count for _, count in counts.failed_by)
