from __future__ import annotations

from collections.abc import Mapping
from datetime import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storedesk.domain.forms import Column
from storedesk.domain.lost_headers import SheetColumn, aligned, find_ids, guess, likeness
from storedesk.domain.records import Record
from storedesk.domain.values import Raw, Type, Value

PHONE = Column("phone", "联系电话", Type.PHONE, also=("手机号码", "手机"))
ADDRESS = Column("address", "地址")
BOUGHT = Column("bought_on", "购买日期", Type.DATE)
CUSTOMER = Column("customer", "客户编号", Type.RECORD, links="customers")


def record(number: int, values: Mapping[str, Value] | None = None, row: int = 0) -> Record:
    return Record("customers", f"KH-{number}", values or {}, row=row or number)


def column(position: int, header: str = "", before: str = "", **cells: Raw) -> SheetColumn:
    numbered = {int(name[1:]): cell for name, cell in cells.items()}
    return SheetColumn(position, header, before, numbered)


def rows(**values: list[Value]) -> dict[int, Record]:
    """Return records in rows 2, 3 … from their values by key."""
    length = max(map(len, values.values()))
    return {
        n + 2: record(n + 2, {key: listed[n] for key, listed in values.items()})
        for n in range(length)
    }


@pytest.mark.parametrize(
    ("header", "alike"),
    [("联系电话", 1.0), ("手机", 1.0), ("联系电话 *", 1.0), ("", 0.0), ("颜色", 0.0)],
)
def test_likeness_of_headers(header: str, alike: float) -> None:
    assert likeness(header, PHONE) == alike


def test_likeness_of_nearly_the_same() -> None:
    assert 0.6 < likeness("手机1", PHONE) < 1


def test_the_content_tells_even_where_the_header_lies() -> None:
    remembered = rows(phone=["13800003456", "13900001111"], address=["3幢", "5幢"])
    phones = column(4, "地址", r2=13800003456, r3="139 0000 1111")
    places = column(5, "联系电话", r2="3幢", r3="5幢")
    found = guess([PHONE, ADDRESS], [phones, places], remembered)
    assert {key: one.position for key, one in found.items()} == {"phone": 4, "address": 5}
    assert (found["phone"].equal, found["phone"].compared) == (2, 2)


def test_an_edit_or_two_do_not_hide_it() -> None:
    remembered = rows(address=["1幢", "2幢", "3幢", None])
    changed = column(4, "", r2="1幢", r3="8幢", r4="3幢")
    found = guess([ADDRESS], [changed], remembered)
    assert (found["address"].equal, found["address"].compared) == (2, 3)


def test_three_rows_and_none_as_remembered_is_another_column() -> None:
    remembered = rows(phone=["13800003456", "13900001111", "13700002222"])
    other = column(4, "手机", r2="1", r3="2", r4="3")
    assert guess([PHONE], [other], remembered) == {}


def test_where_nothing_is_remembered_header_and_backup_tell() -> None:
    by_header = column(4, "手机1", r2="13800003456")
    assert guess([PHONE], [by_header], {})["phone"].position == 4
    by_backup = column(5, "", before="联系电话", r2="13800003456")
    assert guess([PHONE], [by_header, by_backup], {})["phone"].position == 5
    assert guess([PHONE], [column(4, "颜色", r2="13800003456")], {}) == {}


@pytest.mark.parametrize("cell", ["不知道", time(9, 30)])
def test_a_like_header_over_what_cannot_be_meant_is_none(cell: Raw) -> None:
    assert guess([BOUGHT], [column(4, "购买日期1", r2=cell, r3=cell)], {}) == {}


def test_a_time_of_day_compares_as_its_text() -> None:
    remembered = rows(address=["09:30:00"])
    assert guess([ADDRESS], [column(4, "", r2=time(9, 30))], remembered)["address"].equal == 1


def test_a_reference_typed_as_a_name_counts() -> None:
    typed = Record("visits", "FW-1", {"customer": "KH-1"}, raw={"customer": "王建国"})
    found = guess([CUSTOMER], [column(3, "", r2="王建国")], {2: typed})
    assert found["customer"].equal == 1


def test_each_column_serves_once() -> None:
    remembered = rows(phone=["13800003456"], address=["13800003456"])
    one = column(4, "地址", r2="13800003456")
    assert set(guess([PHONE, ADDRESS], [one], remembered)) == {"address"}
    two = [one, column(5, "", r2="13800003456")]
    assert len(guess([PHONE, ADDRESS], two, remembered)) == 2
    assert guess([ADDRESS], two, remembered)["address"].position == 4


def test_ids_are_found_wherever_they_stand() -> None:
    known = [record(n) for n in range(1, 5)]
    names = column(1, "", r2="王", r3="李")
    ids = column(2, "序号", r2="KH-3", r3=" KH-1 ", r4="新的")
    few = column(3, "", r2="KH-1", r3="x", r4="y")
    found = find_ids(known, [names, few, ids])
    assert found is not None
    assert (found.position, found.equal, found.compared) == (2, 2, 3)
    assert find_ids(known, [names, few]) is None


def test_rows_are_told_by_their_ids_or_where_they_stood() -> None:
    known = [record(1, row=2), record(2, row=3)]
    ids = column(1, r2="KH-2", r3="KH-1", r4="KH-9")
    assert {row: one.id for row, one in aligned(known, ids).items()} == {2: "KH-2", 3: "KH-1"}
    unplaced = Record("customers", "KH-3")
    stood = aligned([*known, unplaced], None)
    assert {row: one.id for row, one in stood.items()} == {2: "KH-1", 3: "KH-2"}


@given(
    table=st.lists(
        st.lists(st.text("甲乙丙丁戊己", min_size=1, max_size=3), min_size=4, max_size=4),
        min_size=5,
        max_size=12,
        unique_by=tuple,
    ),
    order=st.permutations(range(4)),
)
def test_whatever_the_order_each_column_is_known_by_its_content(
    table: list[list[str]], order: list[int]
) -> None:
    """Columns that hold different things are told apart without a single header."""
    contents = [tuple(row[n] for row in table) for n in range(4)]
    assume(len(set(contents)) == 4)
    columns = [Column(f"c{n}", f"栏目{n}") for n in range(4)]
    remembered = {
        row: record(row, {f"c{n}": cell for n, cell in enumerate(cells)})
        for row, cells in enumerate(table, 2)
    }
    sheet = [
        SheetColumn(place, "", "", dict(enumerate(contents[n], 2)))
        for place, n in enumerate(order, 1)
    ]
    found = guess(columns, sheet, remembered)
    assert {key: one.position for key, one in found.items()} == {
        f"c{n}": place for place, n in enumerate(order, 1)
    }
