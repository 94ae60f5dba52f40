"""Calls that are owed: since when, until when, and why."""

from __future__ import annotations

import pytest

from storedesk.domain.rules.due_item import Urgency
from tests.domain.rules.owed import at, call, case, day, items, only, tries
from tests.domain.stores import row

# --- calls --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "count", "reason"),
    [
        ("21 09:00", 1, "11-14 送装，今天满 7 天，还没打通（打过 1 次）"),
        ("21 09:00", 0, "11-14 送装，今天满 7 天，还没打过"),
        ("19 09:00", 0, "11-14 送装，今天第 5 天，还没打过，11-21 到期"),
        ("23 09:00", 2, "11-14 送装，今天满 9 天，还没打通（打过 2 次），应在 11-21 打"),
    ],
)
def test_a_call_says_in_one_sentence_why_it_is_owed(now: str, count: int, reason: str) -> None:
    assert only(now, call(), *tries(count)).reason == reason


def test_a_call_is_due_until_the_end_of_its_day() -> None:
    item = only("21 20:00", call())
    assert (item.from_on, item.due_on, item.last_on) == (day(19), day(21), day(24))
    assert item.due_at == at("21 21:00")
    assert (item.overdue, item.owner, item.what) == (False, "王芳", "沙发")
    assert item.rings_at == at("21 10:00")
    assert only("22 08:00", call()).overdue


@pytest.mark.parametrize("status", ["已完成", "已失败", "免访", "作废", "逾期"])
def test_closed_calls_are_not_owed(status: str) -> None:
    assert items("21 09:00", call(status=status)) == []


def test_an_appointment_rings_ten_minutes_before() -> None:
    """domain.md §16: 改约 15:30 tomorrow → alarm 15:20, not counted as failure."""
    postponed = call(status="已改约", appointed_at=at("22 15:30"))
    item = only("21 16:00", postponed)
    assert item.rings_at == at("22 15:20")
    assert (item.due_at, item.from_on, item.overdue) == (at("22 15:30"), day(22), False)
    assert item.urgency is Urgency.APPOINTMENT
    assert item.reason == "客户约在 11-22 15:30"
    assert not only("22 17:30", postponed).overdue
    assert only("22 17:31", postponed).overdue


def test_an_appointment_without_a_time_is_called_as_proposed_or_as_any_other() -> None:
    assert only("21 16:00", call(status="已改约", next_try_at=at("22 15:00"))).due_at == at(
        "22 15:00"
    )
    assert only("21 16:00", call(status="已改约")).urgency is Urgency.AFTER_DELIVERY


def test_a_call_to_be_tried_again_rings_when_it_is_time() -> None:
    again = call(status="待重拨", next_try_at=at("22 10:00"))
    item = only("21 16:00", again)
    assert (item.rings_at, item.from_on) == (at("22 10:00"), day(22))
    assert item.due_on == day(21)
    assert only("21 16:00", call(status="待重拨")).rings_at == at("21 10:00")


def test_a_row_typed_in_excel_is_owed_as_far_as_it_goes() -> None:
    bare = row("followups", "HF-1", customer="KH-1", kind="七天回访")
    item = only("21 09:00", bare)
    assert (item.due_on, item.urgency, item.reason) == (
        day(21),
        Urgency.AFTER_DELIVERY,
        "还没打过",
    )
    other = row("followups", "HF-1", customer="KH-1", kind="临时回访", trigger_on=day(20))
    item = only("21 09:00", other)
    assert (item.urgency, item.due_on) == (Urgency.OTHER, day(20))
    assert item.reason == "11-20 登记，今天满 1 天，还没打过，应在 11-20 打"


def test_service_calls_wait_while_the_customer_has_an_open_complaint() -> None:
    waiting, complaint = items("23 09:00", call(), case(customer="KH-1"))[::-1]
    assert complaint.ledger == "complaints"
    assert (waiting.suspended, waiting.overdue, waiting.rings_at) == (True, False, None)
    assert waiting.reason == "客户有客诉 TS-1 没结，先处理客诉，七天回访等结案后再打"
    closing_call = call(kind="结案回访", rule="R09")
    assert not items("23 09:00", closing_call, case(customer="KH-1"))[0].suspended
    closed = case(customer="KH-1", closed_at=at("22 10:00"), status="待结案回访")
    assert not only("23 09:00", call(), closed).suspended


def test_a_complaint_of_nobody_known_holds_up_nobody() -> None:
    first, second = items("21 09:00", call(), case(customer=None))
    assert not first.suspended
    assert not second.suspended
