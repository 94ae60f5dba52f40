"""Rows of lists of customers, of what they bought, of their cars."""

from __future__ import annotations

from dataclasses import dataclass

from storedesk.domain.values import Value, shown
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
from storedesk.operations.importing.plan import DuplicateHint

_THING = ("model", "product", "category", "serial_no", "order_no")
_DECISIVE = (*_THING, "delivered_on")
_CAR_DECISIVE = ("vin", "plate", "model")


@dataclass(frozen=True)
class DealPlacer:
    """Customers with their purchases and vehicles; any of the three may be the chosen ledger."""

    at: Place

    def refusal(self, draft: Draft) -> str:
        """A row needs a customer: name and phone, or one who is known."""
        told = (draft.name and draft.phones) or people.find(self.at.known, draft)
        if not told or (draft.bad_phone and not draft.phones):
            return no_customer(draft)
        if self.at.ledger == "customers":
            return ""
        lacking = unmet(self.at.form(), {**told_of(draft, self.at.ledger), "customer": draft.name})
        return f"没有{'、'.join(lacking)}" if lacking else ""

    def place(self, draft: Draft) -> Placed:
        """Find or begin the customer, then the purchase and the car."""
        trace = Trace()
        customer = self.at.customer(draft, trace)
        assert customer is not None  # noqa: S101  # refusal() saw to it
        purchase = self._purchase(draft, customer, trace)
        vehicle = self._vehicle(draft, customer, purchase, trace)
        chosen = {"purchases": purchase, "vehicles": vehicle}.get(self.at.ledger)
        self.at.keep_remark(chosen or customer, draft, trace)
        return trace.placed(self.at.ledger)

    def _purchase(self, draft: Draft, customer: Entry, trace: Trace) -> Entry | None:
        told, car = told_of(draft, "purchases"), told_of(draft, "vehicles")
        form = self.at.form("purchases")
        if not told:
            return None
        with_car = self._is_car(car)
        if not derive.is_purchase(told, with_car=with_car) or unmet(
            form, {**told, "customer": customer.ref}
        ):
            self._keep_as_text(draft, told, set(car) | set(draft.of("customers")))
            return None
        candidates = [
            one
            for one in self.at.known.children("purchases", "customer", customer)
            if self._may_be_of(one, car.get("vin")) and _same_thing(one, told)
        ]
        entry = self.at.seek("purchases", candidates, told, draft, _DECISIVE)
        if entry is None:
            values = derive.purchase(form, told, self.at.settings)
            entry = self.at.begin("purchases", values, {"customer": customer}, trace)
        else:
            self.at.complete(entry, told, draft, trace)
        self.at.settle(entry, told, draft)
        return entry

    def _is_car(self, told: dict[str, Value]) -> bool:
        """Whether a row tells of a certain car: its frame number or plate, or it lists cars."""
        known = told.get("vin") or told.get("plate")
        return bool(known or (told and self.at.ledger == "vehicles"))

    def _may_be_of(self, purchase: Entry, vin: Value) -> bool:
        """Whether a purchase is not that of another car."""
        cars = self.at.known.children("vehicles", "purchase", purchase)
        return vin is None or all(car.values.get("vin") in (None, vin) for car in cars)

    def _keep_as_text(self, draft: Draft, told: dict[str, Value], elsewhere: set[str]) -> None:
        """Keep in the remark what would have told of a purchase, unless it stands elsewhere."""
        form = self.at.form("purchases")
        for key, value in told.items():
            if key not in elsewhere:
                draft.notes.append(f"{form[key].label}：{shown(value, form[key].type)}")

    def _vehicle(
        self, draft: Draft, customer: Entry, purchase: Entry | None, trace: Trace
    ) -> Entry | None:
        told = told_of(draft, "vehicles")
        if not self._is_car(told):
            return None
        car = self.at.seek("vehicles", self._known_cars(customer, told), told, draft, _CAR_DECISIVE)
        if car is None:
            parents = {"customer": customer, **({"purchase": purchase} if purchase else {})}
            car = self.at.begin("vehicles", told, parents, trace)
            self.at.settle(car, told, draft)
            return car
        if _owner(car) not in ("", customer.ref):
            what = f"这辆车已登记在另一位客户名下：{car.text('plate') or car.text('vin')}"
            trace.hint = DuplicateHint(draft.sheet, draft.row, customer.ref, car.ref, what)
            return None
        if purchase and not car.values.get("purchase") and "purchase" not in car.parents:
            self.at.known.refer(car, "purchase", purchase)
            trace.changed = True
        self.at.complete(car, told, draft, trace)
        return car

    def _known_cars(self, customer: Entry, told: dict[str, Value]) -> list[Entry]:
        """Return the cars of this frame number or plate; without both, the customer's own."""
        known = self.at.known
        if not (told.get("vin") or told.get("plate")):
            return known.children("vehicles", "customer", customer)
        return [
            car for key in ("vin", "plate") for car in known.holding("vehicles", key, told.get(key))
        ]


def _same_thing(purchase: Entry, told: dict[str, Value]) -> bool:
    """Whether anything that names the goods is equal; what differs is looked at later."""
    return any(
        told.get(key) is not None and purchase.values.get(key) == told[key] for key in _THING
    )


def _owner(car: Entry) -> str:
    parent = car.parents.get("customer")
    return parent.ref if parent else car.text("customer")
