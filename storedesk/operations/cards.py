"""A customer's card: who it is, what they own, what is owed to them, what happened."""

from __future__ import annotations

from dataclasses import dataclass

from storedesk.domain.ledgers.purchases import Purchase
from storedesk.domain.records import Record
from storedesk.domain.rules import due as rules
from storedesk.domain.rules.due_item import DueItem
from storedesk.domain.select import Equal, Select
from storedesk.operations import records
from storedesk.operations.desk import Desk
from storedesk.operations.due import everything_owed

_LATEST = 20


@dataclass(frozen=True, slots=True)
class Card:
    """Everything around one customer.

    Attributes:
        owed: 还欠客户什么: calls, answers, promises, call-backs; undelivered goods come first.
        undelivered: purchases that have not arrived.
        followups, complaints, visits, inbound: newest first.
    """

    customer: Record
    purchases: tuple[Record, ...]
    vehicles: tuple[Record, ...]
    owed: tuple[DueItem, ...]
    undelivered: tuple[Record, ...]
    followups: tuple[Record, ...]
    complaints: tuple[Record, ...]
    visits: tuple[Record, ...]
    inbound: tuple[Record, ...]
    issues: tuple[Record, ...]


def card(desk: Desk, customer_id: str) -> Card:
    """Return a customer's card.

    Raises:
        UnknownRecord: there is no such customer.
    """
    customer = records.get(desk, customer_id)
    purchases = _of(desk, "purchases", customer_id, "-delivered_on")
    items = rules.due_items(everything_owed(desk), desk.settings, desk.clock.now())
    return Card(
        customer,
        purchases,
        _of(desk, "vehicles", customer_id, "-delivered_on"),
        tuple(item for item in items if item.customer == customer_id),
        tuple(one for one in purchases if Purchase(one).awaits_delivery),
        _of(desk, "followups", customer_id, "-due_on"),
        _of(desk, "complaints", customer_id, "-received_at"),
        _of(desk, "visits", customer_id, "-accepted_at"),
        _of(desk, "inbound", customer_id, "-called_at"),
        _of(desk, "issues", customer_id, "-raised_at"),
    )


def _of(desk: Desk, ledger: str, customer_id: str, order: str) -> tuple[Record, ...]:
    select = Select(ledger, (Equal("customer", customer_id),), (order,), _LATEST)
    return tuple(desk.mirror.select(select))
