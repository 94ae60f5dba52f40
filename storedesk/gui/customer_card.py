"""A customer's card in words: what one should know before speaking to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.records import Record
from storedesk.gui.texts import tr
from storedesk.operations.cards import Card

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """What the panel beside a call says.

    Attributes:
        flags: what to mind, such as 敏感客户.
        owned: what they bought, newest first.
        owed: what the store still owes them (「我的货到哪了」).
        contacts: pairs of what and of when and who, newest first.
    """

    record: Record
    flags: tuple[str, ...]
    owned: tuple[str, ...]
    owed: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]


def worded(card: Card) -> CustomerCard:
    """Put a card into words."""
    return CustomerCard(
        record=card.customer,
        flags=card.customer.parts("flags"),
        owned=tuple(_goods(one) for one in card.purchases[:_SHOWN]),
        owed=(
            *(_undelivered(one) for one in card.undelivered),
            *(f"{item.kind}：{item.reason}" for item in card.owed if not item.suspended),
        ),
        contacts=_contacts(card),
    )


def _goods(purchase: Record) -> str:
    day = purchase.day("delivered_on") or purchase.day("invoiced_on")
    parts = (
        purchase.text("product") or purchase.text("category"),
        purchase.text("model"),
        f"{day:%Y-%m-%d}" if day else "",
        purchase.text("status"),
    )
    return " · ".join(part for part in parts if part)


def _undelivered(purchase: Record) -> str:
    goods = purchase.text("product") or purchase.text("model")
    day = purchase.day("promised_on")
    if day is None:
        return tr("待送：{goods}").format(goods=goods)
    return tr("待送：{goods}，约定 {day}").format(goods=goods, day=f"{day:%m-%d}")


def _contacts(card: Card) -> tuple[tuple[str, str], ...]:
    found: list[tuple[datetime, str, str]] = []
    for ledger, moment, said, who in (
        (card.followups, "done_at", ("opinion", "outcome"), "caller"),
        (card.complaints, "received_at", ("verbatim",), "owner"),
        (card.inbound, "called_at", ("content",), "receiver"),
        (card.visits, "finished_at", ("action_taken", "symptom"), "worker"),
    ):
        for one in ledger:
            at, what = one.moment(moment), next((one.text(k) for k in said if one.text(k)), "")
            if at is not None and what:
                kind = one.text("kind") or one.text("category")
                found.append((at, f"{kind}：{what}" if kind else what, one.text(who)))
    found.sort(reverse=True)
    return tuple((what, f"{at:%Y-%m-%d} · {who}") for at, what, who in found[:_SHOWN])
