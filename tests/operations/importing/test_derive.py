"""What follows from a row and is not written in the list."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from storedesk.domain.forms import Forms
from storedesk.domain.values import Value
from storedesk.operations.importing import derive
from tests.operations.importing.conftest import settings_of

SETTINGS = settings_of("furniture")
KINDS = SETTINGS.choices["回访类型"]


def test_what_was_handed_over_is_delivered(forms: Forms) -> None:
    form = forms["purchases"]
    told: dict[str, Value] = {"model": "102276"}
    assert derive.purchase(form, told, SETTINGS) == {"model": "102276", "biz_type": "家具"}
    delivered = derive.purchase(form, {**told, "delivered_on": date(2026, 1, 1)}, SETTINGS)
    assert delivered["status"] == "已交付"
    returned: dict[str, Value] = {"delivered_on": date(2026, 1, 1), "status": "已退货"}
    assert derive.purchase(form, returned, SETTINGS)["status"] == "已退货"
    assert derive.purchase(form, told, settings_of("auto"))["biz_type"] == "汽车"


def test_owning_a_car_is_no_purchase() -> None:
    assert not derive.is_purchase({"model": "K3"}, with_car=True)
    assert derive.is_purchase({"model": "K3", "amount": 1.0}, with_car=True)
    assert derive.is_purchase({"model": "102276"}, with_car=False)


def test_a_closing_date_closes() -> None:
    closed = derive.complaint({"closed_at": datetime(2026, 1, 1)})
    assert closed["status"] == "已闭环"
    assert "status" not in derive.complaint({"verbatim": "门关不严"})


@pytest.mark.parametrize(
    ("values", "result", "outcome", "status"),
    [
        ({"overall": 5}, None, "成功", "已完成"),
        ({"opinion": "师傅很好"}, None, "成功", "已完成"),
        ({}, "无人接听", "失败", "已失败"),
        ({}, "成功", "成功", "已完成"),
        ({"outcome": "免访"}, None, "免访", "已完成"),
        ({"done_at": datetime(2026, 1, 1)}, None, None, "已完成"),
        ({}, None, None, None),
    ],
)
def test_the_state_of_a_call_that_was_made(
    values: dict[str, Value], result: str | None, outcome: str | None, status: str | None
) -> None:
    found = derive.call(values, result)
    assert (found.get("outcome"), found.get("status")) == (outcome, status)
    assert found.get("fail_reason") == (result if outcome == "失败" else None)


@pytest.mark.parametrize(
    ("titles", "days", "kind"),
    [
        (["七天回访登记"], None, "七天回访"),
        (["8月销售7DC"], None, "七天回访"),
        (["8月份客户回访记录表"], 7, "七天回访"),
        (["维修客户回访"], 3, "修后三天回访"),
        (["客户回访"], 300, "临时回访"),
        (["客户回访"], None, "临时回访"),
    ],
)
def test_the_kind_of_a_follow_up(titles: list[str], days: int | None, kind: str) -> None:
    values: dict[str, Value] = {"done_at": datetime(2026, 8, 20)}
    if days is not None:
        values["trigger_on"] = date.fromordinal(date(2026, 8, 20).toordinal() - days)
    assert derive.followup_kind(values, titles, KINDS, SETTINGS) == kind
