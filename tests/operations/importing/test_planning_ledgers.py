"""Lists of other ledgers: complaints, visits, calls, parts and people."""

from __future__ import annotations

from datetime import datetime

from storedesk.domain.values import Raw
from storedesk.operations.importing.plan import Fate
from tests.operations.importing.conftest import MORNING, Store, fates

# --- complaints, visits, follow-ups -------------------------------------------------------------


def test_a_complaint_with_its_customer(store: Store) -> None:
    heading: list[Raw] = [
        "日期",
        "客户（姓名电话）",
        "产品",
        "客诉内容",
        "类别",
        "处理情况",
        "完成日期",
    ]
    rows: list[list[Raw]] = [
        heading,
        ["12.28", "解英艳19900005543", "床垫", "缺一包五金件", "送货慢", "√", "1.3"],
        ["12.29", "19900005544", "茶几", "抽屉关不严", "质量", "待上门", ""],
        ["12.30", "袁志", "茶几", "抽屉关不严", "质量", "", ""],
        ["12.30", "袁志 19900005546", "茶几", "", "质量", "", ""],
    ]
    plan = store.plan(rows, "complaints", sheet="2026年客诉")
    assert fates(plan) == [Fate.NEW, Fate.NEW, Fate.LEFT_OUT, Fate.LEFT_OUT]
    assert [one.what for one in plan.left_out] == [
        "没有电话，店里也没有唯一叫这个名字的客户",
        "没有客户反映问题",
    ]
    customer, first, second = plan.records
    assert first.values == {
        "received_at": datetime(2026, 12, 28),
        "customer_name": "解英艳",
        "phone": "19900005543",
        "product": "床垫",
        "verbatim": "缺一包五金件",
        "category": "时效",
        "status": "已闭环",
        "closed_at": datetime(2027, 1, 3),
        "remark": "类别：送货慢",
    }
    assert first.links == {"customer": customer.ref}
    assert (second.links, second.values["phone"]) == ({}, "19900005544")
    assert second.values["remark"] == "处理情况：待上门"
    store.take(plan)
    assert fates(store.plan(rows[:3], "complaints", sheet="2026年客诉")) == [Fate.UNCHANGED] * 2


def test_visits_have_their_customer_too(store: Store) -> None:
    rows = [
        ["报修日期", "姓名", "电话", "地址", "故障现象", "师傅", "完工日期"],
        ["2026.8.5", "王", "13812345678", "学府花园", "抽屉关不严", "张师傅", "2026.8.6"],
    ]
    plan = store.plan(rows, "visits")
    customer, visit = plan.records
    assert customer.values["address"] == "学府花园"
    assert visit.values["finished_at"] == datetime(2026, 8, 6)
    store.take(plan)
    assert fates(store.plan(rows, "visits")) == [Fate.UNCHANGED]


def test_a_call_that_was_made(store: Store) -> None:
    rows = [
        ["姓名", "电话", "购买日期", "回访日期", "满意度", "客户意见", "回访人", "结果"],
        ["王", "13812345678", "2026.8.4", "2026.8.11", "非常满意", "师傅很好", "小林", ""],
        ["李", "13812345679", "2026.8.4", "2026.8.11", "", "", "小林", "没人接"],
        ["赵", "13812345670", "", "", "", "", "", ""],
        ["钱", "", "", "2026.8.11", "5", "", "", ""],
    ]
    plan = store.plan(rows, "followups")
    assert fates(plan) == [Fate.NEW, Fate.NEW, Fate.NEW, Fate.LEFT_OUT]
    calls = [one for one in plan.records if one.ledger == "followups"]
    assert [one.values.get("status") for one in calls] == ["已完成", "已失败", None]
    assert calls[0].values["kind"] == "七天回访"
    assert calls[1].values["fail_reason"] == "无人接听"
    attempts = [one for one in plan.records if one.ledger == "call_attempts"]
    assert [one.values["result"] for one in attempts] == ["成功", "无人接听"]
    assert attempts[0].links == {"followup": calls[0].ref}
    assert attempts[0].values["at"] == datetime(2026, 8, 11)
    assert attempts[0].values["by"] == "小林"
    store.take(plan)
    assert fates(store.plan(rows[:4], "followups")) == [Fate.UNCHANGED] * 3


# --- parts and plain ledgers --------------------------------------------------------------------


STOCK: list[Raw] = ["编码", "名称", "规格", "库存", "单价"]


def test_a_part_with_its_opening_stock(store: Store) -> None:
    rows: list[list[Raw]] = [
        STOCK,
        ["00440338", "铰链", "40cm", "30个", "3.50"],
        ["", "拉手", "", 0.0, ""],
    ]
    plan = store.plan(rows, "parts")
    hinge, handle, opening = plan.records
    assert hinge.values == {
        "id": "00440338", "name": "铰链", "spec": "40cm", "unit": "个", "cost": 3.5,
    }  # fmt: skip
    assert handle.values == {"name": "拉手"}
    assert opening.links == {"part": hinge.ref}
    assert opening.values == {
        "part_name": "铰链", "spec": "40cm", "unit": "个", "unit_price": 3.5, "kind": "期初",
        "at": MORNING, "quantity": 30,
    }  # fmt: skip
    store.take(plan)
    assert fates(store.plan(rows, "parts")) == [Fate.UNCHANGED] * 2


def test_stock_of_a_known_part_is_not_doubled(store: Store) -> None:
    store.take(store.plan([STOCK, ["0044", "铰链", "40cm", "30个", ""]], "parts"))
    plan = store.plan([STOCK, ["0044", "铰链", "40cm", "28个", "3.5"]], "parts")
    (part,) = plan.records
    assert (part.new, part.values) == (False, {"cost": 3.5})
    assert plan.problems[0].what == "第 2 行的库存 28 没有导入，这个配件已有出入库流水"


def test_one_code_for_two_things_is_listed(store: Store) -> None:
    rows: list[list[Raw]] = [
        STOCK,
        ["0044", "铰链", "40cm", "", ""],
        ["0044", "铰链", "45cm", "", ""],
    ]
    plan = store.plan([*rows, rows[1]], "parts")
    assert fates(plan) == [Fate.NEW, Fate.NEW, Fate.UNCHANGED]
    assert "id" not in plan.records[1].values
    assert plan.records[1].values["remark"] == "配件编码：0044"
    assert plan.problems[0].what.startswith("第 3 行的配件编码「0044」已经是另一种配件的")


def test_parts_without_a_code_are_known_by_name_and_spec(store: Store) -> None:
    rows: list[list[Raw]] = [
        STOCK,
        ["", "铰链", "40cm", "", ""],
        ["", "铰链", "45cm", "", ""],
        ["", "", "1", "", ""],
    ]
    plan = store.plan(rows, "parts")
    assert fates(plan) == [Fate.NEW, Fate.NEW, Fate.LEFT_OUT]
    store.take(plan)
    assert fates(store.plan(rows, "parts"))[:2] == [Fate.UNCHANGED] * 2


def test_rows_that_differ_only_in_what_is_not_recognised_are_two(store: Store) -> None:
    rows = [["名称", "颜色码"], ["铰链", "A"], ["铰链", "B"], ["铰链", "B"]]
    plan = store.plan(rows, "parts")
    assert fates(plan) == [Fate.NEW, Fate.NEW, Fate.UNCHANGED]
    store.take(plan)
    assert fates(store.plan([rows[0], *reversed(rows[1:])], "parts")) == [Fate.UNCHANGED] * 3


def test_staff_are_a_plain_list(store: Store) -> None:
    rows = [["姓名", "电话", "岗位"], ["小林", "13812345678", "导购"], ["", "13812345679", ""]]
    plan = store.plan(rows, "staff")
    assert fates(plan) == [Fate.NEW, Fate.LEFT_OUT]
    (made,) = plan.records
    assert made.values["phone"] == "13812345678"
    store.take(plan)
    assert fates(store.plan(rows, "staff"))[0] is Fate.UNCHANGED
