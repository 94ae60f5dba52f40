"""What is known of each workbook file, and its problems."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storedesk.domain.problems import Kind, Problem
from storedesk.domain.sheets import (
    Fingerprint,
    Stamp,
    WorkbookContent,
    WriteOutcome,
    WritePlan,
    Written,
)
from storedesk.mirror import Mirror
from tests.mirror.conftest import NOW, begun, operation
from tests.mirror.test_pending import BOOK, PRINT, read

LATER = NOW + timedelta(hours=1)
EMPTY = WorkbookContent(BOOK, PRINT, Stamp("desk", "1.A.x"), {})
NEW_PRINT = Fingerprint(2, 2, "b" * 64)


def write(mirror: Mirror, *, backup: bool) -> None:
    plan = WritePlan(BOOK, PRINT, (), Stamp("desk", "2.A.y"), backup=backup)
    outcome = WriteOutcome(BOOK, Written.DONE, fingerprint=NEW_PRINT)
    mirror.settle(plan, outcome, LATER)


def test_nothing_is_known_of_a_file_never_read(mirror: Mirror) -> None:
    assert mirror.file_state(BOOK) is None


def test_a_file_is_known_as_it_was_read_and_written(mirror: Mirror) -> None:
    read(mirror)
    state = mirror.file_state(BOOK)
    assert state is not None
    assert (state.fingerprint, state.stamp, state.read_at) == (PRINT, Stamp("desk", "1.A.x"), NOW)
    assert (state.written_at, state.backup_at, state.changed_outside) == (None, None, False)
    write(mirror, backup=True)
    state = mirror.file_state(BOOK)
    assert state is not None
    assert (state.fingerprint, state.stamp) == (NEW_PRINT, Stamp("desk", "2.A.y"))
    assert (state.written_at, state.backup_at) == (LATER, LATER)


def test_a_change_outside_is_remembered_until_the_next_backup(mirror: Mirror) -> None:
    read(mirror)
    state = mirror.file_state(BOOK)
    assert state is not None
    mirror.note_read(EMPTY, LATER, changed=True)
    write(mirror, backup=False)
    read(mirror)
    state = mirror.file_state(BOOK)
    assert state is not None
    assert state.changed_outside
    assert state.written_at == LATER, "reading does not forget when it was written"
    write(mirror, backup=True)
    state = mirror.file_state(BOOK)
    assert state is not None
    assert not state.changed_outside


def test_a_new_time_stamp_of_the_same_content(mirror: Mirror) -> None:
    read(mirror)
    mirror.touch_file(BOOK, Fingerprint(1, 99, "not looked at"))
    state = mirror.file_state(BOOK)
    assert state is not None
    assert state.fingerprint == Fingerprint(1, 99, PRINT.sha256)


def test_a_write_without_a_fingerprint_is_a_mistake(mirror: Mirror) -> None:
    plan = WritePlan(BOOK, PRINT, (), Stamp())
    with pytest.raises(ValueError, match="fingerprint"):
        mirror.settle(plan, WriteOutcome(BOOK, Written.DONE), NOW)


def test_a_sheet_that_was_not_found_again_is_not_written(mirror: Mirror) -> None:
    read(mirror)
    mirror.apply(operation(begun()))
    assert mirror.rows_to_write(BOOK)[0]
    mirror.note_read(EMPTY, NOW, changed=False)
    assert mirror.rows_to_write(BOOK)[0] == ()


def test_problems_are_replaced_whole_and_keep_their_order(mirror: Mirror) -> None:
    first = [
        Problem(Kind.BAD_VALUE, "「x」不是电话", "请改正", BOOK, "客户档案", "C2", "customers"),
        Problem(Kind.UNKNOWN_STAFF, "员工「张三」不在名单里", record="KH-1", column="sales_owner"),
    ]
    mirror.set_problems(BOOK, first)
    mirror.set_problems("回访台账.xlsx", [Problem(Kind.RULE, "别的")])
    assert mirror.problems(BOOK) == first
    mirror.set_problems(BOOK, first[1:])
    assert mirror.problems(BOOK) == first[1:]
    mirror.set_problems(BOOK, [])
    assert mirror.problems(BOOK) == []
    assert len(mirror.problems("回访台账.xlsx")) == 1
