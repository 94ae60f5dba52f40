"""Answers that are owed: of complaints, opinions and calls back."""

from __future__ import annotations

import pytest

from storedesk.domain.rules.due_item import AsOf, Urgency
from storedesk.domain.values import Value
from tests.domain.rules.owed import at, case, day, inbound, issue, items, only
from tests.domain.rules.world import HOME_STORE, STAFF, profile
from tests.domain.stores import row, store

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
