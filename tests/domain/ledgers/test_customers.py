import pytest

from storedesk.domain.ledgers.customers import Customer
from storedesk.domain.records import Record


def customer(**values: str) -> Customer:
    return Customer(Record("customers", "KH-1", values))


@pytest.mark.parametrize(
    ("values", "called"),
    [
        ({}, True),
        ({"service_call_ok": "同意"}, True),
        ({"service_call_ok": "不同意"}, False),
        ({"flags": "VIP;免打扰"}, False),
        ({"flags": "VIP"}, True),
        ({"processing_limit": "正常"}, True),
        ({"processing_limit": "仅存储"}, False),
        ({"processing_limit": "已匿名"}, False),
    ],
)
def test_service_calls_rest_on_the_contract(values: dict[str, str], called: bool) -> None:  # noqa: FBT001  # a column of the table
    assert customer(**values).may_be_called is called


@pytest.mark.parametrize(
    ("values", "courted"),
    [
        ({}, False),
        ({"marketing_ok": "未询问"}, False),
        ({"marketing_ok": "拒绝"}, False),
        ({"marketing_ok": "同意"}, True),
        ({"marketing_ok": "同意", "flags": "免打扰"}, False),
    ],
)
def test_offers_need_consent(values: dict[str, str], courted: bool) -> None:  # noqa: FBT001  # a column of the table
    assert customer(**values).may_be_courted is courted
