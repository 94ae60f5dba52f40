"""Whatever bytes stand in a workbook: read, written, or refused in words; never anything else."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storedesk.domain.errors import WorkbookError
from storedesk.domain.sheets import RowWrite, WorkbookContent, Written
from storedesk.workbooks.foreign import read_table
from storedesk.workbooks.reader import read_workbook
from tests.helpers.raw_workbooks import (
    FORM,
    RELATIONS,
    header,
    parts,
    put,
    record_row,
    row,
    sheet,
    write,
    zipped,
)

PARTS = parts(
    {
        "客户档案": sheet(
            header(),
            record_row(2, "KH-1"),
            row(3, '<c r="A3" t="s"><v>1</v></c>', '<c r="F3"><f>1+1</f><v>2</v></c>'),
            before='<dimension ref="A1:I3"/><cols><col min="1" max="3" style="1"/></cols>',
            after='<autoFilter ref="A1:I3"/><mergeCells><mergeCell ref="K1:L2"/></mergeCells>',
        )
    },
    strings=["<t>a</t>", "<t>KH-2</t>"],
    after_sheets='<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0">'
    "客户档案!$A$1:$I$3</definedName></definedNames><calcPr/>",
    relations=f'<Relationship Id="rId50" Type="{RELATIONS}/calcChain" Target="calcChain.xml"/>',
)
PARTS["xl/calcChain.xml"] = b"<calcChain/>"

splinters = st.binary(max_size=6) | st.sampled_from(
    [
        *(b"<", b">", b'"', b"/>", b"<row", b"<c", b"</c>", b'r="', b"XFD1048576", b"9" * 5000),
        *(b"<!--", b"<f t='array' ref='A1:Z9'>", b"\x00", b"&#0;", b"<?", b"utf-16", b"-1", b"<x:"),
    ]
)


def readable(path: Path) -> WorkbookContent | None:
    """Return the content of a workbook, None if it was refused in words."""
    try:
        return read_workbook(path, [FORM])
    except WorkbookError as error:
        assert path.name in str(error)  # noqa: PT017  # being refused is one of the good outcomes
        return None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(PARTS)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), splinters), min_size=1, max_size=3),
)
def test_broken_parts(name: str, breaks: list[tuple[float, int, bytes]]) -> None:
    part = PARTS[name]
    for share, length, splinter in breaks:
        at = int(share * len(part))
        part = part[:at] + splinter + part[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), zipped({**PARTS, name: part}))
        before, known = path.read_bytes(), readable(path)
        with suppress(WorkbookError):
            read_table(path)
        if known is not None:
            check_written(path, before, known)


def check_written(path: Path, before: bytes, known: WorkbookContent) -> None:
    """Check that a write fails without a trace, or changes nothing but what it should."""
    rows = [
        RowWrite("customers", "KH-1", 2, {"name": "x", "amount": 1.5}),
        RowWrite("customers", "KH-9", None, {"name": "y", "phone": "13812345678"}),
    ]
    outcome = write(path.parent, *rows, generation="2.A.x", desk="D")
    if outcome.result is not Written.DONE:
        assert path.read_bytes() == before
        return
    now = read_workbook(path, [FORM])
    assert now.stamp.generation == "2.A.x"
    touched = set(outcome.placed.values())
    for ledger, sheet_before in known.sheets.items():
        old = [row for row in sheet_before.rows if row.number not in touched]
        assert [row for row in now.sheets[ledger].rows if row.number not in touched] == old


@pytest.mark.parametrize("name", ["[Content_Types].xml", "xl/_rels/workbook.xml.rels"])
def test_a_part_that_is_missing_is_said(tmp_path: Path, name: str) -> None:
    """Found by mutants: what is needed for writing may be gone, though the rest can be read."""
    path = put(tmp_path, zipped({part: PARTS[part] for part in PARTS if part != name}))
    before, known = path.read_bytes(), readable(path)
    if known is not None:
        row = RowWrite("customers", "KH-2", 3, {"amount": 1.5})
        outcome = write(tmp_path, row, generation="2.A.x", desk="D")
        assert outcome.result is Written.FAILED
        assert name in outcome.problem
        assert path.read_bytes() == before


def test_a_directory_record_cut_off_is_said(tmp_path: Path) -> None:
    """Found by mutants: a record that says it is longer than the file."""
    content = bytearray(zipped(PARTS))
    last = content.rindex(b"PK\x01\x02")
    content[last + 32 : last + 34] = b"\xff\x0f"  # the comment's length
    path = put(tmp_path, bytes(content))
    with pytest.raises(WorkbookError):
        read_workbook(path, [FORM])
