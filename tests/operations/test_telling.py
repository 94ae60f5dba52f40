"""The history files are told in steps, aside from the desk, and nothing is told twice."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from storedesk.domain.errors import NotWritable, WorkbookHeld
from storedesk.operations import records, telling
from storedesk.operations.desk import Desk
from storedesk.workbooks import locks
from tests.operations.test_syncing import WANG

ALL = 1000


def add(desk: Desk, count: int) -> None:
    for number in range(count):
        records.add(desk, "customers", {**WANG, "phone": f"138{number:08d}"}, "客服")


def numbers(desk: Desk) -> list[int]:
    files = sorted((desk.folder / "历史").glob("A-*.jsonl"))
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line)["n"] for line in lines]


def test_what_happened_is_told_in_three_steps(desk: Desk) -> None:
    telling.tell(desk)
    before = len(numbers(desk))
    add(desk, 5)
    planned = telling.plan(desk, 3)
    assert len(planned.events) == 3
    assert len(numbers(desk)) == before, "planning touches no file"
    assert telling.settle(desk, telling.carry_out(planned)), "there is more"
    assert not telling.settle(desk, telling.carry_out(telling.plan(desk, ALL)))
    assert telling.plan(desk, ALL).events == ()
    assert telling.carry_out(telling.plan(desk, ALL)) == 0
    assert numbers(desk) == list(range(1, before + 6))
    assert desk.mirror.verify_history(desk.folder / "历史") == []


def test_after_a_crash_before_the_note_nothing_is_told_twice(desk: Desk) -> None:
    add(desk, 3)
    telling.carry_out(telling.plan(desk, ALL))
    add(desk, 1)
    assert not telling.settle(desk, telling.carry_out(telling.plan(desk, ALL)))
    assert numbers(desk) == list(range(1, len(numbers(desk)) + 1))
    assert desk.mirror.verify_history(desk.folder / "历史") == []


def test_a_command_may_tell_more_between_plan_and_carry_out(desk: Desk) -> None:
    add(desk, 2)
    late = telling.plan(desk, 2)
    add(desk, 2)
    telling.tell(desk)
    told = numbers(desk)
    assert not telling.settle(desk, telling.carry_out(late)), "a note never goes back"
    assert numbers(desk) == told
    assert telling.plan(desk, ALL).events == ()


def test_out_of_reach_it_is_told_another_time(desk: Desk) -> None:
    add(desk, 1)
    files, away = desk.folder / "历史", desk.folder / "别处"
    files.rename(away)
    files.write_text("in the way", "utf-8")
    planned = telling.plan(desk, ALL)
    with pytest.raises(NotWritable):
        telling.carry_out(planned)
    with pytest.raises(NotWritable):
        telling.tell(desk)
    files.unlink()
    away.rename(files)
    assert telling.carry_out(telling.plan(desk, ALL)) == planned.events[-1].seq


def test_programs_of_one_user_take_turns(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that appended to one file at once would both go on from the same last line."""
    add(desk, 1)
    monkeypatch.setattr(locks, "_LOCK_SECONDS", 0.05)
    holding = (
        "import sys\nfrom pathlib import Path\nfrom storedesk.workbooks.locks import own_turn\n"
        "with own_turn(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    path = telling.plan(desk, ALL).folder / desk.pc
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        before = len(numbers(desk))
        with pytest.raises(WorkbookHeld, match="另一台店务台"):
            telling.carry_out(telling.plan(desk, ALL))
        with pytest.raises(WorkbookHeld):
            telling.tell(desk)
        assert len(numbers(desk)) == before
    assert telling.carry_out(telling.plan(desk, ALL)) > 0
