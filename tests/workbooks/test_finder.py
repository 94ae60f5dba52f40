"""Sheets by their headers, whatever they are called and wherever the header row stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storedesk.domain.forms import Form, form_from_table
from storedesk.domain.problems import Kind, Problem
from storedesk.workbooks.finder import OPTIONS_SHEET, Place, find_places
from storedesk.workbooks.heads import SheetHead
from storedesk.workbooks.parts import Worksheet
from tests.helpers.raw_workbooks import FORM, HEADERS, small_form


def head(name: str, rows: Mapping[int, Sequence[str]], number: int = 1) -> SheetHead:
    texts = {
        at: {place: text for place, text in enumerate(labels, 1) if text}
        for at, labels in rows.items()
    }
    return SheetHead(Worksheet(name, f"sheet{number}.xml", number - 1, hidden=False), texts)


def found(heads: Sequence[SheetHead], *forms: Form) -> tuple[dict[str, Place], tuple[Problem, ...]]:
    return find_places(heads, forms or (FORM,), "账.xlsx")


def test_by_headers_below_a_title_in_a_sheet_of_another_name() -> None:
    places, problems = found([head("Sheet3", {1: ["门店客户一览"], 4: ["", *HEADERS]})])
    place = places["customers"]
    assert (place.sheet.name, place.header_row) == ("Sheet3", 4)
    assert place.columns["id"] == 2
    assert len(place.columns) == len(HEADERS)
    assert not problems


def test_moved_renamed_and_own_columns() -> None:
    labels = ["我的标记", "联系 电话", "客户编号", "客户姓名*", "生日（公历）", "我的标记"]
    places, _ = found([head("客户档案", {1: labels})])
    place = places["customers"]
    assert place.columns == {"phone": 2, "id": 3, "name": 4, "born_on": 5}
    assert place.extras == {"我的标记": 1, "我的标记 2": 6}


def test_an_exact_label_beats_another_name_and_the_leftmost_wins() -> None:
    form = form_from_table(
        {
            "ledger": "people",
            "label": "人",
            "workbook": "账.xlsx",
            "prefix": "R",
            "section": [
                {
                    "title": "",
                    "column": [
                        {"key": "id", "label": "编号"},
                        {"key": "phone", "label": "电话", "also": ["手机", "联系方式"]},
                    ],
                }
            ],
        },
        "people.toml",
    )
    places, problems = found([head("人", {1: ["编号", "手机", "电话", "电话", "联系方式"]})], form)
    assert places["people"].columns == {"id": 1, "phone": 3}
    assert places["people"].extras == {"手机": 2, "电话": 4, "联系方式": 5}
    assert [(one.kind, one.cell, one.column) for one in problems] == [
        (Kind.DUPLICATE_COLUMN, "B1", "phone"),
        (Kind.DUPLICATE_COLUMN, "D1", "phone"),
        (Kind.DUPLICATE_COLUMN, "E1", "phone"),
    ]
    assert "只认 C1 那一列" in problems[0].sentence()


def test_missing_columns_are_named_in_one_problem() -> None:
    places, problems = found([head("客户档案", {1: ["客户编号", "客户姓名", "联系电话", "备注"]})])
    assert "customers" in places
    (problem,) = problems
    assert problem.kind is Kind.MISSING_COLUMN
    assert "「生日」、「来电时间」" in problem.what


def test_a_sheet_without_its_id_column_is_named_and_left_out() -> None:
    places, problems = found([head("客户档案", {1: HEADERS[1:]})])
    assert not places
    (problem,) = problems
    assert (problem.kind, problem.column, problem.sheet) == (Kind.MISSING_COLUMN, "id", "客户档案")


def test_nothing_like_it() -> None:
    places, problems = found([head("客户档案", {}), head("Sheet2", {1: ["日期", "天气"]}, 2)])
    assert not places
    assert [one.kind for one in problems] == [Kind.MISSING_SHEET]
    assert "客户编号" in problems[0].hint


ORDERS = small_form("orders", "订单", ["订单编号", "客户编号", "客户姓名", "联系电话", "金额"])
CALLS = small_form("calls", "拨打记录", ["拨打编号", "客户编号", "联系电话"])


def test_forms_of_one_workbook_do_not_grab_each_others_sheets() -> None:
    """Most headers of the one are headers of the other as well."""
    heads = [
        head("表一", {1: [column.label for column in CALLS.columns]}, 1),
        head("表二", {1: [column.label for column in ORDERS.columns]}, 2),
        head("表三", {1: HEADERS}, 3),
    ]
    places, problems = found(heads, FORM, ORDERS, CALLS)
    assert {ledger: place.sheet.name for ledger, place in places.items()} == {
        "customers": "表三",
        "orders": "表二",
        "calls": "表一",
    }
    assert not problems


def test_a_deleted_sheet_is_missing_not_replaced_by_a_likeness() -> None:
    heads = [head("拨打记录", {1: [column.label for column in CALLS.columns]})]
    places, problems = found(heads, FORM, ORDERS, CALLS)
    assert places.keys() == {"calls"}
    assert {one.ledger for one in problems if one.kind is Kind.MISSING_SHEET} == {
        "customers",
        "orders",
    }


def test_of_two_equal_sheets_the_name_decides() -> None:
    heads = [head("客户档案 备份", {1: HEADERS}, 1), head("客户档案", {1: HEADERS}, 2)]
    assert found(heads)[0]["customers"].sheet.name == "客户档案"


def test_the_sheet_of_lists_is_never_a_ledger() -> None:
    assert not found([head(OPTIONS_SHEET, {1: HEADERS})])[0]


def test_live_columns_are_not_looked_for() -> None:
    places, problems = found([head("客户档案", {1: [*HEADERS, "逾期"]})])
    assert "overdue" not in places["customers"].columns
    assert places["customers"].extras == {"逾期": 10}
    assert not problems
