"""Calls that are owed: open follow-ups (domain.md §5.2, §5.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from storedesk.domain.ledgers.followups import POSTPONED, TO_CALL_AGAIN, FollowUp
from storedesk.domain.rules.due_item import AsOf, DueItem, Urgency, day_text, moment_text
from storedesk.domain.rules.retry import ALARM_BEFORE
from storedesk.domain.rules.triggers import TRIGGERS

AFTER_REPAIR = ("R02", "R04")
AFTER_DELIVERY = ("R01", "R03")
APPOINTMENT_GRACE = timedelta(hours=2)
"""An appointment is overdue so long after its time (rule R11)."""

_HAPPENED = {trigger.rule: trigger.happened for trigger in TRIGGERS}


def calls(
    followups: Sequence[FollowUp],
    tries: Mapping[str, int],
    cases: Mapping[str, str],
    as_of: AsOf,
) -> Iterator[DueItem]:
    """Yield the calls that are owed.

    Args:
        followups: any; closed ones are passed over.
        tries: number of attempts by follow-up.
        cases: id of an open complaint by customer: 七天回访 and 修后三天回访 wait for it.
        as_of: the moment.
    """
    for followup in followups:
        if followup.is_open:
            urgency = _urgency(followup, as_of)
            waits = urgency in (Urgency.AFTER_REPAIR, Urgency.AFTER_DELIVERY)
            case = cases.get(followup.customer, "") if waits else ""
            yield _call(followup, tries.get(followup.id, 0), case, urgency, as_of)


def _call(followup: FollowUp, tries: int, case: str, urgency: Urgency, as_of: AsOf) -> DueItem:
    due_on = followup.due_on or followup.from_on or followup.trigger_on or as_of.today
    window = as_of.settings.window
    due_at = datetime.combine(due_on, window.latest)
    rings_at = datetime.combine(due_on, window.opening(due_on))
    from_on = followup.from_on or due_on
    overdue = as_of.today > due_on
    reason = _why(followup, due_on, tries, as_of)
    appointment = _appointment(followup)
    if appointment is not None:
        due_at, rings_at, from_on = appointment, appointment - ALARM_BEFORE, appointment.date()
        overdue = as_of.now > appointment + APPOINTMENT_GRACE
        reason = f"客户约在 {moment_text(appointment)}"
        urgency = Urgency.APPOINTMENT
    elif followup.status == TO_CALL_AGAIN and followup.next_try_at is not None:
        rings_at, from_on = followup.next_try_at, followup.next_try_at.date()
    if case:
        reason = f"客户有客诉 {case} 没结，先处理客诉，{followup.kind}等结案后再打"
    return DueItem(
        kind=followup.kind,
        ledger="followups",
        record=followup.id,
        customer=followup.customer,
        customer_name=followup.customer_name,
        phone=followup.phone,
        what=followup.product,
        from_on=from_on,
        due_at=due_at,
        rings_at=None if case else rings_at,
        owner=followup.caller,
        reason=reason,
        urgency=urgency,
        last_on=followup.last_on,
        overdue=overdue and not case,
        suspended=bool(case),
    )


def _appointment(followup: FollowUp) -> datetime | None:
    if followup.status != POSTPONED:
        return None
    return followup.appointed_at or followup.next_try_at


def _urgency(followup: FollowUp, as_of: AsOf) -> Urgency:
    """Return the urgency by rule; of a row typed in Excel by its kind."""
    rules = {followup.rule} - {""} or {
        rule.id for rule in as_of.settings.rules.values() if rule.label == followup.kind
    }
    if rules & {*AFTER_REPAIR}:
        return Urgency.AFTER_REPAIR
    return Urgency.AFTER_DELIVERY if rules & {*AFTER_DELIVERY} else Urgency.OTHER


def _why(followup: FollowUp, due_on: date, tries: int, as_of: AsOf) -> str:
    """Return such as 11-14 交车，今天满 7 天，还没打通（打过 1 次）."""
    parts = []
    if followup.trigger_on is not None:
        happened = _HAPPENED.get(followup.rule, followup.trigger or "登记")
        passed = (as_of.today - followup.trigger_on).days
        counted = f"满 {passed}" if as_of.today >= due_on else f"第 {passed}"
        parts += [f"{day_text(followup.trigger_on)} {happened}", f"今天{counted} 天"]
    parts.append(f"还没打通（打过 {tries} 次）" if tries else "还没打过")
    if as_of.today > due_on:
        parts.append(f"应在 {day_text(due_on)} 打")
    elif as_of.today < due_on:
        parts.append(f"{day_text(due_on)} 到期")
    return "，".join(parts)
