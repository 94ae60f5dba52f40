"""Cells become values, notes and problems; tables that are no such list are named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Forms
from storedesk.domain.problems import Kind
from storedesk.domain.values import Raw
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.reading import ForeignList, Task, read_tables
from storedesk.operations.importing.tables import Table
from tests.operations.importing.conftest import MORNING, settings_of


def read(
    forms: Forms, *rows: Sequence[Raw], ledger: str = "customers", sheet: str = ""
) -> list[ForeignList]:
    task = Task(ledger, forms, settings_of("furniture"), MORNING, "名单.xlsx")
    return read_tables([Table(sheet, rows)], task)


def draft(forms: Forms, heading: Sequence[str], row: Sequence[Raw], ledger: str = "customers",
          sheet: str = "") -> Draft:  # fmt: skip
    (found,) = read(forms, heading, row, ledger=ledger, sheet=sheet)
    assert found.report.trouble == ""
    (one,) = found.drafts
    return one


def test_name_and_phones_in_whatever_cell(forms: Forms) -> None:
    one = draft(forms, ["姓名", "地址"], ["王建国 13812345678，13987654321", "学府花园"])
    assert (one.name, one.phones) == ("王建国", ("13812345678", "13987654321"))
    one = draft(forms, ["电话", "姓名"], ["13812345678 老婆", "王建国"])
    assert (one.name, one.notes) == ("王建国", ["电话：老婆"])
    one = draft(forms, ["联系方式", "地址"], ["王建国13812345678", "学府花园"])
    assert one.name == "王建国"
    one = draft(forms, ["姓名", "电话"], ["", "13812345678 微信同号"])
    assert (one.name, one.notes) == ("", ["电话：微信同号"])


def test_a_third_phone_is_kept_as_text(forms: Forms) -> None:
    told = "13812345678、13812345679、13812345670"
    one = draft(forms, ["姓名", "电话"], ["王建国", told])
    assert one.phones == ("13812345678", "13812345679")
    assert one.notes == ["电话：13812345670"]


def test_a_service_number_is_a_phone(forms: Forms) -> None:
    assert draft(forms, ["姓名", "电话"], ["客服", "95588"]).phones == ("95588",)


def test_a_bad_phone_is_listed_with_its_cell(forms: Forms) -> None:
    one = draft(forms, ["姓名", "电话"], ["王建国", "1380013800a"])
    assert one.phones == ()
    assert one.bad_phone is not None
    assert (one.bad_phone.workbook, one.bad_phone.cell) == ("名单.xlsx", "B2")
    assert "1380013800a" in one.bad_phone.what
    assert one.notes == ["电话：1380013800a"]


def test_a_day_that_does_not_exist_is_listed_and_kept_as_text(forms: Forms) -> None:
    one = draft(
        forms, ["姓名", "电话", "型号", "送货日期"], ["王", "13812345678", "1", "2026.2.30"]
    )
    assert one.values["purchases"] == {"model": "1"}
    assert one.notes == ["送货日期：2026.2.30"]
    (problem,) = one.problems
    assert (problem.kind, problem.cell, problem.column) == (Kind.BAD_VALUE, "D2", "delivered_on")
    assert problem.sentence() == (
        "《名单.xlsx》D2 格：送货日期：「2026.2.30」不是日历上的日子。"
        "这一格没有导入，原文放进了备注"
    )


def test_text_stays_text(forms: Forms) -> None:
    formula = '=HYPERLINK("http://x","王")'
    one = draft(forms, ["姓名", "电话", "型号"], [formula, "13812345678", 106302.0])
    assert one.name == formula
    assert one.values["purchases"]["model"] == "106302"


def test_units_and_notes_are_kept(forms: Forms) -> None:
    heading = ["姓名", "电话", "型号", "数量", "送货日期", "金额"]
    row = ["王", "13812345678", "102276", "2套", "2026.8.5 已送", "9500（含安装）"]
    one = draft(forms, heading, row)
    assert one.values["purchases"] == {
        "model": "102276",
        "quantity": 2,
        "unit": "套",
        "delivered_on": date(2026, 8, 5),
        "amount": 9500.0,
    }
    assert one.notes == ["送货日期：已送", "金额：含安装"]
    one = draft(forms, heading[:4], ["王", "13812345678", "102276", "2对"])
    assert one.notes == ["数量：2对"]


def test_too_small_a_number_is_listed(forms: Forms) -> None:
    one = draft(forms, ["姓名", "电话", "型号", "金额"], ["王", "13812345678", "1", "-5"])
    assert "amount" not in one.values["purchases"]
    assert one.problems[0].what == "金额：「-5」太小"


def test_choices_are_understood_or_listed(forms: Forms) -> None:
    heading = ["姓名", "电话", "客户来源", "方便时段", "称呼"]
    one = draft(forms, heading, ["王", "13812345678", "转介绍", "上午、周末", "男"])
    assert one.values["customers"] == {
        "source_channel": "老客户介绍",
        "preferred_time": "上午;周末",
        "salutation": "先生",
    }
    assert "客户来源：转介绍" in one.notes
    one = draft(forms, heading, ["王", "13812345678", "天上掉的", "", ""])
    assert one.problems[0].kind is Kind.UNKNOWN_CHOICE
    assert one.notes == ["客户来源：天上掉的"]


def test_birthdays_and_plates_have_one_shape(forms: Forms) -> None:
    heading = ["姓名", "电话", "生日", "车牌"]
    one = draft(forms, heading, ["王", "13812345678", "5月18日", "苏a12345"], "vehicles")
    assert one.values["customers"]["birthday"] == "05-18"
    assert one.values["vehicles"]["plate"] == "苏A12345"


def test_two_ticks_cannot_both_be_meant(forms: Forms) -> None:
    rows = [
        ["姓名", "电话", "满意", "一般"],
        ["王", "13812345678", "√", ""],
        ["李", "13812345679", "", "√"],
        ["赵", "13812345670", "√", "√"],
    ]
    (found,) = read(forms, *rows, ledger="followups")
    assert [one.values["followups"]["overall"] for one in found.drafts] == [4, 3, 4]
    assert found.drafts[2].problems[0].what == "一般：打了两个勾，分不清是哪一个"


def test_scores_in_words(forms: Forms) -> None:
    heading = ["姓名", "电话", "满意度"]
    for told, score in (("非常满意", 5), ("4分", 4), (3.0, 3)):
        one = draft(forms, heading, ["王", "13812345678", told], "followups")
        assert one.values["followups"]["overall"] == score


def test_dates_follow_each_other_over_the_turn_of_the_year(forms: Forms) -> None:
    one = draft(
        forms,
        ["完成日期", "日期", "客户", "电话", "客诉内容"],
        ["1.3", "12.28", "王", "13812345678", "门关不严"],
        "complaints",
        "2026年客诉",
    )
    assert one.values["complaints"]["received_at"] == datetime(2026, 12, 28)
    assert one.values["complaints"]["closed_at"] == datetime(2027, 1, 3)


def test_two_columns_for_one_thing_lose_nothing(forms: Forms) -> None:
    given = {"街道": "地址", "门牌": "地址", "姓名": "客户姓名", "称谓": "客户姓名"}
    task = Task("customers", forms, settings_of("furniture"), MORNING, given=given)
    rows = [
        ["姓名", "电话", "街道", "门牌", "称谓"],
        ["王", "13812345678", "学府路", "3 号", "老王"],
    ]
    (found,) = read_tables([Table("", rows)], task)
    assert found.drafts[0].name == "王"
    assert found.drafts[0].values["customers"]["address"] == "学府路"
    assert found.drafts[0].notes == ["称谓：老王", "门牌：3 号"]


def test_a_word_among_ticks_is_kept(forms: Forms) -> None:
    rows: list[list[Raw]] = [["姓名", "电话", "满意", "一般"]]
    rows += [["王", f"138{number:08d}", "√", ""] for number in range(50)]
    rows.append(["李", "13912345678", "还行", ""])
    (found,) = read(forms, *rows, ledger="followups")
    assert found.drafts[-1].notes == ["满意：还行"]


def test_unknown_staff_are_counted(forms: Forms) -> None:
    rows = [
        ["姓名", "电话", "导购"],
        ["王", "13812345678", "赵倩"],
        ["李", "13812345679", "小林"],
        ["赵", "13812345670", "小林"],
    ]
    (found,) = read(forms, *rows)
    assert found.unknown_staff == {"小林": 2}


def test_groups_written_once_hold_for_the_rows_below(forms: Forms) -> None:
    rows = [["类别", "名称"], ["五金", "铰链"], ["", "滑轨"], ["", "拉手"], ["板件", "背板"]]
    (found,) = read(forms, *rows, ledger="parts")
    told = [one.values["parts"].get("category") for one in found.drafts]
    assert told == ["五金", "五金", "五金", "板件"]


def test_rows_without_a_number_go_on_with_the_customer_above(forms: Forms) -> None:
    heading = ["序号", "姓名", "电话", "型号"]
    rows: list[list[Raw]] = [
        [1.0, "王", "13812345678", "102276"],
        ["", "", "", "106302A"],
        [2.0, "", "", "106303A"],
        [],
        ["", "", "", "106304A"],
    ]
    (found,) = read(forms, heading, *rows)
    assert [one.name for one in found.drafts] == ["王", "王", "", ""]


@pytest.mark.parametrize(
    ("rows", "trouble"),
    [
        ([["货号", "尺码"], ["1", "42"]], "没有找到这些列：客户姓名、联系电话，整张表没有导入"),
        ([[1, 2], [3, 4]], "没有找到表头，没有导入"),
        ([["", None]], "是空的"),
    ],
)
def test_what_is_no_such_list_is_named(forms: Forms, rows: list[list[Raw]], trouble: str) -> None:
    (found,) = read(forms, *rows)
    assert (found.report.trouble, found.drafts) == (trouble, ())


def test_another_table_beside_the_list_is_named(forms: Forms) -> None:
    rows: list[list[Raw]] = [
        ["名称", "库存", "", "借用人", "名称", "数量"],
        ["铰链", "30个", "", "刘师傅", "电钻", 1.0],
        ["滑轨", "27个", "", "", "", ""],
    ]
    stock, tools = read(forms, *rows, ledger="parts")
    assert len(stock.drafts) == 2
    assert tools.report.trouble == "旁边的另一张表（借用人、名称、数量）没有导入"


def test_the_same_list_in_two_blocks_is_read_from_left_to_right(forms: Forms) -> None:
    rows: list[list[Raw]] = [
        ["名称", "库存", "", "名称", "库存"],
        ["铰链", 30.0, "", "电钻", 1.0],
        ["滑轨", 27.0, "", "", ""],
    ]
    left, right = read(forms, *rows, ledger="parts")
    names = [one.values["parts"]["name"] for one in (*left.drafts, *right.drafts)]
    assert names == ["铰链", "滑轨", "电钻"]


def test_a_decision_about_a_heading_that_is_not_there_is_refused(forms: Forms) -> None:
    task = Task("customers", forms, settings_of("furniture"), MORNING, given={"没有": "微信"})
    with pytest.raises(Misuse, match="没有这一列"):
        read_tables([Table("", [["姓名", "电话"], ["王", "13812345678"]])], task)
