"""Turns between PCs: each is played by a user's folder of its own."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from storedesk.domain.errors import DiskFull, NotWritable, WorkbookHeld
from storedesk.workbooks import leases
from storedesk.workbooks.leases import EMPTY_SECONDS, STALE_SECONDS, lease, lease_path
from storedesk.workbooks.locks import write_lock

BOOK = "客户档案.xlsx"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "desk" / BOOK
    path.parent.mkdir()
    path.write_bytes(b"content")
    return path


class SteadyClock:
    """A monotonic clock that moves when told."""

    def __init__(self, seconds: float = 1000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


At = Callable[[str], None]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """Go to another PC."""

    def go(pc: str) -> None:
        monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / pc))

    go("front desk")
    return go


def left_behind(book: Path, at: At, pc: str) -> None:
    """Let a program on a PC die while it writes."""
    at(pc)
    dying = (
        "import os, sys\nfrom pathlib import Path\n"
        "from storedesk.workbooks.locks import write_lock\n"
        "with write_lock(Path(sys.argv[1])): os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", dying, str(book)], check=False)
    assert ended.returncode == 9
    assert lease_path(book).exists()


def take(book: Path, clock: SteadyClock) -> bool:
    try:
        with lease(book, 0, clock) as claim:
            return claim.is_ours()
    except WorkbookHeld:
        return False


def test_only_one_pc_writes_and_nothing_is_left(book: Path, at: At, clock: SteadyClock) -> None:
    with lease(book, 0, clock) as claim:
        assert claim.is_ours()
        at("back office")
        with pytest.raises(WorkbookHeld, match=r"另一台电脑（.+）的店务台正在写入"):
            lease(book, 0, clock).__enter__()
    assert [path.name for path in book.parent.iterdir()] == [BOOK]
    assert take(book, clock)


def test_a_dead_pc_is_waited_for_a_minute_of_the_observers_clock(
    book: Path, at: At, clock: SteadyClock
) -> None:
    left_behind(book, at, "front desk")
    at("back office")
    assert not take(book, clock), "seen for the first time: nobody knows how old it is"
    clock.seconds += STALE_SECONDS - 1
    assert not take(book, clock)
    clock.seconds += 2
    assert take(book, clock)
    assert not lease_path(book).exists()


def test_a_lease_without_a_word_is_not_waited_for_long(
    book: Path, at: At, clock: SteadyClock
) -> None:
    """Its owner died, or ran out of disk, between making and writing it."""
    lease_path(book).write_bytes(b"")
    assert not take(book, clock), "it may be being written"
    clock.seconds += EMPTY_SECONDS + 0.1
    assert take(book, clock)
    assert not lease_path(book).exists()


def test_a_lease_that_cannot_be_written_does_not_stay(book: Path, at: At) -> None:
    lease_path(book).touch()
    with pytest.raises(DiskFull):
        leases._write(_Full(), leases.Lease(lease_path(book), "front desk"), book)
    assert not lease_path(book).exists()


class _Full(io.BytesIO):
    """A file on a disk without room."""

    def write(self, _content: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_pc_whose_counter_moves_lives(book: Path, at: At, clock: SteadyClock) -> None:
    with lease(book, 0, clock) as claim:
        at("back office")
        for _ in range(5):
            assert not take(book, clock)
            clock.seconds += STALE_SECONDS - 1
            claim.renew()
        assert not take(book, clock)
        assert claim.is_ours()


def test_the_counter_moves_by_itself(
    book: Path, at: At, clock: SteadyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
    moved = threading.Event()
    with lease(book, 0, clock) as claim:
        first = lease_path(book).read_bytes()
        while not moved.wait(0.01):
            if lease_path(book).read_bytes() not in (first, b""):
                moved.set()
        assert claim.is_ours()
        assert claim.count > 0
    assert not lease_path(book).exists()


def test_another_clock_and_another_day_say_nothing(book: Path, at: At, clock: SteadyClock) -> None:
    """The file's own time stamp may be of a PC whose calendar is wrong."""
    left_behind(book, at, "front desk")
    os.utime(lease_path(book), (0, 0))
    at("back office")
    assert not take(book, clock)


def test_the_watching_starts_anew_with_the_pc(book: Path, at: At, clock: SteadyClock) -> None:
    left_behind(book, at, "front desk")
    at("back office")
    assert not take(book, clock)
    clock.seconds = 5.0  # started again
    assert not take(book, clock)
    clock.seconds += STALE_SECONDS + 1
    assert take(book, clock)


def test_a_program_that_died_here_is_not_waited_for(book: Path, at: At, clock: SteadyClock) -> None:
    left_behind(book, at, "front desk")
    with write_lock(book, clock) as claim:
        assert claim.is_ours()
    assert not lease_path(book).exists()


def test_who_was_taken_for_dead_learns_that_before_it_replaces(
    book: Path, at: At, clock: SteadyClock
) -> None:
    """A PC slept in the middle of a write."""
    with lease(book, 0, clock) as slept:
        at("back office")
        assert not take(book, clock)
        clock.seconds += STALE_SECONDS + 1
        with lease(book, 0, clock) as claim:
            assert not slept.is_ours()
            slept.renew()
            slept.release()
            assert claim.is_ours(), "the sleeper does not take it back"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"owner": 3}', b"\xff\xfe"])
def test_a_spoilt_lease_is_watched_like_any_other(
    book: Path, at: At, clock: SteadyClock, content: bytes
) -> None:
    lease_path(book).write_bytes(content)
    with pytest.raises(WorkbookHeld, match="另一台店务台正在写入"):
        lease(book, 0, clock).__enter__()
    clock.seconds += STALE_SECONDS + 1
    assert take(book, clock)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"k": 3}'])
def test_spoilt_notes_are_made_anew(
    book: Path, at: At, clock: SteadyClock, tmp_path: Path, content: str
) -> None:
    left_behind(book, at, "front desk")
    at("back office")
    (tmp_path / "back office").mkdir()
    (tmp_path / "back office" / "leases.json").write_text(content, "utf-8")
    assert not take(book, clock)
    clock.seconds += STALE_SECONDS + 1
    assert take(book, clock)


def test_what_it_tells_has_no_path_and_no_user(book: Path, at: At, clock: SteadyClock) -> None:
    with lease(book, 0, clock):
        told = json.loads(lease_path(book).read_text("utf-8"))
    assert set(told) == {"owner", "host", "token", "count"}
    assert "/" not in told["owner"]


def test_a_folder_without_room_or_rights(
    tmp_path: Path, at: At, clock: SteadyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, kind in ((28, DiskFull), (13, NotWritable), (30, NotWritable)):

        def refuse(*_: object, code: int = code, **__: object) -> object:
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", refuse)
            with pytest.raises(kind):
                lease(tmp_path / BOOK, 0, clock).__enter__()


def test_many_pcs_at_once_take_turns(book: Path, tmp_path: Path) -> None:
    """Each adds one to a number in the workbook, reading and writing it apart."""
    book.write_text("0")
    adding = (
        "import sys, time\nfrom pathlib import Path\n"
        "from storedesk.workbooks.locks import write_lock\n"
        "book = Path(sys.argv[1])\n"
        "for _ in range(10):\n"
        "    with write_lock(book):\n"
        "        number = int(book.read_text())\n"
        "        time.sleep(0.002)\n"
        "        book.write_text(str(number + 1))\n"
    )
    pcs = [
        subprocess.Popen(
            [sys.executable, "-c", adding, str(book)],
            env={**os.environ, "STOREDESK_HOME": str(tmp_path / f"pc {number}")},
        )
        for number in range(4)
    ]
    assert [pc.wait(timeout=60) for pc in pcs] == [0] * 4
    assert book.read_text() == "40"
    assert not lease_path(book).exists()
