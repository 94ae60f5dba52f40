from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.records import Record
from storedesk.domain.select import Between, Condition, Empty, Equal, OneOf, Select, evaluate, holds
from storedesk.domain.values import Value
from tests.domain.stores import row

ROWS = (
    row("parts", "PJ-3", name="滑轨", price=12.5, arrived_on=date(2026, 11, 20)),
    row("parts", "PJ-1", name="脚轮", price=3),
    row("parts", "PJ-2", price=12.5, arrived_on=date(2026, 11, 14)),
    row("stock_moves", "CK-1", name="滑轨", price=12.5),
)


def ids(*where: Condition, order: tuple[str, ...] = (), limit: int | None = None) -> list[str]:
    return [one.id for one in evaluate(Select("parts", where, order, limit), ROWS)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Equal("name", "滑轨"), ["PJ-3"]),
        (Equal("id", "PJ-1"), ["PJ-1"]),
        (Equal("name", None), ["PJ-2"]),
        (OneOf("name", ("滑轨", "脚轮")), ["PJ-1", "PJ-3"]),
        (OneOf("name", ("脚轮", None)), ["PJ-1", "PJ-2"]),
        (OneOf("name", ()), []),
        (Between("price", 3, 12.5), ["PJ-1", "PJ-2", "PJ-3"]),
        (Between("price", low=4), ["PJ-2", "PJ-3"]),
        (Between("price", high=4), ["PJ-1"]),
        (Between("arrived_on", date(2026, 11, 14), date(2026, 11, 19)), ["PJ-2"]),
        (Between("arrived_on"), ["PJ-2", "PJ-3"]),
        (Empty("arrived_on"), ["PJ-1"]),
        (Empty("arrived_on", empty=False), ["PJ-2", "PJ-3"]),
    ],
)
def test_conditions(condition: Condition, expected: list[str]) -> None:
    assert ids(condition) == expected


def test_all_conditions_hold() -> None:
    assert ids(Equal("price", 12.5), Empty("name", empty=False)) == ["PJ-3"]


def test_order_has_empty_cells_last_and_ids_for_ties() -> None:
    assert ids(order=("arrived_on",)) == ["PJ-2", "PJ-3", "PJ-1"]
    assert ids(order=("-arrived_on",)) == ["PJ-3", "PJ-2", "PJ-1"]
    assert ids(order=("-price",)) == ["PJ-2", "PJ-3", "PJ-1"]
    assert ids(order=("price", "-arrived_on")) == ["PJ-1", "PJ-3", "PJ-2"]


def test_at_most_so_many() -> None:
    assert ids(limit=2) == ["PJ-1", "PJ-2"]
    assert ids(limit=0) == []


cells: st.SearchStrategy[Value] = st.one_of(st.none(), st.integers(0, 3))
keys = st.sampled_from(["price", "count"])
conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Equal, keys, cells),
    st.builds(OneOf, keys, st.lists(cells, max_size=3).map(tuple)),
    st.builds(Between, keys, cells, cells),
    st.builds(Empty, keys, st.booleans()),
)
records = st.lists(st.tuples(cells, cells), max_size=8).map(
    lambda found: [row("parts", f"PJ-{n}", price=a, count=b) for n, (a, b) in enumerate(found)]
)
selects = st.builds(
    Select,
    st.just("parts"),
    st.lists(conditions, max_size=3).map(tuple),
    st.lists(st.sampled_from(["price", "-price", "count", "-count", "-id"]), max_size=2).map(tuple),
)


@given(selects, records)
def test_what_is_found_is_exactly_what_holds(select: Select, rows: list[Record]) -> None:
    found = evaluate(select, rows)
    expected = [one for one in rows if all(holds(each, one) for each in select.where)]
    assert sorted(one.id for one in found) == sorted(one.id for one in expected)


@given(selects, records, st.integers(0, 5))
def test_a_limit_is_a_beginning(select: Select, rows: list[Record], limit: int) -> None:
    limited = Select(select.ledger, select.where, select.order, limit)
    assert evaluate(limited, rows) == evaluate(select, rows)[:limit]


@given(selects, records)
def test_the_order_of_the_records_does_not_matter(select: Select, rows: list[Record]) -> None:
    assert evaluate(select, list(reversed(rows))) == evaluate(select, rows)
