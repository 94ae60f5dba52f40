from __future__ import annotations

from datetime import date, datetime

from storedesk.domain.records import Record
from storedesk.domain.rules.triggers import (
    TRIGGERS,
    calls_about,
    customers_of,
    facts_about,
    facts_from,
    happened_between,
    since,
)
from storedesk.domain.select import evaluate
from storedesk.domain.values import Value
from tests.domain.rules.world import CAR_STORE, HOME_STORE, customer, purchase
from tests.domain.stores import row, store

BY_RULE = {trigger.rule: trigger for trigger in TRIGGERS}
DAY = date(2026, 11, 14)


def visit(record_id: str, **values: Value) -> Record:
    return row("visits", record_id, customer="KH-1", worker="赵刚", **values)


def days(rule: str, *records: Record, cars: bool = False) -> dict[str, date | None]:
    settings = CAR_STORE if cars else HOME_STORE
    events = BY_RULE[rule].events(facts_from(records), settings)
    return {event.record: event.on for event in events}


def test_cars_start_on_the_day_they_are_handed_over() -> None:
    car = purchase("GM-1", "2026-11-14", biz_type="汽车")
    sofa = purchase("GM-2", "2026-11-14", biz_type="家具")
    untold = purchase("GM-3", "2026-11-14")
    assert days("R01", car, sofa, untold) == {"GM-1": DAY}
    assert days("R01", untold, cars=True) == {"GM-3": DAY}


def test_goods_for_the_home_start_when_installed_or_else_delivered() -> None:
    installed = purchase("GM-1", "2026-11-12", accepted_on=DAY, biz_type="家电")
    delivered = purchase("GM-2", "2026-11-14")
    waiting = purchase("GM-3", None)
    other = purchase("GM-4", "2026-11-14", biz_type="其他")
    assert days("R03", installed, delivered, waiting, other) == {
        "GM-1": DAY,
        "GM-2": DAY,
        "GM-3": None,
    }


def test_cars_leave_the_workshop() -> None:
    left = visit(
        "SO-1",
        kind="车辆维修",
        finished_at=datetime(2026, 11, 13, 16),
        left_shop_at=datetime(2026, 11, 14, 9),
    )
    finished = visit("SO-2", kind="车辆保养", finished_at=datetime(2026, 11, 14, 16))
    sofa = visit("SO-3", kind="维修", finished_at=datetime(2026, 11, 14, 16))
    assert days("R02", left, finished, sofa) == {"SO-1": DAY, "SO-2": DAY}
    assert days("R04", left, finished, sofa) == {"SO-3": DAY}
    assert days("R04", sofa, cars=True) == {}


def test_only_repairs_that_are_really_finished_count() -> None:
    done = datetime(2026, 11, 14, 16)
    unfinished = visit("SO-1", kind="维修", finished_at=done, status="待件")
    installed = visit("SO-2", kind="安装", finished_at=done)
    running = visit("SO-3", kind="维修", status="服务中")
    assert days("R04", unfinished, installed, running) == {"SO-1": None, "SO-3": None}


def test_what_is_returned_or_called_off_is_over() -> None:
    records = (
        purchase("GM-1", "2026-11-14", status="已退货"),
        purchase("GM-2", None, status="已取消"),
        visit("SO-1", kind="维修", status="已取消"),
    )
    facts = facts_from(records)
    found = [
        (event.record, event.over)
        for rule in ("R03", "R04")
        for event in BY_RULE[rule].events(facts, HOME_STORE)
    ]
    assert found == [("GM-1", "已退货"), ("GM-2", "已取消"), ("SO-1", "已取消")]


def test_a_day_nobody_can_have_meant_is_none() -> None:
    assert days("R03", purchase("GM-1", "9999-12-31"), purchase("GM-2", "1900-01-01")) == {
        "GM-1": None,
        "GM-2": None,
    }


def test_events_name_goods_and_who_should_not_call() -> None:
    records = (
        customer(sales_owner="李强"),
        purchase("GM-1", "2026-11-14", sales_owner=None, visit="SO-1", model="102276", color="灰"),
        visit("SO-1", kind="送装一体"),
    )
    (event,) = BY_RULE["R03"].events(facts_from(records), HOME_STORE)
    assert (event.goods, event.color) == ("沙发 102276", "灰")
    assert (event.sales_owner, event.worker, event.visit) == ("李强", "赵刚", "SO-1")
    assert event.avoid == {"李强", "赵刚"}


def test_car_events_name_the_car_and_its_adviser() -> None:
    records = (
        purchase("GM-1", "2026-11-14", biz_type="汽车"),
        row(
            "vehicles", "CL-1", customer="KH-1", purchase="GM-1", model="K5", service_adviser="陈静"
        ),
        visit(
            "SO-1",
            kind="车辆维修",
            vehicle="CL-1",
            first_receiver="王芳",
            finished_at=datetime(2026, 11, 14, 16),
        ),
    )
    facts = facts_from(records)
    (sold,) = BY_RULE["R01"].events(facts, CAR_STORE)
    assert sold.vehicle == "CL-1"
    (repaired,) = BY_RULE["R02"].events(facts, CAR_STORE)
    assert (repaired.goods, repaired.vehicle) == ("K5", "CL-1")
    assert repaired.avoid == {"赵刚", "王芳", "陈静"}


def test_a_repair_names_what_was_bought_or_what_was_wrong() -> None:
    done = datetime(2026, 11, 14, 16)
    records = (
        purchase("GM-1", None),
        visit("SO-1", kind="维修", finished_at=done, purchase="GM-1"),
        visit("SO-2", kind="维修", finished_at=done, symptom="抽屉卡住"),
    )
    found = [event.goods for event in BY_RULE["R04"].events(facts_from(records), HOME_STORE)]
    assert found == ["沙发", "抽屉卡住"]


def test_what_happened_between_two_days() -> None:
    records = [
        purchase("GM-1", "2026-11-13"),
        purchase("GM-2", "2026-11-14"),
        purchase("GM-3", None, accepted_on=DAY),
        visit("SO-1", kind="维修", finished_at=datetime(2026, 11, 14, 23, 59)),
        visit("SO-2", kind="维修", finished_at=datetime(2026, 11, 15)),
    ]
    found = [one.id for select in happened_between(DAY, DAY) for one in evaluate(select, records)]
    assert sorted(found) == ["GM-2", "GM-3", "SO-1"]


def test_facts_about_one_or_several_customers() -> None:
    records = [
        customer("KH-1"),
        customer("KH-2"),
        purchase("GM-1", None, customer="KH-2"),
        row("followups", "HF-1", customer="KH-1"),
    ]
    assert customers_of(records) == ("KH-1", "KH-2")
    assert customers_of([purchase("GM-9", None, customer=None)]) == ()
    for customers, expected in (
        (("KH-2",), ["GM-1", "KH-2"]),
        (("KH-1", "KH-2"), ["GM-1", "HF-1", "KH-1", "KH-2"]),
    ):
        found = [one for select in facts_about(customers) for one in evaluate(select, records)]
        assert sorted(one.id for one in found) == expected


def test_calls_about_an_event_are_found_whichever_customer_they_name() -> None:
    moved = [customer("KH-2"), purchase("GM-1", None, customer="KH-2")]
    call = row("followups", "HF-1", customer="KH-1", trigger_record="GM-1")
    other = row("followups", "HF-2", customer="KH-1", trigger_record="GM-2")
    assert evaluate(calls_about(moved), [call, other]) == [call]


def test_looking_back_far_enough_for_every_rule() -> None:
    assert since(HOME_STORE, date(2026, 11, 18)) == date(2026, 10, 15)
    assert since(store(), date(2026, 11, 18)) == date(2026, 10, 15)
