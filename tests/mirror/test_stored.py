"""A Select means in SQL what it means over a list (decision 19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storedesk.domain.forms import Forms, form_from_table
from storedesk.domain.records import Record
from storedesk.domain.select import Between, Condition, Empty, Equal, OneOf, Select, evaluate
from storedesk.domain.values import Type, Value
from storedesk.mirror import Mirror, TakenRow
from storedesk.mirror.stored import meant, stored
from tests.domain.strategies import BY_TYPE, COLUMNS, RECORDS
from tests.mirror.conftest import NOW, begun, operation, undone

EVERY_TYPE = Forms(
    {
        "things": form_from_table(
            {
                "ledger": "things",
                "label": "东西",
                "workbook": "东西.xlsx",
                "prefix": "DX",
                "section": [
                    {
                        "title": "全部",
                        "column": [
                            {"key": "id", "label": "编号"},
                            *(
                                {"key": key, "label": key, "type": kind.value}
                                for key, kind in COLUMNS.items()
                            ),
                            {"key": "age", "label": "天数", "type": "number", "level": "live"},
                        ],
                    }
                ],
            },
            "things.toml",
        )
    }
)


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    folder: Path = tmp_path_factory.mktemp("things")
    with Mirror.open(folder / "mirror.db", EVERY_TYPE, "things") as mirror:
        yield mirror


def conditions() -> st.SearchStrategy[Condition]:
    return st.sampled_from(sorted(COLUMNS)).flatmap(_condition)


def _condition(key: str) -> st.SearchStrategy[Condition]:
    value: st.SearchStrategy[Value] = BY_TYPE[COLUMNS[key]]
    maybe = st.none() | value
    return st.one_of(
        st.builds(Equal, st.just(key), maybe),
        st.builds(OneOf, st.just(key), st.lists(maybe, max_size=4).map(tuple)),
        st.builds(Between, st.just(key), maybe, maybe),
        st.builds(Empty, st.just(key), st.booleans()),
    )


def selects() -> st.SearchStrategy[Select]:
    keys = st.sampled_from([sign + key for key in COLUMNS for sign in ("", "-")] + ["id", "-id"])
    return st.builds(
        Select,
        st.just("things"),
        st.lists(conditions(), max_size=3).map(tuple),
        st.lists(keys, max_size=2).map(tuple),
        st.none() | st.integers(0, 5),
    )


@given(st.lists(RECORDS, max_size=8), selects())
@settings(deadline=None, max_examples=200)
def test_sql_agrees_with_the_domain(
    things: Mirror, values: list[dict[str, Value]], select: Select
) -> None:
    records = [Record("things", f"DX-{n:02d}", one) for n, one in enumerate(values)]
    rows = [TakenRow(r.id, r.values, n, b"m") for n, r in enumerate(records, 2)]
    with undone(things):
        things.take_in("things", rows, NOW, "law")
        expected = [(r.id, dict(r.values)) for r in evaluate(select, records)]
        assert [(r.id, dict(r.values)) for r in things.select(select)] == expected
        assert things.ids(select) == [one for one, _ in expected]
        assert things.count(select) == len(expected)


def test_more_alternatives_than_sqlite_has_parameters(things: Mirror) -> None:
    phones = [str(13_000_000_000 + n) for n in range(40_000)]
    rows = [
        TakenRow(f"DX-{n:05d}", {"phone_column": phone}, n, b"m")
        for n, phone in enumerate(phones[::4000], 2)
    ]
    with undone(things):
        things.take_in("things", rows, NOW, "many")
        many = Select("things", (OneOf("phone_column", tuple(phones[:20_000])),))
        assert things.ids(many) == [row.id for row in rows[:5]]
        with_empty = Select("things", (OneOf("phone_column", (*phones[:20_000], None)),))
        assert things.count(with_empty) == 5


def test_a_moment_before_the_minute_is_over(things: Mirror) -> None:
    ten = datetime(2026, 11, 20, 10, 0)
    late = ten + timedelta(seconds=30)
    with undone(things):
        row = TakenRow("DX-1", {"moment_column": ten}, 2, b"m")
        things.take_in("things", [row], NOW, "minute")
        after = Select("things", (Between("moment_column", late),))
        before = Select("things", (Between("moment_column", None, late),))
        assert (things.count(after), things.count(before)) == (0, 1)


@pytest.mark.parametrize(
    "select",
    [
        Select("things", (Equal("age", 3),)),
        Select("things", (Equal("age; DROP TABLE r_things", 3),)),
        Select("things", (), ("-age",)),
        Select("things", (), ("phone_column, name",)),
    ],
)
def test_only_columns_of_the_form_get_into_the_sql(things: Mirror, select: Select) -> None:
    """SQLite would take an unknown name in quotes for a text, and answer as if it were a column."""
    with pytest.raises(KeyError):
        things.ids(select)


def test_names_are_sorted_by_pinyin_and_the_nameless_come_last(mirror: Mirror) -> None:
    people = {"李敏": "KH-3", "张伟": "KH-1", "白雪": "KH-2", "单丽": "KH-4", "Anna": "KH-5"}
    for name, record in people.items():
        mirror.apply(operation(begun(record, name=name, phone="1"), name=record))
    mirror.apply(operation(begun("KH-0", phone="2"), name="KH-0"))
    up = mirror.ids(Select("customers", (), ("name",)))
    assert up == ["KH-5", "KH-2", "KH-3", "KH-4", "KH-1", "KH-0"]
    down = mirror.ids(Select("customers", (), ("-name",)))
    assert down == ["KH-1", "KH-4", "KH-3", "KH-2", "KH-5", "KH-0"]


@given(st.sampled_from(sorted(Type, key=lambda kind: kind.value)).flatmap(
    lambda kind: st.tuples(st.just(kind), BY_TYPE[kind])
))  # fmt: skip
def test_what_is_stored_comes_back(typed: tuple[Type, Value]) -> None:
    kind, value = typed
    again = meant(stored(value), kind)
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("kind", [Type.DATE, Type.MOMENT])
def test_a_cell_older_than_its_columns_type_is_kept_as_it_was(kind: Type) -> None:
    assert meant("下周三", kind) == "下周三"
    assert meant(None, kind) is None
    assert meant("2026-11-20", Type.DATE) == date(2026, 11, 20)
