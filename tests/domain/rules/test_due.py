from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.rules.due import (
    SELECTS,
    attempts_of,
    due_items,
    next_item,
    next_moment,
    owed,
)
from storedesk.domain.select import evaluate
from tests.domain.rules.owed import at, call, case, day, inbound, issue, items, tries
from tests.domain.rules.world import HOME_STORE
from tests.domain.stores import row

# --- the list -----------------------------------------------------------------------------------


def test_overdue_first_then_by_urgency_and_suspended_last() -> None:
    records = (
        call("HF-7"),
        call("HF-3", rule="R04", kind="修后三天回访"),
        call("HF-A", status="已改约", appointed_at=at("21 15:00")),
        call("HF-OLD", due_on=day(18)),
        call("HF-W", customer="KH-2"),
        case(),
        issue(),
    )
    assert [item.record for item in items("21 09:00", *records)] == [
        "HF-OLD",
        "TS-1",
        "HF-A",
        "HF-3",
        "HF-7",
        "YJ-1",
        "HF-W",
    ]


def test_a_record_found_twice_is_owed_once() -> None:
    assert len(items("21 09:00", case(), case())) == 1


def test_what_is_owed_on_a_day() -> None:
    later = call("HF-2", from_on=day(24), due_on=day(26))
    found = items("20 09:00", call(), later)
    assert [item.record for item in owed(found, day(20))] == ["HF-1"]
    assert [item.record for item in owed(found, day(18))] == []
    again = call("HF-3", status="待重拨", next_try_at=at("22 10:00"))
    assert len(owed(items("21 09:00", again), day(21))) == 1


def test_the_next_thing_to_ring() -> None:
    records = (
        call(),
        call("HF-2", due_on=day(23)),
        call("HF-A", status="已改约", appointed_at=at("21 15:30")),
    )
    found = items("21 09:00", *records)
    assert next_moment(found, at("21 09:00")) == at("21 10:00")
    assert next_moment(found, at("21 10:00")) == at("21 15:20")
    coming = next_item(found, at("21 15:20"))
    assert coming is not None
    assert coming.record == "HF-2"
    assert next_moment(found, at("23 10:00")) is None
    assert next_item([], at("21 09:00")) is None


def test_what_selects_everything_owed() -> None:
    records = [
        call("HF-1"),
        call("HF-2", status="已完成"),
        row("followups", "HF-3", customer="KH-1"),
        case("TS-1"),
        case("TS-2", closed_at=at("21 10:00"), status="已闭环"),
        case("TS-3", closed_at=at("21 10:00"), status="重开"),
        case("TS-4", closed_at=at("21 10:00"), status="已闭环", promise_due=at("22 10:00")),
        issue(),
        inbound(),
        *tries(1),
        *tries(1, "HF-9"),
    ]
    found = {one.id: one for select in SELECTS for one in evaluate(select, records)}
    assert sorted(found) == ["HF-1", "HF-3", "LD-1", "TS-1", "TS-3", "TS-4", "YJ-1"]
    attempts = evaluate(attempts_of(found.values()), tries(2) + tries(1, "HF-9"))
    assert {one.text("followup") for one in attempts} == {"HF-1"}


MINUTES = st.integers(0, 5 * 24 * 60).map(lambda count: timedelta(minutes=count))


@given(MINUTES, MINUTES)
def test_no_moment_passes_unnoticed(start: timedelta, sleep: timedelta) -> None:
    """However long a PC sleeps, what would have rung is overdue, or owed, or rings later."""
    records = (
        call(),
        call("HF-A", status="已改约", appointed_at=at("21 15:30")),
        case(),
        issue(),
        inbound(),
    )
    before = at("20 16:00") + start
    now = before + sleep
    then = {item.record: item for item in due_items(records, HOME_STORE, before)}
    awake = {item.record: item for item in due_items(records, HOME_STORE, now)}
    assert set(then) == set(awake)
    shown = {item.record for item in owed(awake.values(), now.date())}
    for record, item in then.items():
        assert item.rings_at is not None
        assert item.rings_at > now or record in shown
