"""What comes after an attempt to call: when to try again, when to stop (domain.md §5.4).

A pure function of all attempts so far, so that it may be asked again at any time: a message that
was never answered becomes a failure by the mere passing of days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.call_window import PREFERRED, CallWindow, in_words
from storedesk.domain.ledgers import followups as states
from storedesk.domain.ledgers.call_attempts import CallAttempt
from storedesk.domain.records import Record
from storedesk.domain.rules import results
from storedesk.domain.rules.results import MESSAGES, NO_CONTACT, Result, result_of
from storedesk.domain.settings import CallLimits

ALARM_BEFORE = timedelta(minutes=10)
"""An appointment rings so long before (rule R11)."""

_HANG_UPS = 2
"""The second time a customer hangs up, he is left in peace (§5.5, code 13)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call made or message left."""

    at: datetime
    result: Result
    channel: str = "电话"
    phone: str = ""
    appointed_at: datetime | None = None

    @property
    def is_message(self) -> bool:
        """Whether a message was left that nobody has answered."""
        return self.channel in MESSAGES and self.result in NO_CONTACT

    @property
    def is_unreached(self) -> bool:
        """Whether it was a call that reached nobody."""
        return self.result in NO_CONTACT and self.channel not in MESSAGES


@dataclass(frozen=True, slots=True)
class Calling:
    """Circumstances of a follow-up that decide what comes next.

    Attributes:
        window: when this customer is called.
        spare_phone: 备用电话, tried once when the first number is dead.
        answered: both the overall score and "solved?" were answered (§5.4 rule 5).
    """

    window: CallWindow
    calendar: WorkCalendar
    limits: CallLimits = field(default_factory=CallLimits)
    spare_phone: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """What becomes of the follow-up.

    Attributes:
        status, outcome, fail_reason: values of the follow-up's columns, empty where not decided.
        next_try_at: when to try again.
        appointed_at: when the customer asked to be called.
        advice: one sentence for who calls.
        leave_message: a message by WeChat or SMS is to be left now.
        check_number: the number is wrong and is to be corrected (rule R29).
    """

    status: str
    outcome: str = ""
    fail_reason: str = ""
    next_try_at: datetime | None = None
    appointed_at: datetime | None = None
    advice: str = ""
    leave_message: bool = False
    check_number: bool = False


def attempts_from(records: Iterable[Record]) -> tuple[Attempt, ...]:
    """Return attempts in order of time; rows without a time or a known result are passed over."""
    found = []
    for view in map(CallAttempt, records):
        result = result_of(view.result)
        if result is not None and view.at is not None:
            channel = view.channel or "电话"
            found.append(Attempt(view.at, result, channel, view.phone, view.appointed_at))
    return tuple(sorted(found, key=lambda attempt: attempt.at))


def time_of_day(at: time) -> str:
    """Return 上午, 中午, 下午 or 晚间."""
    starts = [(period.start, name) for name, period in PREFERRED.items() if period.start <= at]
    return max(starts)[1] if starts else "上午"


def after(attempts: Sequence[Attempt], now: datetime, calling: Calling) -> NextStep:
    """Return what becomes of a follow-up after these attempts, as of now.

    Args:
        attempts: in order of time; none means nobody has called yet.
        now: the moment.
        calling: the customer's circumstances.
    """
    if not attempts:
        return NextStep(states.TO_CALL)
    last = attempts[-1]
    result = last.result
    if result in NO_CONTACT:
        return _unreached(attempts, now, calling)
    if result is results.SUCCESS or (result is results.PARTIAL and calling.answered):
        return NextStep(states.COMPLETED, outcome=result.name)
    if result is results.PARTIAL:
        advice = "总体评分和「有没有没解决的」没有都问到，不算成功。"
        return _failed(result, advice)
    if result is results.APPOINTED:
        return _appointed(attempts, now, calling)
    if result.dead_number:
        return _dead_number(attempts, now, calling)
    if result in (results.EXEMPT, results.VOID):
        state = states.SKIPPED if result is results.EXEMPT else states.VOID
        return NextStep(state, outcome=state)
    hang_ups = sum(one.result is results.HUNG_UP for one in attempts)
    if result is results.NOT_IN or (result is results.HUNG_UP and hang_ups < _HANG_UPS):
        return _again(attempts, now, calling)
    return _failed(result, _FAREWELLS[result])


_FAREWELLS = {
    results.REFUSED: "客户拒访，不再拨打。以后都不让打的，请在客户档案「特殊标记」里选 免打扰。",
    results.HUNG_UP: "客户再次挂断，不再拨打。",
    results.LANGUAGE: "电话里说不清，不再拨打；可以改发微信，或请家人转达。",
}


def _unreached(attempts: Sequence[Attempt], now: datetime, calling: Calling) -> NextStep:
    limits, last = calling.limits, attempts[-1]
    calls = [one for one in attempts if one.is_unreached]
    exhausted = (
        len(calls) >= limits.attempt_count
        and len({one.at.date() for one in calls}) >= limits.day_count
        and len({time_of_day(one.at.time()) for one in calls}) >= limits.period_count
    )
    message = next((one for one in reversed(attempts) if one.is_message), None)
    if message is not None:
        until = message.at + timedelta(days=limits.answer_days)
        if now < until and (exhausted or last is message):
            advice = f"已留言，{in_words(until, now, '等客户回复到')}。"
            return NextStep(states.TO_CALL_AGAIN, next_try_at=until, advice=advice)
        if exhausted:
            tries = f"打过 {len(calls)} 次、留言 {limits.answer_days} 天没有回复"
            return _failed(calls[-1].result, f"联系不上：{tries}。")
    elif exhausted:
        advice = (
            f"打过 {len(calls)} 次都没接通，请发一条微信或短信；"
            f"{limits.answer_days} 天内没有回复，就记为失败（联系不上）。"
        )
        return NextStep(states.TO_CALL_AGAIN, next_try_at=now, advice=advice, leave_message=True)
    return _again(attempts, now, calling)


def _again(attempts: Sequence[Attempt], now: datetime, calling: Calling) -> NextStep:
    last = attempts[-1]
    moment = _next_try(last.at, now, calling)
    advice = f"{last.result.name}，{in_words(moment, now, '建议')} 再打。"
    return NextStep(states.TO_CALL_AGAIN, next_try_at=moment, advice=advice)


def _next_try(last_at: datetime, now: datetime, calling: Calling) -> datetime:
    """Return the next good moment, in another period than the last attempt and after the gap."""
    window, calendar = calling.window, calling.calendar
    moment = window.next_moment(
        max(now, last_at + timedelta(hours=calling.limits.gap_hours)), calendar
    )
    tried = window.period_at(last_at)
    if tried and moment.date() == last_at.date() and moment.time() in tried:
        moment = window.next_moment(datetime.combine(moment.date(), tried.end), calendar)
    return moment


def _appointed(attempts: Sequence[Attempt], now: datetime, calling: Calling) -> NextStep:
    count = sum(one.result is results.APPOINTED for one in attempts)
    if count > calling.limits.appointment_count:
        return _failed(results.APPOINTED, f"已改约 {count} 次，按失败（多次改约）结束。")
    at = attempts[-1].appointed_at
    if at is None:
        at = _next_try(attempts[-1].at, now, calling)
        advice = f"客户没有说定时间，{in_words(at, now, '建议')} 再打。"
        return NextStep(states.POSTPONED, next_try_at=at, advice=advice)
    advice = f"{in_words(at, now, '约好')}，提前 10 分钟提醒。"
    return NextStep(states.POSTPONED, next_try_at=at, appointed_at=at, advice=advice)


def _dead_number(attempts: Sequence[Attempt], now: datetime, calling: Calling) -> NextStep:
    last, spare = attempts[-1], calling.spare_phone
    if spare and spare not in {one.phone for one in attempts}:
        advice = f"{last.result.name}，请改拨备用电话 {spare}。"
        return NextStep(states.TO_CALL_AGAIN, next_try_at=now, advice=advice, check_number=True)
    step = _failed(last.result, f"{last.result.name}，不再拨打。请让导购核对号码。")
    return NextStep(
        step.status, step.outcome, step.fail_reason, advice=step.advice, check_number=True
    )


def _failed(result: Result, advice: str) -> NextStep:
    return NextStep(states.FAILED, outcome="失败", fail_reason=result.name, advice=advice)
