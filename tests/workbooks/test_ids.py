from __future__ import annotations

from storedesk.workbooks.ids import IdColumn
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.strings import SharedStrings
from tests.helpers.raw_workbooks import header, record_row, row, sheet, text_cell


def ids(*rows: str, strings: bytes = b"") -> IdColumn:
    part = SheetXml(sheet(header(), *rows).encode(), "账.xlsx")
    return IdColumn(part, SharedStrings(strings), 1, 1)


def test_the_topmost_row_of_an_id_counts_and_headers_do_not() -> None:
    column = ids(record_row(2, "KH-1"), record_row(3, "KH-2"), record_row(4, "KH-1"))
    assert column.standing({"KH-1", "KH-9", "客户编号"}) == {"KH-1": 2}
    assert column.standing({f"KH-{number}" for number in range(50)}) == {"KH-1": 2, "KH-2": 3}


def test_an_id_mentioned_elsewhere_is_not_a_record() -> None:
    column = ids(row(2, text_cell("A2", "KH-1"), text_cell("B2", "见 KH-2")))
    assert column.standing({"KH-2"}) == {}


def test_the_id_at_a_row() -> None:
    column = ids(row(2, text_cell("B2", "王")), record_row(4, "KH-1"))
    assert [column.at(number) for number in (2, 3, 4)] == ["", None, "KH-1"]


def test_full_width_and_blanks_do_not_count() -> None:
    column = ids(record_row(2, " ＫＨ－１ "))
    assert column.at(2) == "KH-1"
    assert ids(row(2, '<c r="A2" t="s"><v>0</v></c>'), strings=b"<si><t>KH-1</t></si>").standing(
        {"KH-1"}
    ) == {"KH-1": 2}
