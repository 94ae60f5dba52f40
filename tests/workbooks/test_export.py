from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from storedesk.workbooks.export import export_table


def test_a_plain_table() -> None:
    content = export_table(
        "日报 11/22",
        ["客户", "日期", "时间", "金额", "同意"],
        [
            ["=1+1", date(2026, 11, 22), datetime(2026, 11, 22, 9, 30), 12.5, True],
            ["@x\x00", None, None, 3, False],
        ],
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["日报 11 22"]
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows == [
        ["客户", "日期", "时间", "金额", "同意"],
        ["=1+1", datetime(2026, 11, 22), datetime(2026, 11, 22, 9, 30), 12.5, "是"],
        ["@x", None, None, 3, "否"],
    ]
    assert book.active["A2"].data_type == "s"
    assert book.active.auto_filter.ref == "A1:E3"


@pytest.mark.parametrize(
    ("title", "name"), [("", "表"), ("a" * 40, "a" * 31), ("'[月报]:*?/\\'", "月报")]
)
def test_names_excel_does_not_allow(title: str, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_table(title, ["a"], [])))
    assert book.sheetnames == [name]
