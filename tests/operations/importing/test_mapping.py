"""Which foreign column goes where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Forms
from storedesk.domain.values import Raw
from storedesk.operations.importing.layout import detect
from storedesk.operations.importing.mapping import known_headings, map_columns
from storedesk.operations.importing.tables import Table
from storedesk.operations.importing.targets import ColumnMap, How
from tests.operations.importing.conftest import settings_of


def mapped(
    forms: Forms,
    headings: Sequence[str],
    *rows: Sequence[Raw],
    ledger: str = "customers",
    given: Mapping[str, str] | None = None,
) -> ColumnMap:
    known = known_headings(forms, ledger, given or ())
    (layout,) = detect(Table("", [headings, *rows]), known)
    return map_columns(layout, forms, ledger, settings_of("furniture").choices, given)


def targets(columns: ColumnMap, name: str) -> set[str]:
    (use,) = (one for one in columns.uses if one.name == name)
    return {f"{one.ledger}.{one.key}" for one in use.targets}


def how(columns: ColumnMap, name: str) -> How:
    return next(one.how for one in columns.uses if one.name == name)


def test_a_dealers_list_fills_three_ledgers(forms: Forms) -> None:
    columns = mapped(
        forms,
        ["车主", "手机", "车型", "颜色", "VIN", "交车日期", "销售顾问", "开票金额"],
        ["赵明霞", "19900002011", "K3", "白", "LJDH7LDKCREL2CELJ", "2024/6/7", "陈晨", "199749"],
    )
    assert targets(columns, "车主") == {"customers.name"}
    assert targets(columns, "车型") == {"purchases.model", "vehicles.model"}
    assert targets(columns, "交车日期") == {"purchases.delivered_on", "vehicles.delivered_on"}
    assert targets(columns, "销售顾问") == {"customers.sales_owner", "purchases.sales_owner"}
    assert columns.unrecognised == ()


def test_without_plate_or_frame_number_no_vehicle_is_meant(forms: Forms) -> None:
    columns = mapped(
        forms, ["姓名", "电话", "型号", "颜色"], ["王建国", "19900000001", "102276", "灰"]
    )
    assert targets(columns, "颜色") == {"purchases.color"}


def test_headings_are_shortened_before_they_are_given_up(forms: Forms) -> None:
    columns = mapped(
        forms,
        ["客户姓名（必填）", "客户联系电话号码", "详细住址", "金额/元", "登记日期"],
        ["王建国", "19900000001", "学府花园", "9500", "2026-1-1"],
    )
    assert targets(columns, "客户联系电话号码") == {"customers.phone"}
    assert how(columns, "客户联系电话号码") is How.WORD
    assert targets(columns, "详细住址") == {"customers.address"}
    assert targets(columns, "金额/元") == {"purchases.amount"}
    assert how(columns, "登记日期") is How.REMARK


def test_a_likely_heading_is_refused_by_what_stands_below_it(forms: Forms) -> None:
    columns = mapped(forms, ["姓名", "电话", "合计金额"], ["王建国", "19900000001", "面议"])
    assert how(columns, "合计金额") is How.REMARK


@pytest.mark.parametrize(
    ("ledger", "heading", "value", "key"),
    [
        ("customers", "客户购车日期", "2026.8.5", "vehicles.delivered_on"),
        ("customers", "产品件数", "3件", "purchases.quantity"),
        ("customers", "联系手机2", "13812345679", "customers.alt_phone"),
        ("customers", "登记称呼", "先生", "customers.salutation"),
        ("customers", "实际农历", "是", "customers.birthday_lunar"),
    ],
)
def test_what_stands_below_speaks_for_a_shortened_heading(
    forms: Forms, ledger: str, heading: str, value: str, key: str
) -> None:
    start = ["姓名", "电话", "车牌"]
    columns = mapped(forms, [*start, heading], ["王", "13812345678", "苏A1", value], ledger=ledger)
    assert key in targets(columns, heading)
    columns = mapped(forms, [*start, heading], ["王", "13812345678", "苏A1", "？"], ledger=ledger)
    assert how(columns, heading) is How.REMARK


def test_the_second_phone_column_is_the_second_phone(forms: Forms) -> None:
    columns = mapped(forms, ["姓名", "手机", "联系方式"], ["王建国", "19900000001", "19900000002"])
    assert targets(columns, "手机") == {"customers.phone"}
    assert targets(columns, "联系方式") == {"customers.alt_phone"}


def test_phones_are_known_by_their_look(forms: Forms) -> None:
    columns = mapped(forms, ["姓名", "咋联系", "地址"], ["王建国", "19900000001", "学府花园"])
    assert (targets(columns, "咋联系"), how(columns, "咋联系")) == ({"customers.phone"}, How.VALUES)


def test_groups_above_make_headings_clear(forms: Forms) -> None:
    known = known_headings(forms, "customers")
    table = Table(
        "",
        [
            ["客户", "", "送货", ""],
            ["姓名", "电话", "日期", "备注"],
            ["王建国", "19900000001", "2026-1-1", "加微信"],
        ],
    )
    (layout,) = detect(table, known)
    columns = map_columns(layout, forms, "customers", {})
    assert targets(columns, "日期") == {"purchases.delivered_on"}
    assert targets(columns, "备注") == {"customers.remark"}


def test_row_numbers_and_empty_columns_are_not_imported(forms: Forms) -> None:
    columns = mapped(forms, ["NO.", "姓名", "电话", "地址"], [1.0, "王建国", "19900000001", ""])
    assert how(columns, "NO.") is How.ROW_NUMBER
    assert how(columns, "地址") is How.ALSO or how(columns, "地址") is How.LABEL
    assert columns.unrecognised == ()


def test_ids_are_only_ids_if_they_look_like_ours(forms: Forms) -> None:
    ours = mapped(forms, ["客户编号", "姓名", "电话"], ["KH-20261122-A001", "王", "19900000001"])
    theirs = mapped(forms, ["客户编号", "姓名", "电话"], ["0017", "王", "19900000001"])
    assert targets(ours, "客户编号") >= {"customers.id"}
    assert how(theirs, "客户编号") is How.REMARK


def test_ticks_below_a_scale(forms: Forms) -> None:
    columns = mapped(
        forms,
        ["姓名", "电话", "回访日期", "满意", "一般", "不满意", "无人接听"],
        ["王", "19900000001", "2026-1-1", "√", "", "", ""],
        ["李", "19900000002", "2026-1-1", "", "√", "", ""],
        ["赵", "19900000003", "2026-1-1", "", "", "", "√"],
        ledger="followups",
    )
    ticked = {use.name: use.ticked for use in columns.uses if use.ticked is not None}
    assert ticked == {"满意": 4, "一般": 3, "不满意": 2, "无人接听": "无人接听"}
    assert how(columns, "满意") is How.TICK
    assert how(columns, "不满意") is How.EMPTY
    assert targets(columns, "无人接听") == {"call_attempts.result"}


def test_ticks_below_choices_of_the_ledger(forms: Forms) -> None:
    columns = mapped(
        forms,
        ["客户", "电话", "投诉内容", "产品质量", "服务态度"],
        ["王", "19900000001", "门关不严", "√", ""],
        ["李", "19900000002", "态度差", "", "√"],
        ledger="complaints",
    )
    assert targets(columns, "服务态度") == {"complaints.category"}


def test_the_result_of_a_call_is_not_taken_for_its_outcome(forms: Forms) -> None:
    columns = mapped(
        forms, ["姓名", "电话", "结果"], ["王", "19900000001", "无人接听"], ledger="followups"
    )
    assert targets(columns, "结果") == {"call_attempts.result"}


def test_progress_is_known_by_its_words(forms: Forms) -> None:
    columns = mapped(
        forms,
        ["客户", "电话", "投诉内容", "处理情况"],
        ["王", "19900000001", "门关不严", "√"],
        ["李", "19900000002", "态度差", "待上门"],
        ledger="complaints",
    )
    assert targets(columns, "处理情况") == {"complaints.status"}
    told = mapped(
        forms,
        ["客户", "电话", "投诉内容", "处理情况"],
        ["王", "19900000001", "门关不严", "已换合页并致歉"],
        ledger="complaints",
    )
    assert targets(told, "处理情况") == {"complaints.measures_taken"}


def test_stock_becomes_an_opening_move(forms: Forms) -> None:
    columns = mapped(forms, ["编码", "名称", "库存"], ["0044", "铰链", "30个"], ledger="parts")
    assert targets(columns, "库存") == {"stock_moves.quantity"}
    assert targets(columns, "编码") == {"parts.id"}


def test_a_persons_decision_wins(forms: Forms) -> None:
    columns = mapped(
        forms,
        ["谁", "号码", "爱好", "车型", "绰号"],
        ["王建国", "19900000001", "钓鱼", "大床", "老王"],
        given={
            "谁": "客户姓名", "号码": "customers.phone", "爱好": "忽略", "车型": "产品名称",
            "绰号": "备注",
        },
    )  # fmt: skip
    assert targets(columns, "谁") >= {"customers.name"}
    assert targets(columns, "号码") == {"customers.phone"}
    assert how(columns, "爱好") is How.IGNORED
    assert targets(columns, "车型") == {"purchases.product"}
    assert targets(columns, "绰号") == {"customers.remark"}
    assert how(columns, "谁") is How.GIVEN


def test_a_decision_for_no_column_is_refused(forms: Forms) -> None:
    for nonsense in ("没有的列", "customers.nothing", "创建时间啊"):
        with pytest.raises(Misuse, match="对照表"):
            mapped(forms, ["姓名", "电话"], ["王", "19900000001"], given={"姓名": nonsense})


def test_what_is_not_recognised_is_said(forms: Forms) -> None:
    columns = mapped(
        forms, ["姓名", "电话", "爱好", ""], ["王建国", "19900000001", "钓鱼", "老客户"]
    )
    assert [use.name for use in columns.unrecognised] == ["爱好", "D 列"]
