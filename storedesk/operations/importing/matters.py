"""Rows of lists of what came up with a customer: complaints, visits, calls, follow-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storedesk.domain.values import Value
from storedesk.operations.importing import derive, people
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.known import Entry
from storedesk.operations.importing.places import (
    Place,
    Placed,
    Trace,
    no_customer,
    told_of,
    unmet,
)

_DECISIVE: Mapping[str, tuple[str, ...]] = {
    "complaints": ("verbatim", "received_at"),
    "visits": ("symptom", "kind", "accepted_at", "appointed_from", "finished_at"),
    "inbound": ("content", "called_at"),
    "issues": ("content", "raised_at"),
    "followups": ("done_at", "trigger_on"),
}
"""What tells two matters of one customer apart."""


@dataclass(frozen=True)
class MatterPlacer:
    """Complaints, visits and other matters, with the customer they are about."""

    at: Place

    def refusal(self, draft: Draft) -> str:
        """A matter needs whom and what its form says."""
        who = (draft.name and draft.phones) or people.find(self.at.known, draft)
        values = {
            **self._values(draft),
            **dict.fromkeys(("customer",) if who else (), draft.name or "-"),
        }
        lacking = unmet(self.at.form(), values)
        if not lacking:
            return ""
        by_whom = unmet(self.at.form(), {**values, "customer": "-"})
        return no_customer(draft) if len(by_whom) < len(lacking) else f"没有{'、'.join(lacking)}"

    def place(self, draft: Draft) -> Placed:
        """Find or begin the customer, then the matter."""
        trace = Trace()
        customer = self.at.customer(draft, trace)
        told = self._values(draft)
        candidates = self._candidates(customer, draft)
        decisive = [key for key in _DECISIVE.get(self.at.ledger, ()) if key in told] or list(told)
        entry = self.at.seek(self.at.ledger, candidates, told, draft, decisive)
        if entry is None:
            parents = {"customer": customer} if customer else {}
            values = self._derived(told, told_of(draft, "call_attempts"))
            entry = self.at.begin(self.at.ledger, values, parents, trace)
            self._begun(entry, draft, trace)
        else:
            self.at.complete(entry, told, draft, trace)
        self.at.settle(entry, told, draft)
        self.at.keep_remark(entry, draft, trace)
        return trace.placed(self.at.ledger)

    def _values(self, draft: Draft) -> dict[str, Value]:
        """Return what the row tells, with copies of name and phone as far as the form has them."""
        told = told_of(draft, self.at.ledger)
        copies: dict[str, Value] = {"customer_name": draft.name or None}
        copies["phone"] = draft.phones[0] if draft.phones else None
        form = self.at.form()
        return told | {k: v for k, v in copies.items() if k in form.by_key and v is not None}

    def _candidates(self, customer: Entry | None, draft: Draft) -> Sequence[Entry]:
        known, ledger = self.at.known, self.at.ledger
        if customer is not None:
            return known.children(ledger, "customer", customer)
        return known.holding(ledger, "phone", draft.phones[0]) if draft.phones else ()

    def _derived(
        self, told: Mapping[str, Value], _call: Mapping[str, Value]
    ) -> Mapping[str, Value]:
        """Return what a new matter begins with: what is told, and what follows from it."""
        return derive.complaint(told) if self.at.ledger == "complaints" else told

    def _begun(self, entry: Entry, draft: Draft, trace: Trace) -> None:
        """Begin what belongs to a new matter."""


@dataclass(frozen=True)
class FollowUpPlacer(MatterPlacer):
    """Follow-up calls that were made, with the call that tells their result."""

    def refusal(self, draft: Draft) -> str:
        """Follow-ups have a kind in any case, so only the customer can be missing."""
        who = (draft.name and draft.phones) or people.find(self.at.known, draft)
        return "" if who else no_customer(draft)

    def _derived(self, told: Mapping[str, Value], call: Mapping[str, Value]) -> Mapping[str, Value]:
        found = derive.call(told, call.get("result"))
        offered = self.at.settings.choices.get(self.at.form()["kind"].choices, ())
        kind = derive.followup_kind(found, self.at.titles, offered, self.at.settings)
        return {"kind": kind, **found}

    def _begun(self, entry: Entry, draft: Draft, trace: Trace) -> None:
        values = told_of(draft, "call_attempts")
        result = derive.call_result(entry.values, values.get("result"))
        if result is None:
            return
        call: dict[str, Value] = {
            **values,
            "result": result,
            "sequence": 1,
            "at": entry.values.get("done_at"),
            "by": entry.values.get("caller"),
            "phone": entry.values.get("phone"),
        }
        self.at.begin("call_attempts", call, {"followup": entry}, trace)
