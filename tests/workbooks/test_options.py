"""The drop-down lists of our own workbooks follow 门店设置."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from storedesk.domain.sheets import RowWrite, Stamp, WritePlan, Written
from storedesk.workbooks.blank import create_workbook
from storedesk.workbooks.finder import OPTIONS_SHEET
from storedesk.workbooks.reader import fingerprint
from storedesk.workbooks.writer import apply
from tests.helpers.raw_workbooks import BOOK, FORM, NOW, header, one_sheet, part_of, put, sheet


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / BOOK
    create_workbook(
        path,
        [FORM],
        desk="D",
        choices={"员工": ["林晓", "王芳"], "等级": ["A", "B", "C"]},
        store="店",
        profile="furniture",
    )
    return path


def offer(path: Path, choices: dict[str, list[str]], *rows: RowWrite) -> Written:
    plan = WritePlan(BOOK, fingerprint(path), rows, Stamp(), choices=choices)
    return apply(path.parent, plan, [FORM], desk="D", now=NOW).result


def lists(path: Path) -> list[list[object]]:
    columns = openpyxl.load_workbook(path)[OPTIONS_SHEET].columns
    return [[cell.value for cell in column if cell.value is not None] for column in columns]


def test_lists_grow_shrink_and_unknown_ones_are_passed_over(book: Path) -> None:
    row = RowWrite("customers", "KH-1", None, {"name": "王"})
    staff = ["林晓", "=张三", "李四", "赵六", "0571"]
    assert offer(book, {"员工": staff, "等级": ["A"], "没有的": ["x"]}, row) is Written.DONE
    assert lists(book) == [["员工", *staff], ["等级", "A"]]
    assert "<f" not in part_of(book, "xl/worksheets/sheet2.xml")
    assert offer(book, {"等级": []}) is Written.DONE
    assert lists(book) == [["员工", *staff], ["等级"]]


def test_equal_lists_change_nothing(book: Path) -> None:
    before = book.read_bytes()
    assert offer(book, {"员工": ["林晓", "王芳"]}) is Written.DONE
    assert book.read_bytes() == before


def test_a_workbook_without_lists_or_with_strange_ones_is_written_all_the_same(
    tmp_path: Path,
) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    assert offer(path, {"员工": ["林晓"]}) is Written.DONE
    path = put(tmp_path, one_sheet(sheet("<!-- a -->"), OPTIONS_SHEET))
    assert offer(path, {"员工": ["林晓"]}) is Written.DONE
