from datetime import datetime

import pytest

from storedesk import resources
from storedesk.domain.ledgers import issues
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.records import Record
from storedesk.domain.values import Value


@pytest.mark.parametrize(
    ("values", "awaited"),
    [
        ({}, True),
        ({"status": "待处理"}, True),
        ({"status": "处理中"}, True),
        ({"status": "处理中", "answered_at": datetime(2026, 11, 23, 15, 10)}, False),
        ({"status": "已答复"}, False),
        ({"status": "已解决"}, False),
        ({"status": "转客诉"}, False),
    ],
)
def test_an_issue_waits_for_its_answer(values: dict[str, Value], awaited: object) -> None:
    assert Issue(Record("issues", "YJ-1", values)).awaits_answer is awaited


def test_states_are_those_on_offer() -> None:
    assert set(issues.ANSWERED) < set(resources.load_profile("auto").lists["意见状态"].values)
