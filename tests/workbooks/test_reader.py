from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from storedesk.domain.errors import (
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookError,
    WorkbookMissing,
)
from storedesk.domain.problems import Kind
from storedesk.domain.sheets import WorkbookContent
from storedesk.workbooks.reader import fingerprint, read_workbook, unchanged
from tests.helpers.raw_workbooks import (
    BOOK,
    DAY_STYLE,
    FORM,
    HEADERS,
    MAIN,
    MOMENT_STYLE,
    header,
    number_cell,
    one_sheet,
    parts,
    put,
    record_row,
    row,
    sheet,
    text_cell,
    zipped,
)


def read(folder: Path, content: bytes) -> WorkbookContent:
    return read_workbook(put(folder, content), [FORM])


def test_rows_stand_at_their_numbers_and_columns(tmp_path: Path) -> None:
    part = sheet(
        row(1, text_cell("C1", "一览")),
        row(3, text_cell("C3", "客户编号"), text_cell("D3", "客户姓名"), text_cell("F3", "我的")),
        row(5, text_cell("C5", "KH-1"), text_cell("F5", "自己的")),
        row(8, text_cell("D8", "李")),
        row(9, '<c r="C9" s="1"/>'),
    )
    found = read(tmp_path, one_sheet(part)).sheets["customers"]
    assert found.columns == {"id": 3, "name": 4}
    assert found.extras == {"我的": 6}
    assert [(one.number, one.values) for one in found.rows] == [
        (5, (None, None, "KH-1", None, None, "自己的")),
        (8, (None, None, None, "李")),
    ]


def test_rows_with_nothing_of_ours_are_left_out(tmp_path: Path) -> None:
    """Own formulas filled down beside the table, a signature below it."""
    part = sheet(
        header(1, ["客户编号", "客户姓名", "我的"]),
        record_row(2, "KH-1"),
        row(3, '<c r="C3"><f>A3</f><v>0</v></c>'),
        row(9, text_cell("C9", "签字：")),
    )
    rows = read(tmp_path, one_sheet(part)).sheets["customers"].rows
    assert [one.number for one in rows] == [2]


def test_values_as_people_see_them(tmp_path: Path) -> None:
    part = sheet(
        header(),
        row(
            2,
            text_cell("A2", "KH-1"),
            '<c r="B2" t="s"><v>0</v></c>',
            number_cell("C2", 13812345678),
            number_cell("D2", 46348, DAY_STYLE),
            number_cell("E2", 46348.7375, MOMENT_STYLE),
            '<c r="F2"><f>1+1</f><v>2</v></c>',
            '<c r="G2" t="e"><v>#N/A</v></c>',
            '<c r="H2" t="b"><v>1</v></c>',
            '<c r="I2" t="str"><f>"a"</f><v>文字</v></c>',
        ),
    )
    strings = ["<r><t>王</t></r><r><t>建国</t></r><rPh sb='0' eb='1'><t>wang</t></rPh>"]
    (only,) = (
        read(tmp_path, zipped(parts({"客户": part}, strings=strings))).sheets["customers"].rows
    )
    assert only.values == (
        "KH-1",
        "王建国",
        13812345678.0,
        date(2026, 11, 22),
        datetime(2026, 11, 22, 17, 42),
        2.0,
        "#N/A",
        True,
        "文字",
    )
    assert only.formulas == frozenset({6, 9})


def test_errors_are_told_whatever_the_cells_look_like(tmp_path: Path) -> None:
    """calamine tells them as empty cells."""
    cells = "<x:c><x:v>1</x:v></x:c><x:c t='e'><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c><x:c t='e'/>"
    names = "".join(
        f"<x:c t='inlineStr'><x:is><x:t>{name}</x:t></x:is></x:c>" for name in HEADERS[:4]
    )
    rows = f"<x:row>{names}</x:row><x:row>{cells}</x:row>"
    part = f"<x:worksheet xmlns:x='{MAIN}'><x:sheetData>{rows}</x:sheetData></x:worksheet>"
    (only,) = read(tmp_path, one_sheet(part)).sheets["customers"].rows
    assert only.values == (1.0, "#DIV/0!", "#ERROR!")


def test_marks_are_equal_for_equal_values_only(tmp_path: Path) -> None:
    part = sheet(
        header(),
        row(2, text_cell("A2", "KH-1"), number_cell("C2", 1)),
        row(3, text_cell("A3", "KH-1"), text_cell("C3", "1")),
        row(4, text_cell("A4", "KH-1", 2), number_cell("C4", 1, 1), '<c r="F4" s="1"/>'),
    )
    rows = read(tmp_path, one_sheet(part)).sheets["customers"].rows
    assert rows[0].mark == rows[2].mark
    assert rows[0].mark != rows[1].mark
    again = read(tmp_path, one_sheet(part)).sheets["customers"].rows
    assert [one.mark for one in rows] == [one.mark for one in again]


def test_problems_of_headers_do_not_stop_the_rest(tmp_path: Path) -> None:
    part = sheet(header(1, ["客户编号", "客户姓名", "客户姓名"]), record_row(2, "KH-1"))
    content = read(tmp_path, one_sheet(part))
    assert len(content.sheets["customers"].rows) == 1
    assert [one.kind for one in content.problems] == [Kind.MISSING_COLUMN, Kind.DUPLICATE_COLUMN]
    assert content.problems[1].where() == f"《{BOOK}》「客户档案」C1 格"


def test_other_sheets_are_not_read(tmp_path: Path) -> None:
    broken = "<worksheet><sheetData><row><c><v>1</v></wrong></row></sheetData></worksheet>"
    content = read(tmp_path, zipped(parts({"坏的": broken, "客户": sheet(header())})))
    assert content.sheets.keys() == {"customers"}


def test_a_broken_ledger_is_damage(tmp_path: Path) -> None:
    part = sheet(header(), '<row r="2"><c r="A2"><v>1</v></wrong></row>')
    with pytest.raises(WorkbookDamaged, match="「客户档案」读不出来"):
        read(tmp_path, one_sheet(part))


def test_protection_is_told(tmp_path: Path) -> None:
    part = sheet(header(), after='<sheetProtection sheet="1"/>')
    assert read(tmp_path, one_sheet(part)).sheets["customers"].protected


def test_the_fingerprint_is_that_of_the_bytes_read(tmp_path: Path) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    content = read_workbook(path, [FORM])
    assert content.fingerprint == fingerprint(path)
    assert unchanged(path, content.fingerprint)
    path.write_bytes(path.read_bytes() + b" ")
    assert not unchanged(path, content.fingerprint)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", WorkbookDamaged),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), WorkbookEncrypted),
        ("客户编号,姓名\n".encode("gb18030"), WorkbookDamaged),
    ],
)
def test_no_workbook(tmp_path: Path, content: bytes, kind: type[WorkbookError]) -> None:
    with pytest.raises(kind, match=BOOK):
        read(tmp_path, content)


def test_a_missing_workbook(tmp_path: Path) -> None:
    with pytest.raises(WorkbookMissing, match="备份"):
        read_workbook(tmp_path / BOOK, [FORM])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_workbook_that_may_not_be_read(tmp_path: Path) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    path.chmod(0)
    with pytest.raises(WorkbookError, match="权限"):
        read_workbook(path, [FORM])
