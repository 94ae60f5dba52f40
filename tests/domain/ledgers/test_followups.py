import pytest

from storedesk import resources
from storedesk.domain.ledgers import followups
from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.records import Record


def followup(**values: str) -> FollowUp:
    return FollowUp(Record("followups", "HF-1", values))


@pytest.mark.parametrize(
    ("values", "still_open"),
    [
        ({}, True),
        ({"status": "待拨"}, True),
        ({"status": "已改约"}, True),
        ({"status": "待重拨"}, True),
        ({"outcome": "成功"}, False),
        ({"status": "已完成", "outcome": "成功"}, False),
        ({"status": "已失败"}, False),
        ({"status": "逾期"}, False),
        ({"status": "免访"}, False),
        ({"status": "作废"}, False),
    ],
)
def test_a_call_is_owed_until_it_has_a_result(values: dict[str, str], still_open: object) -> None:
    assert followup(**values).is_open is still_open


def test_outcomes_that_count() -> None:
    outcomes = resources.load_profile("furniture").lists["最终结果"].values
    assert {one for one in outcomes if followup(outcome=one).is_reached} == {"成功", "部分成功"}
    assert {one for one in outcomes if followup(outcome=one).is_excluded} == {"免访", "作废"}
    assert followup(status="免访").is_excluded


def test_states_are_those_on_offer() -> None:
    states = {
        *followups.OPEN,
        *(followups.COMPLETED, followups.FAILED, followups.OVERDUE),
        *(followups.SKIPPED, followups.VOID),
    }
    assert states == set(resources.load_profile("furniture").lists["回访状态"].values)
