from __future__ import annotations

from datetime import date, datetime

import pytest

from storedesk import resources
from storedesk.domain.forms import Column, Form
from storedesk.domain.problems import Kind
from storedesk.domain.rules.checks import (
    ORDERS,
    ambiguous_staff,
    check,
    incomplete,
    unknown_choice,
    unknown_staff,
)
from storedesk.domain.values import Type, Value
from tests.domain.stores import person, store

STORE = store(
    person("王芳", "回访人"),
    person("李强", "导购", record_id="YG-1"),
    person("李强", "师傅", record_id="YG-2"),
)

CUSTOMERS = Form(
    "customers",
    "客户档案",
    "客户档案.xlsx",
    "KH",
    (
        Column("id", "客户编号"),
        Column("name", "客户姓名", required=True),
        Column("phone", "联系电话", Type.PHONE, required=True),
        Column("kind", "客户类型", Type.CHOICE, choices="客户类型"),
        Column("kinds", "客户类型们", Type.CHOICES, choices="客户类型"),
        Column("birthday", "生日", pattern=r"\d\d-\d\d", hint="写成 05-18"),
        Column("points", "积分", Type.NUMBER, low=0, high=5),
        Column("sales_owner", "导购", Type.STAFF),
    ),
    needs=("name", "phone"),
)


def form(ledger: str, *columns: Column, needs: tuple[str, ...] = ()) -> Form:
    return Form(ledger, ledger, "x.xlsx", "X", (Column("id", "编号"), *columns), needs=needs)


def remarks(form: Form, values: dict[str, Value], *changed: str) -> list[str]:
    verdict = check(form, values, STORE, changed=frozenset(changed) if changed else None)
    assert not verdict.refusals
    return [problem.sentence() for problem in verdict.remarks]


def test_a_record_with_what_it_needs_is_saved_without_a_word() -> None:
    assert remarks(CUSTOMERS, {"name": "王建国", "phone": "13812345678", "kind": "个人"}) == []


def test_a_new_record_that_means_nothing_is_refused() -> None:
    verdict = check(CUSTOMERS, {"name": "王建国"}, STORE)
    (problem,) = verdict.refusals
    assert problem.sentence() == "「联系电话」没有填。「客户档案」至少要有它"
    assert (problem.kind, problem.column) == (Kind.MISSING_VALUE, "phone")


def test_a_record_of_which_every_filled_cell_changes_is_a_new_one() -> None:
    changed = frozenset({"name", "birthday"})
    assert check(CUSTOMERS, {"name": "王建国"}, STORE, changed=changed).refusals


def test_a_text_no_cell_can_hold_is_refused() -> None:
    form = resources.load_forms()["customers"]
    values: dict[str, Value] = {"name": "王建国", "phone": "13800003456", "remark": "长" * 32_768}
    (refusal,) = check(form, values, store()).refusals
    assert refusal.sentence().startswith("备注有 32768 个字，一格最多写 32767 个")
    assert check(form, {**values, "remark": "长" * 32_767}, store()).refusals == ()


def test_either_of_two_is_enough() -> None:
    complaints = form(
        "complaints", Column("customer", "客户"), Column("phone", "电话"), needs=("customer|phone",)
    )
    assert check(complaints, {"phone": "13812345678"}, STORE).refusals == ()
    (problem,) = check(complaints, {}, STORE).refusals
    assert problem.sentence() == "「客户」「电话」都没有填。至少填一个"


def test_an_old_record_that_lacks_something_may_be_changed_elsewhere() -> None:
    verdict = check(
        CUSTOMERS, {"name": "王建国", "kind": "个人"}, STORE, changed=frozenset({"kind"})
    )
    assert verdict.refusals == ()


def test_emptying_a_needed_cell_is_refused() -> None:
    verdict = check(
        CUSTOMERS, {"name": "王建国", "kind": "个人"}, STORE, changed=frozenset({"phone"})
    )
    assert len(verdict.refusals) == 1


def test_required_columns_that_are_empty_lower_completeness() -> None:
    assert [column.key for column in incomplete(CUSTOMERS, {"name": "王"})] == ["phone"]


GOOD: dict[str, Value] = {"name": "王建国", "phone": "13812345678"}


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ({"birthday": "5月18"}, "生日「5月18」的写法不对。写成 05-18"),
        ({"points": 6}, "积分 6 超出了范围。应不小于 0、不大于 5"),
        ({"points": -0.5}, "积分 -0.5 超出了范围。应不小于 0、不大于 5"),
        ({"kind": "个体"}, "「个体」不在「客户类型」的选项里。是不是：个人"),
        ({"kind": "公司"}, "「公司」不在「客户类型」的选项里。可选：个人、单位"),
        ({"kinds": "个人;家庭"}, "「家庭」不在「客户类型」的选项里。可选：个人、单位"),
        ({"sales_owner": "王方"}, "导购：员工「王方」不在员工名单里。是不是：王芳"),
        (
            {"sales_owner": "赵六"},
            "导购：员工「赵六」不在员工名单里。请填《门店设置》「员工」里的姓名，或先把这个人加进去",
        ),
        (
            {"sales_owner": "李强"},
            (
                "导购：员工里有 2 个「李强」，分不清是谁。"
                "请在《门店设置》「员工」里把姓名改成能分清的，比如加上岗位"
            ),
        ),
    ],
)
def test_what_is_odd_is_saved_and_remarked_upon(cell: dict[str, Value], sentence: str) -> None:
    assert remarks(CUSTOMERS, {**GOOD, **cell}) == [sentence]


@pytest.mark.parametrize(
    "cell", [{"birthday": "05-18"}, {"points": 5}, {"sales_owner": "王芳"}, {"kinds": "个人;单位"}]
)
def test_what_is_right_is_not_remarked_upon(cell: dict[str, Value]) -> None:
    assert remarks(CUSTOMERS, {**GOOD, **cell}) == []


def test_a_bound_on_one_side_only() -> None:
    ledger = form("parts", Column("quantity", "数量", Type.NUMBER, low=0))
    assert remarks(ledger, {"quantity": -1}) == ["数量 -1 超出了范围。应不小于 0"]
    assert remarks(ledger, {"quantity": 10**6}) == []
    ledger = form("parts", Column("discount", "折扣", Type.NUMBER, high=1))
    assert remarks(ledger, {"discount": 2}) == ["折扣 2 超出了范围。应不大于 1"]


def test_a_yes_no_cell_is_no_number() -> None:
    assert (
        remarks(form("parts", Column("must_return", "返厂", Type.YES_NO)), {"must_return": True})
        == []
    )


def test_old_oddities_are_left_alone_when_another_cell_changes() -> None:
    odd = {**GOOD, "kind": "公司", "points": 9, "sales_owner": "赵六", "birthday": "?"}
    assert remarks(CUSTOMERS, odd, "name") == []


def test_a_store_without_a_list_of_staff_accepts_any_name() -> None:
    assert check(CUSTOMERS, {**GOOD, "sales_owner": "赵六"}, store()).remarks == ()


def test_the_pieces_others_use() -> None:
    assert unknown_staff("赵六", STORE).kind is Kind.UNKNOWN_STAFF
    assert ambiguous_staff("李强", 2).kind is Kind.UNKNOWN_STAFF
    assert unknown_choice(CUSTOMERS["kind"], "个人", STORE) is None


PURCHASES = form(
    "purchases",
    Column("customer", "客户"),
    Column("delivered_on", "送货日期", Type.DATE),
    Column("accepted_on", "安装日期", Type.DATE),
    Column("returned_on", "退货日期", Type.DATE),
    Column("status", "状态"),
)
VISITS = form(
    "visits",
    Column("arrived_at", "到达时间", Type.MOMENT),
    Column("finished_at", "完工时间", Type.MOMENT),
    Column("left_shop_at", "交车时间", Type.MOMENT),
    Column("status", "状态"),
)


def test_installed_before_it_was_delivered() -> None:
    values: dict[str, Value] = {
        "delivered_on": date(2026, 11, 14),
        "accepted_on": date(2026, 11, 13),
        "status": "已交付",
    }
    sentence = "安装日期 2026-11-13 早于送货日期 2026-11-14。请看一下哪个日期填错了"
    assert remarks(PURCHASES, values) == [sentence]
    assert remarks(PURCHASES, values, "accepted_on") == [sentence]
    assert remarks(PURCHASES, values, "status") == []


def test_finished_before_arrival() -> None:
    values: dict[str, Value] = {
        "arrived_at": datetime(2026, 11, 14, 15),
        "finished_at": datetime(2026, 11, 14, 14, 30),
    }
    assert remarks(VISITS, values) == [
        "完工时间 2026-11-14 14:30 早于到达时间 2026-11-14 15:00。请看一下哪个日期填错了"
    ]


def test_a_day_and_a_moment_of_that_day_are_in_order() -> None:
    followups = form(
        "followups",
        Column("trigger_on", "触发日", Type.DATE),
        Column("done_at", "回访时间", Type.MOMENT),
    )
    day, moment = date(2026, 11, 21), datetime(2026, 11, 21, 9)
    assert remarks(followups, {"trigger_on": day, "done_at": moment}) == []
    early = datetime(2026, 11, 20, 9)
    assert len(remarks(followups, {"trigger_on": day, "done_at": early})) == 1


@pytest.mark.parametrize(
    ("ledger", "status", "day", "sentence"),
    [
        (
            PURCHASES,
            "已交付",
            "accepted_on",
            "状态是「已交付」，但没有填送货日期，不会安排回访。请补上送货日期",
        ),
        (
            VISITS,
            "已完成",
            "left_shop_at",
            "状态是「已完成」，但没有填完工时间，不会安排回访。请补上完工时间",
        ),
    ],
)
def test_done_without_a_day_would_lose_the_call(
    ledger: Form, status: str, day: str, sentence: str
) -> None:
    assert remarks(ledger, {"status": status}) == [sentence]
    assert remarks(ledger, {"status": status, day: datetime(2026, 11, 14)}) == []
    assert remarks(ledger, {"status": "其他"}) == []
    assert remarks(ledger, {"status": status, "returned_on": None}, "returned_on") == []


FOLLOWUPS = form(
    "followups",
    Column("caller", "回访人"),
    Column("sales_owner", "导购"),
    Column("worker", "师傅"),
    Column("overall", "满意度", Type.NUMBER),
    Column("solved", "问题已解决", Type.YES_NO),
    Column("opinion", "客户意见"),
)


def test_calling_ones_own_customer_is_warned_about_and_saved() -> None:
    own = "回访人王芳就是这单的经手人。最好换一个人打"
    assert remarks(FOLLOWUPS, {"caller": "王芳", "sales_owner": "王芳"}) == [own]
    assert remarks(FOLLOWUPS, {"caller": "王芳", "worker": "王芳"}) == [own]
    assert remarks(FOLLOWUPS, {"caller": "王芳", "sales_owner": "李强"}) == []
    assert remarks(FOLLOWUPS, {"caller": "王芳", "sales_owner": "王芳"}, "opinion") == []
    assert remarks(FOLLOWUPS, {"sales_owner": "王芳"}, "caller", "sales_owner") == []


LOW = "客户不满意或还有问题没解决，但没有写原话。请记下客户说了什么"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"overall": 2}, [LOW]),
        ({"solved": False}, [LOW]),
        ({"overall": 2, "opinion": "沙发塌了"}, []),
        ({"overall": 0}, []),
        ({"overall": 3, "solved": True}, []),
    ],
)
def test_a_low_score_asks_for_the_customers_words(
    values: dict[str, Value], expected: list[str]
) -> None:
    assert remarks(FOLLOWUPS, values) == expected
    assert remarks(FOLLOWUPS, values, "caller", "opinion") == []


def test_every_pair_of_dates_stands_in_the_shipped_forms() -> None:
    forms = resources.load_forms()
    for ledger, pairs in ORDERS.items():
        assert {key for pair in pairs for key in pair} <= set(forms[ledger].by_key), ledger
