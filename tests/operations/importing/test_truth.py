"""Lists as stores really keep them, against what they say: the share of fields that come out right.

======================  =======  ======================================================
list                      floor  what makes it hard
======================  =======  ======================================================
客户登记表.xlsx            100 %  title, two-row header, month bands, total, signature
客诉台账.xlsx              100 %  name and phone in one cell, dates without a year
回访记录.xlsx              100 %  three sheets, ticks across columns, repeated headers
配件库存.xlsx              100 %  groups filled once, a second table beside the first
交车客户.csv               100 %  GB18030, tabs behind phones
======================  =======  ======================================================

The complaint list writes goods and model in one cell, and so does our column 产品/型号. The two
fields missing in the stock list are the group 面料, which is 面料皮料 in the store's own choices.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date

import pytest

from storedesk.domain.records import Record
from storedesk.operations.importing.plan import Fate
from storedesk.operations.importing.tables import Table
from storedesk.workbooks import foreign
from tests.operations.importing.conftest import MESSY, Store, needs_messy

Fields = Mapping[str, object]

pytestmark = needs_messy


def truth(name: str) -> list[dict[str, object]]:
    found: dict[str, list[dict[str, object]]] = json.loads(
        (MESSY / "truth.json").read_text("utf-8")
    )
    return found[name]


def take(store: Store, name: str, ledger: str) -> Mapping[str, Record]:
    tables = [Table(one.name, one.rows) for one in foreign.read_table(MESSY / name)]
    plan = store.plan_tables(tables, ledger, source=name)
    assert plan.counts[Fate.NEW] == len(truth(name))
    assert plan.counts[Fate.LEFT_OUT] == 0
    return store.take(plan)


def share(found: Iterator[Fields], expected: list[dict[str, object]]) -> float:
    """Return the share of expected fields that are told, row by row in the order of the list."""
    rows = list(found)
    assert len(rows) == len(expected)
    cells = [
        told.get(key) == wanted
        for told, row in zip(rows, expected, strict=True)
        for key, wanted in row.items()
    ]
    return sum(cells) / len(cells)


def iso(record: Record, key: str) -> str | None:
    value = record.day(key)
    return value.isoformat() if isinstance(value, date) else None


def deals(store: Store) -> Iterator[Fields]:
    customers = {one.id: one for one in store.all("customers")}
    for one in store.all("purchases"):
        customer = customers[one.text("customer")]
        yield {
            "name": customer["name"],
            "mobile": customer["phone"],
            "address": customer["address"],
            "product": one["product"],
            "model": one["model"],
            "qty": one["quantity"],
            "amount": one["amount"],
            "delivered_on": iso(one, "delivered_on"),
            "accepted_on": iso(one, "accepted_on"),
        }


def cars(store: Store) -> Iterator[Fields]:
    vehicles = {one.text("purchase"): one for one in store.all("vehicles")}
    for one, told in zip(store.all("purchases"), deals(store), strict=True):
        yield {**told, "vin": vehicles[one.id]["vin"]}


def complaints(store: Store) -> Iterator[Fields]:
    for one in store.all("complaints"):
        yield {
            "received_on": iso(one, "received_at"),
            "name": one["customer_name"],
            "mobile": one["phone"],
            "product": one.text("product").split()[0],
            "verbatim": one["verbatim"],
            "closed_on": iso(one, "closed_at"),
        }


def calls(store: Store) -> Iterator[Fields]:
    results = {one.text("followup"): one for one in store.all("call_attempts")}
    for one in store.all("followups"):
        yield {
            "name": one["customer_name"],
            "mobile": one["phone"],
            "called_on": iso(one, "done_at"),
            "satisfaction": one["overall"],
            "result": results[one.id]["result"],
            "opinion": one.text("opinion"),
        }


def stock(store: Store) -> Iterator[Fields]:
    openings = {one.text("part"): one for one in store.all("stock_moves")}
    for one in store.all("parts"):
        yield {
            "cls": one["category"],
            "part_no": one.id,
            "name": one["name"],
            "qty": openings[one.id]["quantity"],
            "safety": one["safety"],
        }


CASES: list[tuple[str, str, str, Callable[[Store], Iterator[Fields]], float]] = [
    ("客户登记表.xlsx", "customers", "furniture", deals, 1.0),
    ("客诉台账.xlsx", "complaints", "furniture", complaints, 1.0),
    ("回访记录.xlsx", "followups", "furniture", calls, 1.0),
    ("配件库存.xlsx", "parts", "furniture", stock, 0.96),
    ("交车客户.csv", "customers", "auto", cars, 1.0),
]


@pytest.mark.parametrize(("name", "ledger", "profile", "told", "floor"), CASES)
def test_the_share_of_truth(
    request: pytest.FixtureRequest,
    name: str,
    ledger: str,
    profile: str,
    told: Callable[[Store], Iterator[Fields]],
    floor: float,
) -> None:
    store: Store = request.getfixturevalue("car_store" if profile == "auto" else "store")
    take(store, name, ledger)
    found = share(told(store), truth(name))
    assert found >= floor, f"{found:.4f}"
