"""Filling the gaps of a record with what a row tells; what people wrote is never replaced."""

from __future__ import annotations

from collections.abc import Mapping

from storedesk.domain.values import Value, shown
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.known import Entry, Known


def complete(known: Known, entry: Entry, told: Mapping[str, Value], draft: Draft) -> bool:
    """Fill what is empty in a record and return whether it changed.

    Where it holds another value, that stays: for a record of the store the difference is listed,
    for one that began with this list the row's value goes to the remark.
    """
    before = len(entry.changes)
    for key in known.fill(entry, told):
        column = known.forms[entry.ledger][key]
        ours, theirs = shown(entry.values[key], column.type), shown(told[key], column.type)
        if not entry.existing:
            draft.notes.append(f"{column.label}：{theirs}")
        elif f"{column.label}：{theirs}" not in entry.text("remark"):
            draft.differing.append((column.label, ours, theirs))
    entry.met = True
    return len(entry.changes) > before
