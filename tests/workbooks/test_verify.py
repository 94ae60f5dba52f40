"""The proof before the replace: anything that was not meant is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from storedesk.domain.sheets import Fingerprint, RowWrite, Stamp, WritePlan
from storedesk.workbooks.markup import Edit
from storedesk.workbooks.package import Package
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.sheet_edit import RowEdit
from storedesk.workbooks.splice import Splice, splice
from storedesk.workbooks.verify import NotAsMeant, verify
from tests.helpers.raw_workbooks import (
    BOOK,
    FORM,
    header,
    number_cell,
    parts,
    row,
    sheet,
    text_cell,
    zipped,
)

SHEET = "xl/worksheets/sheet1.xml"
PART = sheet(
    header(),
    row(2, text_cell("A2", "KH-1"), text_cell("B2", "王"), number_cell("H2", 5, 2)),
    row(3, text_cell("A3", "KH-2")),
    before='<dimension ref="A1:I3"/>',
)


def package() -> Package:
    return Package(zipped({**parts({"客户档案": PART}), "xl/media/a.png": bytes(99)}), BOOK)


def changes(before: Package) -> Splice:
    rows = (
        RowWrite("customers", "KH-1", 2, {"name": "李", "amount": 12.5}),
        RowWrite("customers", "KH-3", None, {"name": "新", "remark": "_x0041_\r\n "}),
    )
    plan = WritePlan(BOOK, Fingerprint(0, 0, ""), rows, Stamp("D", "1.A.a"))
    return splice(before, plan, [FORM], "D")


def written(before: Package, splice_: Splice) -> bytes:
    return b"".join(before.rewritten(splice_.patches, splice_.dropped))


def test_what_was_meant_passes() -> None:
    before = package()
    meant = changes(before)
    verify(written(before, meant), before, meant)


def test_another_part_changed() -> None:
    before = package()
    meant = changes(before)
    tampered = Splice({**meant.patches, "xl/media/a.png": Patch.new_part(b"x")})
    with pytest.raises(NotAsMeant, match=r"a\.png"):
        verify(written(before, tampered), before, meant)


def test_a_part_is_gone_or_came() -> None:
    before = package()
    meant = changes(before)
    for tampered in (
        Splice(meant.patches, {"xl/media/a.png"}),
        Splice({**meant.patches, "b.xml": Patch.new_part(b"")}),
    ):
        with pytest.raises(NotAsMeant, match="部件不齐"):
            verify(written(before, tampered), before, meant)


@pytest.mark.parametrize("cut", [0, 1])
def test_the_disk_holds_something_else(cut: int) -> None:
    before = package()
    meant = changes(before)
    patch = meant.patches[SHEET]
    whole = patch.whole()
    other = whole[:-20] + b" " * 20 if cut == 0 else whole[:-20]
    tampered = Splice({**meant.patches, SHEET: Patch.new_part(other)})
    with pytest.raises(NotAsMeant):
        verify(written(before, tampered), before, meant)


def test_a_broken_small_part() -> None:
    before = package()
    meant = changes(before)
    meant.patches["xl/styles.xml"] = Patch.new_part(b"<styleSheet>")
    with pytest.raises(NotAsMeant, match="不完整"):
        verify(written(before, meant), before, meant)


def with_row(meant: Splice, at: int, change: Callable[[bytes], bytes]) -> None:
    """Let a row edit be something else than meant, in the part and in the list of rows."""
    rows = list(meant.rows[SHEET])
    old = rows[at]
    new = dataclasses.replace(old.edit, new=change(old.edit.new))
    rows[at] = RowEdit(old.number, new, old.cells)
    edits = [new if edit == old.edit else edit for edit in meant.patches[SHEET].edits]
    meant.patches[SHEET] = Patch.of(meant.patches[SHEET].old, edits)
    meant.rows[SHEET] = tuple(rows)


@pytest.mark.parametrize(
    ("at", "before", "after", "words"),
    [
        (0, "李".encode(), "季".encode(), "写得不对"),
        (0, b"12.5", b"12.4", "写得不对"),
        (0, b'<c r="H2" s="2"><v>5</v></c>', b"", "少了一格"),
        (0, b'<c r="H2" s="2"><v>5</v></c>', b'<c r="H2" s="2"><v>6</v></c>', "动到了别的格"),
        (0, b'<c r="H2" s="2">', b'<c r="H2" s="3">', "动到了别的格"),
        (0, b"</row>", b'<c r="I2"><v>1</v></c></row>', "多了一格"),
        (0, b'<row r="2"', b'<row r="3"', "位置不对"),
        (0, b'<row r="2"', b'<row r="2" hidden="1"', "样子变了"),
        (0, b"</row>", b"", "不完整"),
        (0, b"</row>", b'</row><row r="9"/>', "写坏了"),
        (0, b'r="H2"', b'r="A2"', "次序乱了"),
        (1, "新".encode(), b"", "写得不对"),
        (1, b"_x005F_x0041_", b"_x0041_", "写得不对"),
    ],
)
def test_a_row_that_is_not_as_meant(at: int, before: bytes, after: bytes, words: str) -> None:
    workbook = package()
    meant = changes(workbook)
    assert before in meant.rows[SHEET][at].edit.new
    with_row(meant, at, lambda content: content.replace(before, after, 1))
    with pytest.raises(NotAsMeant, match=words):
        verify(written(workbook, meant), workbook, meant)


def test_an_edit_outside_the_rows() -> None:
    workbook = package()
    meant = changes(workbook)
    patch = meant.patches[SHEET]
    at = patch.old.index(b"KH-2")
    meant.patches[SHEET] = Patch.of(patch.old, [*patch.edits, Edit(at, at + 4, b"KH-9")])
    with pytest.raises(NotAsMeant, match="不该改"):
        verify(written(workbook, meant), workbook, meant)


def test_a_row_that_was_forgotten() -> None:
    workbook = package()
    meant = changes(workbook)
    patch = meant.patches[SHEET]
    rest = [edit for edit in patch.edits if edit != meant.rows[SHEET][0].edit]
    meant.patches[SHEET] = Patch.of(patch.old, rest)
    with pytest.raises(NotAsMeant, match="没有写进去"):
        verify(written(workbook, meant), workbook, meant)
