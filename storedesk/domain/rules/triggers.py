"""What causes follow-up calls: deliveries (R01, R03) and finished repairs (R02, R04).

Each trigger reads records and yields events; ``followups`` turns events into calls
(domain.md §5.2, shop.md §2–3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from storedesk.domain.ledgers.customers import Customer
from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.ledgers.purchases import Purchase
from storedesk.domain.ledgers.vehicles import Vehicle
from storedesk.domain.ledgers.visits import UNFINISHED, Visit
from storedesk.domain.records import Record
from storedesk.domain.select import Between, Equal, OneOf, Select
from storedesk.domain.settings import Settings

CAR = "汽车"
HOME = ("家具", "家电")
WORKSHOP_KINDS = ("车辆维修", "车辆保养", "事故车", "召回")

_PLAUSIBLE = (date(2000, 1, 1), date(2199, 12, 31))
"""A day outside is a typing error; nothing is counted from it."""


@dataclass(frozen=True, slots=True)
class Event:
    """An item delivered or a job done, or one that is no longer.

    Attributes:
        record: id of the purchase or visit.
        on: the day that counts; None if it has not happened (or has been taken back).
        over: why no call is owed any more, such as 已退货; else empty.
        goods: what it is about, in words.
        avoid: names of staff who should not make the call themselves.
    """

    record: str
    customer: str
    customer_name: str
    on: date | None
    over: str = ""
    goods: str = ""
    color: str = ""
    sales_owner: str = ""
    worker: str = ""
    purchase: str = ""
    vehicle: str = ""
    visit: str = ""
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Records of some customers, as rules read them."""

    customers: Mapping[str, Customer]
    purchases: Sequence[Purchase]
    vehicles: Mapping[str, Vehicle]
    visits: Mapping[str, Visit]
    followups: Sequence[FollowUp]


def facts_from(records: Iterable[Record]) -> Facts:
    """Sort records of any ledger into facts."""
    by_ledger: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda one: one.id):
        by_ledger.setdefault(record.ledger, []).append(record)
    return Facts(
        customers={one.id: Customer(one) for one in by_ledger.get("customers", ())},
        purchases=[Purchase(one) for one in by_ledger.get("purchases", ())],
        vehicles={one.id: Vehicle(one) for one in by_ledger.get("vehicles", ())},
        visits={one.id: Visit(one) for one in by_ledger.get("visits", ())},
        followups=[FollowUp(one) for one in by_ledger.get("followups", ())],
    )


@dataclass(frozen=True, slots=True)
class Trigger:
    """What causes the calls of one rule.

    Attributes:
        rule: id of the rule.
        word: 触发事件, as follow-ups show it.
        happened: how the event is told to people, such as 交车.
        ledger: where it is recorded.
        days: columns that hold its day.
        events: reads the events, those without a day included.
    """

    rule: str
    word: str
    happened: str
    ledger: str
    days: tuple[str, ...]
    events: Callable[[Facts, Settings], Iterator[Event]]

    def between(self, since: date, until: date) -> tuple[Select, ...]:
        """Return what selects the records whose day lies between two days, both included."""
        low: date = since
        high: date = until
        if self.ledger == "visits":
            low, high = datetime.combine(since, time.min), datetime.combine(until, time.max)
        return tuple(Select(self.ledger, (Between(day, low, high),)) for day in self.days)


def car_deliveries(facts: Facts, settings: Settings) -> Iterator[Event]:
    """Yield cars handed over (R01)."""
    cars = {car.purchase: car for car in facts.vehicles.values() if car.purchase}
    for purchase in facts.purchases:
        if _trade(purchase, settings) == CAR:
            car = cars.get(purchase.id)
            yield _delivery(purchase, facts, purchase.delivered_on, car.id if car else "")


def home_deliveries(facts: Facts, settings: Settings) -> Iterator[Event]:
    """Yield furniture and appliances installed, or delivered where that is all we know (R03)."""
    for purchase in facts.purchases:
        if _trade(purchase, settings) in HOME:
            yield _delivery(purchase, facts, purchase.accepted_on or purchase.delivered_on)


def workshop_jobs(facts: Facts, settings: Settings) -> Iterator[Event]:
    """Yield cars that left the workshop (R02)."""
    for visit in facts.visits.values():
        if visit.is_repair and _is_about_a_car(visit, settings):
            car = facts.vehicles.get(visit.vehicle)
            adviser = car.service_adviser if car else ""
            yield _job(visit, car.goods if car else visit.symptom, adviser)


def home_jobs(facts: Facts, settings: Settings) -> Iterator[Event]:
    """Yield repairs finished at the customer's (R04)."""
    bought = {purchase.id: purchase for purchase in facts.purchases}
    for visit in facts.visits.values():
        if visit.is_repair and not _is_about_a_car(visit, settings):
            purchase = bought.get(visit.purchase)
            yield _job(visit, purchase.goods if purchase else visit.symptom)


TRIGGERS = (
    Trigger("R01", "交付", "交车", "purchases", ("delivered_on",), car_deliveries),
    Trigger("R02", "完工", "修好交车", "visits", ("left_shop_at", "finished_at"), workshop_jobs),
    Trigger("R03", "交付", "送装", "purchases", ("accepted_on", "delivered_on"), home_deliveries),
    Trigger("R04", "完工", "上门修好", "visits", ("finished_at", "left_shop_at"), home_jobs),
)
"""Every trigger; a new rule is a function and a line here."""


def since(settings: Settings, horizon: date) -> date:
    """Return the earliest day whose events may still owe a call on ``horizon``."""
    days = [settings.rules[one.rule].last_days for one in TRIGGERS if one.rule in settings.rules]
    # Limits may count working days, and long holidays postpone: twice and a fortnight is ample.
    return date.fromordinal(horizon.toordinal() - 2 * max(days, default=0) - 14)


def happened_between(since: date, until: date) -> tuple[Select, ...]:
    """Return what selects all records that may cause calls between two days."""
    selects = [select for one in TRIGGERS for select in one.between(since, until)]
    return tuple(dict.fromkeys(selects))


def customers_of(records: Iterable[Record]) -> tuple[str, ...]:
    """Return the ids of the customers some records are about, each once."""
    ids = [one.id if one.ledger == "customers" else one.text("customer") for one in records]
    return tuple(dict.fromkeys(one for one in ids if one))


def facts_about(customers: Sequence[str]) -> tuple[Select, ...]:
    """Return what selects everything ``followups.plan`` must know about some customers."""
    ids = tuple(customers)
    if len(ids) == 1:
        return tuple(Select(ledger, (Equal(key, ids[0]),)) for ledger, key in _ABOUT)
    return tuple(Select(ledger, (OneOf(key, ids),)) for ledger, key in _ABOUT)


def calls_about(records: Iterable[Record]) -> Select:
    """Return what selects the calls made for some events, whichever customer they name.

    Beside ``facts_about``: a purchase moved from the wrong customer takes its call along.
    """
    ids = tuple(one.id for one in records if one.ledger in ("purchases", "visits"))
    return Select("followups", (OneOf("trigger_record", ids),))


_ABOUT = (
    ("customers", "id"),
    ("purchases", "customer"),
    ("vehicles", "customer"),
    ("visits", "customer"),
    ("followups", "customer"),
)


def _trade(purchase: Purchase, settings: Settings) -> str:
    return purchase.biz_type or (CAR if settings.profile == "auto" else HOME[0])


def _is_about_a_car(visit: Visit, settings: Settings) -> bool:
    return settings.profile == "auto" or bool(visit.vehicle) or visit.kind in WORKSHOP_KINDS


def _delivery(purchase: Purchase, facts: Facts, on: date | None, vehicle: str = "") -> Event:
    customer = facts.customers.get(purchase.customer)
    seller = purchase.sales_owner or (customer.sales_owner if customer else "")
    visit = facts.visits.get(purchase.visit)
    return Event(
        record=purchase.id,
        customer=purchase.customer,
        customer_name=purchase.customer_name,
        on=_plausible(on),
        over=purchase.status if purchase.is_over else "",
        goods=purchase.goods,
        color=purchase.color,
        sales_owner=seller,
        worker=visit.worker if visit else "",
        purchase=purchase.id,
        vehicle=vehicle,
        visit=visit.id if visit else "",
        avoid=frozenset({seller, visit.worker if visit else ""}) - {""},
    )


def _job(visit: Visit, goods: str, adviser: str = "") -> Event:
    done = visit.ended_at if visit.status not in UNFINISHED else None
    people = {visit.worker, visit.first_receiver, adviser}
    return Event(
        record=visit.id,
        customer=visit.customer,
        customer_name=visit.customer_name,
        on=_plausible(done.date() if done else None),
        over=visit.status if visit.is_cancelled else "",
        goods=goods,
        worker=visit.worker,
        purchase=visit.purchase,
        vehicle=visit.vehicle,
        visit=visit.id,
        avoid=frozenset(people) - {""},
    )


def _plausible(day: date | None) -> date | None:
    low, high = _PLAUSIBLE
    return day if day is not None and low <= day <= high else None
