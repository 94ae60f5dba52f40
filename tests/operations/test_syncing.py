"""Desk and workbooks in step: people edit with openpyxl as they would in Excel."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import PatternFill

from storedesk.domain.errors import WorkbookMissing
from storedesk.domain.problems import Kind
from storedesk.domain.select import Equal, Select
from storedesk.operations import checking, records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.syncing import SyncReport

CUSTOMERS = "客户档案.xlsx"
WANG = {"客户姓名": "王建国", "联系电话": "13800003456", "地址": "学府花园3幢501"}


def edit(desk: Desk, workbook: str, change: Callable[[Any], object]) -> None:
    """Change a workbook the way a person does: open, edit, save."""
    path = desk.path(workbook)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    book.close()


def headers(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1] if cell.value}


def type_row(book: Any, sheet_name: str, cells: dict[str, object]) -> int:
    sheet = book[sheet_name]
    row = 2
    while any(cell.value is not None for cell in sheet[row]):
        row += 1
    for label, value in cells.items():
        sheet.cell(row, headers(sheet)[label], value)
    return row


def sheet_rows(desk: Desk, workbook: str, sheet_name: str) -> list[dict[str, object]]:
    book = openpyxl.load_workbook(desk.path(workbook))
    sheet = book[sheet_name]
    labels = [cell.value for cell in sheet[1]]
    rows = [
        {str(k): v for k, v in zip(labels, row, strict=False) if v is not None}
        for row in sheet.iter_rows(min_row=2, values_only=True)
        if any(value is not None for value in row)
    ]
    book.close()
    return rows


def test_an_entry_reaches_its_workbook_and_nothing_waits(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    report = syncing.sync(desk)
    assert report.written == ((CUSTOMERS, 1),)
    assert report.waiting == ()
    (row,) = sheet_rows(desk, CUSTOMERS, "客户档案")
    assert row["客户编号"] == customer == "KH-20261120-A001"
    assert (row["客户姓名"], row["联系电话"], row["地址"]) == tuple(WANG.values())
    assert syncing.sync(desk).lines() == ["都已同步：工作簿没有新的改动，也没有等待写入的登记。"]


@pytest.mark.parametrize("told", ["13800003456", "王建国", 13800003456])
def test_a_purchase_typed_in_excel_gets_an_id_and_a_call(
    car_desk: Desk, clock: FixedClock, told: object
) -> None:
    customer = records.add(car_desk, "customers", WANG, "客服").first
    syncing.sync(car_desk)
    edit(
        car_desk,
        CUSTOMERS,
        lambda book: type_row(
            book,
            "购买记录",
            {"客户编号": told, "产品型号": "K5", "送货日期": datetime(2026, 11, 13)},
        ),
    )
    report = syncing.sync(car_desk)
    assert report.problems == ()
    (purchase,) = car_desk.mirror.select(Select("purchases"))
    assert purchase.id == "GM-20261120-A001"
    assert purchase["customer"] == customer
    (followup,) = car_desk.mirror.select(Select("followups"))
    assert followup.day("due_on") == date(2026, 11, 20)
    (row,) = sheet_rows(car_desk, CUSTOMERS, "购买记录")
    assert row["购买编号"] == purchase.id
    assert row["客户编号"] == told, "what people typed stays as typed"
    (task,) = sheet_rows(car_desk, "回访台账.xlsx", "回访任务")
    assert task["触发单号"] == purchase.id


def test_colour_own_column_and_chart_survive_the_next_write(desk: Desk) -> None:
    records.add(desk, "customers", WANG, "客服")
    syncing.sync(desk)

    def restyle(book: Any) -> None:
        sheet = book["客户档案"]
        for cell in sheet[2]:
            cell.fill = PatternFill("solid", fgColor="FFEE99")
        sheet.cell(1, sheet.max_column + 1, "我的备注")
        sheet.cell(2, sheet.max_column, "老客户，爱喝茶")
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
        sheet.add_chart(chart, "B9")

    edit(desk, CUSTOMERS, restyle)
    report = syncing.sync(desk)
    assert report.problems == ()
    before = _parts(desk.path(CUSTOMERS))
    customer = desk.mirror.ids(Select("customers"))[0]
    assert desk.mirror.records("customers", [customer])[0].extras == {"我的备注": "老客户，爱喝茶"}
    records.set_values(desk, customer, {"地址": "滨河湾8幢"}, "客服")
    records.add(desk, "customers", {"客户姓名": "李敏", "联系电话": "13900001111"}, "客服")
    syncing.sync(desk)
    after = _parts(desk.path(CUSTOMERS))
    changed = {name for name in before if before[name] != after.get(name)}
    sheet = next(name for name in changed if "worksheets/" in name)
    assert changed <= {sheet, "xl/workbook.xml", "xl/styles.xml"}, "decision 2"
    rows = sheet_rows(desk, CUSTOMERS, "客户档案")
    assert [row["地址"] for row in rows if "地址" in row] == ["滨河湾8幢"]
    assert rows[0]["我的备注"] == "老客户，爱喝茶"
    assert b"FFEE99" in after["xl/styles.xml"]


def test_a_cell_changed_in_excel_is_taken_and_logged(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    edit(desk, CUSTOMERS, lambda book: _set(book, "客户档案", 2, "地址", "滨河湾8幢"))
    (taken,) = syncing.sync(desk).taken
    assert taken.changed == {"customers": (customer,)}
    assert records.get(desk, customer)["address"] == "滨河湾8幢"
    newest = records.history(desk, customer)[0]
    assert (newest.key, newest.old, newest.new, newest.source) == (
        "address",
        "学府花园3幢501",
        "滨河湾8幢",
        "excel",
    )


def test_both_sides_of_a_record_meet_and_a_clash_keeps_both(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    records.set_values(desk, customer, {"地址": "3幢501", "微信": "wjg_88"}, "客服")
    edit(desk, CUSTOMERS, lambda book: _set(book, "客户档案", 2, "地址", "3幢502"))
    syncing.sync(desk)
    (row,) = sheet_rows(desk, CUSTOMERS, "客户档案")
    assert row["地址"] == "3幢502", "the outside value stays in the workbook"
    assert row["微信"] == "wjg_88"
    (clash,) = desk.mirror.conflicts()
    assert (clash.ours, clash.theirs) == ("3幢501", "3幢502")


def test_retyping_by_excel_is_no_change(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    edit(desk, CUSTOMERS, lambda book: _set(book, "客户档案", 2, "联系电话", 13800003456.0))
    (taken,) = syncing.sync(desk).taken
    assert taken.count == 0
    assert records.get(desk, customer)["phone"] == "13800003456"


def test_a_copied_row_becomes_a_record_of_its_own(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)

    def copy(book: Any) -> None:
        sheet = book["客户档案"]
        for cell in list(sheet[2]):
            sheet.cell(3, cell.column, cell.value)
        _set(book, "客户档案", 3, "客户姓名", "王建民")

    edit(desk, CUSTOMERS, copy)
    report = syncing.sync(desk)
    assert Kind.DUPLICATE_ID in {problem.kind for problem in report.problems}
    names = {row["客户姓名"]: row["客户编号"] for row in sheet_rows(desk, CUSTOMERS, "客户档案")}
    assert names["王建国"] == customer
    assert names["王建民"] != customer
    assert len(set(names.values())) == 2


def test_a_row_deleted_in_excel_is_gone_and_remembered(desk: Desk) -> None:
    for n in range(3):
        records.add(desk, "customers", {**WANG, "联系电话": f"1390000111{n}"}, "客服")
    syncing.sync(desk)
    edit(desk, CUSTOMERS, lambda book: book["客户档案"].delete_rows(3))
    (taken,) = syncing.sync(desk).taken
    (gone,) = taken.gone["customers"]
    assert not desk.mirror.exists("customers", gone)
    assert {e.key for e in desk.mirror.history("customers", gone)} >= {"name", "phone", "_gone"}


def test_many_rows_gone_at_once_stop_and_ask(desk: Desk) -> None:
    _add_customers(desk, 30)
    edit(desk, CUSTOMERS, lambda book: book["客户档案"].delete_rows(2, 25))
    report = syncing.sync(desk)
    (taken,) = report.taken
    assert taken.stopped
    assert desk.mirror.count(Select("customers")) == 30
    confirmed = syncing.sync(desk, confirmed=frozenset({"客户档案"}))
    assert len(confirmed.taken[0].gone["customers"]) == 25
    assert desk.mirror.count(Select("customers")) == 5


def test_sorted_and_moved_rows_are_recognised(desk: Desk) -> None:
    _add_customers(desk, 12)

    def turn_round(book: Any) -> None:
        sheet = book["客户档案"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=13)]
        for number, values in enumerate(reversed(rows), 2):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column, value)

    edit(desk, CUSTOMERS, turn_round)
    (taken,) = syncing.sync(desk).taken
    assert taken.count == 0
    customer = desk.mirror.find_by("customers", "phone", "13900001100")[0]
    records.set_values(desk, customer, {"微信": "first"}, "客服")
    syncing.sync(desk)
    last = sheet_rows(desk, CUSTOMERS, "客户档案")[-1]
    assert (last["客户编号"], last["微信"]) == (customer, "first")


def test_an_old_copy_saved_over_ours_loses_nothing(desk: Desk) -> None:
    _add_customers(desk, 2)
    old = desk.path(CUSTOMERS).read_bytes()
    late = records.add(desk, "customers", {**WANG, "联系电话": "13700007777"}, "客服").first
    syncing.sync(desk)
    desk.path(CUSTOMERS).write_bytes(old)
    syncing.sync(desk)
    assert desk.mirror.exists("customers", late)
    assert late in {row["客户编号"] for row in sheet_rows(desk, CUSTOMERS, "客户档案")}


def test_bad_cells_are_listed_with_their_place_and_the_rest_goes_in(desk: Desk) -> None:
    edit(
        desk,
        CUSTOMERS,
        lambda book: type_row(
            book,
            "客户档案",
            {"客户姓名": "=HYPERLINK(1)", "联系电话": "1380013800a", "地址": "滨河湾"},
        ),
    )
    report = syncing.sync(desk)
    (customer,) = desk.mirror.select(Select("customers"))
    assert customer["address"] == "滨河湾"
    assert customer.raw["phone"] == "1380013800a"
    (problem,) = [p for p in report.problems if p.column == "phone"]
    assert problem.kind is Kind.BAD_VALUE
    assert problem.sentence().startswith("《客户档案.xlsx》「客户档案」C2 格：")
    assert any(p.column == "phone" and p.cell == "C2" for p in checking.check(desk))


def test_a_missing_workbook_is_named_and_the_others_go_on(desk: Desk) -> None:
    records.add(desk, "customers", WANG, "客服")
    desk.path("回访台账.xlsx").rename(desk.folder / "别处.xlsx")
    report = syncing.sync(desk)
    assert report.written == ((CUSTOMERS, 1),)
    (error,) = report.errors
    assert isinstance(error, WorkbookMissing)
    assert not desk.path("回访台账.xlsx").exists(), "never replaced by an empty one"


def test_a_held_workbook_waits_and_is_written_when_free(desk: Desk) -> None:
    lock = desk.folder / ".~lock.客户档案.xlsx#"
    lock.write_text(",王芳,shop-pc,22.11.2026 10:24,file:///x;", "utf-8")
    records.add(desk, "customers", WANG, "客服")
    report = syncing.sync(desk)
    (waiting,) = report.waiting
    assert (waiting.workbook, waiting.count, waiting.holder) == (CUSTOMERS, 1, "王芳")
    assert "王芳" in report.lines()[0]
    lock.unlink()
    assert syncing.sync(desk).written == ((CUSTOMERS, 1),)


def test_everything_comes_back_from_the_workbooks(desk: Desk, clock: FixedClock) -> None:
    _add_customers(desk, 4)
    waiting = records.add(desk, "customers", {**WANG, "联系电话": "13700007777"}, "客服").first
    before = desk.mirror.select(Select("customers"))
    desk.mirror.empty()
    assert desk.mirror.ids(Select("customers")) == [waiting], "what waits is carried over"
    syncing.sync(desk)
    after = desk.mirror.select(Select("customers"))
    assert [(r.id, r.values) for r in after] == [(r.id, r.values) for r in before]


def test_a_lost_mirror_is_read_anew_and_ids_go_on(desk: Desk, clock: FixedClock) -> None:
    _add_customers(desk, 3)
    place = desk.mirror.db.path
    desk.close()
    place.unlink()
    with open_desk(desk.folder, clock=clock) as again:
        syncing.sync(again)
        assert again.mirror.count(Select("customers")) == 3
        added = records.add(again, "customers", {**WANG, "联系电话": "13700007777"}, "客服").first
        assert added == "KH-20261120-A004"
        syncing.sync(again)
        assert checking.check(again) == ()


def test_a_moved_and_renamed_column_is_found(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)

    def rename(book: Any) -> None:
        sheet = book["客户档案"]
        sheet.insert_cols(2)
        sheet.cell(1, 2, "颜色标记")
        sheet.cell(1, headers(sheet)["联系电话"], "手机号码")

    edit(desk, CUSTOMERS, rename)
    (taken,) = syncing.sync(desk).taken
    assert taken.count == 0
    records.set_values(desk, customer, {"联系电话": "13911112222"}, "客服")
    syncing.sync(desk)
    (row,) = sheet_rows(desk, CUSTOMERS, "客户档案")
    assert row["手机号码"] == "13911112222"


def test_where_conditions_find_by_reference(desk: Desk) -> None:
    customer = records.add(desk, "customers", WANG, "客服").first
    purchase = records.add(desk, "purchases", {"客户编号": customer, "产品型号": "102276"}, "客服")
    found = records.ids(desk, Select("purchases", (Equal("customer", customer),)))
    assert found == [purchase.first]


def _add_customers(desk: Desk, count: int) -> SyncReport:
    for n in range(count):
        values = {"客户姓名": f"客户{n:02d}", "联系电话": f"139000011{n:02d}"}
        records.add(desk, "customers", values, "客服")
    return syncing.sync(desk)


def _set(book: Any, sheet_name: str, row: int, label: str, value: object) -> None:
    sheet = book[sheet_name]
    sheet.cell(row, headers(sheet)[label], value)


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}
