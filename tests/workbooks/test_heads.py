from __future__ import annotations

from storedesk.workbooks.heads import DEPTH, read_heads
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.strings import SharedStrings
from tests.helpers.raw_workbooks import number_cell, parts, row, sheet, text_cell, zipped


def test_texts_of_the_first_rows_whatever_their_kind() -> None:
    part = sheet(
        row(1, text_cell("A1", " 客户编号 "), '<c r="C1" t="s"><v>1</v></c>', '<c r="D1"/>'),
        row(2, number_cell("A2", 2026), '<c r="B2" t="str"><f>"a"</f><v>电话</v></c>'),
        row(DEPTH + 1, text_cell(f"A{DEPTH + 1}", "太低")),
    )
    content = zipped(
        parts({"客户": part}, strings=["<t>x</t>", "<r><t>姓</t></r><r><t>名</t></r>"])
    )
    package = Package(content, "账.xlsx")
    found = anatomy(package)
    (head,) = read_heads(package, found, SharedStrings(package.read(found.strings)))
    assert head.rows == {1: {1: "客户编号", 3: "姓名"}, 2: {1: "2026", 2: "电话"}}


def test_only_the_top_of_a_large_part_is_unpacked() -> None:
    rows = [row(number, text_cell(f"A{number}", f"行{number}")) for number in range(1, 40_000)]
    content = zipped(parts({"客户": sheet(*rows)}))
    cut = bytearray(content)
    # Damage far behind the head must not matter here (the measuring finds it).
    place = content.find(b"xl/worksheets/sheet1.xml") + 24
    cut[place + 200_000] ^= 0xFF
    package = Package(bytes(cut), "账.xlsx")
    (head,) = read_heads(package, anatomy(package), SharedStrings(b""))
    assert head.rows[DEPTH] == {1: f"行{DEPTH}"}
    assert len(head.rows) == DEPTH


def test_prefixes_and_rows_without_numbers() -> None:
    part = "<x:worksheet xmlns:x='m'><x:sheetData>" + "".join(
        f"<x:row><x:c t='inlineStr'><x:is><x:t>{number}</x:t></x:is></x:c></x:row>"
        for number in range(100)
    )
    content = zipped(parts({"客户": part + "</x:sheetData></x:worksheet>"}))
    package = Package(content, "账.xlsx")
    (head,) = read_heads(package, anatomy(package), SharedStrings(b""))
    assert [texts[1] for texts in head.rows.values()] == [str(number) for number in range(DEPTH)]
