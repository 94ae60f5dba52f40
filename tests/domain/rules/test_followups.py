from __future__ import annotations

from datetime import date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.changes import Edit
from storedesk.domain.records import Record
from storedesk.domain.rules.followups import caller_for, plan
from storedesk.domain.settings import Settings
from tests.domain.rules.world import (
    CAR_STORE,
    HOME_STORE,
    STAFF,
    World,
    customer,
    day,
    profile,
    purchase,
    when,
)
from tests.domain.stores import person, row, store

# --- the calls themselves -----------------------------------------------------------------------


def test_a_car_is_asked_about_seven_days_after_it_was_handed_over() -> None:
    """domain.md §16: delivered Sat 2026-11-14 → due Sat 11-21, callable from 11-19."""
    world = World(customer(), purchase("GM-1", "2026-11-14", biz_type="汽车"), settings=CAR_STORE)
    (call,) = world.plan()
    assert call.id == "HF-20261114-R01-" + call.id[-6:]
    assert dict(call.values) == {
        "kind": "七天回访",
        "rule": "R01",
        "trigger": "交付",
        "trigger_record": "GM-1",
        "trigger_on": day("11-14"),
        "customer": "KH-1",
        "customer_name": "王建国",
        "phone": "13812345678",
        "product": "沙发",
        "sales_owner": "李强",
        "purchase": "GM-1",
        "from_on": day("11-19"),
        "due_on": day("11-21"),
        "last_on": day("11-24"),
        "caller": "王芳",
        "questionnaire": "Q-R01",
        "status": "待拨",
    }


def test_if_the_store_is_closed_on_that_day_the_call_is_due_a_day_earlier() -> None:
    closed = row("calendar", "RL-1", day=day("11-21"), kind="门店休息")
    settings = store(*STAFF, closed, profile=profile("auto", "汽车"))
    world = World(customer(), purchase("GM-1", "2026-11-14", biz_type="汽车"), settings=settings)
    (call,) = world.plan()
    assert when(call) == (day("11-19"), day("11-20"), day("11-24"))


@pytest.mark.parametrize(
    ("kind", "settings", "rule", "from_on"),
    [("车辆维修", CAR_STORE, "R02", "11-20"), ("维修", HOME_STORE, "R04", "11-19")],
)
def test_a_repair_is_asked_about_after_three_days(
    kind: str, settings: Settings, rule: str, from_on: str
) -> None:
    """Finished Wed 2026-11-18 → callable 11-20 (cars, D+2) or 11-19 (home, D+1), due 11-21."""
    job = row(
        "visits",
        "SO-1",
        customer="KH-1",
        kind=kind,
        finished_at=datetime(2026, 11, 18, 17),
        worker="赵刚",
    )
    world = World(customer(), job, settings=settings)
    (call,) = world.plan()
    assert (call.text("rule"), call.text("worker"), call.text("visit")) == (rule, "赵刚", "SO-1")
    assert when(call) == (day(from_on), day("11-21"), day("11-23"))


def test_over_the_spring_festival_the_call_waits_until_the_store_opens() -> None:
    world = World(customer(), purchase("GM-1", "2026-02-12"), today="2026-02-12")
    (call,) = world.plan()
    assert when(call) == (day("02-17"), day("02-22"), day("02-22"))


def test_limits_may_count_working_days() -> None:
    row_ = row(
        "followup_rules",
        "R03",
        active=True,
        from_days=-1,
        due_days=2,
        last_days=3,
        unit="工作日",
    )
    settings = store(*STAFF, row_, profile=profile("furniture", "家具"))
    world = World(customer(), purchase("GM-1", "2026-11-20"), settings=settings)
    (call,) = world.plan()
    assert when(call) == (day("11-19"), day("11-24"), day("11-25"))


def test_a_rule_that_is_switched_off_makes_no_calls() -> None:
    off = row("followup_rules", "R03", active=False)
    settings = store(*STAFF, off, profile=profile("furniture", "家具"))
    assert World(customer(), purchase("GM-1", "2026-11-14"), settings=settings).plan() == []


def test_what_is_not_delivered_or_has_no_customer_makes_no_calls() -> None:
    records = [purchase("GM-1", None), purchase("GM-2", "2026-11-14", customer=None)]
    assert plan(records, HOME_STORE, day("11-18")).edits == ()


def test_a_customer_who_has_not_arrived_yet_is_known_by_the_purchase() -> None:
    (call,) = World(purchase("GM-1", "2026-11-14")).plan()
    assert (call.text("customer_name"), call["phone"]) == ("王建国", None)


# --- one call for what came together ------------------------------------------------------------


def test_items_delivered_within_three_days_are_one_call_counted_from_the_last() -> None:
    world = World(
        customer(),
        purchase("GM-2", "2026-11-14", product="茶几"),
        purchase("GM-1", "2026-11-17", product="沙发"),
        purchase("GM-3", "2026-11-18", product="床"),
    )
    first, second = world.plan()
    assert (first.text("trigger_record"), first.text("product")) == ("GM-1", "茶几、沙发")
    assert when(first) == (day("11-22"), day("11-24"), day("11-27"))
    assert second.text("trigger_record") == "GM-3"


def test_many_items_are_counted_rather_than_listed() -> None:
    goods = [purchase(f"GM-{n}", "2026-11-14", product=f"柜{n}") for n in range(6)]
    (call,) = World(customer(), *goods).plan()
    assert call.text("product") == "柜0、柜1、柜2、柜3等 6 件"


def test_a_hundred_deliveries_are_a_hundred_calls() -> None:
    records: list[Record] = []
    for n in range(100):
        records += [customer(f"KH-{n}")]
        records += [
            purchase(f"GM-{n}-{item}", "2026-11-14", customer=f"KH-{n}") for item in range(6)
        ]
    assert len(World(*records).plan()) == 100


def test_an_item_that_joins_an_untouched_call_moves_it() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-14"))
    (before,) = world.plan()
    world.put(purchase("GM-2", "2026-11-16", product="茶几"))
    (after,) = world.plan()
    assert after.id == before.id
    assert after.text("product") == "沙发、茶几"
    assert when(after) == (day("11-21"), day("11-23"), day("11-26"))


def test_two_untouched_calls_that_turn_out_to_be_one_become_one() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-10"), purchase("GM-2", "2026-11-18"))
    kept, other = world.plan()
    world.change("GM-2", delivered_on=day("11-12"))
    void, call = world.plan()
    assert (call.id, void.id) == (kept.id, other.id)
    assert void["skip_reason"] == f"自动：已合并到 {kept.id}"
    assert (void["status"], void["outcome"]) == ("作废", "作废")


def test_of_two_calls_for_the_same_goods_one_that_was_begun_stays() -> None:
    world = World(customer(), purchase("GM-1", "2026-11-10"), purchase("GM-2", "2026-11-18"))
    first, second = world.plan()
    world.change(first.id, status="待重拨")
    world.change(second.id, status="待重拨")
    world.change("GM-2", delivered_on=day("11-12"))
    assert world.planned().edits == ()


def test_calls_of_other_rules_do_not_count() -> None:
    other = row("followups", "HF-1", customer="KH-1", rule="R05", trigger_record="GM-1")
    world = World(customer(), purchase("GM-1", "2026-11-14"), other)
    assert len(world.open_calls()) == 1


# --- who calls ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "avoid", "expected", "why"),
    [
        ("林晓", [], "林晓", "the customer's own 客服"),
        ("", [], "王芳", "the only 客服"),
        ("赵六", [], "王芳", "the owner has left"),
        ("李强", ["李强"], "王芳", "never the salesperson"),
        ("王芳", ["王芳"], "林晓", "… not even if she is 客服"),
        ("王芳", ["王芳", "林晓"], "王芳", "unless nobody else is there"),
    ],
)
def test_who_calls(owner: str, avoid: list[str], expected: str, why: str) -> None:
    assert caller_for(HOME_STORE, owner, frozenset(avoid)) == expected, why


def test_nobody_calls_where_nobody_works() -> None:
    assert caller_for(store(), "", frozenset()) == ""
    (call,) = World(customer(), purchase("GM-1", "2026-11-14"), settings=store()).plan()
    assert call["caller"] is None


def test_of_two_agents_the_first_takes_what_nobody_owns() -> None:
    settings = store(person("王芳", "回访人"), person("陈静", "回访人"))
    assert caller_for(settings, "", frozenset()) == "王芳"
    assert caller_for(settings, "", frozenset({"王芳"})) == "陈静"


# --- laws ---------------------------------------------------------------------------------------


deliveries = st.lists(
    st.tuples(st.sampled_from(["KH-1", "KH-2"]), st.integers(1, 25)), min_size=1, max_size=8
)


def delivered(items: list[tuple[str, int]]) -> list[Record]:
    return [
        purchase(f"GM-{n}", f"2026-11-{on:02d}", customer=whose)
        for n, (whose, on) in enumerate(items)
    ]


def calls_and_days(world: World) -> list[tuple[str, date | None]]:
    return sorted((call.text("customer"), call.day("due_on")) for call in world.open_calls())


@given(deliveries)
def test_planning_again_changes_nothing(items: list[tuple[str, int]]) -> None:
    world = World(customer(), customer("KH-2"), *delivered(items), today="2026-11-01")
    world.plan()
    assert world.planned().edits == ()


@given(deliveries, st.randoms(use_true_random=False))
def test_whatever_the_order_of_arrival_the_calls_are_the_same(
    items: list[tuple[str, int]], chance: Random
) -> None:
    """Each delivery is planned as it arrives; in the end it is as if all had been there at once."""
    people = (customer(), customer("KH-2"))
    at_once = World(*people, *delivered(items), today="2026-11-01")
    arriving = World(*people, today="2026-11-01")
    shuffled = delivered(items)
    chance.shuffle(shuffled)
    for record in shuffled:
        arriving.put(record)
        arriving.plan()
    assert calls_and_days(arriving) == calls_and_days(at_once)


@given(deliveries)
def test_two_pcs_make_the_same_calls(items: list[tuple[str, int]]) -> None:
    records = [customer(), customer("KH-2"), *delivered(items)]
    one = plan(records, HOME_STORE, date(2026, 11, 1)).edits
    other = plan(list(reversed(records)), HOME_STORE, date(2026, 11, 1)).edits

    def by_id(edit: Edit) -> str:
        return edit.record

    assert sorted(one, key=by_id) == sorted(other, key=by_id)
    assert len({edit.record for edit in one}) == len(one)
