"""Nothing told is lost, nothing is doubled, and nothing is left behind, however a process ends.

A process enters customers, writes them into the workbooks, changes them and writes again
(``crash_desks``). It is killed, or its system calls fail, at one moment after the other; after
every restart the same things must hold.

The everyday run kills some 60 times; the long one at every call of a flush, and at random.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from random import Random

import pytest

from storedesk.domain.sheets import Written
from storedesk.operations import records, syncing
from storedesk.operations.desk import Desk
from tests.helpers.crashing import KILLED, Doomed, can_attach
from tests.operations.crash_desks import CUSTOMERS, CrashingDesk, check_written

traced = pytest.mark.skipif(not can_attach(), reason="strace is not there, or may not attach")

SECONDS = 0.6
"""By then a process on a quiet machine has come to its second customer."""

CHANGING = (
    "rename",
    "fsync",
    "write",
    "unlink",
    "ftruncate",
    "fdatasync",
    "pwrite64",
    "openat",
    "close",
    "chmod",
    "flock",
    "mkdir",
)
"""System calls of a flush that change anything; whatever lies between two leaves the same files."""
ASKING = ("fcntl", "newfstatat", "pread64", "read", "lseek", "getdents64")
"""The others, many of them: every seventh is enough."""
LIFE = 25
"""So often one desk crashes in the long run; the more it holds, the longer each check takes."""
MOMENTS = {
    "rename": (1, 2, 3, 4),
    "fsync": (1, 2, 4, 5, 7, 9),
    "write": (2, 7, 12, 18, 23),
    "unlink": (1, 3, 6),
    "fdatasync": (3, 14, 25, 36),
    "ftruncate": (2, 5, 8),
    "pwrite64": (31, 72, 113, 154, 195),
}
"""The everyday choice: at which of such calls a process is killed."""


@pytest.fixture
def crashing(founded: CrashingDesk, tmp_path: Path) -> CrashingDesk:
    return founded.copied(tmp_path / "crash")


# --- killed ---------------------------------------------------------------------------------------


def kill_at_random(crashing: CrashingDesk, kills: int, seed: int, check_every: int) -> None:
    dice = Random(seed)  # noqa: S311  # the same moments each time, nothing secret
    for kill in range(1, kills + 1):
        if kill % 5 == 0:
            crashing.type_in_excel()
        doomed = Doomed(crashing.work(3), crashing.notes)
        assert doomed.killed_after(dice.uniform(0, SECONDS)) in (0, KILLED)
        if kill % check_every == 0:
            crashing.check()


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_moments(crashing: CrashingDesk, seed: int) -> None:
    """Some restarts are killed too, before anybody could look."""
    kill_at_random(crashing, 16, seed, check_every=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 116))
def test_killed_at_random_moments_a_thousand_times(crashing: CrashingDesk, seed: int) -> None:
    kill_at_random(crashing, 64, seed, check_every=1)


def killed_at(crashing: CrashingDesk, call: str, number: int) -> bool:
    """Kill at the nth of some system calls; return False if it never came to it.

    The work is one customer: three saves, and two flushes into two workbooks.
    """
    doomed = Doomed(crashing.work(1).once_open, crashing.notes)
    ended = doomed.injected(call, f"signal=KILL:when={number}")
    assert ended in (0, KILLED)
    return ended == KILLED


@traced
def test_killed_at_the_calls_of_a_flush(crashing: CrashingDesk) -> None:
    for call, numbers in MOMENTS.items():
        for number in numbers:
            assert killed_at(crashing, call, number), f"never came to {call} number {number}"
        crashing.check()


@traced
@pytest.mark.slow
@pytest.mark.parametrize("call", [*CHANGING, *ASKING])
def test_killed_at_every_call_of_a_flush(founded: CrashingDesk, tmp_path: Path, call: str) -> None:
    step = 1 if call in CHANGING else 7
    for kill in count():
        if kill % LIFE == 0:
            crashing = founded.copied(tmp_path / str(kill))
        was_killed = killed_at(crashing, call, kill * step + 1)
        crashing.check()
        if not was_killed:
            break
    print(f"{kill} kills at {call}")  # noqa: T201  # the figure of the long run
    assert kill > 0, "no such call was made"


def test_an_edit_after_a_write_nobody_learnt_of_is_no_clash(desk: Desk) -> None:
    """The program died between replacing the workbook and noting it, and the next edit came first.

    The workbook then holds what was entered before: our own value, not a change made in Excel.
    """
    who = {"客户姓名": "王建国", "联系电话": "13800003456", "地址": "滨河湾1幢"}
    customer = records.add(desk, "customers", who, "客服").first
    (written,) = [one.written for one in syncing.carry_out(syncing.plan(desk)) if one.written]
    assert written.result is Written.DONE
    records.set_values(desk, customer, {"地址": "滨河湾8幢"}, "客服")
    report = syncing.sync(desk)
    assert (report.errors, report.waiting) == ((), ())
    assert desk.mirror.conflicts() == []
    assert records.get(desk, customer)["address"] == "滨河湾8幢"
    check_written(desk, CUSTOMERS)


# --- calls that fail ------------------------------------------------------------------------------


def failed_at(crashing: CrashingDesk, call: str, error: str, when: str) -> None:
    """Let the nth of some system calls fail, once or from then on (``3+``), and restart."""
    doomed = Doomed(crashing.work(2).warmed_up, crashing.notes)
    ended = doomed.injected(call, f"error={error}:when={when}")
    assert not crashing.notes.bug, crashing.notes.bug
    assert ended == 0
    crashing.check()


@traced
@pytest.mark.parametrize(
    ("call", "error", "when"),
    [
        ("write", "ENOSPC", "9+"),
        ("fsync", "EIO", "2+"),
        ("fsync", "EIO", "3"),
        ("fsync", "EIO", "6"),
        ("rename", "EACCES", "1"),
        ("openat", "EIO", "15+"),
        ("read", "EIO", "3"),
        ("read", "EIO", "20"),
        ("pwrite64", "ENOSPC", "30+"),
    ],
)
def test_a_call_that_fails(crashing: CrashingDesk, call: str, error: str, when: str) -> None:
    failed_at(crashing, call, error, when)


FAULTS = {
    "EIO": (*CHANGING, *ASKING),
    "ENOSPC": ("write", "pwrite64", "fsync", "openat", "rename", "ftruncate", "mkdir"),
    "EACCES": ("openat", "rename", "unlink", "mkdir", "newfstatat", "flock", "chmod"),
}


@traced
@pytest.mark.slow
@pytest.mark.parametrize("lasting", ["", "+"])
@pytest.mark.parametrize(
    ("call", "error"), [(call, error) for error, calls in FAULTS.items() for call in calls]
)
def test_every_call_that_fails(
    founded: CrashingDesk, tmp_path: Path, call: str, error: str, lasting: str
) -> None:
    """Where calls are many, every twentieth fails."""
    many = {"fcntl": 1300, "newfstatat": 1200, "pwrite64": 440, "pread64": 330}.get(call, 80)
    for fault, number in enumerate(range(1, many, max(1, many // 60))):
        if fault % LIFE == 0:
            crashing = founded.copied(tmp_path / str(fault))
        failed_at(crashing, call, error, f"{number}{lasting}")
