"""What becomes of a planned call when days are corrected, goods go back or a customer refuses."""

from __future__ import annotations

import pytest

from storedesk.domain.values import Value
from tests.domain.rules.world import (
    STAFF,
    World,
    customer,
    day,
    profile,
    purchase,
    when,
)
from tests.domain.stores import row, store

# --- corrections --------------------------------------------------------------------------------


def test_a_corrected_day_moves_an_untouched_call() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (before,) = world.plan()
    world.change("GM-1", delivered_on=day("11-15"))
    (after,) = world.plan()
    assert after.id == before.id
    assert (after.day("trigger_on"), *when(after)) == (
        day("11-15"),
        day("11-20"),
        day("11-22"),
        day("11-25"),
    )


def test_a_call_that_was_begun_is_left_as_it_is() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change(call.id, status="待重拨")
    world.change("GM-1", delivered_on=day("11-15"))
    assert world.planned().edits == ()
    world.change(call.id, status="已完成", outcome="成功")
    assert world.planned().edits == ()


def test_a_due_day_set_by_a_person_stays() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change(call.id, due_on=day("11-23"), product="真皮沙发")
    assert world.planned().edits == ()


def test_a_day_on_which_the_store_now_rests_moves_the_call() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    world.plan()
    closed = row("calendar", "RL-1", day=day("11-21"), kind="门店休息")
    world.settings = store(*STAFF, closed, profile=profile("furniture", "家具"))
    (call,) = world.plan()
    assert call.day("due_on") == day("11-20")


def test_a_purchase_moved_to_another_customer_takes_its_call_along() -> None:
    world = World(
        customer(),
        customer("KH-2", name="李梅", phone="13900000000"),
        purchase("GM-1", "2026-11-14"),
    )
    (before,) = world.plan()
    world.change("GM-1", customer="KH-2")
    (after,) = world.plan()
    assert after.id == before.id
    assert (after["customer"], after["customer_name"]) == ("KH-2", "李梅")


def test_a_delivery_day_taken_back_withdraws_the_call_and_one_set_again_revives_it() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change("GM-1", delivered_on=None)
    (void,) = world.plan()
    assert (void["status"], void["skip_reason"]) == ("作废", "自动：日期已取消")
    world.change("GM-1", delivered_on=day("11-16"))
    (again,) = world.plan()
    assert again.id == call.id
    assert (again["status"], again["outcome"], again["skip_reason"]) == ("待拨", None, None)
    assert again.day("due_on") == day("11-23")


def test_a_call_begun_stays_when_the_day_is_taken_back() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change(call.id, status="已改约")
    world.change("GM-1", delivered_on=None)
    assert world.planned().edits == ()


def test_a_call_a_person_ended_is_never_revived() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change(call.id, status="作废", outcome="作废", skip_reason="误建")
    assert world.planned().edits == ()


# --- goods returned, customers who refuse ---------------------------------------------------------


@pytest.mark.parametrize("status", ["已退货", "已取消"])
def test_returned_goods_are_not_asked_about(status: str) -> None:
    assert World(customer(), purchase("GM-1", "2026-11-14", status=status)).plan() == []


@pytest.mark.parametrize("state", ["待拨", "待重拨", "已改约"])
def test_goods_returned_later_end_the_open_call(state: str) -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change(call.id, status=state)
    world.change("GM-1", status="已退货")
    (ended,) = world.plan()
    assert (ended["status"], ended["outcome"]) == ("免访", "免访")
    assert ended["skip_reason"] == "自动：已退货"
    assert world.planned().edits == ()


def test_an_order_called_off_before_delivery_ends_the_call_made_by_mistake() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    world.plan()
    world.change("GM-1", status="已取消", delivered_on=None)
    (ended,) = world.plan()
    assert ended["skip_reason"] == "自动：已取消"


def test_what_stays_with_the_customer_is_still_asked_about() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"), purchase("GM-2", "2026-11-14"))
    (before,) = world.plan()
    world.change("GM-1", status="已退货")
    (after,) = world.plan()
    assert (after.id, after["status"]) == (before.id, "待拨")


def test_a_finished_call_stays_finished_when_goods_go_back() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change(call.id, status="已完成", outcome="成功")
    world.change("GM-1", status="已退货")
    assert world.planned().edits == ()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"service_call_ok": "不同意"}, "自动：客户不同意服务回访"),
        ({"flags": "老人独居;免打扰"}, "自动：客户要求免打扰"),
        ({"processing_limit": "仅存储"}, "自动：客户资料限制使用"),
    ],
)
def test_who_does_not_want_calls_is_recorded_and_not_called(
    values: dict[str, Value], reason: str
) -> None:
    world = World(customer(**values), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    assert (call["status"], call["outcome"], call["skip_reason"]) == ("免访", "免访", reason)
    assert world.planned().edits == ()


def test_who_refuses_later_is_not_called_any_more_and_may_change_his_mind() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (call,) = world.plan()
    world.change(call.id, status="待重拨")
    world.change("KH-1", service_call_ok="不同意")
    (ended,) = world.plan()
    assert ended["status"] == "免访"
    world.change("KH-1", service_call_ok="同意")
    (again,) = world.plan()
    assert again["status"] == "待拨"


# --- too old ------------------------------------------------------------------------------------


def test_calls_whose_latest_day_has_passed_are_counted_and_not_made() -> None:
    world = World(
        customer(),
        customer("KH-2"),
        purchase("GM-1", "2026-11-07"),
        purchase("GM-2", "2026-11-08", customer="KH-2"),
    )
    planned = world.planned()
    assert planned.too_old == 1
    assert [edit.values["trigger_record"] for edit in planned.edits] == ["GM-2"]


def test_an_old_call_that_was_withdrawn_is_not_revived() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    world.plan()
    world.change("GM-1", status="已退货")
    world.plan()
    world.change("GM-1", status="已交付")
    world.today = day("12-31")
    assert world.planned().edits == ()
