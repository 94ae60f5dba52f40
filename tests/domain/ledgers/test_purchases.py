from datetime import date

import pytest

from storedesk.domain.ledgers.purchases import Purchase
from storedesk.domain.records import Record
from storedesk.domain.values import Value

DAY = date(2026, 11, 14)


def purchase(**values: Value) -> Purchase:
    return Purchase(Record("purchases", "GM-1", values))


@pytest.mark.parametrize(
    ("values", "awaited"),
    [
        ({}, True),
        ({"status": "待交付"}, True),
        ({"status": "待交付", "delivered_on": DAY}, False),
        ({"delivered_on": DAY}, False),
        ({"status": "部分交付", "delivered_on": DAY}, True),
        ({"status": "已交付"}, False),
        ({"status": "已换货"}, False),
        ({"status": "已退货"}, False),
        ({"status": "已取消"}, False),
    ],
)
def test_goods_are_owed_until_all_of_them_came(values: dict[str, Value], awaited: object) -> None:
    assert purchase(**values).awaits_delivery is awaited


def test_a_return_or_a_cancellation_ends_a_purchase() -> None:
    over = {status for status in ("已退货", "已取消", "已换货") if purchase(status=status).is_over}
    assert over == {"已退货", "已取消"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"product": "四门衣柜", "category": "柜类", "model": "122702"}, "四门衣柜 122702"),
        ({"category": "沙发", "brand": "全友", "model": "102276"}, "沙发 102276"),
        ({"brand": "全友"}, "全友"),
        ({"serial_no": "6926"}, "6926"),
        ({}, ""),
    ],
)
def test_goods_in_words(values: dict[str, Value], words: str) -> None:
    assert purchase(**values).goods == words
