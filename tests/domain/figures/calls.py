"""Follow-ups and attempts for tests of figures."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from storedesk.domain.figures.call_state import CallState, state_on
from storedesk.domain.ledgers.call_attempts import CallAttempt
from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.values import Value
from tests.domain.stores import row

ON = date(2026, 11, 22)
_NUMBERS = iter(range(1, 1_000_000))


def at(day: date = ON, hour: int = 10, minute: int = 24) -> datetime:
    return datetime.combine(day, time(hour, minute))


def before(days: int) -> date:
    return ON - timedelta(days=days)


def followup(**values: Value) -> FollowUp:
    """Return a call due on ``ON`` that nobody has made; ``values`` change it."""
    usual: dict[str, Value] = {
        "rule": "R03",
        "kind": "七天回访",
        "customer_name": "王建国",
        "phone": "13812345678",
        "product": "三人沙发 102276",
        "sales_owner": "陈晨",
        "caller": "赵倩",
        "trigger_on": before(7),
        "from_on": before(2),
        "due_on": ON,
        "last_on": ON + timedelta(days=3),
        "status": "待拨",
    }
    return FollowUp(row("followups", f"HF-20261115-R03-{next(_NUMBERS):06d}", **(usual | values)))


def attempt(
    of: FollowUp, result: str, when: datetime | None = None, **values: Value
) -> CallAttempt:
    number = next(_NUMBERS)
    usual: dict[str, Value] = {"sequence": number, "channel": "电话", "by": "赵倩"}
    found = row(
        "call_attempts",
        f"BD-20261122-A{number:03d}",
        **(usual | {"followup": of.id, "at": when or at(), "result": result} | values),
    )
    return CallAttempt(found)


def called(result: str, when: datetime | None = None, /, **values: Value) -> CallState:
    """Return a call made once, with the result and what it makes of the follow-up."""
    moment = when or at()
    ends: dict[str, Value] = {}
    if result in ("成功", "部分成功"):
        ends = {"status": "已完成", "outcome": result, "done_at": moment, "overall": 5}
    elif result in ("拒访", "空号", "停机", "错号"):
        ends = {"status": "已失败", "outcome": "失败", "fail_reason": result, "done_at": moment}
    of = followup(**(ends | values))
    return state_on(of, [attempt(of, result, moment)], ON)


def untried(**values: Value) -> CallState:
    return state_on(followup(**values), [], ON)
