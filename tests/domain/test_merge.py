from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.merge import Conflict, merge_cells, nearest_base
from storedesk.domain.values import Type, Value, same
from tests.domain.strategies import COLUMNS, RECORDS

CUSTOMER = {"name": Type.TEXT, "phone": Type.PHONE, "address": Type.TEXT, "amount": Type.MONEY}


def alike(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    return all(same(one.get(key), other.get(key), kind) for key, kind in COLUMNS.items())


def test_each_side_keeps_its_own_change() -> None:
    merged = merge_cells(
        {"name": "王建国", "address": "3幢501"},
        {"name": "王建国", "address": "3幢502"},
        {"name": "王建国", "address": "3幢501", "phone": "13812345678"},
        CUSTOMER,
    )
    assert merged.values == {"name": "王建国", "address": "3幢502", "phone": "13812345678"}
    assert merged.ours == ("address",)
    assert merged.taken == ("phone",)
    assert merged.conflicts == ()


def test_a_cell_changed_on_both_sides_keeps_the_workbooks_value_and_ours_waits() -> None:
    merged = merge_cells({"address": "3幢"}, {"address": "3幢501"}, {"address": "3幢502"}, CUSTOMER)
    assert merged.values == {"address": "3幢502"}
    assert merged.conflicts == (Conflict("address", "3幢", "3幢501", "3幢502"),)
    assert merged.taken == ("address",)
    assert merged.ours == ()


def test_a_phone_retyped_by_excel_is_no_change() -> None:
    merged = merge_cells(
        {"phone": "13812345678", "amount": 12.5},
        {"phone": "13912345678", "amount": 12.5},
        {"phone": "13812345678.0", "amount": "12.50元"},
        CUSTOMER,
    )
    assert merged.values["phone"] == "13912345678"
    assert merged.ours == ("phone",)
    assert merged.taken == ()


def test_an_emptied_cell_is_a_change_like_any_other() -> None:
    taken = merge_cells({"address": "3幢"}, {"address": "3幢"}, {}, CUSTOMER)
    assert (dict(taken.values), taken.taken) == ({}, ("address",))
    written = merge_cells({"address": "3幢"}, {}, {"address": "3幢"}, CUSTOMER)
    assert (dict(written.values), written.ours) == ({}, ("address",))
    clash = merge_cells({"address": "3幢"}, {}, {"address": "5幢"}, CUSTOMER)
    assert clash.conflicts == (Conflict("address", "3幢", None, "5幢"),)


def test_a_cell_that_means_nothing_in_its_column_is_taken_as_its_text() -> None:
    merged = merge_cells({"amount": 12.5}, {"amount": 12.5}, {"amount": "面议"}, CUSTOMER)
    assert merged.values == {"amount": "面议"}
    assert merged.taken == ("amount",)


@given(RECORDS, RECORDS)
def test_only_ours_changed(base: dict[str, Value], ours: dict[str, Value]) -> None:
    merged = merge_cells(base, ours, base, COLUMNS)
    assert alike(merged.values, ours)
    assert not merged.taken
    assert not merged.conflicts
    assert all(not same(base.get(key), ours.get(key), COLUMNS[key]) for key in merged.ours)


@given(RECORDS, RECORDS)
def test_only_the_workbook_changed(base: dict[str, Value], theirs: dict[str, Value]) -> None:
    merged = merge_cells(base, base, theirs, COLUMNS)
    assert merged.values == theirs
    assert not merged.ours
    assert not merged.conflicts


@given(RECORDS, RECORDS)
def test_both_changed_alike(base: dict[str, Value], both: dict[str, Value]) -> None:
    merged = merge_cells(base, both, both, COLUMNS)
    assert merged.values == both
    assert (merged.taken, merged.ours, merged.conflicts) == ((), (), ())


@given(RECORDS, RECORDS, RECORDS)
def test_symmetric_up_to_the_conflicts(
    base: dict[str, Value], one: dict[str, Value], other: dict[str, Value]
) -> None:
    there = merge_cells(base, one, other, COLUMNS)
    back = merge_cells(base, other, one, COLUMNS)
    mirrored = {(c.key, c.base, c.theirs, c.ours) for c in back.conflicts}
    assert {(c.key, c.base, c.ours, c.theirs) for c in there.conflicts} == mirrored
    clashed = {conflict.key for conflict in there.conflicts}
    for key, kind in COLUMNS.items():
        if key not in clashed:
            assert same(there.values.get(key), back.values.get(key), kind)


@given(RECORDS, RECORDS, RECORDS)
def test_merging_again_changes_nothing(
    base: dict[str, Value], ours: dict[str, Value], theirs: dict[str, Value]
) -> None:
    first = merge_cells(base, ours, theirs, COLUMNS)
    before_the_write = merge_cells(theirs, first.values, theirs, COLUMNS)
    assert alike(before_the_write.values, first.values)
    assert set(before_the_write.ours) == set(first.ours)
    after_the_write = merge_cells(first.values, first.values, first.values, COLUMNS)
    assert after_the_write.values == first.values
    for again in (before_the_write, after_the_write):
        assert not again.taken
        assert not again.conflicts


@given(RECORDS, RECORDS, RECORDS)
def test_nothing_is_lost(
    base: dict[str, Value], ours: dict[str, Value], theirs: dict[str, Value]
) -> None:
    merged = merge_cells(base, ours, theirs, COLUMNS)
    kept_back = {conflict.key: conflict.ours for conflict in merged.conflicts}
    for key, kind in COLUMNS.items():
        old, mine, outside = base.get(key), ours.get(key), theirs.get(key)
        current = merged.values.get(key)
        if not same(old, outside, kind):
            assert same(current, outside, kind)
        if not same(old, mine, kind):
            assert same(current, mine, kind) or same(kept_back[key], mine, kind)


@given(RECORDS, RECORDS, RECORDS)
def test_what_is_to_be_written_is_exactly_where_current_and_workbook_differ(
    base: dict[str, Value], ours: dict[str, Value], theirs: dict[str, Value]
) -> None:
    merged = merge_cells(base, ours, theirs, COLUMNS)
    differing = {
        key
        for key, kind in COLUMNS.items()
        if not same(merged.values.get(key), theirs.get(key), kind)
    }
    assert set(merged.ours) == differing


# --- old copies ---------------------------------------------------------------------------------


def test_a_cell_that_any_origin_held_was_not_changed() -> None:
    first, second = {"address": "3幢", "name": "王"}, {"address": "5幢", "name": "王"}
    for held in ("3幢", "5幢"):
        base = nearest_base([first, second], {"address": held, "name": "李"}, CUSTOMER)
        assert base == {"address": held, "name": "王"}
    assert nearest_base([first, second], {"address": "9幢"}, CUSTOMER)["address"] == "3幢"


def test_of_an_unknown_origin_only_what_agrees_is_a_base() -> None:
    base = nearest_base(
        [{"address": "3幢", "name": "王"}], {"address": "3幢"}, CUSTOMER, sure=False
    )
    assert base == {"address": "3幢"}
    assert nearest_base([], {"address": "3幢"}, CUSTOMER) == {}


@given(st.lists(RECORDS, max_size=3), RECORDS, RECORDS)
def test_a_copy_of_unknown_origin_never_takes_anything_of_ours_silently(
    origins: list[Mapping[str, Value]], ours: Mapping[str, Value], copy: Mapping[str, Value]
) -> None:
    base = nearest_base(origins, copy, COLUMNS, sure=False)
    merged = merge_cells(base, ours, copy, COLUMNS)
    kept = {conflict.key for conflict in merged.conflicts}
    for key, kind in COLUMNS.items():
        filled = ours.get(key) is not None
        assert not filled or key in kept or same(merged.values.get(key), ours[key], kind)


@given(st.lists(RECORDS, min_size=1, max_size=3), RECORDS)
def test_an_unchanged_copy_of_any_origin_changes_nothing(
    origins: list[Mapping[str, Value]], ours: Mapping[str, Value]
) -> None:
    for copy in origins:
        merged = merge_cells(nearest_base(origins, copy, COLUMNS), ours, copy, COLUMNS)
        assert alike(merged.values, ours)
        assert (merged.taken, merged.conflicts) == ((), ())


def test_nobody_is_asked_about_who_and_when() -> None:
    """Two PCs changed different cells of one record; each signed it."""
    nine, ten, eleven = (datetime(2026, 11, 20, hour) for hour in (9, 10, 11))
    base: dict[str, Value] = {"address": "3幢", "updated_by": "赵倩", "updated_at": nine}
    ours = {**base, "wechat": "wjg", "updated_at": ten}
    theirs = {**base, "address": "5幢", "updated_by": "王芳", "updated_at": eleven}
    types = {
        "address": Type.TEXT,
        "wechat": Type.TEXT,
        "updated_by": Type.STAFF,
        "updated_at": Type.MOMENT,
    }
    merged = merge_cells(base, ours, theirs, types)
    assert merged.conflicts == ()
    assert merged.values == {**theirs, "wechat": "wjg"}
