"""What follows from a row's values and is not written in the list: states, kinds, results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from storedesk.domain.forms import Form
from storedesk.domain.settings import Settings
from storedesk.domain.values import Value

DELIVERED, CLOSED = "已交付", "已闭环"
SUCCESS, FAILURE = "成功", "失败"
DONE, FAILED = "已完成", "已失败"
ODD_CALL = "临时回访"
OPENING = "期初"
CAR_TRADE = "auto"

_DEAL_KEYS = ("delivered_on", "invoiced_on", "amount", "order_no", "promised_on")
"""What makes a purchase of a car: a workshop's list names models that were bought elsewhere."""

_REPAIR = "修"


def is_purchase(values: Mapping[str, Value], *, with_car: bool) -> bool:
    """Whether a row tells of a purchase (and not only of a car that somebody owns)."""
    keys = _DEAL_KEYS if with_car else tuple(values)
    return any(values.get(key) is not None for key in keys)


def purchase(form: Form, values: Mapping[str, Value], settings: Settings) -> dict[str, Value]:
    """Return what follows for a purchase: its trade, and that what was handed over is delivered."""
    found = dict(values)
    trade = (
        settings.choice_defaults.get(form["biz_type"].choices)
        if "biz_type" in form.by_key
        else None
    )
    if trade:
        found.setdefault("biz_type", trade)
    if found.get("delivered_on") or found.get("accepted_on"):
        found.setdefault("status", DELIVERED)
    return found


def complaint(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return what follows for a complaint: one with a closing date is closed."""
    found = dict(values)
    if found.get("closed_at"):
        found.setdefault("status", CLOSED)
    return found


def call(values: Mapping[str, Value], result: Value) -> dict[str, Value]:
    """Return what follows for a follow-up from its call: state, outcome, reason of failure."""
    found = dict(values)
    if result is None and found.get("outcome") is None:
        answered = any(found.get(key) is not None for key in ("overall", "opinion", "solved"))
        result = SUCCESS if answered else None
    if result is not None:
        good = result == SUCCESS
        found.setdefault("outcome", SUCCESS if good else FAILURE)
        if not good:
            found.setdefault("fail_reason", result)
    if found.get("outcome") is not None or found.get("done_at") is not None:
        found.setdefault("status", FAILED if found.get("outcome") == FAILURE else DONE)
    return found


def call_result(values: Mapping[str, Value], result: Value) -> Value:
    """Return the result of the call that a follow-up's values tell of, or None."""
    if result is not None:
        return result
    return SUCCESS if values.get("outcome") == SUCCESS else None


def followup_kind(
    values: Mapping[str, Value], titles: Iterable[str], offered: tuple[str, ...], settings: Settings
) -> str:
    """Return what kind of follow-up a row is: named above the list, else told by the days between.

    Args:
        values: of the follow-up; ``trigger_on`` and ``done_at`` are looked at.
        titles: sheet name and titles of the list.
        offered: the kinds in 门店设置.
        settings: whose rules say how many days lie between.
    """
    above = " ".join(titles)
    for rule in settings.rules.values():
        if rule.label in offered and any(
            name and name in above for name in (rule.label, rule.trade_name)
        ):
            return rule.label
    began, called = _day(values.get("trigger_on")), _day(values.get("done_at"))
    if began and called:
        days = (called - began).days
        for rule in settings.rules.values():
            fits = rule.from_days <= days <= rule.last_days and rule.label in offered
            if fits and rule.active and (_REPAIR in rule.label) == (_REPAIR in above):
                return rule.label
    return ODD_CALL


def _day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
