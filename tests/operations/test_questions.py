"""All that only a person can decide, counted and in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from storedesk.operations import questions, records, syncing
from storedesk.operations.desk import Desk

CUSTOMERS = "客户档案.xlsx"


def save(path: Path, change: Any) -> None:
    book = openpyxl.load_workbook(path)
    change(book["客户档案"])
    book.save(path)
    book.close()


def test_each_kind_counts_once(desk: Desk) -> None:
    ids = [
        records.add(desk, "customers", {"客户姓名": name, "联系电话": phone}, "客服").first
        for name, phone in (("王建国", "13800003456"), ("李敏", "13900001111"))
    ]
    syncing.sync(desk)
    assert (questions.count_open(desk), questions.open_questions(desk).sentences()) == (0, [])
    for one in ids:
        records.set_values(desk, one, {"微信": "ours"}, "客服")

    def change(sheet: Any) -> None:
        labels = {cell.value: cell.column for cell in sheet[1]}
        sheet.cell(2, labels["微信"], "theirs")
        sheet.delete_rows(3)

    save(desk.path(CUSTOMERS), change)
    syncing.sync(desk)
    assert questions.count_open(desk) == 2
    gone, clash = questions.open_questions(desk).sentences()
    assert "李敏在 Excel 里被删掉了" in gone
    assert "王建国的微信两边都改过" in clash


def test_a_sheet_that_is_not_read_for_its_headers_counts_if_it_held_anything(desk: Desk) -> None:
    def lose_ids(sheet: Any) -> None:
        sheet.cell(1, 1).value = None

    save(desk.path(CUSTOMERS), lose_ids)
    syncing.sync(desk)
    assert questions.count_open(desk) == 0, "nothing was ever in it"
    records.add(desk, "customers", {"客户姓名": "王", "联系电话": "13800003456"}, "客服")
    assert questions.count_open(desk) == 1
