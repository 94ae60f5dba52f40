"""记一笔: what comes in by telephone or over the counter, in twenty seconds (shop.md §1)."""

from __future__ import annotations

from datetime import timedelta

from storedesk.domain.changes import Change, Edit
from storedesk.domain.errors import Misuse, UnknownRecord
from storedesk.domain.records import Record
from storedesk.domain.values import Type, Unreadable, Value, canonical
from storedesk.operations import entries, writing
from storedesk.operations.desk import Desk
from storedesk.operations.references import References

_CALL_BACK_WITHIN = timedelta(hours=24)
"""Domain.md S0-19, R13."""
_ANSWER_DAYS = 2


def take_call(  # what is noted of one call
    desk: Desk,
    *,
    who: str,
    kind: str,
    content: str,
    by: str,
    restated: bool = False,
    callback_needed: bool = False,
) -> Change:
    """Note a call or a visitor.

    Args:
        desk: the desk.
        who: a customer's id, unique phone or name; any other phone or name is noted as it is.
        kind: 咨询, 报修, 投诉 … from the list 来电类型.
        content: one line in the caller's words.
        by: who took it.
        restated: what was said was repeated to the caller.
        callback_needed: a call back within 24 hours is owed.

    Raises:
        Refused: nothing was noted at all.
    """
    entries.check_typed(desk.forms["inbound"], {"customer_name": who, "content": content})
    now = desk.clock.now().replace(second=0, microsecond=0)
    values: dict[str, Value] = {
        **_caller(desk, who.strip()),
        "kind": kind,
        "content": content.strip() or None,
        "restated": restated,
        "callback_needed": callback_needed,
        "next_owner": by if callback_needed else None,
        "next_at": now + _CALL_BACK_WITHIN if callback_needed else None,
        "done_at_once": not callback_needed and kind in ("咨询", "表扬", "骚扰", "无声"),
    }
    with desk.mirror.transaction():
        edit = entries.new_record(desk, "inbound", values, by)
        return writing.write(desk, (edit,), by=by, note="take call")


def call_back(desk: Desk, inbound_id: str, *, by: str) -> Change:
    """Note that the customer has been called back."""
    _inbound(desk, inbound_id)
    now = desk.clock.now().replace(second=0, microsecond=0)
    values: dict[str, Value] = {"callback_at": now, "done_at_once": True}
    return writing.write(desk, (Edit("inbound", inbound_id, values),), by=by, note="call back")


def turn_into_complaint(desk: Desk, inbound_id: str, *, by: str) -> Change:
    """Open a complaint from a noted call; the first answer is due in two working days (R08).

    Raises:
        UnknownRecord: there is no such call.
        Misuse: it was turned into something already.
    """
    call = _inbound(desk, inbound_id)
    now = desk.clock.now()
    settings = desk.settings
    values: dict[str, Value] = {
        **_carried(call, ("customer", "customer_name", "phone")),
        "received_at": call["called_at"],
        "first_receiver": call["receiver"],
        "owner": by,
        "verbatim": call["content"],
        "learned_how": f"{call.moment('called_at'):%m-%d %H:%M} 来电",
        "answer_due": settings.calendar.answer_limit(
            now.date(), _ANSWER_DAYS, settings.answer_basis
        ),
    }
    return _transfer(desk, call, "complaints", values, by)


def turn_into_visit(desk: Desk, inbound_id: str, *, by: str) -> Change:
    """Open a visit (上门) from a noted call.

    Raises:
        UnknownRecord: there is no such call.
        Misuse: it was turned into something already.
    """
    call = _inbound(desk, inbound_id)
    values: dict[str, Value] = {
        **_carried(call, ("customer", "customer_name", "phone")),
        "kind": "车辆维修" if desk.profile.key == "auto" else "维修",
        "symptom": call["content"],
        "accepted_at": call["called_at"],
        "first_receiver": call["receiver"],
    }
    return _transfer(desk, call, "visits", values, by)


def _transfer(desk: Desk, call: Record, ledger: str, values: dict[str, Value], by: str) -> Change:
    if call["transferred_to"] is not None:
        raise Misuse(f"这条来电已经转成 {call['transferred_to']} 了。")
    with desk.mirror.transaction():
        begun = entries.new_record(desk, ledger, values, by)
        noted = Edit("inbound", call.id, {"transferred_to": begun.record})
        return writing.write(desk, (begun, noted), by=by, note=f"inbound to {ledger}")


def _caller(desk: Desk, who: str) -> dict[str, Value]:
    if not who:
        return {}
    found = References(desk.mirror, desk.forms).resolve("customers", who)
    if found.id is not None and desk.mirror.exists("customers", found.id):
        return {"customer": found.id}
    try:
        return {"phone": canonical(who, Type.PHONE)}
    except Unreadable:
        return {"customer_name": who}


def _inbound(desk: Desk, inbound_id: str) -> Record:
    found = desk.mirror.get("inbound", inbound_id)
    if found is None:
        raise UnknownRecord(inbound_id)
    return found


def _carried(call: Record, keys: tuple[str, ...]) -> dict[str, Value]:
    return {key: call[key] for key in keys if call[key] is not None}
