from __future__ import annotations

import codecs
from datetime import date
from pathlib import Path

import pytest

from storedesk.domain.errors import (
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookError,
    WorkbookMissing,
    WorkbookUnsafe,
)
from storedesk.workbooks.foreign import Table, read_table
from tests.helpers.raw_workbooks import (
    SHARED,
    number_cell,
    parts,
    put,
    row,
    sheet,
    text_cell,
    zipped,
)

TEXT = "姓名,电话,地址\n王建国,13812345678,\n,,\n李秀英,=1+1,“幸福”小区\n"
ROWS = (
    ("姓名", "电话", "地址"),
    ("王建国", "13812345678"),
    (),
    ("李秀英", "=1+1", "“幸福”小区"),
)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gb18030", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_texts_in_any_encoding(tmp_path: Path, encoding: str, mark: bytes) -> None:
    path = put(tmp_path, mark + TEXT.encode(encoding), "客户.csv")
    assert read_table(path) == (Table("客户", ROWS),)


@pytest.mark.parametrize("sign", [",", "\t", ";", "|", "，"])
def test_texts_with_any_sign_between(tmp_path: Path, sign: str) -> None:
    path = put(tmp_path, TEXT.replace(",", sign).encode(), "客户.txt")
    assert read_table(path)[0].rows == ROWS


def test_quoted_texts(tmp_path: Path) -> None:
    path = put(tmp_path, '姓名,备注\r\n"王,建国","一\n""二"""\r\n'.encode(), "客户.csv")
    assert read_table(path)[0].rows == (("姓名", "备注"), ("王,建国", '一\n"二"'))


def test_utf16_without_a_mark_is_recognised_in_plain_text(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        path = put(tmp_path, "name,phone\na,1\n".encode(encoding), "a.csv")
        assert read_table(path)[0].rows == (("name", "phone"), ("a", "1"))


@pytest.mark.parametrize("content", [b"", b"\n\n", b" , \n"])
def test_empty_texts(tmp_path: Path, content: bytes) -> None:
    assert read_table(put(tmp_path, content, "a.csv")) == ()


@pytest.mark.parametrize(
    ("content", "name", "kind", "words"),
    [
        (b"\xff\xff\xff\xfd", "a.csv", WorkbookDamaged, "编码"),
        (b"," * 600, "a.csv", WorkbookUnsafe, "太多"),
        (b"%PDF-1.7", "a.pdf", WorkbookDamaged, "不是 Excel"),
        (b"PK\x03\x04", "a.xlsx", WorkbookDamaged, None),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            WorkbookEncrypted,
            "密码",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "a.xls", WorkbookDamaged, None),
    ],
)
def test_what_is_no_table(
    tmp_path: Path, content: bytes, name: str, kind: type[WorkbookError], words: str | None
) -> None:
    with pytest.raises(kind, match=words):
        read_table(put(tmp_path, content, name))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(WorkbookMissing):
        read_table(tmp_path / "a.csv")


def test_sheets_with_their_row_numbers(tmp_path: Path) -> None:
    content = parts(
        {
            "甲": sheet(row(3, text_cell("B3", "姓名"), number_cell("D3", 5))),
            "空": sheet(),
            "乙": sheet(row(1, text_cell("A1", "=1+1"))),
        }
    )
    assert read_table(put(tmp_path, zipped(content), "a.xlsm")) == (
        Table("甲", ((), (), (None, "姓名", None, 5.0))),
        Table("乙", (("=1+1",),)),
    )


def test_a_far_cell_is_refused_before_any_reader_sees_it(tmp_path: Path) -> None:
    content = parts({"甲": sheet(row(1, text_cell("XFD1048576", "x")))})
    with pytest.raises(WorkbookUnsafe, match="XFD1048576"):
        read_table(put(tmp_path, zipped(content), "a.xlsx"))


def test_an_old_workbook_is_read() -> None:
    (table,) = read_table(Path(__file__).parents[1] / "data" / "workbooks" / "old.xls")
    assert table.rows == (
        ("客户姓名", "联系电话", "购买日期"),
        ("王建国", 19900000001.0, date(2026, 11, 22)),
        ("李秀英", 19900000002.0),
    )


def test_what_makes_the_reader_abort_does_not_take_us_along(tmp_path: Path) -> None:
    """Calamine finds the zip file behind an old workbook's first bytes and reserves 512 GB."""
    far = zipped(parts({"甲": sheet(row(1, text_cell("A1", "x"), text_cell("XFD1048576", "x")))}))
    path = put(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + far, "a.xls")
    with pytest.raises(WorkbookUnsafe, match="意外"):
        read_table(path)


@pytest.mark.skipif(
    not (SHARED / "messy").exists(), reason="needs the ledgers of shared/data/messy"
)
def test_ledgers_as_stores_keep_them() -> None:
    for path in sorted((SHARED / "messy").iterdir()):
        if path.suffix in (".xlsx", ".csv"):
            assert sum(len(table.rows) for table in read_table(path)) > 10, path.name
