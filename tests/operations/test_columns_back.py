"""A column whose header was lost for a while: what was typed in it meanwhile counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from storedesk.domain.problems import Kind
from storedesk.operations import records, syncing
from storedesk.operations.desk import Desk

CUSTOMERS = "客户档案.xlsx"
ADDRESS = "地址"


def edit(desk: Desk, change: Callable[[Any], object]) -> None:
    path = desk.path(CUSTOMERS)
    book = openpyxl.load_workbook(path)
    change(book["客户档案"])
    book.save(path)
    book.close()


def at(sheet: Any, label: str) -> int:
    return int(next(cell.column for cell in sheet[1] if cell.value == label))


def rename(old: str, new: str | None) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.cell(1, at(sheet, old)).value = new

    return change


def column(desk: Desk, label: str) -> list[object]:
    book = openpyxl.load_workbook(desk.path(CUSTOMERS))
    sheet = book["客户档案"]
    found = [sheet.cell(row, at(sheet, label)).value for row in (2, 3)]
    book.close()
    return found


@pytest.fixture
def two(desk: Desk) -> tuple[str, str]:
    ids = [
        records.add(
            desk,
            "customers",
            {"客户姓名": name, "联系电话": f"1390000111{n}", ADDRESS: f"{n}幢"},
            "客服",
        ).first
        for n, name in enumerate(("王建国", "李敏"))
    ]
    syncing.sync(desk)
    return ids[0], ids[1]


def test_what_was_typed_while_its_header_was_lost_is_taken_in(
    desk: Desk, two: tuple[str, str]
) -> None:
    def lose(sheet: Any) -> None:
        where = at(sheet, ADDRESS)
        sheet.cell(1, where).value = "住在哪"
        sheet.cell(2, where).value = "8幢"

    edit(desk, lose)
    report = syncing.sync(desk)
    assert Kind.MISSING_COLUMN in {problem.kind for problem in report.problems}
    assert records.get(desk, two[0])["address"] == "0幢"
    edit(desk, rename("住在哪", ADDRESS))
    (taken,) = syncing.sync(desk).taken
    assert taken.changed == {"customers": (two[0],)}
    assert [records.get(desk, one)["address"] for one in two] == ["8幢", "1幢"]


def test_an_entry_made_meanwhile_is_merged_cell_by_cell(desk: Desk, two: tuple[str, str]) -> None:
    edit(desk, rename(ADDRESS, "住在哪"))
    syncing.sync(desk)
    records.set_values(desk, two[1], {ADDRESS: "9幢"}, "客服")
    assert syncing.sync(desk).waiting == (), "it waits for its column, not for the workbook"
    edit(desk, rename("住在哪", ADDRESS))
    report = syncing.sync(desk)
    assert [taken.conflicts for taken in report.taken] == [0]
    assert column(desk, ADDRESS) == ["0幢", "9幢"]


def test_a_column_that_was_deleted_and_got_its_header_back_is_filled_again(
    desk: Desk, two: tuple[str, str]
) -> None:
    """Its values are nowhere but here: written again, not taken for emptied."""
    edit(desk, lambda sheet: sheet.delete_cols(at(sheet, ADDRESS)))
    syncing.sync(desk)
    assert records.get(desk, two[0])["address"] == "0幢"
    records.set_values(desk, two[0], {"微信": "wjg"}, "客服")
    edit(desk, lambda sheet: sheet.cell(1, sheet.max_column + 1, ADDRESS))
    syncing.sync(desk)
    assert column(desk, ADDRESS) == ["0幢", "1幢"]
    assert [records.get(desk, one)["address"] for one in two] == ["0幢", "1幢"]
    assert syncing.sync(desk).lines() == ["都已同步：工作簿没有新的改动，也没有等待写入的登记。"]


def test_a_sheet_that_was_lost_and_found_is_compared_whole(
    desk: Desk, two: tuple[str, str]
) -> None:
    def lose(sheet: Any) -> None:
        sheet.cell(1, 1).value = None
        sheet.cell(3, at(sheet, ADDRESS)).value = "8幢"

    edit(desk, lose)
    syncing.sync(desk)
    edit(desk, lambda sheet: sheet.cell(1, 1, "客户编号"))
    syncing.sync(desk)
    assert [records.get(desk, one)["address"] for one in two] == ["0幢", "8幢"]
