from __future__ import annotations

import pytest

from storedesk.domain.errors import WorkbookDamaged, WorkbookUnsafe
from storedesk.workbooks import safety
from storedesk.workbooks.extent import SheetFacts
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.safety import check_parts, check_sizes
from tests.helpers.raw_workbooks import header, one_sheet, parts, row, sheet, zipped


def measured(content: bytes) -> dict[str, SheetFacts]:
    """Measure a workbook all of whose sheets are going to be read."""
    package = Package(content, "账.xlsx")
    check_sizes(package)
    found = anatomy(package)
    return check_parts(package, found, found.sheets)


def with_part(name: str, part: bytes) -> bytes:
    return zipped({**parts({"客户档案": sheet(header())}), name: part})


def test_an_honest_workbook_passes() -> None:
    assert measured(one_sheet(sheet(header()))).keys() == {"xl/worksheets/sheet1.xml"}


def test_a_sheet_nobody_reads_may_reach_far() -> None:
    far = sheet(row(1, '<c r="XFD1048576"><v>1</v></c>'))
    package = Package(zipped(parts({"客户": sheet(header()), "远": far})), "账.xlsx")
    found = anatomy(package)
    assert check_parts(package, found, found.sheets[:1]).keys() == {"xl/worksheets/sheet1.xml"}
    with pytest.raises(WorkbookUnsafe, match="「远」"):
        check_parts(package, found, found.sheets)


def test_a_part_that_unpacks_to_far_more_is_refused() -> None:
    with pytest.raises(WorkbookUnsafe, match="压缩得不正常"):
        measured(with_part("xl/media/a.bin", b"\x00" * (safety.RATIO_FROM + 1)))


def test_too_many_parts() -> None:
    content = parts({"客户档案": sheet(header())})
    content |= {f"a/{number}": b"" for number in range(safety.MEMBER_LIMIT)}
    with pytest.raises(WorkbookUnsafe, match="部件太多"):
        measured(zipped(content))


def test_too_large_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    content = one_sheet(sheet(header()))
    monkeypatch.setattr(safety, "FILE_LIMIT", len(content) - 1)
    with pytest.raises(WorkbookUnsafe, match="MB"):
        measured(content)


def test_too_much_in_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "UNPACKED_LIMIT", 1000)
    with pytest.raises(WorkbookUnsafe, match="解开后太大"):
        measured(one_sheet(sheet(header())))


def test_too_many_strings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "STRING_LIMIT", 2)
    content = zipped(parts({"客户档案": sheet(header())}, strings=["<t>a</t>"] * 3))
    with pytest.raises(WorkbookUnsafe, match="文字太多"):
        measured(content)


@pytest.mark.parametrize("name", ["xl/theme/theme1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_entities_in_any_part(name: str) -> None:
    with pytest.raises(WorkbookUnsafe, match="不该有的定义"):
        measured(with_part(name, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"))


@pytest.mark.parametrize(
    "part",
    [
        "<worksheet><sheetData/></worksheet>".encode("utf-16"),
        "<worksheet><sheetData/></worksheet>".encode("utf-16-be"),
        b"<?xml version='1.0' encoding='gb2312'?><worksheet><sheetData/></worksheet>",
    ],
)
def test_other_encodings(part: bytes) -> None:
    with pytest.raises(WorkbookUnsafe, match="编码"):
        measured(with_part("xl/worksheets/sheet1.xml", part))


def test_broken_pictures_are_found_as_well() -> None:
    content = bytearray(zipped({**parts({"客户档案": sheet()}), "xl/media/a.png": bytes(999)}, 0))
    content[content.find(bytes(999)) + 500] ^= 1
    with pytest.raises(WorkbookDamaged, match=r"a\.png"):
        measured(bytes(content))


def test_no_workbook_or_no_sheets_inside() -> None:
    with pytest.raises(WorkbookDamaged, match="没有工作簿"):
        measured(zipped({"a.xml": b"<a/>"}))
    with pytest.raises(WorkbookDamaged, match="没有工作表"):
        measured(zipped(parts({})))
