from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.records import Record
from storedesk.domain.rules.due import (
    SELECTS,
    attempts_of,
    due_items,
    next_item,
    next_moment,
    owed,
)
from storedesk.domain.rules.due_item import AsOf, DueItem, Urgency
from storedesk.domain.select import evaluate
from storedesk.domain.settings import Settings
from storedesk.domain.values import Value
from tests.domain.rules.world import HOME_STORE, STAFF, profile
from tests.domain.stores import row, store


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}")


def day(number: int) -> date:
    return date(2026, 11, number)


def call(record_id: str = "HF-1", /, **values: Value) -> Record:
    known: dict[str, Value] = {
        "kind": "七天回访",
        "rule": "R03",
        "trigger_on": day(14),
        "customer": "KH-1",
        "customer_name": "王建国",
        "product": "沙发",
        "from_on": day(19),
        "due_on": day(21),
        "last_on": day(24),
        "caller": "王芳",
        "status": "待拨",
    }
    return row("followups", record_id, **{**known, **values})


def case(record_id: str = "TS-1", /, **values: Value) -> Record:
    known: dict[str, Value] = {
        "received_at": at("20 10:00"),
        "customer": "KH-2",
        "verbatim": "柜门掉了",
        "level": "二级一般",
        "owner": "林晓",
        "status": "处理中",
        "answer_due": at("24 18:00"),
        "close_due": at("27 18:00"),
    }
    return row("complaints", record_id, **{**known, **values})


def tries(count: int, followup: str = "HF-1") -> list[Record]:
    return [
        row("call_attempts", f"BD-{n}", followup=followup, result="无人接听") for n in range(count)
    ]


def items(now: str, *records: Record, settings: Settings = HOME_STORE) -> list[DueItem]:
    return due_items(records, settings, at(now))


def only(now: str, *records: Record, settings: Settings = HOME_STORE) -> DueItem:
    (item,) = items(now, *records, settings=settings)
    return item


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


# --- complaints ---------------------------------------------------------------------------------


def test_a_complaint_is_owed_by_the_limit_that_comes_first() -> None:
    item = only("21 09:00", case())
    assert (item.kind, item.due_at, item.owner) == ("客诉答复客户", at("24 18:00"), "林晓")
    assert item.reason == "11-20 受理（二级一般），11-24 18:00 前答复客户"
    assert (item.urgency, item.overdue, item.from_on) == (Urgency.COMPLAINT, False, day(20))
    answered = only("21 09:00", case(answered_at=at("21 08:00")))
    assert (answered.kind, answered.due_at) == ("客诉结案", at("27 18:00"))
    response = only("21 09:00", case(response_due=at("20 12:00")))
    assert response.reason == "11-20 受理（二级一般），11-20 12:00 前首次响应，已超 21 小时"
    assert response.overdue


def test_the_next_step_belongs_to_who_promised_it() -> None:
    item = only("21 09:00", case(next_at=at("22 10:00"), next_action="约师傅", next_owner="赵刚"))
    assert (item.kind, item.owner) == ("客诉约师傅", "赵刚")
    assert only("21 09:00", case(next_at=at("22 10:00"))).kind == "客诉跟进"


def test_a_complaint_typed_in_excel_is_owed_an_answer_within_two_working_days() -> None:
    bare = case(answer_due=None, close_due=None, level=None, owner=None, first_receiver="王芳")
    item = only("21 09:00", bare)
    assert (item.due_at, item.owner) == (at("24 18:00"), "王芳")
    assert item.reason == "11-20 受理，11-24 18:00 前答复客户"
    untimed = case(received_at=None, answer_due=None, close_due=None)
    item = only("21 09:00", untimed)
    assert (item.kind, item.due_at) == ("客诉跟进", at("21 18:00"))
    assert item.reason == "已受理（二级一般），11-21 18:00 前跟进"


def test_a_paused_complaint_is_shown_and_does_not_ring() -> None:
    item = only("28 09:00", case(status="暂停"))
    assert (item.suspended, item.overdue, item.rings_at) == (True, False, None)
    assert item.reason == "11-20 受理（二级一般），11-24 18:00 前答复客户，暂停中"


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ("24 18:00", ""),
        ("24 18:30", "，刚超时"),
        ("24 20:30", "，已超 2 小时"),
        ("26 19:00", "，已超 2 天"),
    ],
)
def test_how_late_it_is(now: str, late: str) -> None:
    assert AsOf(HOME_STORE, at(now)).late(at("24 18:00")) == late


def test_a_promise_is_owed_until_it_is_kept_even_after_closing() -> None:
    promised = case(
        closed_at=at("21 10:00"),
        status="已闭环",
        promise="送一块板",
        promise_due=at("25 18:00"),
    )
    item = only("22 09:00", promised)
    assert (item.kind, item.from_on, item.due_at) == ("承诺到期", day(24), at("25 18:00"))
    assert item.reason == "答应客户「送一块板」，11-25 18:00 前兑现"
    assert only("25 18:30", promised).overdue
    kept = promised.with_values({"promise_kept_at": at("24 10:00")})
    assert items("26 09:00", kept) == []
    unsaid = promised.with_values({"promise": None})
    assert only("22 09:00", unsaid).reason == "答应客户的事，11-25 18:00 前兑现"


# --- opinions and calls back ----------------------------------------------------------------------


def issue(**values: Value) -> Record:
    known: dict[str, Value] = {
        "raised_at": at("20 15:00"),
        "customer": "KH-1",
        "content": "送货太晚",
        "owner": "林晓",
        "status": "待处理",
    }
    return row("issues", "YJ-1", **{**known, **values})


def test_an_opinion_shows_the_inner_limit_and_the_judged_one() -> None:
    """shop.md §3: recorded Fri 15:00 → 内部周日 18:00 / 考核周二 18:00."""
    item = only("21 09:00", issue())
    assert item.reason == ("11-20 提的意见还没答复客户，内部 11-22 18:00 前，考核到 11-24 18:00")
    assert (item.due_at, item.rings_at, item.overdue) == (at("24 18:00"), at("22 18:00"), False)
    later = only("23 09:00", issue())
    assert (later.rings_at, later.overdue) == (at("24 18:00"), False)
    assert only("25 09:00", issue()).overdue


def test_limits_that_were_fixed_when_it_was_recorded_count() -> None:
    fixed = issue(answer_due=at("23 12:00"), remind_due=at("23 12:00"))
    item = only("21 09:00", fixed)
    assert item.reason == "11-20 提的意见还没答复客户，要在 11-23 12:00 前"
    assert only("21 09:00", issue(raised_at=None)).due_at == at("21 18:00")


@pytest.mark.parametrize("values", [{"answered_at": at("20 17:00")}, {"status": "已解决"}])
def test_an_opinion_answered_is_not_owed(values: dict[str, Value]) -> None:
    assert items("21 09:00", issue(**values)) == []


def inbound(**values: Value) -> Record:
    known: dict[str, Value] = {
        "called_at": at("20 15:00"),
        "customer_name": "李梅",
        "content": "问床什么时候到",
        "receiver": "王芳",
        "callback_needed": True,
    }
    return row("inbound", "LD-1", **{**known, **values})


def test_a_call_back_is_owed_within_24_hours() -> None:
    item = only("20 16:00", inbound(message_for="林晓"))
    assert (item.kind, item.due_at, item.owner) == ("需回电", at("21 15:00"), "林晓")
    assert item.reason == "11-20 15:00 来电，11-21 15:00 前回电"
    late = only("21 17:10", inbound())
    assert (late.overdue, late.owner) == (True, "王芳")
    assert late.reason == "11-20 15:00 来电，11-21 15:00 前回电，已超 2 小时"
    assert only("21 09:00", inbound(called_at=None)).reason == "11-21 18:00 前回电"
    assert items("21 09:00", inbound(callback_at=at("20 17:00"))) == []


def test_other_next_steps_of_a_call_are_owed_too() -> None:
    step = inbound(
        callback_needed=False, next_at=at("21 12:00"), next_action="查库存", next_owner="赵刚"
    )
    item = only("20 16:00", step)
    assert (item.kind, item.owner) == ("来电待办", "赵刚")
    assert item.reason == "11-20 15:00 来电，11-21 12:00 前查库存"
    unsaid = step.with_values({"next_action": None})
    assert only("20 16:00", unsaid).reason.endswith("前跟进")
    assert items("20 16:00", step.with_values({"done_at_once": True})) == []


def test_rules_switched_off_owe_nothing() -> None:
    rules = [
        row("followup_rules", rule, label=rule, active=False, due_days=1)
        for rule in ("R12", "R13", "R26")
    ]
    settings = store(*STAFF, *rules, profile=profile("furniture", "家具"))
    promised = case(status="已闭环", closed_at=at("20 11:00"), promise_due=at("21 10:00"))
    records = (issue(), inbound(), promised)
    assert items("21 09:00", *records, settings=settings) == []
    assert len(items("21 09:00", *records)) == 3


def test_days_of_an_answer_are_a_setting() -> None:
    rule = row("followup_rules", "R12", label="意见答复", active=True, due_days=1)
    settings = store(*STAFF, rule, profile=profile("furniture", "家具"))
    assert only("20 16:00", issue(), settings=settings).due_at == at("23 18:00")


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
