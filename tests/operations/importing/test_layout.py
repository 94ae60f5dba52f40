"""Headers, data rows and what else stands in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.values import Raw, label_key
from storedesk.operations.importing.layout import Layout, Reason, detect
from storedesk.operations.importing.tables import Area, Table, is_blank

KNOWN = frozenset(
    label_key(one)
    for one in ("序号", "姓名", "联系电话", "地址", "型号", "送货日期", "备注", "满意", "一般")
)
HEAD = ["序号", "姓名", "联系\n电话", "地址", "型号"]
ROW: list[Raw] = [1.0, "王建国", 19900000001.0, "学府花园", "102276"]


def only(*rows: Sequence[Raw], name: str = "", merged: tuple[Area, ...] = ()) -> Layout:
    (layout,) = detect(Table(name, rows, merged), KNOWN)
    return layout


def numbers(layout: Layout) -> list[int]:
    return [row.number for row in layout.rows]


def reasons(layout: Layout) -> dict[int, Reason]:
    return {one.row: one.reason for one in layout.skipped}


def test_titles_stand_above_and_totals_and_signatures_below() -> None:
    layout = only(
        ["幸福路店客户登记表"],
        ["填表人：小林   单位：元   更新至2026年10月"],
        HEAD,
        ROW,
        ["合计", "", "", "", 319],
        ["店长签字：", "", "", "制表：", ""],
        ["注：金额含安装"],
    )
    assert layout.header_rows == (3,)
    assert numbers(layout) == [4]
    assert reasons(layout) == {
        1: Reason.TITLE,
        2: Reason.TITLE,
        5: Reason.TOTAL,
        6: Reason.SIGNATURE,
        7: Reason.NOTE,
    }
    assert layout.skipped[3].text == "店长签字： 制表："


def test_a_header_of_two_rows_with_groups_above() -> None:
    layout = only(
        ["序号", "客户信息", "", "", "送装", "", "备注"],
        ["", "姓名", "联系电话", "地址", "送货日期", "安装完成", ""],
        [1.0, "王建国", "19900000001", "学府花园", "2026.8.5", "", ""],
    )
    assert layout.header_rows == (1, 2)
    assert [(one.text, one.group) for one in layout.headings] == [
        ("序号", ""),
        ("姓名", "客户信息"),
        ("联系电话", "客户信息"),
        ("地址", "客户信息"),
        ("送货日期", "送装"),
        ("安装完成", "送装"),
        ("备注", ""),
    ]


def test_a_header_of_two_rows_with_parts_below() -> None:
    layout = only(
        ["姓名", "联系电话", "评价", "", "备注"],
        ["", "", "满意", "一般", ""],
        ["王建国", "19900000001", "√", "", ""],
    )
    assert layout.header_rows == (1, 2)
    assert [(one.text, one.group) for one in layout.headings][2:4] == [
        ("满意", "评价"),
        ("一般", "评价"),
    ]


def test_a_first_row_of_texts_is_data_below_a_full_header() -> None:
    layout = only(["姓名", "地址", "备注"], ["王建国", "学府花园", "加微信"])
    assert layout.header_rows == (1,)
    assert numbers(layout) == [2]


def test_month_bands_give_the_year() -> None:
    layout = only(
        HEAD,
        ["2023年12月"],
        ROW,
        [date(2024, 1, 1)],
        ROW,
        ["2月"],
        ROW,
        name="客户",
    )
    assert [(row.number, row.year) for row in layout.rows] == [(3, 2023), (5, 2024), (7, 2024)]
    assert list(reasons(layout).values()) == [Reason.MONTH] * 3


def test_the_sheet_name_or_the_title_gives_the_year() -> None:
    assert only(HEAD, ROW, name="2026年客诉").rows[0].year == 2026
    assert only(["2025年客户"], HEAD, ROW).rows[0].year == 2025
    assert only(HEAD, ROW).rows[0].year is None


def test_the_header_comes_again_on_every_page() -> None:
    layout = only(HEAD, ROW, HEAD, ROW)
    assert numbers(layout) == [2, 4]
    assert reasons(layout) == {3: Reason.HEADER}


def test_rows_that_only_have_a_number_are_no_data() -> None:
    layout = only(HEAD, ROW, [2.0, "", "", "", ""], ["3"])
    assert reasons(layout) == {3: Reason.NUMBER, 4: Reason.NUMBER}


def test_merged_cells_reach_down() -> None:
    layout = only(
        ["类别", "姓名", "地址", "备注"],
        ["五金", "铰链", "", ""],
        ["", "滑轨", "", ""],
        [],
        merged=(Area(2, 1, 3, 1), Area(4, 1, 9, 1)),
    )
    assert [row.cell(1) for row in layout.rows] == ["五金", "五金"]


def test_a_table_beside_the_first_ends_before_it() -> None:
    left, right = detect(
        Table(
            "配件",
            [
                ["姓名", "型号", "", "借用人", "数量"],
                ["铰链", "40cm", "", "刘师傅", 1.0],
                ["滑轨", "标准", "", "", ""],
            ],
        ),
        KNOWN,
    )
    assert [one.text for one in left.headings] == ["姓名", "型号"]
    assert [one.position for one in right.headings] == [4, 5]
    assert (numbers(left), numbers(right)) == ([2, 3], [2])


def test_an_empty_column_alone_parts_nothing() -> None:
    layout = only(
        ["姓名", "联系电话", "", "地址", "备注"],
        ["王建国", "19900000001", "", "", ""],
        ["李敏", "19900000002", "", "学府花园", "加微信"],
    )
    assert len(layout.headings) == 4


def test_values_without_a_heading_are_not_lost() -> None:
    layout = only(["姓名", "联系电话", ""], ["王建国", "19900000001", "老客户"])
    assert (layout.headings[-1].position, layout.headings[-1].text) == (3, "")


def test_unknown_headings_are_a_header_if_they_fill_the_table() -> None:
    layout = only(["谁", "号码", "爱好"], ["王建国", "19900000001", "钓鱼"])
    assert layout.header_rows == (1,)


def test_numbers_alone_have_no_header() -> None:
    assert detect(Table("", [[1, 2, 3], [4, 5, 6]]), KNOWN) == []
    assert detect(Table("", []), KNOWN) == []
    assert detect(Table("", [["标题"]]), KNOWN) == []


CELLS = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(1, 1e9),
    st.sampled_from(["姓名", "联系电话", "地址", "合计", "2026年1月", "签字：", "√"]),
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12))
def test_every_row_that_holds_anything_is_accounted_for(rows: list[list[Raw]]) -> None:
    """Law: below the title, a row is header, data or skipped with a reason; none is lost."""
    layouts = detect(Table("", rows), KNOWN)
    if not layouts:
        return
    seen = set(layouts[0].header_rows)
    for layout in layouts:
        seen |= {row.number for row in layout.rows} | {one.row for one in layout.skipped}
    filled = {n for n, row in enumerate(rows, 1) if not all(map(is_blank, row))}
    assert filled <= seen
