"""Rows deleted in Excel while edited here: nothing written, nothing lost until decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storedesk.domain.errors import Misuse
from storedesk.domain.select import Select
from storedesk.operations import deletions, records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk
from tests.operations.conftest import NOON
from tests.operations.stages import build, opened

CUSTOMERS = "客户档案.xlsx"
DELETED: list[object] = []
"""What stood in the row the fixture deleted."""


def edit(desk: Desk, change: Callable[[Any], object]) -> None:
    path = desk.path(CUSTOMERS)
    book = openpyxl.load_workbook(path)
    change(book["客户档案"])
    book.save(path)
    book.close()


def names_in_workbook(desk: Desk) -> list[str]:
    book = openpyxl.load_workbook(desk.path(CUSTOMERS), read_only=True)
    names = [row[1] for row in book["客户档案"].iter_rows(min_row=2, values_only=True) if row[1]]
    book.close()
    return names


def fill(desk: Desk) -> None:
    """Enter three customers; edit the one in the middle and delete its row in Excel."""
    ids = [
        records.add(
            desk, "customers", {"客户姓名": name, "联系电话": f"1390000111{at}"}, "客服"
        ).first
        for at, name in enumerate(("李敏", "王建国", "赵敏"))
    ]
    syncing.sync(desk)
    records.set_values(desk, ids[1], {"地址": "学府花园3幢501"}, "客服")

    def delete(sheet: Any) -> None:
        DELETED[:] = [cell.value for cell in sheet[3]]
        sheet.delete_rows(3)

    edit(desk, delete)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("deletions"), FixedClock(NOON), fill)


@pytest.fixture
def desk(stage: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    with opened(stage, tmp_path, clock) as made:
        yield made


@pytest.fixture
def wang(desk: Desk) -> str:
    """The one who was deleted."""
    (found,) = desk.mirror.find_by("customers", "name", "王建国")
    return found


def test_it_is_kept_not_written_and_asked_about(desk: Desk, wang: str) -> None:
    report = syncing.sync(desk)
    assert report.waiting == ()
    assert names_in_workbook(desk) == ["李敏", "赵敏"]
    assert records.get(desk, wang)["address"] == "学府花园3幢501"
    (asked,) = deletions.open_deletions(desk)
    assert asked.sentence() == (
        "「客户档案」里的王建国在 Excel 里被删掉了，店务台里刚登记过：地址「学府花园3幢501」。"
        "写回表格，还是确实删掉？"
    )
    (told,) = [one for one in report.problems if one.record == wang]
    assert "先留着" in told.what


def test_further_entries_do_not_write_it_back_either(desk: Desk, wang: str) -> None:
    syncing.sync(desk)
    records.set_values(desk, wang, {"微信": "wjg"}, "客服")
    records.add(desk, "customers", {"客户姓名": "周晨", "联系电话": "13711112222"}, "客服")
    assert syncing.sync(desk).written == ((CUSTOMERS, 1),)
    assert names_in_workbook(desk) == ["李敏", "赵敏", "周晨"]
    (asked,) = deletions.open_deletions(desk)
    assert dict(asked.edits) == {"地址": "学府花园3幢501", "微信": "wjg"}


def test_written_back_it_is_a_row_again_with_everything(desk: Desk, wang: str) -> None:
    syncing.sync(desk)
    assert deletions.write_back(desk, "customers", wang, by="客服").first == wang
    assert syncing.sync(desk).written == ((CUSTOMERS, 1),)
    assert names_in_workbook(desk) == ["李敏", "赵敏", "王建国"]
    desk.mirror.empty()
    syncing.sync(desk)
    record = records.get(desk, wang)
    assert (record["phone"], record["address"]) == ("13900001111", "学府花园3幢501")
    with pytest.raises(Misuse, match="已经决定过"):
        deletions.delete(desk, "customers", wang, by="客服")


def test_deleted_it_is_gone_and_in_the_history(desk: Desk, wang: str) -> None:
    syncing.sync(desk)
    deletions.delete(desk, "customers", wang, by="客服")
    assert syncing.sync(desk).written == ()
    assert not desk.mirror.exists("customers", wang)
    assert deletions.open_deletions(desk) == []
    last = {entry.key: entry for entry in desk.mirror.history("customers", wang)[:9]}
    assert (last["address"].old, last["address"].by) == ("学府花园3幢501", "客服")


def test_an_undo_in_excel_makes_it_an_ordinary_record_again(desk: Desk, wang: str) -> None:
    before = list(DELETED)
    assert before[:2] == [wang, "王建国"]
    syncing.sync(desk)

    def undo(sheet: Any) -> None:
        sheet.insert_rows(3)
        for column, value in enumerate(before, 1):
            sheet.cell(3, column, value)

    edit(desk, undo)
    report = syncing.sync(desk)
    assert [one.conflicts for one in report.taken] == [0]
    assert deletions.open_deletions(desk) == []
    assert names_in_workbook(desk) == ["李敏", "王建国", "赵敏"]
    book = openpyxl.load_workbook(desk.path(CUSTOMERS), read_only=True)
    row = next(book["客户档案"].iter_rows(min_row=3, max_row=3, values_only=True))
    book.close()
    assert "学府花园3幢501" in row, "what waited went in"


def test_the_question_survives_a_rebuild(desk: Desk, wang: str) -> None:
    syncing.sync(desk)
    desk.mirror.empty()
    syncing.sync(desk)
    assert [one.record for one in deletions.open_deletions(desk)] == [wang]
    assert names_in_workbook(desk) == ["李敏", "赵敏"]


def test_a_row_nobody_edited_goes_without_a_question(desk: Desk, wang: str) -> None:
    syncing.sync(desk)
    edit(desk, lambda sheet: sheet.delete_rows(2))
    syncing.sync(desk)
    assert [one.record for one in deletions.open_deletions(desk)] == [wang]
    found = [record.text("name") for record in desk.mirror.select(Select("customers"))]
    assert sorted(found) == ["王建国", "赵敏"]
