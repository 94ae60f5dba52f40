from __future__ import annotations

from pathlib import Path

import pytest

from storedesk.domain.sheets import RowWrite, Written
from tests.helpers.raw_workbooks import (
    PACKAGE,
    RELATIONS,
    header,
    parts,
    put,
    record_row,
    sheet,
    write,
    zipped,
)

SHEET = sheet(header(), record_row(2, "KH-1"))
FINAL = b'<Properties xmlns="a"><property name="_MarkAsFinal"><b>true</b></property></Properties>'


def refused(folder: Path, content: dict[str, bytes]) -> str:
    path = put(folder, zipped(content))
    before = path.read_bytes()
    outcome = write(folder, RowWrite("customers", "KH-1", 2, {"name": "李秀英"}))
    assert outcome.result is Written.FAILED
    assert path.read_bytes() == before
    return outcome.problem


def test_a_protected_sheet_is_not_written(tmp_path: Path) -> None:
    part = sheet(header(), record_row(2, "KH-1"), after='<sheetProtection sheet="1"/>')
    assert "撤销工作表保护" in refused(tmp_path, parts({"客户档案": part}))


@pytest.mark.parametrize("tag", ['readOnlyRecommended="1"', 'reservationPassword="CC1A"'])
def test_a_password_for_writing(tmp_path: Path, tag: str) -> None:
    content = parts({"客户档案": SHEET}, in_workbook=f"<fileSharing {tag}/>")
    assert "建议只读" in refused(tmp_path, content)


def link(content: dict[str, bytes], kind: str, target: str) -> None:
    content["_rels/.rels"] = content["_rels/.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId9" Type="{kind}" Target="{target}"/></Relationships>'.encode(),
    )


def test_marked_as_final(tmp_path: Path) -> None:
    content = parts({"客户档案": SHEET})
    content["docProps/custom.xml"] = FINAL
    link(content, f"{RELATIONS}/custom-properties", "docProps/custom.xml")
    assert "最终版本" in refused(tmp_path, content)


def test_signed(tmp_path: Path) -> None:
    content = parts({"客户档案": SHEET})
    content["_xmlsignatures/origin.sigs"] = b""
    link(content, f"{PACKAGE}/relationships/digital-signature/origin", "_xmlsignatures/origin.sigs")
    assert "签名" in refused(tmp_path, content)
