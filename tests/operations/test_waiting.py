"""What waits for a workbook can be carried away as a workbook of its own."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from storedesk.domain.errors import Misuse, WorkbookError
from storedesk.operations import records, syncing
from storedesk.operations.desk import Desk
from storedesk.operations.waiting import save_waiting, waiting_tables

CUSTOMERS = "客户档案.xlsx"


def test_what_waits_is_a_table_for_each_ledger(desk: Desk, tmp_path: Path) -> None:
    wang = {"客户姓名": "王建国", "联系电话": "13800003456", "地址": "学府花园"}
    first = records.add(desk, "customers", wang, "客服").first
    syncing.sync(desk)
    (desk.folder / ".~lock.客户档案.xlsx#").write_text(",王芳,pc,22.11.2026 10:24,;", "utf-8")
    records.set_values(desk, first, {"地址": "滨河湾8幢", "微信": "wjg"}, "客服")
    new = {"客户姓名": "=1+1", "联系电话": "13900001111"}
    second = records.add(desk, "customers", new, "客服").first
    records.add(desk, "purchases", {"客户编号": second, "产品型号": "K5"}, "客服")
    assert syncing.sync(desk).waiting[0].count == 3
    tables = waiting_tables(desk, CUSTOMERS)
    save_waiting(tables, tmp_path / "等写入.xlsx")
    book = openpyxl.load_workbook(tmp_path / "等写入.xlsx")
    assert book.sheetnames == ["客户档案", "购买记录"]
    headers, *rows = book["客户档案"].iter_rows(values_only=True)
    found = [dict(zip(headers, row, strict=True)) for row in rows]
    assert found[0]["要写什么"] == "改了：地址、微信"
    assert (found[0]["原来在第几行"], found[0]["地址"]) == (2, "滨河湾8幢")
    assert (found[1]["要写什么"], found[1]["客户编号"]) == ("新的一行", second)
    assert found[1]["客户姓名"] == "=1+1", "text stays text"
    assert book["客户档案"]["D3"].data_type == "s"
    book.close()


def test_nothing_waits_nothing_is_saved(desk: Desk) -> None:
    with pytest.raises(Misuse, match="已经没有等着写入"):
        waiting_tables(desk, CUSTOMERS)


def test_a_place_that_cannot_be_written_is_said(desk: Desk, tmp_path: Path) -> None:
    records.add(desk, "customers", {"客户姓名": "王", "联系电话": "13800003456"}, "客服")
    tables = waiting_tables(desk, CUSTOMERS)
    (tmp_path / "等写入.xlsx").mkdir()
    with pytest.raises(WorkbookError, match="写入出错"):
        save_waiting(tables, tmp_path / "等写入.xlsx")
    assert not list(tmp_path.glob(".storedesk-*"))
