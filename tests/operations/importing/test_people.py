"""Which customer a row is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.values import Value
from storedesk.operations.importing.people import same_person
from storedesk.operations.importing.plan import Fate
from tests.operations.importing.conftest import Store

HEAD = ["姓名", "电话", "地址"]


def fates(store: Store, *rows: list[str]) -> list[Fate]:
    return [one.fate for one in store.plan([HEAD, *rows]).rows]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("王建国", "王建国", True),
        ("王建国", "王先生", True),
        ("王建国（车主）", "王 建国", True),
        ("欧阳锋", "欧阳先生", True),
        ("欧阳锋", "欧女士", False),
        ("王建国", "王建军", False),
        ("王建国", "李先生", False),
        ("王建国", "李敏", False),
    ],
)
def test_names_of_one_person(one: str, other: str, same: bool) -> None:  # noqa: FBT001  # a table
    assert same_person(one, other) is same


@given(st.text("王李张先生女士 （）", max_size=5), st.text("王李张先生女士 （）", max_size=5))
def test_likeness_is_mutual(one: str, other: str) -> None:
    assert same_person(one, one)
    assert same_person(one, other) == same_person(other, one)


def test_one_phone_with_one_name_is_one_customer(store: Store) -> None:
    rows = [["王建国", "13812345678", "学府花园"], ["王先生", "13812345678", ""]]
    assert fates(store, *rows) == [Fate.NEW, Fate.UNCHANGED]


def test_one_phone_with_another_name_is_a_new_customer_and_a_hint(store: Store) -> None:
    plan = store.plan(
        [HEAD, ["王建国", "13812345678", "学府花园"], ["李敏", "13812345678", "学府"]]
    )
    assert [one.fate for one in plan.rows] == [Fate.NEW, Fate.NEW]
    (hint,) = plan.hints
    assert (hint.row, hint.ref, hint.other) == (3, "@customers-2", "@customers-1")
    assert hint.what == "电话相同，姓名不同：王建国、李敏"


def test_one_name_at_one_address_with_another_phone_is_a_hint(store: Store) -> None:
    rows = [["王建国", "13812345678", "学府花园3幢"], ["王建国", "13912345678", "学府花园 3幢"]]
    plan = store.plan([HEAD, *rows])
    assert plan.hints[0].what == "姓名、地址相同，电话不同：王建国"
    assert len(plan.records) == 2


def test_the_second_phone_finds_the_customer_too(store: Store) -> None:
    store.take(store.plan([HEAD, ["王建国", "13812345678 13912345678", ""]]))
    plan = store.plan([HEAD, ["王建国", "13912345678", "学府花园"]])
    (record,) = plan.records
    assert (record.new, record.values) == (False, {"address": "学府花园"})


def test_a_further_phone_fills_the_gap_then_the_remark(store: Store) -> None:
    store.take(store.plan([HEAD, ["王建国", "13812345678", ""]]))
    store.take(store.plan([HEAD, ["王建国", "13812345678 13912345678", ""]]))
    store.take(store.plan([HEAD, ["王建国", "13812345678 13712345678", ""]]))
    (customer,) = store.all("customers")
    assert customer["alt_phone"] == "13912345678"
    assert customer["remark"] == "电话：13712345678"


def test_what_the_store_has_written_stays_and_is_named(store: Store) -> None:
    store.take(store.plan([HEAD, ["王建国", "13812345678", "学府花园"]]))
    plan = store.plan([HEAD, ["王建国", "13812345678", "滨河湾"]])
    assert plan.records == ()
    assert [one.fate for one in plan.rows] == [Fate.UNCHANGED]
    (problem,) = plan.problems
    assert problem.what == "第 2 行的地址是「滨河湾」，台账里是「学府花园」，保留了台账里的"


def test_two_addresses_in_one_list_are_both_kept(store: Store) -> None:
    rows = [["王建国", "13812345678", "学府花园"], ["王建国", "13812345678", "滨河湾"]]
    store.take(store.plan([HEAD, *rows]))
    (customer,) = store.all("customers")
    assert (customer["address"], customer["remark"]) == ("学府花园", "地址：滨河湾")
    again = store.plan([HEAD, *rows])
    assert (again.records, again.problems) == ((), ())


def test_a_name_alone_finds_its_only_customer(store: Store) -> None:
    store.take(store.plan([HEAD, ["王建国", "13812345678", ""], ["李敏", "13812345670", ""]]))
    plan = store.plan([HEAD, ["王建国", "", "学府花园"], ["赵六", "", ""]])
    assert [one.fate for one in plan.rows] == [Fate.UPDATED, Fate.LEFT_OUT]
    assert plan.left_out[0].what == "没有电话，店里也没有唯一叫这个名字的客户"


def test_a_phone_alone_finds_its_only_customer(store: Store) -> None:
    store.take(store.plan([HEAD, ["王建国", "13812345678", ""]]))
    plan = store.plan([HEAD, ["", "13812345678", "学府花园"], ["", "13812345679", ""]])
    assert [one.fate for one in plan.rows] == [Fate.UPDATED, Fate.LEFT_OUT]
    assert plan.left_out[0].what == "没有姓名"


def test_our_own_ids_name_the_customer(store: Store) -> None:
    (made,) = store.take(store.plan([HEAD, ["王建国", "13812345678", ""]])).values()
    values: dict[str, Value] = {"name": "王建国（改名）"}
    store.records = [made.with_values(values)]
    rows = [["客户编号", "姓名", "电话", "地址"], [made.id, "王大国", "13812345678", "学府花园"]]
    (record,) = store.plan(rows).records
    assert (record.ref, record.values) == (made.id, {"address": "学府花园"})
