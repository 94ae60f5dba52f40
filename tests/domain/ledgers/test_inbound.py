from datetime import datetime

import pytest

from storedesk.domain.ledgers.inbound import Inbound
from storedesk.domain.records import Record
from storedesk.domain.values import Value

AT = datetime(2026, 11, 21, 12, 0)


@pytest.mark.parametrize(
    ("values", "still_open"),
    [
        ({}, False),
        ({"callback_needed": True}, True),
        ({"callback_needed": True, "callback_at": AT}, False),
        ({"next_at": AT}, True),
        ({"next_at": AT, "done_at_once": True}, False),
        ({"next_at": AT, "transferred_to": "SO-20261121-A002"}, False),
        ({"next_at": AT, "transferred_to": "SO-20261121-A002", "callback_needed": True}, True),
    ],
)
def test_a_call_is_open_while_something_is_owed(
    values: dict[str, Value], still_open: object
) -> None:
    assert Inbound(Record("inbound", "LD-1", values)).is_open is still_open
