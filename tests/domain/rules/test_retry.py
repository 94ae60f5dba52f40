from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.call_window import CallWindow
from storedesk.domain.rules import results
from storedesk.domain.rules.results import RESULTS, Result, result_of
from storedesk.domain.rules.retry import Attempt, Calling, after, attempts_from, time_of_day
from storedesk.domain.settings import CallLimits
from tests.domain.stores import CALENDAR, row

CALLING = Calling(CallWindow(), CALENDAR)
TALKED = replace(CALLING, answered=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}")


def tried(when: str, name: str, channel: str = "电话", **details: object) -> Attempt:
    result = result_of(name)
    assert result is not None
    phone, appointed_at = details.get("phone", ""), details.get("appointed_at")
    assert isinstance(phone, str)
    assert appointed_at is None or isinstance(appointed_at, datetime)
    return Attempt(at(when), result, channel, phone, appointed_at)


def test_nobody_has_called_yet() -> None:
    assert after([], at("23 10:00"), CALLING).status == "待拨"


# --- nobody reached -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["无人接听", "占线", "关机", "呼叫转移", "无法接通", "本人不在"])
@pytest.mark.parametrize(
    ("called", "again", "why"),
    [
        ("23 10:30", "23 15:00", "the same day's other period"),
        ("23 16:00", "24 10:00", "then the next day"),
        ("23 12:40", "23 15:00", "called at noon: the afternoon"),
        ("23 13:30", "23 15:30", "not before two hours have passed"),
        ("23 21:30", "24 10:00", "late in the evening: tomorrow"),
    ],
)
def test_who_was_not_reached_is_tried_again(name: str, called: str, again: str, why: str) -> None:
    step = after([tried(called, name)], at(called), CALLING)
    assert (step.status, step.outcome) == ("待重拨", "")
    assert step.next_try_at == at(again), why


def test_the_caller_is_told_when_to_try_again() -> None:
    morning = after([tried("23 10:30", "无人接听")], at("23 10:31"), CALLING)
    assert morning.advice == "无人接听，建议今天 15:00 再打。"
    evening = after([tried("23 19:00", "关机")], at("23 19:01"), CALLING)
    assert evening.advice == "关机，建议明天 10:00 再打。"


THREE = (
    tried("23 10:30", "无人接听"),
    tried("23 15:10", "无人接听"),
    tried("24 10:05", "关机"),
)


def test_three_calls_on_two_days_at_two_times_of_day_then_a_message_then_failure() -> None:
    """domain.md §16: three 无人接听 on two days → SMS → 2 days → 失败(联系不上)."""
    asked = after(THREE, at("24 10:06"), CALLING)
    assert asked.leave_message
    assert (asked.status, asked.next_try_at) == ("待重拨", at("24 10:06"))
    assert asked.advice == (
        "打过 3 次都没接通，请发一条微信或短信；2 天内没有回复，就记为失败（联系不上）。"
    )
    attempts = (*THREE, tried("24 10:10", "无人接听", "微信"))
    waiting = after(attempts, at("24 10:11"), CALLING)
    assert (waiting.status, waiting.next_try_at) == ("待重拨", at("26 10:10"))
    assert waiting.advice == "已留言，等客户回复到 11-26 10:10。"
    failed = after(attempts, at("26 10:10"), CALLING)
    assert (failed.status, failed.outcome, failed.fail_reason) == ("已失败", "失败", "关机")
    assert failed.advice == "联系不上：打过 3 次、留言 2 天没有回复。"


@pytest.mark.parametrize(
    ("attempts", "why"),
    [
        (("23 10:30", "23 15:10"), "only twice"),
        (("23 10:30", "23 15:10", "23 18:30"), "on one day only"),
        (("23 10:30", "24 10:30", "25 10:30"), "always in the morning"),
    ],
)
def test_not_yet_given_up(attempts: tuple[str, ...], why: str) -> None:
    step = after([tried(when, "无人接听") for when in attempts], at("25 10:40"), CALLING)
    assert not step.leave_message, why
    assert step.status == "待重拨"


def test_a_message_left_early_is_waited_for_and_then_called_again() -> None:
    attempts = [tried("23 10:30", "无人接听"), tried("23 10:40", "无人接听", "微信")]
    assert after(attempts, at("23 11:00"), CALLING).next_try_at == at("25 10:40")
    assert after(attempts, at("25 15:30"), CALLING).next_try_at == at("25 15:30")


def test_an_answer_to_the_message_is_a_success() -> None:
    attempts = (*THREE, tried("24 10:10", "无人接听", "微信"), tried("25 09:00", "成功", "微信"))
    assert after(attempts, at("25 09:01"), CALLING).outcome == "成功"


def test_the_numbers_are_settings() -> None:
    strict = replace(CALLING, limits=CallLimits(1, 1, 1, 5, 2, 2))
    attempts = [tried("23 10:30", "无人接听")]
    assert after(attempts, at("23 10:31"), strict).leave_message


def test_the_customers_own_time_is_kept() -> None:
    evenings = replace(CALLING, window=CallWindow().for_customer(["晚间"]))
    step = after([tried("23 10:30", "无人接听")], at("23 10:31"), evenings)
    assert step.next_try_at == at("23 18:00")


# --- reached ------------------------------------------------------------------------------------


def test_success_ends_it() -> None:
    step = after([tried("23 10:30", "成功")], at("23 10:40"), CALLING)
    assert (step.status, step.outcome, step.fail_reason) == ("已完成", "成功", "")


def test_a_partial_success_counts_if_the_two_questions_were_answered() -> None:
    attempts = [tried("23 10:30", "部分成功")]
    counted = after(attempts, at("23 10:40"), TALKED)
    assert (counted.status, counted.outcome) == ("已完成", "部分成功")
    not_counted = after(attempts, at("23 10:40"), CALLING)
    assert (not_counted.outcome, not_counted.fail_reason) == ("失败", "部分成功")


@pytest.mark.parametrize("name", ["拒访", "语言或听力障碍"])
def test_some_results_are_final(name: str) -> None:
    step = after([tried("23 10:30", name)], at("23 10:40"), CALLING)
    assert (step.status, step.outcome, step.fail_reason) == ("已失败", "失败", name)
    assert step.next_try_at is None
    assert "不再拨打" in step.advice


def test_who_hangs_up_is_tried_once_more() -> None:
    first = [tried("23 10:30", "接通后挂断")]
    assert after(first, at("23 10:31"), CALLING).status == "待重拨"
    second = [*first, tried("23 15:30", "接通后挂断")]
    assert after(second, at("23 15:31"), CALLING).fail_reason == "接通后挂断"


@pytest.mark.parametrize(("name", "state"), [("客户要求免访", "免访"), ("作废", "作废")])
def test_excluded(name: str, state: str) -> None:
    step = after([tried("23 10:30", name)], at("23 10:40"), CALLING)
    assert (step.status, step.outcome) == (state, state)


# --- dead numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["空号", "停机", "错号"])
def test_a_dead_number_fails_at_once_and_is_to_be_corrected(name: str) -> None:
    step = after([tried("23 10:30", name, phone="13812345678")], at("23 10:31"), CALLING)
    assert (step.status, step.fail_reason) == ("已失败", name)
    assert step.check_number
    assert step.advice == f"{name}，不再拨打。请让导购核对号码。"


def test_the_spare_number_is_tried_once() -> None:
    spare = replace(CALLING, spare_phone="13900000000")
    dead = tried("23 10:30", "空号", phone="13812345678")
    step = after([dead], at("23 10:31"), spare)
    assert (step.status, step.next_try_at) == ("待重拨", at("23 10:31"))
    assert step.advice == "空号，请改拨备用电话 13900000000。"
    assert step.check_number
    dead_too = tried("23 10:32", "停机", phone="13900000000")
    assert after([dead, dead_too], at("23 10:33"), spare).status == "已失败"


# --- appointments -------------------------------------------------------------------------------


def test_an_appointment_is_kept_and_no_failure() -> None:
    attempt = tried("23 10:30", "改约", appointed_at=at("24 15:30"))
    step = after([attempt], at("23 10:31"), CALLING)
    assert (step.status, step.outcome) == ("已改约", "")
    assert step.appointed_at == step.next_try_at == at("24 15:30")
    assert step.advice == "约好明天 15:30，提前 10 分钟提醒。"


def test_an_appointment_without_a_time_is_proposed_one() -> None:
    step = after([tried("23 10:30", "改约")], at("23 10:31"), CALLING)
    assert (step.status, step.appointed_at) == ("已改约", None)
    assert step.next_try_at == at("23 15:00")
    assert step.advice == "客户没有说定时间，建议今天 15:00 再打。"


def test_the_third_appointment_ends_it() -> None:
    attempts = [
        tried(f"{day} 10:30", "改约", appointed_at=at(f"{day + 1} 15:30")) for day in (20, 21, 22)
    ]
    assert after(attempts[:2], at("21 10:31"), CALLING).status == "已改约"
    step = after(attempts, at("22 10:31"), CALLING)
    assert (step.status, step.fail_reason) == ("已失败", "改约")
    assert step.advice == "已改约 3 次，按失败（多次改约）结束。"


# --- reading ------------------------------------------------------------------------------------


def test_attempts_are_read_in_order_of_time() -> None:
    records = [
        row("call_attempts", "BD-2", at=at("24 10:00"), result="没人接", channel="微信", phone="1"),
        row("call_attempts", "BD-1", at=at("23 10:00"), result="占线"),
        row("call_attempts", "BD-3", at=at("25 10:00"), result="回头再说"),
        row("call_attempts", "BD-4", result="占线"),
    ]
    assert attempts_from(records) == (
        Attempt(at("23 10:00"), results.BUSY),
        Attempt(at("24 10:00"), results.NO_ANSWER, "微信", "1"),
    )


@pytest.mark.parametrize(
    ("hour", "name"),
    [(7, "上午"), (8, "上午"), (12, "中午"), (14, "下午"), (18, "晚间"), (23, "晚间")],
)
def test_times_of_day(hour: int, name: str) -> None:
    assert time_of_day(time(hour)) == name


# --- laws ---------------------------------------------------------------------------------------

attempt_lists = st.lists(
    st.builds(
        Attempt,
        st.integers(0, 20 * 48).map(lambda n: datetime(2026, 11, 1) + timedelta(minutes=30 * n)),
        st.sampled_from(RESULTS),
        st.sampled_from(["电话", "微信"]),
        st.sampled_from(["1", "2"]),
        st.none(),
    ),
    max_size=7,
).map(lambda found: sorted(found, key=lambda attempt: attempt.at))


@given(attempt_lists, st.integers(0, 10), st.booleans(), st.sampled_from(["", "2"]))
def test_every_sequence_of_attempts_has_a_next_step_that_makes_sense(
    attempts: list[Attempt],
    days: int,
    answered: bool,  # noqa: FBT001  # drawn by Hypothesis
    spare: str,
) -> None:
    last: Result | None = attempts[-1].result if attempts else None
    now = (attempts[-1].at if attempts else datetime(2026, 11, 1)) + timedelta(days=days)
    calling = replace(CALLING, answered=answered, spare_phone=spare)
    step = after(attempts, now, calling)
    is_over = bool(step.outcome)
    assert is_over is (step.status in ("已完成", "已失败", "免访", "作废"))
    assert bool(step.fail_reason) is (step.outcome == "失败")
    assert (step.next_try_at is None) is (is_over or not attempts)
    if step.next_try_at is not None:
        assert step.next_try_at >= now or step.appointed_at
    if last is not None and last.final and not last.dead_number and last is not results.PARTIAL:
        assert is_over
    assert after(attempts, now, calling) == step
