"""Follow-ups that events cause: planned in the same transaction as the event (decision 19).

After an entry or a taken-in workbook for the customers concerned; when a desk opens, for everybody
to whom something happened lately. Rules are pure (``domain.rules.followups``); here they get their
records and their edits are saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from storedesk.domain.changes import Edit, Operation, Source
from storedesk.domain.records import Record
from storedesk.domain.rules import followups, triggers
from storedesk.domain.select import OneOf, Select
from storedesk.domain.values import Value
from storedesk.operations.desk import Desk
from storedesk.operations.steps import Steps

CAUSES = frozenset({"customers", "purchases", "vehicles", "visits"})
"""Ledgers whose changes may owe a call, or end one."""

_LAST_SEEN = "last_seen_on"
_CHUNK = 400
_AT_ONCE = 50
"""Changes made in Excel that are followed in one step."""


@dataclass(frozen=True, slots=True)
class Caused:
    """What planning did: edits of follow-ups, and calls not made for being too old."""

    edits: tuple[Edit, ...] = ()
    too_old: int = 0


def follow_events(desk: Desk, operation: Operation) -> tuple[Edit, ...]:
    """Plan for the customers an operation touched; part of its transaction."""
    touched: dict[str, dict[str, None]] = {}
    for edit in operation.edits:
        # A customer who begins has bought nothing yet; what is bought with it is touched itself.
        if edit.ledger in CAUSES and not (edit.ledger == "customers" and edit.new):
            touched.setdefault(edit.ledger, {})[edit.record] = None
    if not touched:
        return ()
    records = {ledger: tuple(ids) for ledger, ids in touched.items()}
    horizon = today(desk) if operation.source is Source.IMPORT else seen_on(desk)
    return plan_for(desk, _customers(desk, records), horizon, operation.id).edits


def follow_taken(
    desk: Desk, new: Mapping[str, Sequence[str]], changed: Mapping[str, Sequence[str]], why: str
) -> Caused:
    """Plan for the customers whose rows people typed or changed in Excel."""
    records = {
        ledger: (*new.get(ledger, ()), *changed.get(ledger, ())) for ledger in {**new, **changed}
    }
    return plan_for(desk, _customers(desk, records), seen_on(desk), why)


def follow_excel(desk: Desk, seq: int, why: str) -> Steps[None]:
    """Plan for all customers whose rows were typed or changed in Excel after a number, in steps.

    Each step is saved by itself; taken twice, it does no harm.
    """
    done: set[str] = set()
    while found := desk.mirror.taken_after(seq, _AT_ONCE):
        touched: dict[str, dict[str, None]] = {}
        for _, ledger, record in found:
            touched.setdefault(ledger, {})[record] = None
        with desk.mirror.transaction():
            records = {ledger: tuple(ids) for ledger, ids in touched.items()}
            customers = [one for one in _customers(desk, records) if one not in done]
            plan_for(desk, customers, seen_on(desk), f"{why}.{found[0][0]}")
        done.update(customers)
        seq = found[-1][0]
        yield None


def follow_opening(desk: Desk) -> Caused:
    """Plan what fell due since the desk was last open, and note that it was open today.

    A rule switched on, or a day that was typed on another PC, is found here too.
    """
    day, horizon = today(desk), seen_on(desk)
    with desk.mirror.transaction():
        since = triggers.since(desk.settings, horizon)
        happened = [
            record
            for select in triggers.happened_between(since, day + timedelta(days=1))
            for record in desk.mirror.select(select)
        ]
        caused = plan_for(desk, triggers.customers_of(happened), horizon, f"opening-{day}")
        if desk.mirror.get_meta(_LAST_SEEN) != day.isoformat():
            desk.mirror.set_meta(_LAST_SEEN, day.isoformat())
    return caused


def too_old_after_import(desk: Desk, records: Mapping[str, Sequence[str]]) -> int:
    """Return how many calls an import did not make because their latest day had passed."""
    customers = _customers(desk, records)
    return sum(
        followups.plan(_facts(desk, chunk), desk.settings, today(desk)).too_old
        for chunk in _chunks(customers)
    )


def plan_for(desk: Desk, customers: Sequence[str], horizon: date, why: str) -> Caused:
    """Plan the calls of some customers and save what changes.

    Args:
        desk: the desk.
        customers: their ids.
        horizon: calls whose latest day lies before it are not made any more.
        why: id of what caused it; the same cause is saved once.
    """
    edits: list[Edit] = []
    too_old = 0
    for chunk in _chunks(customers):
        planned = followups.plan(_facts(desk, chunk), desk.settings, horizon)
        edits += planned.edits
        too_old += planned.too_old
    if edits:
        now = desk.clock.now()
        signed = tuple(_signed(desk, edit) for edit in edits)
        operation = Operation(f"{why}.rules-{now:%H%M%S%f}", now, "", signed, Source.RULE, "plan")
        desk.mirror.apply(operation)
    return Caused(tuple(edits), too_old)


def untouched_calls(desk: Desk, removed: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the calls that some records caused and nobody has touched, by ledger and id."""
    ids = tuple(record for _, record in removed)
    calls = desk.mirror.ids(Select("followups", (OneOf("trigger_record", ids),)))
    return [
        ("followups", call)
        for call in calls
        if all(e.source == Source.RULE.value for e in desk.mirror.history("followups", call))
    ]


def today(desk: Desk) -> date:
    """Return the desk's day."""
    return desk.clock.now().date()


def seen_on(desk: Desk) -> date:
    """Return the day the desk was last open before today (today, if never or set back)."""
    text = desk.mirror.get_meta(_LAST_SEEN)
    day = today(desk)
    return min(date.fromisoformat(text), day) if text else day


def _customers(desk: Desk, records: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = [
        record
        for ledger, ids in records.items()
        if ledger in CAUSES
        for record in desk.mirror.records(ledger, list(ids))
    ]
    return triggers.customers_of(found)


def _facts(desk: Desk, customers: Sequence[str]) -> list[Record]:
    found = [r for select in triggers.facts_about(customers) for r in desk.mirror.select(select)]
    # A purchase given to another customer brings the call made for it along.
    found += desk.mirror.select(triggers.calls_about(found))
    return list({(record.ledger, record.id): record for record in found}.values())


def _chunks(customers: Sequence[str]) -> list[Sequence[str]]:
    return [customers[start : start + _CHUNK] for start in range(0, len(customers), _CHUNK)]


def _signed(desk: Desk, edit: Edit) -> Edit:
    minute = desk.clock.now().replace(second=0, microsecond=0)
    tail: dict[str, Value] = {"created_at": minute} if edit.new else {"updated_at": minute}
    return Edit(edit.ledger, edit.record, {**edit.values, **tail}, new=edit.new)
