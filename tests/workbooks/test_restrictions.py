"""What keeps a workbook from being written is said when it is read, with a way out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storedesk.domain.problems import Kind, Problem
from storedesk.domain.sheets import RowWrite, Written
from storedesk.workbooks.reader import read_workbook
from tests.helpers.made_workbooks import MADE
from tests.helpers.raw_workbooks import (
    FORM,
    PACKAGE,
    RELATIONS,
    header,
    one_sheet,
    parts,
    put,
    record_row,
    row,
    sheet,
    text_cell,
    write,
    zipped,
)

SHEET = sheet(header(), record_row(2, "KH-1"))
FINAL = b'<Properties xmlns="a"><property name="_MarkAsFinal"><b>true</b></property></Properties>'
Parts = dict[str, bytes]


def link(content: Parts, kind: str, target: str, of: str = "_rels/.rels") -> Parts:
    content[of] = content[of].replace(
        b"</Relationships>",
        f'<Relationship Id="rId9" Type="{kind}" Target="{target}"/></Relationships>'.encode(),
    )
    return content


def shared_for_writing(tag: str) -> Callable[[], Parts]:
    return lambda: parts({"客户档案": SHEET}, in_workbook=f"<fileSharing {tag}/>")


def final() -> Parts:
    content = {**parts({"客户档案": SHEET}), "docProps/custom.xml": FINAL}
    return link(content, f"{RELATIONS}/custom-properties", "docProps/custom.xml")


def signed() -> Parts:
    content = {**parts({"客户档案": SHEET}), "_xmlsignatures/origin.sigs": b""}
    kind = f"{PACKAGE}/relationships/digital-signature/origin"
    return link(content, kind, "_xmlsignatures/origin.sigs")


def revised() -> Parts:
    content = {**parts({"客户档案": SHEET}), "xl/revisions/revisionHeaders.xml": b"<headers/>"}
    kind = f"{RELATIONS}/revisionHeaders"
    return link(content, kind, "revisions/revisionHeaders.xml", "xl/_rels/workbook.xml.rels")


WHOLE = {
    "建议只读": shared_for_writing('readOnlyRecommended="1"'),
    "设了修改密码": shared_for_writing('reservationPassword="CC1A"'),
    "修改密码": shared_for_writing('hashValue="x" algorithmName="SHA-512"'),
    "最终版本": final,
    "数字签名": signed,
    "共享工作簿": revised,
}


def restricted(path: Path) -> list[Problem]:
    problems = read_workbook(path, [FORM]).problems
    return [problem for problem in problems if problem.kind is Kind.READ_ONLY]


def refused(path: Path, words: str) -> None:
    """Check that an entry is refused with these words and changes nothing."""
    before = path.read_bytes()
    outcome = write(path.parent, RowWrite("customers", "KH-1", 2, {"name": "李秀英"}))
    assert outcome.result is Written.FAILED
    assert words in outcome.problem
    assert path.read_bytes() == before


@pytest.mark.parametrize("words", WHOLE)
def test_a_workbook_to_be_left_alone(tmp_path: Path, words: str) -> None:
    path = put(tmp_path, zipped(WHOLE[words]()))
    (problem,) = restricted(path)
    assert words in problem.what
    assert "在 Excel 里" in problem.hint
    assert "登记" in problem.hint
    assert read_workbook(path, [FORM]).read_only == problem.what
    assert read_workbook(path, [FORM]).sheets["customers"].rows, "it can still be read"
    refused(path, words)


@pytest.mark.parametrize("lead", [b"MZ", b""])
def test_a_zip_file_that_no_workbook_program_writes(tmp_path: Path, lead: bytes) -> None:
    content = lead + one_sheet(SHEET)
    if not lead:
        content = content[:-2] + b"\x04\x00note"
    path = put(tmp_path, content)
    (problem,) = restricted(path)
    assert "只能看，不能写入" in problem.what
    assert "另存为" in problem.hint
    refused(path, problem.what.partition("：")[2])


def test_a_workbook_like_any_other(tmp_path: Path) -> None:
    structure = parts({"客户档案": SHEET}, in_workbook='<workbookProtection lockStructure="1"/>')
    path = put(tmp_path, zipped(structure))
    assert restricted(path) == []
    assert read_workbook(path, [FORM]).read_only == ""
    assert write(tmp_path, RowWrite("customers", "KH-1", 2, {})).result is Written.DONE


def test_a_protected_sheet(tmp_path: Path) -> None:
    part = sheet(header(), record_row(2, "KH-1"), after='<sheetProtection sheet="1"/>')
    path = put(tmp_path, one_sheet(part))
    (problem,) = restricted(path)
    assert (problem.sheet, problem.ledger) == ("客户档案", "customers")
    assert "撤销工作表保护" in problem.hint
    assert read_workbook(path, [FORM]).read_only == ""
    refused(path, "撤销工作表保护")


@pytest.mark.parametrize("second", [2, 1])
def test_rows_out_of_order(tmp_path: Path, second: int) -> None:
    path = put(tmp_path, one_sheet(sheet(header(), record_row(2, "KH-1"), row(second))))
    (problem,) = restricted(path)
    assert f"第 {second} 行的位置不对或重复" in problem.what
    refused(path, "位置不对或重复")


def test_a_table_with_totals_and_no_room(tmp_path: Path) -> None:
    path = put(tmp_path, MADE["table with totals"]().content)
    (problem,) = restricted(path)
    assert "汇总行" in problem.what
    assert "汇总行" in problem.hint


@pytest.mark.parametrize(
    ("merged", "listed"),
    [
        ("A1:I1", []),
        ("B2:B3", ["B2"]),
        ("A2:C2", ["A2"]),
        ("I2:K2", []),
        ("K2:L9", []),
        ("H2:I2", ["H2"]),
        ("A30:I30", []),
    ],
)
def test_merged_cells_over_records(tmp_path: Path, merged: str, listed: list[str]) -> None:
    rows = [header(), record_row(2, "KH-1"), record_row(3, "KH-2"), row(30, text_cell("K30", "注"))]
    part = sheet(*rows, after=f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>')
    path = put(tmp_path, one_sheet(part))
    assert [problem.cell for problem in restricted(path)] == listed
