from __future__ import annotations

from pathlib import Path

import pytest

from storedesk.domain.errors import StoreDeskError, WorkbookDamaged, WorkbookMissing
from storedesk.domain.sheets import RowWrite
from storedesk.workbooks.backups import FOLDER
from storedesk.workbooks.copies import MERGED_COPIES, put_away, stamp_of
from storedesk.workbooks.disk import fingerprint
from tests.helpers.raw_workbooks import header, one_sheet, put, record_row, sheet, write


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return put(tmp_path, one_sheet(sheet(header(), record_row(2, "KH-1"))))


def test_the_mark_is_read_without_the_sheets(book: Path) -> None:
    write(book.parent, RowWrite("customers", "KH-2", None, {"name": "李"}), generation="3.A.x.B2",
          desk="D-1")  # fmt: skip
    stamp, known = stamp_of(book)
    assert (stamp.desk, stamp.generation) == ("D-1", "3.A.x.B2")
    assert known == fingerprint(book)


def test_what_is_no_workbook_has_no_mark(tmp_path: Path) -> None:
    with pytest.raises(WorkbookMissing):
        stamp_of(tmp_path / "none.xlsx")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(WorkbookDamaged):
        stamp_of(tmp_path / "bad.xlsx")


def test_copies_of_one_name_are_put_away_side_by_side(tmp_path: Path) -> None:
    for content in (b"one", b"two", b"three"):
        copy = tmp_path / "客户档案-冲突.xlsx"
        copy.write_bytes(content)
        assert put_away(tmp_path, copy).read_bytes() == content
        assert not copy.exists()
    place = tmp_path / FOLDER / MERGED_COPIES
    assert sorted(one.name for one in place.iterdir()) == [
        "客户档案-冲突 2.xlsx",
        "客户档案-冲突 3.xlsx",
        "客户档案-冲突.xlsx",
    ]


def test_where_it_cannot_be_put_away_it_stays(tmp_path: Path) -> None:
    copy = tmp_path / "客户档案-冲突.xlsx"
    copy.write_bytes(b"one")
    (tmp_path / FOLDER).write_text("a file of that name")
    with pytest.raises(StoreDeskError):
        put_away(tmp_path, copy)
    assert copy.read_bytes() == b"one"
