"""Too much changed at once: asked once, left alone meanwhile, settled by an answer or an undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storedesk.domain.errors import Misuse
from storedesk.domain.select import Select
from storedesk.operations import alarms, records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk
from storedesk.workbooks import reader
from tests.operations.conftest import NOON
from tests.operations.stages import build, opened

CUSTOMERS = "客户档案.xlsx"
COUNT = 24


def edit(desk: Desk, change: Callable[[Any], object]) -> None:
    """Change the customers' sheet the way a person does: open, edit, save."""
    path = desk.path(CUSTOMERS)
    book = openpyxl.load_workbook(path)
    change(book["客户档案"])
    book.save(path)
    book.close()


def delete_most(sheet: Any) -> None:
    sheet.delete_rows(2, COUNT - 2)


def sort_without_ids(sheet: Any) -> None:
    """Turn all columns but the first upside down."""
    rows = [[cell.value for cell in row[1:]] for row in sheet.iter_rows(2, COUNT + 1)]
    for number, values in enumerate(reversed(rows), 2):
        for column, value in enumerate(values, 2):
            sheet.cell(number, column, value)


def fill(desk: Desk) -> None:
    with desk.mirror.transaction():
        for at in range(COUNT):
            person = {"客户姓名": f"客户{at:02d}", "联系电话": f"139000011{at:02d}"}
            records.add(desk, "customers", person, "客服")
    syncing.sync(desk)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("alarms"), FixedClock(NOON), fill)


@pytest.fixture
def filled(stage: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    with opened(stage, tmp_path, clock) as desk:
        yield desk


def names(desk: Desk) -> list[str]:
    return [record.text("name") for record in desk.mirror.select(Select("customers"))]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (delete_most, "一次少了 22 行（共 24 行）：客户00、客户01、客户02、客户03、客户04 等"),
        (sort_without_ids, "有 24 行（共 24 行）编号没变、内容却换成了别的"),
    ],
)
def test_the_question_says_what_is_affected(
    filled: Desk, change: Callable[[Any], object], said: str
) -> None:
    before = names(filled)
    edit(filled, change)
    assert syncing.sync(filled).taken[0].stopped
    assert names(filled) == before
    (asked,) = alarms.open_alarms(filled)
    assert said in asked.sentence()
    assert asked.sentence().startswith("《客户档案.xlsx》「客户档案」")
    assert asked.sentence().endswith("是故意这样改的吗？")


def test_it_is_not_read_again_but_still_asked(
    filled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(filled, delete_most)
    first = syncing.sync(filled)
    monkeypatch.setattr(reader, "read_workbook", lambda *_: pytest.fail("read again"))
    again = syncing.sync(filled)
    assert again.taken == first.taken
    assert again.lines() == first.lines()


def test_entries_wait_and_say_why_then_go_in_once_it_is_meant(filled: Desk) -> None:
    edit(filled, delete_most)
    syncing.sync(filled)
    late = {"客户姓名": "后来的", "联系电话": "13700007777"}
    records.add(filled, "customers", late, "客服")
    (waiting,) = syncing.sync(filled).waiting
    assert (waiting.count, waiting.why) == (1, alarms.WAITING)
    alarms.confirm(filled, CUSTOMERS)
    report = syncing.sync(filled)
    assert len(report.taken[0].gone["customers"]) == COUNT - 2
    assert report.waiting == ()
    assert names(filled) == ["客户22", "客户23", "后来的"]
    assert alarms.open_alarms(filled) == []
    with pytest.raises(Misuse, match="已经不用确认了"):
        alarms.confirm(filled, CUSTOMERS)


def test_an_undo_in_excel_settles_it(filled: Desk) -> None:
    before, kept = names(filled), filled.path(CUSTOMERS).read_bytes()
    edit(filled, delete_most)
    syncing.sync(filled)
    filled.path(CUSTOMERS).write_bytes(kept)
    report = syncing.sync(filled)
    assert report.taken[0].count == 0
    assert not report.taken[0].stopped
    assert (names(filled), alarms.open_alarms(filled)) == (before, [])
    person = {"客户姓名": "后来的", "联系电话": "13700007777"}
    records.add(filled, "customers", person, "客服")
    assert syncing.sync(filled).written == ((CUSTOMERS, 1),)


def test_the_answer_is_for_the_state_that_was_seen(filled: Desk) -> None:
    """Between question and answer the workbook lost still more: it is asked again."""
    edit(filled, delete_most)
    syncing.sync(filled)
    alarms.confirm(filled, CUSTOMERS)
    edit(filled, lambda sheet: sheet.delete_rows(2))
    assert syncing.sync(filled).taken[0].stopped
    assert len(names(filled)) == COUNT
    (asked,) = alarms.open_alarms(filled)
    assert "一次少了 23 行" in asked.sentence()


def test_a_touched_file_that_waits_is_not_taken_for_the_one_taken_in(filled: Desk) -> None:
    edit(filled, delete_most)
    syncing.sync(filled)
    path = filled.path(CUSTOMERS)
    path.write_bytes(path.read_bytes())  # a new time, the same content
    assert syncing.sync(filled).taken[0].stopped
    alarms.confirm(filled, CUSTOMERS)
    assert not syncing.sync(filled).taken[0].stopped
    assert len(names(filled)) == 2


def test_confirming_on_the_command_line_goes_on_working(filled: Desk) -> None:
    edit(filled, delete_most)
    syncing.sync(filled)
    syncing.sync(filled)
    report = syncing.sync(filled, confirmed=frozenset({"客户档案"}))
    assert len(report.taken[0].gone["customers"]) == COUNT - 2


def test_a_rebuild_reads_the_workbook_as_it_is(filled: Desk) -> None:
    edit(filled, delete_most)
    syncing.sync(filled)
    filled.mirror.empty()
    syncing.sync(filled)
    assert names(filled) == ["客户22", "客户23"]
    assert alarms.open_alarms(filled) == []
