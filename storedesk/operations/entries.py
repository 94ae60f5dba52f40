"""Turning what a person enters (headers and texts) into an edit of a record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storedesk.domain import ids
from storedesk.domain.changes import Edit
from storedesk.domain.errors import Misuse, Refused
from storedesk.domain.forms import Column, Form
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.values import (
    LINE_BREAK,
    Type,
    Unreadable,
    Value,
    canonical,
    label_key,
    unseen_in,
)
from storedesk.operations.desk import Desk
from storedesk.operations.references import References


def new_record(desk: Desk, ledger: str, entered: Mapping[str, Value], by: str) -> Edit:
    """Return the edit that begins a record: what was entered, defaults, snapshots and a new id.

    Args:
        desk: the desk; a number of its id counter is used up.
        ledger: form key.
        entered: by column key or Chinese header; texts are read as their column's type.
        by: who acts, for columns whose default is ``me``.

    Raises:
        Misuse: a header is unknown, or the column cannot be entered.
        Refused: a text means nothing in its column.
    """
    form = desk.forms[ledger]
    values = read_entry(desk, form, entered)
    record = values.pop("id", None)
    if "customer" in form.by_key and values.get("customer") is None:
        values |= _customer_told(desk, values)
    return complete(desk, ledger, values, by, record if isinstance(record, str) else "")


def complete(
    desk: Desk, ledger: str, values: Mapping[str, Value], by: str, record_id: str = ""
) -> Edit:
    """Return the edit that begins a record from canonical values: defaults, snapshots, sums, id."""
    form = desk.forms[ledger]
    now = desk.clock.now().replace(second=0, microsecond=0)
    filled = {**_defaults(desk, form, by, now), **values}
    filled |= _snapshots(desk, form, filled)
    filled |= _sums(form, filled)
    kept = {key: value for key, value in filled.items() if value is not None}
    return Edit(ledger, record_id or mint(desk, form), kept, new=True)


def _customer_told(desk: Desk, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the customer meant by a phone or a name alone, if that is unique."""
    references = References(desk.mirror, desk.forms)
    for key in ("phone", "customer_name"):
        told = values.get(key)
        if isinstance(told, str):
            found = references.resolve("customers", told)
            if found.id is not None:
                return {"customer": found.id}
    return {}


def mint(desk: Desk, form: Form) -> str:
    """Return a new id of a ledger, such as ``KH-20261114-A003``."""
    day = desk.clock.now().date()
    return str(ids.MintedId(form.prefix, day, desk.pc, desk.mirror.next_number(form.prefix, day)))


def read_entry(desk: Desk, form: Form, entered: Mapping[str, Value]) -> dict[str, Value]:
    """Return canonical values by column key.

    Raises:
        Misuse: unknown header, or a column that is computed.
        Refused: a text means nothing in its column; all such cells are named at once.
    """
    references = References(desk.mirror, desk.forms)
    values: dict[str, Value] = {}
    refused: list[Problem] = []
    for name, value in entered.items():
        column = column_named(form, name)
        if not column.in_workbook:
            raise Misuse(f"「{column.label}」是自动算出的，不能填写。")
        try:
            values[column.key] = canonical(value, column.type)
        except Unreadable as reason:
            refused.append(_problem(form, column, Kind.BAD_VALUE, str(reason)))
            continue
        meant = values[column.key]
        if column.type is Type.RECORD and column.links and isinstance(meant, str):
            found = references.resolve(column.links, meant)
            known = found.id is not None and desk.mirror.exists(column.links, found.id)
            values[column.key] = found.id
            if not known:
                what = found.what or f"「{desk.forms[column.links].label}」里没有「{meant}」"
                refused.append(_problem(form, column, Kind.UNKNOWN_REFERENCE, what))
    if refused:
        raise Refused(tuple(refused))
    return values


def check_typed(form: Form, typed: Mapping[str, Value]) -> None:
    """Refuse signs nobody sees in a cell: typed, they are a slip; from Excel they stay as they are.

    Args:
        form: form of the record.
        typed: by column key or Chinese header.

    Raises:
        Misuse: a header is unknown.
        Refused: a text has such signs; all such cells are named at once.
    """
    refused: list[Problem] = []
    for name, value in typed.items():
        column = column_named(form, name)
        lines = column.type in (Type.LONG_TEXT, Type.CHOICES, Type.FILE)
        if isinstance(value, str) and (sign := unseen_in(value.strip(), lines=lines)):
            hint = "这一格只能写一行" if sign == LINE_BREAK else "请去掉再试"
            refused.append(_problem(form, column, Kind.BAD_VALUE, f"里有{sign}", hint))
    if refused:
        raise Refused(tuple(refused))


def column_named(form: Form, name: str) -> Column:
    """Return the column of this key or header.

    Raises:
        Misuse: there is none; the message offers the nearest headers.
    """
    if name in form.by_key:
        return form[name]
    found = form.by_label.get(label_key(name))
    if found is None:
        near = [c.label for c in form.in_workbook() if set(name) & set(c.label)][:5]
        offer = f"相近的有：{'、'.join(near)}。" if near else ""
        raise Misuse(f"「{form.label}」没有「{name}」这一列。{offer}")
    return found


def _problem(form: Form, column: Column, kind: Kind, what: str, hint: str = "") -> Problem:
    return Problem(kind, f"{column.label}{what}", hint, ledger=form.ledger, column=column.key)


def _defaults(desk: Desk, form: Form, by: str, now: datetime) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for column in form.in_workbook():
        match column.default or desk.settings.choice_defaults.get(column.choices, ""):
            case "":
                continue
            case "now":
                values[column.key] = now
            case "today":
                values[column.key] = now.date()
            case "me":
                values[column.key] = by
            case text:
                values[column.key] = canonical(text, column.type)
    return values


def _snapshots(desk: Desk, form: Form, values: Mapping[str, Value]) -> dict[str, Value]:
    """Copy the customer's name and phone as they are today (decision 9)."""
    customer = values.get("customer")
    if not isinstance(customer, str) or form.ledger == "customers":
        return {}
    found = desk.mirror.get("customers", customer)
    if found is None:
        return {}
    copies = {"customer_name": found["name"], "phone": found["phone"], "contact": found["name"]}
    copies["address"] = found["address"]
    return {
        key: value
        for key, value in copies.items()
        if key in form.by_key and values.get(key) is None and value is not None
    }


def _sums(form: Form, values: Mapping[str, Value]) -> dict[str, Value]:
    """Fill 金额 from 数量 × 单价 where it was not entered."""
    quantity, price = values.get("quantity"), values.get("unit_price")
    amount = form.by_key.get("amount")
    if amount is None or not amount.in_workbook or values.get("amount") is not None:
        return {}
    if not isinstance(quantity, int | float) or not isinstance(price, int | float):
        return {}
    return {"amount": round(quantity * price, 2)}
