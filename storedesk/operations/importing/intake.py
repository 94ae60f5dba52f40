"""What the rows of a foreign list become: customers, what they bought, hints, what stays out.

Pure: what the desk knows already is asked through ``Known``. Records refer to each other by their
place in the plan until they have ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from storedesk.domain.forms import Forms
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.values import (
    Raw,
    Type,
    Unreadable,
    Value,
    canonical,
    half_width,
    label_key,
    text_of,
)
from storedesk.operations.importing.layout import DataRow
from storedesk.operations.importing.routes import Route, Target
from storedesk.operations.importing.tables import address, is_blank

_PHONE_WITHIN = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_QUANTITY = re.compile(r"(?P<number>[\d,.]+)\s*(?P<wan>万)?\s*(?P<unit>[^\d\s.,]{0,2})")
_SHORT_DATE = re.compile(r"(?P<m>\d{1,2})\s*[./月-]\s*(?P<d>\d{1,2})\s*[日号]?")
_LABEL = re.compile(r"^(?:电话|手机|联系电话|姓名|地址|日期)\s*[:：]\s*")
_TEN_THOUSAND = 10_000


class Known(Protocol):
    """What the desk holds already."""

    def customers_by_phone(self, phone: str) -> list[tuple[str, str]]:
        """Return (id, name) of the customers with this phone."""

    def has_purchase(self, customer: str, delivered_on: Value, model: Value) -> bool:
        """Whether a customer has such a purchase."""

    def has_vehicle(self, vin: str) -> bool:
        """Whether a car is known by its VIN."""

    def has_row(self, ledger: str, values: Mapping[str, Value]) -> bool:
        """Whether a ledger holds a record with all these values."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record to begin.

    Attributes:
        row: row of the list it comes from.
        customer: id of a known customer, or ``#n``: the n-th record of the plan.
        purchase: ``#n`` of the purchase a car belongs to, or an empty text.
    """

    ledger: str
    values: Mapping[str, Value]
    row: int
    customer: str = ""
    purchase: str = ""


@dataclass
class Intake:
    """What a list becomes.

    Attributes:
        records: to begin, in order; references point backwards.
        row_count: data rows seen.
        added, changed, unchanged: rows by what became of them: a new customer or entry, a known
            customer with something new, or nothing new.
        left_out: rows that were not imported, with the reason and the cell.
        remarks: cells that could not be read; the row went in without them.
        hints: records that may be the same.
    """

    records: list[Incoming] = field(default_factory=list)
    row_count: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    hints: list[Problem] = field(default_factory=list)


@dataclass
class Taker:
    """Takes in the rows of one table."""

    forms: Forms
    ledger: str
    routes: Sequence[Route]
    known: Known
    biz_type: str
    source: str
    sheet: str
    result: Intake
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    phones: dict[str, tuple[str, int]] = field(default_factory=dict)

    def take(self, row: DataRow) -> None:
        """Take in one row."""
        self.result.row_count += 1
        values, notes, problems = self._read(row)
        main = values.setdefault(self.ledger, {})
        if notes:
            told = "；".join(notes)
            before = main.get("remark")
            main["remark"] = f"{before}；{told}" if before else told
        refusal = self._refusal(row, values, problems)
        if refusal:
            self.result.left_out.append(refusal)
            return
        self.result.remarks += problems
        if "customers" in values and self.ledger != "customers" and not values["customers"]:
            del values["customers"]
        if "customers" in values:
            self._take_customer(row, values)
        else:
            self._take_entry(row, self.ledger, values[self.ledger])

    # --- cells ------------------------------------------------------------------------------

    def _read(self, row: DataRow) -> tuple[dict[str, dict[str, Value]], list[str], list[Problem]]:
        values: dict[str, dict[str, Value]] = {}
        notes: list[str] = []
        problems: list[Problem] = []
        for route in self.routes:
            cell = row.cell(route.heading.position)
            if is_blank(cell) or route.left_out:
                continue
            if not route.targets:
                notes.append(f"{route.name}：{text_of(cell).strip()}")
            for target in route.targets:
                column = self.forms[target.ledger][target.key]
                held = values.setdefault(target.ledger, {})
                try:
                    held |= _cleaned(cell, column.key, column.type, row.year)
                except Unreadable as reason:
                    problems.append(self._problem(row, route, str(reason), Kind.BAD_VALUE))
                    if route.targets[0] == target:
                        notes.append(f"{route.name}：{text_of(cell).strip()}")
        return values, notes, problems

    def _refusal(
        self, row: DataRow, values: Mapping[str, Mapping[str, Value]], problems: list[Problem]
    ) -> Problem | None:
        """Return why a row stays out: what it is meaningless without is missing or unreadable."""
        about_customers = "customers" in values and self._names_customers(values)
        form = self.forms["customers"] if about_customers else self.forms[self.ledger]
        held = values.get(form.ledger, {})
        for need in form.needs:
            keys = need.split("|")
            if any(held.get(key) is not None for key in keys):
                continue
            for route in self.routes:
                if any(t.ledger == form.ledger and t.key in keys for t in route.targets):
                    found = next((p for p in problems if self._cell(row, route) == p.cell), None)
                    what = found.what if found else f"{form[keys[0]].label}是空的"
                    return self._problem(row, route, what, Kind.MISSING_VALUE)
            what = f"名单里没有「{form[keys[0]].label}」"
            return Problem(Kind.MISSING_VALUE, what, workbook=self.source, sheet=self.sheet,
                           cell=address(row.number, 1), ledger=form.ledger)  # fmt: skip
        return None

    def _names_customers(self, values: Mapping[str, Mapping[str, Value]]) -> bool:
        """Whether rows of this list say who they are about: by a column, or within a name."""
        told = any(t == Target("customers", "phone") for r in self.routes for t in r.targets)
        return told or bool(values["customers"].get("phone"))

    # --- records ----------------------------------------------------------------------------

    def _take_customer(self, row: DataRow, values: dict[str, dict[str, Value]]) -> None:
        told = values["customers"]
        name, phone = str(told.get("name", "")), str(told.get("phone", ""))
        customer, is_new = self._customer(row, name, phone, told)
        before = len(self.result.records)
        purchase = self._purchase(row, customer, name, values.get("purchases", {}))
        self._vehicle(row, customer, name, purchase, values.get("vehicles", {}))
        for ledger in ("complaints", "visits", "issues"):
            held = values.get(ledger, {})
            if held:
                self._begin(ledger, {**held, "customer_name": name, "phone": phone}, row, customer)
        if is_new:
            self.result.added += 1
        elif len(self.result.records) > before:
            self.result.changed += 1
        else:
            self.result.unchanged += 1

    def _customer(
        self, row: DataRow, name: str, phone: str, told: Mapping[str, Value]
    ) -> tuple[str, bool]:
        """Return the customer a row is about: by phone and name; another name is a hint."""
        key = (phone, label_key(name))
        if key in self.seen:
            return self.seen[key], False
        existing = self.known.customers_by_phone(phone)
        for record, known_name in existing:
            if label_key(known_name) == key[1]:
                self.seen[key] = record
                return record, False
        twin = existing[0][1] if existing else self.phones.get(phone, ("", 0))[0]
        if twin:
            self.result.hints.append(
                Problem(
                    Kind.DUPLICATE_RECORD,
                    f"第 {row.number} 行「{name}」和「{twin}」电话相同",
                    "是家人就不用管；是同一个人请合并",
                    workbook=self.source,
                    sheet=self.sheet,
                    cell=address(row.number, 1),
                    ledger="customers",
                )
            )
        self.seen[key] = self._begin("customers", told, row)
        self.phones[phone] = (name, row.number)
        return self.seen[key], True

    def _purchase(self, row: DataRow, customer: str, name: str, told: Mapping[str, Value]) -> str:
        if not any(told.get(key) for key in ("model", "category", "brand", "serial_no", "product")):
            return ""
        delivered = told.get("delivered_on") or told.get("accepted_on")
        if not customer.startswith("#") and self.known.has_purchase(
            customer, told.get("delivered_on"), told.get("model")
        ):
            return ""
        values: dict[str, Value] = {
            **told,
            "customer_name": name,
            "biz_type": told.get("biz_type") or self.biz_type,
            "status": told.get("status") or ("已交付" if delivered else None),
        }
        return self._begin("purchases", values, row, customer)

    def _vehicle(
        self, row: DataRow, customer: str, name: str, purchase: str, told: Mapping[str, Value]
    ) -> None:
        vin = told.get("vin")
        if not (vin or told.get("plate")) or (isinstance(vin, str) and self.known.has_vehicle(vin)):
            return
        self._begin("vehicles", {**told, "customer_name": name}, row, customer, purchase)

    def _take_entry(self, row: DataRow, ledger: str, told: Mapping[str, Value]) -> None:
        if self.known.has_row(ledger, told):
            self.result.unchanged += 1
            return
        self._begin(ledger, told, row)
        self.result.added += 1

    def _begin(
        self,
        ledger: str,
        values: Mapping[str, Value],
        row: DataRow,
        customer: str = "",
        purchase: str = "",
    ) -> str:
        kept = {
            key: value
            for key, value in values.items()
            if value is not None and key in self.forms[ledger].by_key
        }
        self.result.records.append(Incoming(ledger, kept, row.number, customer, purchase))
        return f"#{len(self.result.records) - 1}"

    def _problem(self, row: DataRow, route: Route, what: str, kind: Kind) -> Problem:
        return Problem(
            kind,
            f"第 {row.number} 行「{route.name}」：{what}",
            workbook=self.source,
            sheet=self.sheet,
            cell=self._cell(row, route),
            ledger=self.ledger,
        )

    def _cell(self, row: DataRow, route: Route) -> str:
        return address(row.number, route.heading.position)


def _cleaned(cell: Raw, key: str, kind: Type, year: int | None) -> dict[str, Value]:
    """Return what a foreign cell means in a column, and what else it tells (a second phone …).

    Raises:
        Unreadable: nothing in that column.
    """
    if isinstance(cell, str):
        cell = _LABEL.sub("", cell.strip())
        found = _PHONE_WITHIN.search(half_width(cell))
        if kind is Type.PHONE and found and key == "phone":
            return _phones(half_width(cell))
        if key in ("name", "customer_name") and found:
            name = half_width(cell).replace(found[0], "").strip(" ,，;；/（）()：:-")
            return {key: name or None, "phone": canonical(found[1], Type.PHONE)}
        if kind in (Type.NUMBER, Type.MONEY):
            return _quantity(cell, key, kind)
        short = _SHORT_DATE.fullmatch(half_width(cell))
        if kind in (Type.DATE, Type.MOMENT) and short and year:
            cell = f"{year}-{short['m']}-{short['d']}"
    value = canonical(cell, kind)
    if isinstance(value, date) and kind is Type.DATE and value.year < 1990:  # noqa: PLR2004
        raise Unreadable(f"「{text_of(cell)}」不像是日期")
    return {key: value}


def _phones(text: str) -> dict[str, Value]:
    numbers = [canonical(one[1], Type.PHONE) for one in _PHONE_WITHIN.finditer(text)]
    distinct = list(dict.fromkeys(numbers))
    told: dict[str, Value] = {"phone": distinct[0]}
    if len(distinct) > 1:
        told["alt_phone"] = distinct[1]
    return told


def _quantity(text: str, key: str, kind: Type) -> dict[str, Value]:
    """Read 3件, 0.76万, ￥1,980.00元."""
    found = _QUANTITY.fullmatch(half_width(text).strip().lstrip("¥￥"))
    if not found or not (found["wan"] or found["unit"]):
        return {key: canonical(text, kind)}
    number = canonical(found["number"], Type.NUMBER)
    if not isinstance(number, int | float):
        raise Unreadable(f"「{text}」不是数字")
    value = canonical(number * _TEN_THOUSAND if found["wan"] else number, kind)
    told: dict[str, Value] = {key: value}
    if key == "quantity" and found["unit"]:
        told["unit"] = found["unit"]
    return told
