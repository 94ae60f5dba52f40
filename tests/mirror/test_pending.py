"""What waits for its workbook: the base of a merge, and that nothing is settled too early."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storedesk.domain.changes import Edit
from storedesk.domain.forms import Forms
from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.domain.sheets import (
    Fingerprint,
    RowWrite,
    SheetContent,
    Stamp,
    WorkbookContent,
    WriteOutcome,
    WritePlan,
    Written,
)
from storedesk.domain.values import Value
from storedesk.mirror import Mirror
from tests.mirror.conftest import CUSTOMER, NOW, WANG, Reopen, begun, operation, taken, undone

BOOK = "客户档案.xlsx"
PRINT = Fingerprint(1, 1, "a" * 64)
KEYS = ("name", "phone", "address", "remark")


def read(mirror: Mirror, *absent: str, book: str = BOOK) -> None:
    """Note the workbook as read, with every column but the absent ones."""
    sheets = {
        form.ledger: SheetContent(
            form.ledger,
            form.label,
            1,
            {c.key: n for n, c in enumerate(form.in_workbook(), 1) if c.key not in absent},
        )
        for form in mirror.forms.of_workbook(book)
    }
    content = WorkbookContent(book, PRINT, Stamp("desk", "1.A.x"), sheets)
    mirror.note_read(content, NOW, changed=False)


def plan(mirror: Mirror, book: str = BOOK) -> WritePlan:
    rows, upto = mirror.rows_to_write(book)
    return WritePlan(book, PRINT, rows, Stamp("desk", "2.A.y"), upto=upto)


def done(written: WritePlan, *, unplaced: tuple[tuple[str, str, str], ...] = ()) -> WriteOutcome:
    """Return the outcome of a plan whose new rows got the next numbers from 2 on."""
    placed = {
        (row.ledger, row.record): row.row or number for number, row in enumerate(written.rows, 2)
    }
    return WriteOutcome(
        written.workbook, Written.DONE, fingerprint=PRINT, placed=placed, unplaced=unplaced
    )


def test_a_new_record_is_written_whole_and_then_waits_no_more(mirror: Mirror) -> None:
    read(mirror)
    mirror.apply(operation(begun(), at=NOW))
    assert mirror.waiting() == {BOOK: (1, NOW)}
    first = plan(mirror)
    assert first.rows == (RowWrite("customers", CUSTOMER, None, {**WANG, "id": CUSTOMER}),)
    mirror.settle(first, done(first), NOW)
    assert mirror.waiting() == {}
    assert mirror.get("customers", CUSTOMER) == Record("customers", CUSTOMER, WANG, row=2)
    assert plan(mirror).rows == ()


def test_what_is_saved_while_we_write_waits_for_the_next_time(mirror: Mirror) -> None:
    read(mirror)
    mirror.apply(operation(begun()))
    first = plan(mirror)
    late = Edit("customers", CUSTOMER, {"address": "滨河湾8幢", "remark": "爱喝茶"})
    mirror.apply(operation(late, name="op-2"))
    mirror.settle(first, done(first), NOW)
    second = plan(mirror)
    assert second.rows == (
        RowWrite("customers", CUSTOMER, 2, {"address": "滨河湾8幢", "remark": "爱喝茶"}),
    )
    assert mirror.base("customers", CUSTOMER) == WANG
    mirror.settle(second, done(second), NOW)
    assert not mirror.has_pending("customers", CUSTOMER)


@pytest.mark.parametrize("moment", range(6))
def test_another_process_may_save_at_any_moment_of_planning(
    mirror: Mirror, reopen: Reopen, moment: int
) -> None:
    """Before each statement of the planning in turn: the edit is written, or goes on waiting."""
    read(mirror)
    mirror.apply(operation(begun()))
    other = reopen()
    late = operation(Edit("customers", CUSTOMER, {"address": "滨河湾8幢"}), name="op-2")
    statements: list[str] = []

    def save_between(statement: str) -> None:
        statements.append(statement)
        if len(statements) == moment + 1:
            other.apply(late)

    mirror.db._db.set_trace_callback(save_between)
    first = plan(mirror)
    mirror.db._db.set_trace_callback(None)
    assert len(statements) > moment, "the save came in between"
    mirror.settle(first, done(first), NOW)
    written = dict(first.rows[0].cells)
    written |= {key: value for row in plan(mirror).rows for key, value in row.cells.items()}
    assert written["address"] == "滨河湾8幢"


def test_a_cell_emptied_before_the_first_write_is_settled_too(mirror: Mirror) -> None:
    read(mirror)
    mirror.apply(operation(begun(name="王建国", phone="1", remark="误")))
    mirror.apply(operation(Edit("customers", CUSTOMER, {"remark": None}), name="op-2"))
    first = plan(mirror)
    assert first.rows[0].cells["remark"] is None
    mirror.settle(first, done(first), NOW)
    assert mirror.waiting() == {}


def test_a_removed_column_keeps_its_cells_and_holds_up_nothing(mirror: Mirror) -> None:
    read(mirror, "remark")
    mirror.apply(operation(begun(name="王建国", phone="1", remark="老客户")))
    first = plan(mirror)
    assert "remark" not in first.rows[0].cells
    mirror.settle(first, done(first), NOW)
    assert mirror.waiting() == {}, "nothing waits for the workbook"
    assert mirror.has_pending("customers", CUSTOMER), "the remark waits for its column"
    assert plan(mirror).rows == ()
    read(mirror)
    assert mirror.waiting()[BOOK][0] == 1
    (row,) = plan(mirror).rows
    assert row.cells == {"remark": "老客户"}


def test_a_value_that_found_no_column_goes_on_waiting(mirror: Mirror) -> None:
    read(mirror)
    mirror.apply(operation(begun(name="王建国", phone="1", remark="老客户")))
    first = plan(mirror)
    mirror.settle(first, done(first, unplaced=(("customers", CUSTOMER, "remark"),)), NOW)
    (row,) = plan(mirror).rows
    assert row.cells == {"remark": "老客户"}


def test_a_sheet_that_is_not_there_is_not_written(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    assert plan(mirror).rows == ()
    assert mirror.waiting() == {BOOK: (1, NOW)}


def test_rows_are_written_in_the_order_of_entry(mirror: Mirror) -> None:
    read(mirror)
    ids = ["KH-20261120-A003", "KH-20261120-A001", "KH-20261120-A002"]
    for number, record in enumerate(ids):
        mirror.apply(operation(begun(record), name=f"op-{number}"))
    assert [row.record for row in plan(mirror).rows] == ids


def test_a_row_typed_in_excel_waits_for_its_id(mirror: Mirror) -> None:
    read(mirror)
    row = taken("KH-20261120-A007", 5, name="李敏")
    provisional = type(row)(row.id, row.values, row.row, row.mark, provisional=True)
    mirror.take_in("customers", [provisional], NOW, "file")
    assert mirror.waiting() == {BOOK: (1, None)}
    first = plan(mirror)
    assert first.rows == (RowWrite("customers", row.id, 5, {"id": row.id}),)
    mirror.settle(first, done(first), NOW)
    assert mirror.waiting() == {}
    assert not mirror.marks("customers")[row.id].provisional


def test_since_when_is_the_oldest_of_a_workbook(mirror: Mirror) -> None:
    read(mirror)
    later = NOW + timedelta(hours=2)
    mirror.apply(operation(begun("KH-2"), name="op-2", at=later))
    purchase: dict[str, Value] = {"customer": "KH-2", "model": "K5"}
    mirror.apply(operation(Edit("purchases", "GM-1", purchase, new=True), name="op-1", at=NOW))
    assert mirror.waiting() == {BOOK: (2, NOW)}


def test_keeping_some_cells_forgets_the_others(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    mirror.keep_pending("customers", CUSTOMER, frozenset({"phone"}))
    assert mirror.base("customers", CUSTOMER) == {k: v for k, v in WANG.items() if k != "phone"}
    mirror.keep_pending("customers", CUSTOMER, frozenset())
    assert not mirror.has_pending("customers", CUSTOMER)


def test_a_row_that_vanished_is_written_again_whole(mirror: Mirror) -> None:
    read(mirror)
    mirror.take_in("customers", [taken(CUSTOMER, 2, **WANG)], NOW, "file")
    mirror.write_again("customers", CUSTOMER, NOW)
    assert mirror.base("customers", CUSTOMER) == {}
    first = plan(mirror)
    assert first.rows == (RowWrite("customers", CUSTOMER, None, {**WANG, "id": CUSTOMER}),)
    mirror.settle(first, done(first), NOW)
    assert mirror.waiting() == {}


CELLS = st.dictionaries(
    st.sampled_from(KEYS), st.none() | st.sampled_from(["甲", "乙", "丙"]), min_size=1
)
STEPS = st.lists(st.one_of(CELLS, st.sampled_from(["plan", "settle"])), max_size=14)


@given(steps=STEPS)
@settings(deadline=None)
def test_the_base_is_always_what_the_workbook_holds(
    shared: Mirror, steps: list[dict[str, str | None] | str]
) -> None:
    """Whatever is saved, planned and settled in whatever order (decision 14)."""
    workbook: dict[str, Value] = {"name": "甲"}
    current: dict[str, Value] = {"name": "甲"}
    planned: WritePlan | None = None
    with undone(shared):
        read(shared)
        shared.take_in("customers", [taken(CUSTOMER, 2, name="甲")], NOW, "file")
        for number, step in enumerate([*steps, "plan", "settle", "plan", "settle"]):
            if isinstance(step, dict):
                shared.apply(operation(Edit("customers", CUSTOMER, step), name=f"op-{number}"))
                current = filled({**current, **step})
            elif step == "plan":
                planned = plan(shared)
            elif planned is not None:
                shared.settle(planned, done(planned), NOW)
                for row in planned.rows:
                    workbook = filled({**workbook, **row.cells})
                planned = None
            record = shared.get("customers", CUSTOMER)
            assert record is not None
            assert dict(record.values) == current
            assert shared.base("customers", CUSTOMER) == workbook
        assert workbook == current
        assert shared.waiting() == {}


def filled(values: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value is not None}


def test_entries_survive_a_change_of_the_forms(mirror: Mirror, forms: Forms) -> None:
    """Nothing of what waits lies only in the cache (decision 18)."""
    read(mirror)
    mirror.take_in("customers", [taken("KH-1", 2, name="李敏", phone="1")], NOW, "file")
    mirror.apply(operation(begun(), at=datetime(2026, 11, 20, 10, 31)))
    mirror.apply(operation(Edit("customers", "KH-1", {"address": "滨河湾"}), name="op-2"))
    with Mirror.open(mirror.db.path, forms, "other forms") as again:
        assert again.ids(Select("customers")) == ["KH-1", CUSTOMER]
        assert again.base("customers", "KH-1") == {"name": "李敏", "phone": "1"}
        assert again.base("customers", CUSTOMER) == {}
        read(again)
        cells = {row.record: dict(row.cells) for row in plan(again).rows}
    assert cells == {CUSTOMER: {**WANG, "id": CUSTOMER}, "KH-1": {"address": "滨河湾"}}
