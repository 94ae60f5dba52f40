"""找客户: who is found by what, and that the index never falls behind the records."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storedesk.domain.changes import Edit, Operation
from storedesk.domain.select import Select
from storedesk.domain.values import Value
from storedesk.mirror import Mirror, SearchHit
from tests.mirror.conftest import CUSTOMER, NOW, Reopen, begun, operation, taken, undone

WANG = SearchHit("customers", CUSTOMER)


def found(mirror: Mirror, words: str, ledger: str = "") -> list[str]:
    return [hit.id for hit in mirror.search(words, ledger=ledger)]


@pytest.mark.parametrize(
    "words",
    [
        "王建国",
        "建国",
        "wjg",
        "jg",
        "wangjianguo",
        "wangji",
        "jianguo",
        "WJG",
        "3456",
        "0000",
        "138",
        "13800003456",
        "138-0000-3456",
        "wjg 3456",
        "3456 wjg",
        "王 学府",
        "学府花园3幢501",
        "3幢501",
        "５０１",
        CUSTOMER,
        CUSTOMER.lower(),
        "A001",
    ],
)
def test_a_customer_is_found_by(mirror: Mirror, words: str) -> None:
    mirror.apply(operation(begun()))

    assert mirror.search(words) == [WANG]


@pytest.mark.parametrize(
    "words", ["", "   ", "-", "李", "wjg 9999", "国王", "国138", "3457", '"', "OR", "name:王"]
)
def test_a_customer_is_not_found_by(mirror: Mirror, words: str) -> None:
    mirror.apply(operation(begun()))

    assert mirror.search(words) == []


@pytest.mark.parametrize("words", ["danxiaoxiao", "shanxiao", "sxx", "dxx"])
def test_a_name_read_in_two_ways_is_found_by_both(mirror: Mirror, words: str) -> None:
    mirror.apply(operation(begun(name="单小小", phone="13800003456")))

    assert found(mirror, words) == [CUSTOMER]


@pytest.mark.parametrize("words", ["0571", "05718888", "0571-8888", "88886666", "6666", "6666-8"])
def test_a_landline_is_found_with_and_without_its_strokes(mirror: Mirror, words: str) -> None:
    mirror.apply(operation(begun(name="王建国", phone="0571-88886666-801")))

    assert found(mirror, words) == [CUSTOMER]


@pytest.mark.parametrize("words", ["鲁A12345", "12345", "a12", "鲁a", "0123", "vin0123", "lsv"])
def test_a_vehicle_is_found_by_plate_and_end_of_its_vin(mirror: Mirror, words: str) -> None:
    edit = Edit("vehicles", "CL-1", {"plate": "鲁A12345", "vin": "LSVIN0123"}, new=True)
    mirror.apply(operation(edit))

    assert found(mirror, words) == ["CL-1"]


def test_customers_come_first(mirror: Mirror) -> None:
    mirror.apply(
        operation(
            Edit("complaints", "TS-1", {"customer_name": "王建国", "verbatim": "坏"}, new=True),
            Edit("inbound", "LD-1", {"customer_name": "王建国", "content": "问"}, new=True),
            begun(),
        )
    )

    assert [hit.ledger for hit in mirror.search("王建国")] == ["customers", "complaints", "inbound"]


def test_one_ledger_can_be_asked(mirror: Mirror) -> None:
    mirror.apply(
        operation(
            begun(),
            Edit("complaints", "TS-1", {"customer_name": "王建国", "verbatim": "坏"}, new=True),
        )
    )

    assert found(mirror, "wjg", "complaints") == ["TS-1"]
    assert found(mirror, "wjg", "answers") == []


def test_no_more_are_found_than_asked_for(mirror: Mirror) -> None:
    edits = [begun(f"KH-20261120-A{number:03d}") for number in range(1, 40)]
    mirror.apply(operation(*edits))

    assert [hit.id for hit in mirror.search("3456", limit=7)] == [edit.record for edit in edits[:7]]


# --- in step --------------------------------------------------------------------------------------


def test_an_edit_is_found_by_the_new_and_no_more_by_the_old(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    assert found(mirror, "3456")

    mirror.apply(operation(Edit("customers", CUSTOMER, {"phone": "13900007777"}), name="op-2"))

    assert found(mirror, "3456") == []
    assert found(mirror, "wjg 7777") == [CUSTOMER]


def test_a_renamed_record_is_found_under_its_new_id(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))

    mirror.rename_id("customers", CUSTOMER, "KH-20261120-B009", NOW, "why")

    assert found(mirror, "wjg") == ["KH-20261120-B009"]
    assert found(mirror, "B009") == ["KH-20261120-B009"]
    assert found(mirror, CUSTOMER) == []


def test_a_record_deleted_in_excel_is_found_no_more(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken(CUSTOMER, 2, name="王建国")], NOW, "first")
    assert found(mirror, "wjg")

    mirror.forget("customers", CUSTOMER, NOW, "second")

    assert found(mirror, "wjg") == []


def test_an_undone_record_is_found_no_more(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    assert found(mirror, "wjg")

    mirror.remove("customers", CUSTOMER, operation(name="undo"))

    assert found(mirror, "wjg") == []


def test_a_save_that_fails_is_not_found(mirror: Mirror) -> None:
    with undone(mirror):
        mirror.apply(operation(begun()))
        assert found(mirror, "wjg") == [CUSTOMER]

    assert found(mirror, "wjg") == []


def test_what_another_process_saved_is_found(mirror: Mirror, reopen: Reopen) -> None:
    assert found(mirror, "wjg") == []

    reopen().apply(operation(begun()))

    assert found(mirror, "wjg") == [CUSTOMER]


def test_an_emptied_mirror_finds_what_still_waits(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken("KH-1", 2, name="李一")], NOW, "first")
    mirror.apply(operation(begun()))

    mirror.empty()

    assert found(mirror, "李一") == []
    assert found(mirror, "wjg") == [CUSTOMER]


_IDS = st.sampled_from([f"KH-20261120-A{number:03d}" for number in range(1, 6)])
_NAMES = st.text(st.sampled_from("王李建国"), min_size=1, max_size=3)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("save"), _IDS, _NAMES),
        st.tuples(st.just("read"), _IDS, _NAMES),
        st.tuples(st.just("gone"), _IDS, st.just("")),
        st.tuples(st.just("undone"), _IDS, st.just("")),
        st.tuples(st.just("renamed"), _IDS, st.just("")),
        st.tuples(st.just("asked"), _IDS, st.just("")),
        st.tuples(st.just("emptied"), _IDS, st.just("")),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(_STEPS)
def test_whatever_happens_search_finds_what_the_tables_hold(
    shared: Mirror, steps: list[tuple[str, str, str]]
) -> None:
    with undone(shared):
        for number, (step, record, name) in enumerate(steps):
            _take(shared, number, step, record, name)
        names = {r.id: r.text("name") for r in shared.select(Select("customers"))}
        for word in ("王", "李", "建国", "国王"):
            assert sorted(found(shared, word)) == sorted(i for i in names if word in names[i])


def _take(mirror: Mirror, number: int, step: str, record: str, name: str) -> None:
    at = NOW + timedelta(minutes=number)
    known = mirror.exists("customers", record)
    values: dict[str, Value] = {"name": name}
    if step == "save":
        edit = Edit("customers", record, values, new=True)
        mirror.apply(Operation(f"save-{number}", at, "王芳", (edit,)))
    elif step == "read":
        mirror.take_in("customers", [taken(record, 2, name=name)], at, str(number))
    elif step == "gone":
        mirror.forget("customers", record, at, str(number))
    elif step == "undone":
        mirror.remove("customers", record, operation(name=f"undo-{number}"))
    elif step == "renamed" and known:
        mirror.rename_id("customers", record, f"KH-20261120-B{number:03d}", at, str(number))
    elif step == "asked":
        mirror.search("王")
    elif step == "emptied":
        mirror.empty()
