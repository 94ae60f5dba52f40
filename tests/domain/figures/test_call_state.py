from __future__ import annotations

from datetime import timedelta

import pytest

from storedesk.domain.figures.call_state import state_on
from tests.domain.figures.calls import ON, at, attempt, before, called, followup, untried

_TOMORROW = ON + timedelta(days=1)


def test_a_call_not_made_yet() -> None:
    call = untried()
    assert call.belongs
    assert not any((call.is_attempted, call.is_failed, call.is_overdue, call.is_success))
    assert call.result is None


@pytest.mark.parametrize(
    ("result", "what"),
    [
        ("成功", "is_success"),
        ("部分成功", "is_success"),
        ("改约", "is_rescheduled"),
        ("本人不在", "is_rescheduled"),
        ("无人接听", "is_failed"),
        ("空号", "is_failed"),
    ],
)
def test_each_result_counts_as_one_thing(result: str, what: str) -> None:
    call = called(result)
    kinds = ("is_success", "is_rescheduled", "is_failed")
    assert [kind for kind in kinds if getattr(call, kind)] == [what]
    assert call.result is not None
    assert call.result.name == result


def test_what_happened_later_is_not_known_on_the_day() -> None:
    later = at(_TOMORROW)
    of = followup(status="已完成", outcome="成功", done_at=later, overall=5)
    call = state_on(of, [attempt(of, "无人接听"), attempt(of, "成功", later)], ON)
    assert (call.outcome, call.score, call.is_failed) == ("", None, True)
    assert [one.result for one in call.attempts] == ["无人接听"]


def test_a_call_is_reported_on_the_day_it_was_made_and_not_again_when_due() -> None:
    early = called("成功", at(before(1)))
    assert not early.belongs
    of = early.followup
    assert state_on(of, early.attempts, before(1)).belongs


def test_a_retry_is_reported_again() -> None:
    of = followup(due_on=before(2))
    tries = [attempt(of, "无人接听", at(before(2))), attempt(of, "无人接听")]
    assert [state_on(of, tries, before(days)).belongs for days in (2, 1, 0)] == [True, False, True]


def test_a_call_that_lapses_is_reported_once_more_as_overdue() -> None:
    call = untried(due_on=before(3), last_on=ON)
    assert call.belongs
    assert call.is_overdue
    assert not untried(due_on=before(4), last_on=before(1)).belongs


def test_exempt_calls_stand_in_no_report() -> None:
    assert not untried(status="免访", outcome="免访").belongs
    later = untried(status="免访", outcome="免访", done_at=at(_TOMORROW))
    assert later.belongs, "on its day it was still owed"
    withdrawn = untried(status="作废", outcome="作废", updated_at=at(_TOMORROW))
    assert withdrawn.belongs, "a rule ended it the day after"


def test_a_result_typed_in_excel_without_an_attempt_counts() -> None:
    timed = untried(outcome="成功", done_at=at(), overall=4, due_on=before(1))
    assert (timed.belongs, timed.is_success, timed.called_at) == (True, True, at())
    untimed = untried(outcome="失败", fail_reason="空号")
    assert (untimed.belongs, untimed.is_failed) == (True, True)
    assert untimed.result is not None
    assert untimed.result.name == "空号"


def test_a_low_score_or_a_complaint_counts_as_one() -> None:
    assert called("成功", overall=2).is_complaint
    assert called("成功", overall=5, complained=True).is_complaint
    assert not called("成功", overall=3).is_complaint
    assert not called("成功", overall=0).is_complaint
