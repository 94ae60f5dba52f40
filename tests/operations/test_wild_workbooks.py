"""What stands in people's workbooks: odd cells stay as they are and are listed where they are.

Nothing is "cleaned" unasked: another cell of the same row is written, and the odd one is the same
bytes as before.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from storedesk.domain.problems import Kind
from storedesk.domain.values import shown
from storedesk.operations import checking, records, syncing
from storedesk.operations.desk import Desk
from storedesk.workbooks.addresses import cell
from storedesk.workbooks.reader import read_workbook

BOOK, WORKBOOK = "客户档案.xlsx", "xl/workbook.xml"
SHEET, PURCHASES = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
WANG = {"客户姓名": "王建国", "联系电话": "13800003456"}


def change_part(path: Path, change: Callable[[str], str], part: str = SHEET) -> None:
    """Rewrite a part of a workbook, as another program might."""
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in package.namelist()}
    content[part] = change(content[part].decode("utf-8", "surrogatepass")).encode(
        "utf-8", "surrogatepass"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)


def in_workbook(tag: str, new: str) -> Callable[[str], str]:
    return lambda part: re.sub(rf"{tag}(?=[\s/>])", new, part)


def part_of(path: Path, part: str = SHEET) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(part).decode()


def position(desk: Desk, ledger: str, label: str) -> int:
    """Return where a column stands in a workbook of the program's own making."""
    form = desk.forms[ledger]
    head = read_workbook(desk.path(form.workbook), [form]).sheets[ledger]
    return head.columns[form.by_label[label].key]


def set_raw(desk: Desk, ledger: str, label: str, row: int, content: str) -> str:
    """Put raw content (attributes, then what stands inside) into a cell; return the cell."""
    workbook = desk.forms[ledger].workbook
    address = cell(position(desk, ledger, label), row)
    attributes, _, inside = content.partition("|")
    new = f'<c r="{address}"{attributes}>{inside}</c>'

    def change(part: str) -> str:
        old = re.compile(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
        if old.search(part):
            return old.sub(lambda _: new, part)
        # The cells before it stand in columns to the left.
        begin, end = re.search(rf'<row r="{row}".*?</row>', part, re.DOTALL).span()  # type: ignore[union-attr]
        cells = re.findall(r'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>)', part[begin:end])
        after = [letters for letters in cells if (len(letters), letters) > _letters(address)]
        at = part.index(f'<c r="{after[0]}{row}"', begin) if after else end - len("</row>")
        return part[:at] + new + part[at:]

    sheet = SHEET if ledger == "customers" else PURCHASES
    change_part(desk.path(workbook), change, sheet)
    assert new in part_of(desk.path(workbook), sheet)
    return new


def _letters(address: str) -> tuple[int, str]:
    letters = address.rstrip("0123456789")
    return len(letters), letters


def text(content: str, space: str = "") -> str:
    return f' t="inlineStr"|<is><t{space}>{content}</t></is>'


PRESERVED = ' xml:space="preserve"'
# ledger, label, raw cell, what is said of it (None: nothing is wrong), what the record then holds
ODD = {
    "an error of a formula": (
        "customers",
        "地址",
        ' t="e"|<f>A1</f><v>#REF!</v>',
        "显示 #REF!",
        None,
    ),
    "an error as a value": ("purchases", "送货日期", ' t="e"|<v>#N/A</v>', "显示 #N/A", None),
    "a division by zero": ("customers", "微信", ' t="e"|<f>1/0</f><v>#DIV/0!</v>', "#DIV/0!", None),
    "a phone as a number": ("customers", "联系电话", "|<v>13800003456</v>", None, "13800003456"),
    "full width": ("customers", "联系电话", text("１３８００００９９９９"), None, "13800009999"),
    "no phone": ("customers", "联系电话", text("打不通"), "打不通", None),
    "a date as text": ("purchases", "送货日期", text("2026.5.6"), None, "2026-05-06"),
    "no date": ("purchases", "送货日期", text("五月初六"), "五月初六", None),
    "a date before all dates": ("purchases", "送货日期", ' s="2"|<v>-5</v>', "", None),
    "a date after all dates": ("purchases", "送货日期", "|<v>99999999</v>", "99999999", None),
    "a number as text": ("purchases", "数量", text("12"), None, "12"),
    "no number": ("purchases", "数量", text("一打"), "一打", None),
    "not a number": ("purchases", "数量", "|<v>NaN</v>", "不是有效的数字", None),
    "too large a number": ("purchases", "数量", "|<v>1E400</v>", "不是有效的数字", None),
    "as long as a cell": ("customers", "地址", text("字" * 32_767), None, "字" * 32_767),
    "too long": ("customers", "地址", text("字" * 32_768), "超过 32767 个字", "字" * 32_768),
    "half a character": ("customers", "地址", text("甲_xD83D_乙"), None, "甲_xD83D_乙"),
    "control characters": (
        *("customers", "地址", text("甲_x0001_乙_x0000_")),
        *("控制字符", "甲\x01乙\x00"),
    ),
    "a carriage return": ("customers", "地址", text("甲_x000D_\n乙", PRESERVED), None, "甲\r\n乙"),
    "an escape as text": ("customers", "地址", text("_x005F_x000D_"), None, "_x000D_"),
    "spaces around": ("customers", "地址", text("  学府  ", PRESERVED), None, "  学府  "),
    "a formula as text": ("customers", "地址", text("=1+1"), None, "=1+1"),
    "a formula": ("customers", "地址", ' t="str"|<f>"学"&amp;"府"</f><v>学府</v>', None, "学府"),
    "a truth": ("customers", "地址", ' t="b"|<v>1</v>', None, "是"),
    "an unknown choice": ("customers", "称呼", text("大人"), "大人", "大人"),
}


def test_odd_cells_are_listed_and_stay(desk: Desk) -> None:
    """One row for each odd cell; then another cell of every row is written."""
    people = [
        records.add(
            desk, "customers", {"客户姓名": f"客户{at}", "联系电话": f"1390000{at:04}"}, "客服"
        ).first
        for at in range(len(ODD))
    ]
    sold = [
        records.add(desk, "purchases", {"客户编号": one, "产品型号": "沙发"}, "客服").first
        for one in people
    ]
    syncing.sync(desk)
    path = desk.path(BOOK)
    cells: dict[str, tuple[str, str]] = {}
    for row, (name, (ledger, label, raw, _, _)) in enumerate(ODD.items(), 2):
        cells[name] = (desk.forms[ledger].label, set_raw(desk, ledger, label, row, raw))
    report = syncing.sync(desk)
    assert not report.errors
    for row, (name, (ledger, label, _, said, holds)) in enumerate(ODD.items(), 2):
        address = cell(position(desk, ledger, label), row)
        at = (desk.forms[ledger].label, address)
        found = [one for one in report.problems if (one.sheet, one.cell) == at]
        assert [said in one.what for one in found if said is not None] == [True] * len(found), name
        assert bool(found) == (said is not None), name
        record = desk.mirror.get(ledger, (people if ledger == "customers" else sold)[row - 2])
        assert record is not None, name
        column = desk.forms[ledger].by_label[label]
        assert (shown(record[column.key], column.type) or None) == holds, name
    checked = checking.check(desk)
    assert {one.sentence() for one in report.problems} <= {one.sentence() for one in checked}

    for number, (one, thing) in enumerate(zip(people, sold, strict=True)):
        records.set_values(desk, one, {"省市区": f"浙江{number}"}, "客服")
        records.set_values(desk, thing, {"备注": f"赠靠垫{number}"}, "客服")
    report = syncing.sync(desk)
    assert not report.errors
    assert report.waiting == ()
    for number, (name, (sheet, odd)) in enumerate(cells.items()):
        part = part_of(path, SHEET if sheet == "客户档案" else PURCHASES)
        assert odd in part, name
        assert f"浙江{number}<" in part_of(path)
        assert f"赠靠垫{number}<" in part_of(path, PURCHASES)
    assert {one.sentence() for one in checking.check(desk)} == {one.sentence() for one in checked}


def test_a_1904_workbook_keeps_its_days(desk: Desk) -> None:
    records.add(desk, "customers", WANG, "客服")
    told = {"客户编号": "13800003456", "产品型号": "沙发", "送货日期": "2026-11-20"}
    sofa = records.add(desk, "purchases", told, "客服").first
    syncing.sync(desk)
    path = desk.path(BOOK)
    change_part(path, in_workbook("<workbookPr", '<workbookPr date1904="1"'), WORKBOOK)
    odd = set_raw(desk, "purchases", "送货日期", 2, ' s="2"|<v>44884</v>')
    syncing.sync(desk)
    assert records.get(desk, sofa).day("delivered_on") == date(2026, 11, 20)
    records.set_values(desk, sofa, {"备注": "赠靠垫"}, "客服")
    assert syncing.sync(desk).waiting == ()
    assert odd in part_of(path, PURCHASES)
    assert "赠靠垫" in part_of(path, PURCHASES)


# --- workbooks that cannot be written ------------------------------------------------------------


def test_a_workbook_that_cannot_be_written_says_so_when_it_is_read(desk: Desk) -> None:
    """Before anybody enters anything; entries then wait and say why, and go in when they can."""
    wang = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    path = desk.path(BOOK)
    plain = path.read_bytes()
    reserved = "<fileSharing readOnlyRecommended='1'/><workbookPr"
    change_part(path, in_workbook("<workbookPr", reserved), WORKBOOK)
    report = syncing.sync(desk)
    (problem,) = [one for one in report.problems if one.kind is Kind.READ_ONLY]
    assert "只能看，不能写入" in problem.sentence()
    assert problem in checking.open_problems(desk)
    assert problem in checking.check(desk)

    records.set_values(desk, wang, {"地址": "学府花园"}, "客服")
    (waiting,) = syncing.status(desk).waiting
    assert "建议只读" in waiting.why
    assert "另存为" in waiting.why
    closed = path.read_bytes()
    report = syncing.sync(desk)
    assert "建议只读" in "".join(report.lines())
    assert path.read_bytes() == closed

    path.write_bytes(plain)
    report = syncing.sync(desk)
    assert report.waiting == ()
    assert "学府花园" in part_of(path)
    assert not [one for one in checking.open_problems(desk) if one.kind is Kind.READ_ONLY]


def test_a_cell_that_cannot_be_written_holds_up_no_other(desk: Desk) -> None:
    wang = records.add(desk, "customers", WANG, "客服").first
    li = records.add(
        desk, "customers", {"客户姓名": "李秀英", "联系电话": "13900003456"}, "客服"
    ).first
    syncing.sync(desk)
    path = desk.path(BOOK)
    address = cell(position(desk, "customers", "地址"), 3)
    left = cell(position(desk, "customers", "地址") - 1, 3)
    merged = f'<mergeCells count="1"><mergeCell ref="{left}:{address}"/></mergeCells>'
    after = r"</sheetData>(<sheetProtection[^>]*>)?(<autoFilter[^>]*?(?:/>|>.*?</autoFilter>))?"
    change_part(path, lambda part: re.sub(after, lambda found: found[0] + merged, part))
    records.set_values(desk, wang, {"地址": "学府花园"}, "客服")
    records.set_values(desk, li, {"地址": "汽车东站", "微信": "lixiuying"}, "客服")
    report = syncing.sync(desk)
    part = part_of(path)
    assert "学府花园" in part
    assert "lixiuying" in part
    assert "汽车东站" not in part
    (waiting,) = report.waiting
    assert waiting.count == 1
    assert f"{address} 格被合并单元格盖住" in waiting.why
    change_part(path, lambda part: part.replace(merged, ""))
    assert syncing.sync(desk).waiting == ()
    assert "汽车东站" in part_of(path)
