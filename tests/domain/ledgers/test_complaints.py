from datetime import datetime

import pytest

from storedesk import resources
from storedesk.domain.ledgers import complaints
from storedesk.domain.ledgers.complaints import Complaint
from storedesk.domain.records import Record
from storedesk.domain.values import Value

AT = datetime(2026, 11, 22, 12, 0)


def complaint(**values: Value) -> Complaint:
    return Complaint(Record("complaints", "TS-1", values))


@pytest.mark.parametrize(
    ("values", "still_open"),
    [
        ({}, True),
        ({"status": "待定级"}, True),
        ({"status": "暂停"}, True),
        ({"status": "转法律"}, True),
        ({"status": "待客户确认"}, True),
        ({"status": "处理中", "closed_at": AT}, False),
        ({"status": "待结案回访", "closed_at": AT}, False),
        ({"status": "已闭环"}, False),
        ({"status": "重开", "closed_at": AT}, True),
    ],
)
def test_only_closing_ends_a_complaint(values: dict[str, Value], still_open: object) -> None:
    assert complaint(**values).is_open is still_open


def test_levels_count_from_one_to_four() -> None:
    assert [complaint(level=level).grade for level in complaints.LEVELS] == [1, 2, 3, 4]
    assert complaint().grade == 0
    assert complaint(level="很急").grade == 0


def test_a_promise_is_owed_until_it_is_kept() -> None:
    assert complaint(promise_due=AT).owes_promise
    assert not complaint(promise_due=AT, promise_kept_at=AT).owes_promise
    assert not complaint(promise="尽快").owes_promise


def test_states_and_levels_are_those_on_offer() -> None:
    lists = resources.load_profile("furniture").lists
    assert lists["客诉等级"].values == complaints.LEVELS
    states = {
        *(complaints.TO_GRADE, complaints.PAUSED, complaints.TO_CLOSE_CALL),
        *(complaints.CLOSED_LOOP, complaints.REOPENED),
    }
    assert states <= set(lists["客诉状态"].values)
