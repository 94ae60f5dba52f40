"""What an import would do: new records, changes, what stays out, and the same list once more."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from storedesk import resources
from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.domain.values import Raw
from storedesk.operations.importing import wording
from storedesk.operations.importing.known import CHUNK
from storedesk.operations.importing.plan import Fate
from storedesk.operations.importing.planning import plan_import
from storedesk.operations.importing.reading import Task
from storedesk.operations.importing.tables import Table
from tests.operations.importing.conftest import CARS, GOODS, MORNING, Store, fates, settings_of

ZHAO: list[Raw] = [
    "赵明霞",
    "19900002011\t",
    "K3",
    "LJDH7LDKCREL2CELJ",
    "苏A16671",
    "2024/6/7",
    "9.7万",
]


# --- customers, purchases, vehicles -------------------------------------------------------------


def test_one_row_of_a_dealers_list(car_store: Store) -> None:
    plan = car_store.plan([CARS, ZHAO])
    assert fates(plan) == [Fate.NEW]
    customer, purchase, car = plan.records
    assert customer.values == {"name": "赵明霞", "phone": "19900002011"}
    assert purchase.values == {
        "customer_name": "赵明霞",
        "model": "K3",
        "delivered_on": date(2024, 6, 7),
        "amount": 97000.0,
        "biz_type": "汽车",
        "status": "已交付",
    }
    assert purchase.links == {"customer": customer.ref}
    assert car.values["vin"] == "LJDH7LDKCREL2CELJ"
    assert car.links == {"customer": customer.ref, "purchase": purchase.ref}


def test_a_store_without_cars_begins_none(store: Store) -> None:
    forms = type(store.forms)({k: v for k, v in store.forms.forms.items() if k != "vehicles"})
    plan = Store(forms, store.settings).plan([CARS, ZHAO])
    assert {one.ledger for one in plan.records} == {"customers", "purchases"}
    assert [use.name for use in plan.tables[0].columns.unrecognised] == ["VIN", "车牌"]  # type: ignore[union-attr]


def test_a_second_row_is_a_further_purchase(store: Store) -> None:
    plan = store.plan([
        GOODS,
        ["王建国", "13812345678", "沙发", "102276", "2026.8.5", "9500"],
        ["王建国", "13812345678", "床", "106302A", "2026.8.5", "7600"],
        ["王建国", "13812345678", "床", "106302A", "2026.8.5", "7600"],
    ])  # fmt: skip
    assert fates(plan) == [Fate.NEW, Fate.UPDATED, Fate.UNCHANGED]
    assert [one.ledger for one in plan.records] == ["customers", "purchases", "purchases"]


def test_a_known_customer_gets_a_further_purchase(store: Store) -> None:
    row = ["王建国", "13812345678", "沙发", "102276", "2026.8.5", "9500"]
    made = store.take(store.plan([GOODS, row]))
    plan = store.plan([GOODS, row, [*row[:3], "106302A", "2026.9.1", "100"]])
    assert fates(plan) == [Fate.UNCHANGED, Fate.UPDATED]
    (purchase,) = plan.records
    assert purchase.values["customer"] == made["@customers-1"].id


def test_a_purchase_that_was_promised_is_filled_in_when_it_is_delivered(store: Store) -> None:
    store.take(store.plan([GOODS, ["王", "13812345678", "沙发", "102276", "", "9500"]]))
    plan = store.plan([GOODS, ["王", "13812345678", "沙发", "102276", "2026.8.5", "9500"]])
    (purchase,) = plan.records
    assert (purchase.new, purchase.values) == (False, {"delivered_on": date(2026, 8, 5)})


def test_a_price_corrected_in_the_store_is_no_second_purchase(store: Store) -> None:
    row = ["王", "13812345678", "沙发", "102276", "2026.8.5", "9500"]
    store.take(store.plan([GOODS, row]))
    (purchase,) = store.all("purchases")
    store.records.remove(purchase)
    store.records.append(purchase.with_values({"amount": 9000.0}))
    plan = store.plan([GOODS, row])
    assert plan.records == ()
    assert (
        plan.problems[0].what == "第 2 行的金额是「9500.00」，台账里是「9000.00」，保留了台账里的"
    )


def test_two_cars_of_one_model_bought_on_one_day(car_store: Store) -> None:
    second = [*ZHAO[:3], "LJD622STSCEH7JGW7", "苏A16672", *ZHAO[5:]]
    plan = car_store.plan([CARS, ZHAO, second])
    assert fates(plan) == [Fate.NEW, Fate.UPDATED]
    assert len(plan.records) == 5
    car_store.take(plan)
    assert fates(car_store.plan([CARS, second, ZHAO])) == [Fate.UNCHANGED] * 2


def test_a_car_of_another_customer_is_a_hint(car_store: Store) -> None:
    other: list[Raw] = ["李敏", "13812345678", *ZHAO[2:]]
    plan = car_store.plan([CARS, ZHAO, other])
    assert plan.hints[0].what == "这辆车已登记在另一位客户名下：苏A16671"
    assert sum(one.ledger == "vehicles" for one in plan.records) == 1


def test_a_workshops_list_names_cars_but_no_purchases(car_store: Store) -> None:
    plan = car_store.plan(
        [["车主", "手机", "车型", "车牌", "品牌"], ["王", "13812345678", "K3", "苏A1", "起亚"]]
    )
    customer, car = plan.records
    assert (customer.ledger, car.ledger) == ("customers", "vehicles")
    assert customer.values["remark"] == "品牌：起亚"
    assert car.links == {"customer": customer.ref}


def test_an_amount_without_goods_is_kept_as_text(store: Store) -> None:
    plan = store.plan([["姓名", "电话", "金额"], ["王", "13812345678", "9500"]])
    (customer,) = plan.records
    assert customer.values["remark"] == "金额：9500.00"


def test_a_list_of_purchases_needs_goods(store: Store) -> None:
    rows = [
        GOODS,
        ["王", "13812345678", "沙发", "", "", ""],
        ["李", "13812345679", "", "", "", "1"],
    ]
    plan = store.plan(rows, "purchases")
    assert fates(plan) == [Fate.NEW, Fate.LEFT_OUT]
    assert plan.left_out[0].what == "没有产品型号"


def test_our_own_list_of_purchases_comes_back(store: Store) -> None:
    """Exported, filled in by hand and imported again: ids decide; foreign ones are kept as text."""
    row = ["王", "13812345678", "沙发", "102276", "", "9500"]
    store.take(store.plan([GOODS, row]))
    (purchase,) = store.all("purchases")
    rows = [
        ["购买编号", "客户编号", "产品型号", "送货日期"],
        [purchase.id, purchase.text("customer"), "106302A", "2026.8.5"],
        ["GM-20200101-Z001", purchase.text("customer"), "670119", ""],
    ]
    plan = store.plan(rows, "purchases")
    assert fates(plan) == [Fate.UPDATED, Fate.NEW]
    changed, begun = plan.records
    assert (changed.ref, changed.values) == (purchase.id, {"delivered_on": date(2026, 8, 5)})
    assert "第 2 行的产品型号是「106302A」，台账里是「102276」" in plan.problems[0].what
    assert begun.values["remark"] == "购买编号：GM-20200101-Z001"


def test_a_list_of_vehicles_may_only_know_the_model(car_store: Store) -> None:
    rows = [["车主", "手机", "车型"], ["王", "13812345678", "K3"]]
    plan = car_store.plan(rows, "vehicles")
    assert [one.ledger for one in plan.records] == ["customers", "vehicles"]
    car_store.take(plan)
    assert fates(car_store.plan(rows, "vehicles")) == [Fate.UNCHANGED]


def test_a_car_learns_its_purchase_later(car_store: Store) -> None:
    car_store.take(
        car_store.plan([["车主", "手机", "车牌"], ["赵明霞", "19900002011", "苏A16671"]])
    )
    plan = car_store.plan([CARS, ZHAO])
    assert fates(plan) == [Fate.UPDATED]
    purchase, car = plan.records
    assert (car.new, car.links) == (False, {"purchase": purchase.ref})
    assert car.values["vin"] == "LJDH7LDKCREL2CELJ"


# --- bad rows -----------------------------------------------------------------------------------


def test_bad_rows_are_listed_and_the_others_go_in(store: Store) -> None:
    plan = store.plan([
        ["姓名", "电话", "送货日期", "型号", "会员卡"],
        ["王建国", "1380013800a", "2026-11-13", "102276", "A1"],
        ["=HYPERLINK(1)", "13800003456", "2026.2.30", "102276", "A2"],
        ["", "", "2026-11-14", "106302A", "A3"],
        ["李敏", "13900002222", "2026-11-14", "106302A", "A4"],
    ], sheet="客户")  # fmt: skip
    assert fates(plan) == [Fate.LEFT_OUT, Fate.NEW, Fate.LEFT_OUT, Fate.NEW]
    bad_phone, nobody = plan.left_out
    assert bad_phone.sentence() == (
        "《名单.xlsx》「客户」B2 格：电话：「1380013800a」不是电话号码："
        "手机应为 11 位数字，座机请带区号。这一行没有导入"
    )
    assert (nobody.what, nobody.cell) == ("没有姓名和电话", "A4")
    (bad_day,) = plan.problems
    assert (bad_day.cell, bad_day.hint) == ("C3", "这一格没有导入，原文放进了备注")
    strange = plan.records[0]
    assert strange.values["name"] == "=HYPERLINK(1)"
    assert strange.values["remark"] == "送货日期：2026.2.30；会员卡：A2"


def test_the_sentence_has_true_numbers(store: Store) -> None:
    plan = store.plan([
        ["姓名", "电话", "型号", "会员卡", "导购"],
        ["王建国", "13812345678", "102276", "A1", "小林"],
        ["王建国", "13812345678", "106302A", "A1", "赵倩"],
        ["李敏", "13812345678", "106302A", "", ""],
        ["李敏", "13812345678", "106302A", "", ""],
        ["李敏", "", "", "", ""],
        ["赵六", "", "", "", ""],
    ])  # fmt: skip
    assert wording.result(plan) == (
        "共 6 行：新增 2，更新 1，没变 2，没导入 1。1 列没认出，已放进备注。"
        "1 处可能重复，请看一下。"
    )
    assert plan.unknown_staff == {"小林": 1}


def test_the_report_says_what_became_of_every_column(store: Store) -> None:
    plan = store.plan([
        ["2026年客户表"],
        ["序号", "姓名", "电话", "会员卡", "地址", ""],
        [1.0, "王建国", "13812345678", "A1", "", "好"],
        ["合计", "", "", "", "", 1.0],
    ])  # fmt: skip
    (table,) = plan.tables
    assert wording.columns(table, store.forms) == [
        ("序号", "序号，不导入"),
        ("姓名", "客户档案·客户姓名"),
        ("电话", "客户档案·联系电话"),
        ("会员卡", "没认出，已放进备注"),
        ("地址", "客户档案·地址"),
        ("F 列", "没认出，已放进备注"),
    ]
    assert wording.skipped(table) == ["标题：第 1 行", "合计：第 4 行"]


def test_sheets_that_are_no_such_list_are_named(store: Store) -> None:
    tables = [
        Table("客户", [["姓名", "电话"], ["王", "13812345678"]]),
        Table("流水", [["货号", "尺码"], ["1", "42"]]),
    ]
    plan = store.plan_tables(tables, "customers")
    assert wording.result(plan).endswith(
        "工作表「流水」没有找到这些列：客户姓名、联系电话，整张表没有导入。"
    )
    assert wording.columns(plan.tables[1], store.forms)[0] == ("货号", "购买记录·产品型号")


# --- laws ---------------------------------------------------------------------------------------


FORMS, FURNITURE = resources.load_forms(), settings_of("furniture")
PEOPLE = st.sampled_from(["王建国", "李敏", "王先生", "赵六"])
PHONES = st.sampled_from(["13812345678", "13912345678", "13812345678 13712345678", "坏的"])
MODELS = st.sampled_from(["102276", "106302A", ""])
DAYS = st.sampled_from(["2026.8.5", "2026.8.6", "2026.2.30", ""])
LISTS = st.lists(st.tuples(PEOPLE, PHONES, st.sampled_from(["沙发", ""]), MODELS, DAYS,
                           st.sampled_from(["9500", "1万", "面议", ""])), max_size=8)  # fmt: skip


@settings(deadline=None)
@given(LISTS)
def test_the_same_list_twice_changes_nothing(rows: list[tuple[str, ...]]) -> None:
    """Law: after a list is taken in, importing it again begins and changes nothing.

    Rows that do not say who they are about are left out of the law: what the list itself has taught
    the store may explain them the second time.
    """
    store = Store(FORMS, FURNITURE)
    first = store.plan([GOODS, *rows])
    store.take(first)
    again = store.plan([GOODS, *rows])
    assert again.records == ()
    assert again.counts[Fate.LEFT_OUT] == first.counts[Fate.LEFT_OUT]


@settings(deadline=None)
@given(LISTS)
def test_the_numbers_add_up(rows: list[tuple[str, ...]]) -> None:
    """Law: every row of data has one fate, and links point to records that come before."""
    store = Store(FORMS, FURNITURE)
    plan = store.plan([GOODS, *rows])
    if not plan.tables[0].trouble:
        assert sum(plan.counts.values()) == plan.tables[0].row_count
    before: set[str] = set()
    for record in plan.records:
        assert set(record.links.values()) <= before
        before.add(record.ref)


def test_the_store_is_asked_in_chunks_not_row_by_row(car_store: Store) -> None:
    asked: list[Select] = []

    def find(select: Select) -> list[Record]:
        asked.append(select)
        return []

    rows: list[list[Raw]] = [list(CARS)]
    rows += [
        [f"王{number}", f"199{number:08d}", "K3", f"LJD{number:014d}", "", "2024/6/7", "199749"]
        for number in range(2_000)
    ]
    task = Task("customers", car_store.forms, car_store.settings, MORNING)
    plan = plan_import([Table("", rows)], task, find)
    assert plan.counts[Fate.NEW] == 2_000
    assert len(asked) <= 5 * 2_000 / CHUNK
