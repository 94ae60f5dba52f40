"""Lost headers: proposed by what stands in the columns, written as nothing but header cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from storedesk.domain.errors import StoreDeskError, WorkbookError
from storedesk.domain.select import Select
from storedesk.operations import records, repairing, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk
from storedesk.operations.repairing import Proposal
from tests.operations.conftest import NOON
from tests.operations.stages import build, opened

CUSTOMERS = "客户档案.xlsx"
SHEET = "客户档案"


def edit(desk: Desk, change: Callable[[Any], object]) -> None:
    path = desk.path(CUSTOMERS)
    book = openpyxl.load_workbook(path)
    change(book[SHEET])
    book.save(path)
    book.close()


def at(sheet: Any, label: str) -> Any:
    return next(cell for cell in sheet[1] if cell.value == label)


def rename(old: str, new: str | None) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        at(sheet, old).value = new

    return change


def fill(desk: Desk) -> None:
    """Make a sheet with people's own column, and a backup that knows its headers."""
    for n in range(8):
        person = {"客户姓名": f"客户{n}", "联系电话": f"1390000111{n}", "地址": f"{n}幢"}
        records.add(desk, "customers", person, "客服")
    syncing.sync(desk)
    edit(desk, lambda sheet: sheet.cell(1, sheet.max_column + 1, "我的备注"))
    assert isinstance(desk.clock, FixedClock)
    desk.clock.moment += timedelta(hours=2)
    records.set_values(desk, desk.mirror.ids(Select("customers"))[0], {"微信": "wjg"}, "客服")
    syncing.sync(desk)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("headers"), FixedClock(NOON), fill)


@pytest.fixture
def filled(stage: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    clock.moment += timedelta(hours=2)
    with opened(stage, tmp_path, clock) as desk:
        yield desk


def proposal(desk: Desk) -> Proposal:
    syncing.sync(desk)
    (one,) = repairing.propose(repairing.survey(desk))
    return one


def repair(desk: Desk, one: Proposal) -> None:
    repairing.carry_out(desk.folder, desk.clock.now(), one, one.proposed)
    syncing.sync(desk)


def lost(desk: Desk) -> list[str]:
    return [one.what for book in desk.forms.workbooks() for one in desk.mirror.problems(book)]


def test_nothing_is_lost_nothing_is_proposed(filled: Desk) -> None:
    assert repairing.survey(filled).books == ()
    assert repairing.propose(repairing.survey(filled)) == ()


def test_a_renamed_column_is_known_by_its_content(filled: Desk) -> None:
    edit(filled, rename("联系电话", "打这个"))
    one = proposal(filled)
    assert one.sentence() == (
        "《客户档案.xlsx》「客户档案」的表头找不到了："
        "C 列「打这个」应该就是「联系电话」（8 行里 8 行内容一样）。"
    )
    repair(filled, one)
    assert lost(filled) == []
    records.set_values(
        filled, filled.mirror.ids(Select("customers"))[1], {"电话": "13700001111"}, "客服"
    )
    assert syncing.sync(filled).written == ((CUSTOMERS, 1),)


def test_a_column_without_any_header_and_an_edit_in_it(filled: Desk) -> None:
    def lose(sheet: Any) -> None:
        cell = at(sheet, "地址")
        cell.value = None
        sheet.cell(3, cell.column).value = "8幢"

    edit(filled, lose)
    one = proposal(filled)
    (found,) = [column for column in one.columns if column.position]
    assert (found.label, found.why) == ("地址", "8 行里 7 行内容一样")
    assert "（没有表头，如「0幢」）" in one.sentence()
    repair(filled, one)
    customers = filled.mirror.select(Select("customers"))
    assert [record.text("address") for record in customers][:2] == ["0幢", "8幢"]


def test_two_columns_at_once_and_the_ids_among_them(filled: Desk) -> None:
    def lose(sheet: Any) -> None:
        at(sheet, "客户编号").value = "序号"
        at(sheet, "客户姓名").value = "哪位"

    edit(filled, lose)
    records.add(filled, "customers", {"客户姓名": "后来的", "联系电话": "13711112222"}, "客服")
    report = syncing.sync(filled)
    assert [one.why for one in report.waiting] == [
        "少了编号列「客户编号」，这张表没有读取，表头要先修好（需核对）。"
    ]
    assert not report.again
    one = proposal(filled)
    assert one.proposed == {"id": 1, "name": 2}
    repair(filled, one)
    assert lost(filled) == []
    book = openpyxl.load_workbook(filled.path(CUSTOMERS))
    assert [book[SHEET].cell(10, column).value for column in (2, 3)] == ["后来的", "13711112222"]
    book.close()


def test_a_column_that_holds_nothing_is_known_by_the_backup(filled: Desk) -> None:
    edit(filled, rename("备注", "随便写"))
    one = proposal(filled)
    (found,) = [column for column in one.columns if column.position]
    assert (found.key, found.why) == ("remark", "")


def test_a_column_gone_with_its_values_is_no_matter_of_headers(filled: Desk) -> None:
    edit(filled, lambda sheet: sheet.delete_cols(at(sheet, "地址").column))
    syncing.sync(filled)
    assert repairing.propose(repairing.survey(filled)) == ()


def test_a_person_may_choose_another_column(filled: Desk) -> None:
    def lose(sheet: Any) -> None:
        at(sheet, "地址").value = "甲"
        at(sheet, "微信").value = "乙"

    edit(filled, lose)
    one = proposal(filled)
    words = {choice.position: choice.words for choice in one.choices}
    mine = next(position for position, told in words.items() if "我的备注" in told)
    repairing.carry_out(filled.folder, filled.clock.now(), one, {"address": mine})
    book = openpyxl.load_workbook(filled.path(CUSTOMERS))
    assert book[SHEET].cell(1, mine).value == "地址"
    book.close()


def test_only_the_header_cell_changes(filled: Desk) -> None:
    edit(filled, rename("联系电话", "打这个"))
    one = proposal(filled)
    before = parts(filled.path(CUSTOMERS))
    repairing.carry_out(filled.folder, filled.clock.now(), one, one.proposed)
    after = parts(filled.path(CUSTOMERS))
    changed = {name for name in before if before[name] != after[name]}
    (sheet,) = changed
    old, new = cells(before[sheet]), cells(after[sheet])
    assert [name for name in new if new[name] != old.get(name)] == ["C1"]
    newest = max(filled.folder.glob("备份/客户档案*"))
    assert parts(newest) == before, "as it was is kept"


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def cells(part: bytes) -> dict[str, bytes]:
    return {m[1].decode(): m[0] for m in re.finditer(rb'<c r="([A-Z]+\d+)".*?(?:/>|</c>)', part)}


# --- the whole row ----------------------------------------------------------------------------


def clear_row(sheet: Any) -> None:
    for cell in sheet[1]:
        cell.value = None


def test_a_cleared_header_row_comes_back_with_people_s_own_headers(filled: Desk) -> None:
    edit(filled, clear_row)
    one = proposal(filled)
    assert one.whole
    assert "第 1 行的表头没有了：认出" in one.sentence()
    repair(filled, one)
    assert lost(filled) == []
    book = openpyxl.load_workbook(filled.path(CUSTOMERS))
    headers = [cell.value for cell in book[SHEET][1]]
    book.close()
    form = filled.forms["customers"]
    assert set(headers) == {column.label for column in form.in_workbook()} | {"我的备注"}
    assert [record.text("name") for record in filled.mirror.select(Select("customers"))] == [
        f"客户{n}" for n in range(8)
    ]


def test_a_deleted_header_row_needs_a_row_first(filled: Desk) -> None:
    """Inserting rows would move what people made; Excel does that right."""
    edit(filled, lambda sheet: sheet.delete_rows(1))
    one = proposal(filled)
    assert "请在 Excel 里第 1 行上面插入一个空行并保存" in one.sentence()
    edit(filled, lambda sheet: sheet.insert_rows(1))
    again = proposal(filled)
    assert again.obstacle == ""
    repair(filled, again)
    assert lost(filled) == []


def test_a_title_is_not_written_over(filled: Desk) -> None:
    def title(sheet: Any) -> None:
        clear_row(sheet)
        sheet.cell(1, 1).value = "幸福路店客户一览"

    edit(filled, title)
    assert "插入一个空行" in proposal(filled).sentence()


def test_rows_that_are_all_renamed_are_headers_still(filled: Desk) -> None:
    def number(sheet: Any) -> None:
        for cell in sheet[1]:
            cell.value = f"栏{cell.column}"

    edit(filled, number)
    one = proposal(filled)
    assert one.proposed["phone"] == 3
    repair(filled, one)
    assert lost(filled) == []


# --- what stands in the way -----------------------------------------------------------------------


def test_a_table_s_header_is_left_to_excel(filled: Desk) -> None:
    def lose(sheet: Any) -> None:
        at(sheet, "联系电话").value = "打这个"
        for cell in sheet[1]:
            cell.value = cell.value or f"空{cell.column}"
        last = sheet.cell(1, sheet.max_column).column_letter
        sheet.auto_filter.ref = None
        sheet.add_table(Table(displayName="T1", ref=f"A1:{last}9"))

    edit(filled, lose)
    one = proposal(filled)
    before = filled.path(CUSTOMERS).read_bytes()
    with pytest.raises(StoreDeskError, match="请在 Excel 里改：C1 格「联系电话」"):
        repairing.carry_out(filled.folder, filled.clock.now(), one, one.proposed)
    assert filled.path(CUSTOMERS).read_bytes() == before


def test_a_workbook_that_changed_or_is_held_is_not_written(filled: Desk) -> None:
    edit(filled, rename("联系电话", "打这个"))
    one = proposal(filled)
    edit(filled, rename("打这个", "打那个"))
    with pytest.raises(WorkbookError, match="刚刚又被改过"):
        repairing.carry_out(filled.folder, filled.clock.now(), one, one.proposed)
    one = proposal(filled)
    (filled.folder / ".~lock.客户档案.xlsx#").write_text(",王芳,pc,22.11.2026 10:24,;", "utf-8")
    with pytest.raises(StoreDeskError, match="正被王芳打开，表头没有写"):
        repairing.carry_out(filled.folder, filled.clock.now(), one, one.proposed)
