"""What every placer works with: a row's traces, finding its customer and its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from storedesk.domain.forms import Form
from storedesk.domain.settings import Settings
from storedesk.domain.values import Value
from storedesk.operations.importing import people
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.filling import complete
from storedesk.operations.importing.known import Entry, Known, Said, match
from storedesk.operations.importing.plan import DuplicateHint, Fate


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a row."""

    fate: Fate
    hint: DuplicateHint | None = None


class Placer(Protocol):
    """Puts the rows of one kind of list in their places."""

    def refusal(self, draft: Draft) -> str:
        """Return why a row cannot go in, or an empty text."""

    def place(self, draft: Draft) -> Placed:
        """Put a row in its place; only after ``refusal`` had nothing against it."""


@dataclass
class Trace:
    """What one row did so far."""

    begun: list[Entry] = field(default_factory=list)
    changed: bool = False
    hint: DuplicateHint | None = None

    def placed(self, ledger: str) -> Placed:
        """Return the fate of a row of a list about this ledger."""
        if any(entry.ledger == ledger for entry in self.begun):
            return Placed(Fate.NEW, self.hint)
        return Placed(Fate.UPDATED if self.begun or self.changed else Fate.UNCHANGED, self.hint)


@dataclass(frozen=True)
class Place:
    """Where rows go.

    Attributes:
        ledger: the chosen ledger.
        known: records by what stands in them.
        settings: the store's choices and rules.
        at: moment of the import.
        titles: what stands above the list.
    """

    ledger: str
    known: Known
    settings: Settings
    at: datetime
    titles: Sequence[str] = ()

    def form(self, ledger: str = "") -> Form:
        """Return the form of a ledger, the chosen one by default."""
        return self.known.forms[ledger or self.ledger]

    def customer(self, draft: Draft, trace: Trace) -> Entry | None:
        """Return the row's customer, begun if need be, or None if too little is told."""
        person = people.find_or_begin(self.known, draft)
        if person.new and person.entry:
            trace.begun.append(person.entry)
        trace.changed |= person.changed
        trace.hint = trace.hint or person.hint
        return person.entry

    def begin(
        self, ledger: str, values: Mapping[str, Value], parents: Mapping[str, Entry], trace: Trace
    ) -> Entry:
        """Begin a record, with a copy of its customer's name where the form has a place for it."""
        copies: dict[str, Value] = {}
        customer = parents.get("customer")
        if customer and "customer_name" in self.form(ledger).by_key:
            copies["customer_name"] = customer.values.get("name")
        entry = self.known.begin(ledger, {**copies, **values}, parents)
        trace.begun.append(entry)
        return entry

    def seek(
        self,
        ledger: str,
        candidates: Sequence[Entry],
        told: dict[str, Value],
        draft: Draft,
        decisive: Sequence[str],
    ) -> Entry | None:
        """Return the record a row tells of: by the id it names, else among the candidates.

        An id that the store does not know is taken out of ``told`` and kept as text.
        """
        ref = told.pop("id", None)
        if isinstance(ref, str):
            named = self.known.by_id(ledger, ref)
            if named is not None:
                return named
            draft.notes.append(f"{self.form(ledger)['id'].label}：{ref}")
        return match(self.form(ledger), candidates, Said(told, draft.said), decisive)

    def settle(self, entry: Entry, told: Mapping[str, Value], draft: Draft) -> None:
        """Note what a row said of a record, so that the same row once more is recognised."""
        entry.met = True
        entry.said = Said(told, draft.said)

    def complete(self, entry: Entry, told: Mapping[str, Value], draft: Draft, trace: Trace) -> None:
        """Fill the gaps of a record with what a row tells."""
        trace.changed |= complete(self.known, entry, told, draft)

    def keep_remark(self, entry: Entry, draft: Draft, trace: Trace) -> None:
        """Add what stays text to a record's remark, each piece once."""
        present = entry.text("remark")
        pieces = [piece for piece in dict.fromkeys(draft.notes) if piece and piece not in present]
        if pieces:
            entry.set("remark", "；".join([present, *pieces] if present else pieces))
            trace.changed = True


def told_of(draft: Draft, ledger: str) -> dict[str, Value]:
    """Return the filled values that a row tells of a ledger, without whom it is about."""
    return {
        key: value
        for key, value in draft.of(ledger).items()
        if value is not None and key != "customer"
    }


def unmet(form: Form, values: Mapping[str, Value]) -> list[str]:
    """Return the headers of what a record needs and the values do not give."""
    return [
        form[need.split("|")[0]].label
        for need in form.needs
        if all(values.get(key) is None for key in need.split("|"))
    ]


def no_customer(draft: Draft) -> str:
    """Return why a row's customer can neither be known nor begun."""
    if draft.bad_phone:
        return draft.bad_phone.what
    if not draft.name and not draft.phones:
        return "没有姓名和电话"
    return "没有姓名" if draft.phones else "没有电话，店里也没有唯一叫这个名字的客户"
