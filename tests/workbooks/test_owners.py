"""Who has a workbook open, as far as owner files and locks tell; ghosts are seen through."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storedesk.workbooks import owners
from storedesk.workbooks.owners import SOMEONE

BOOK = "客户档案.xlsx"
posix_only = pytest.mark.skipif(os.name == "nt", reason="POSIX file locks")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / BOOK
    path.write_bytes(b"content")
    return path


def excel_owner_file(user: str) -> bytes:
    """As checked on a real one: a length, 54 bytes ANSI, a length, UTF-16, padded to 165."""
    ansi = user.encode("gb18030")[:54]
    head = bytes([len(ansi)]) + ansi.ljust(54, b" ")
    return (head + bytes([len(user), 0]) + user.encode("utf-16-le")).ljust(165, b"\x20")


def test_nobody(book: Path) -> None:
    assert owners.holder(book) is None
    book.with_name("~$配件台账.xlsx").write_bytes(excel_owner_file("王"))
    assert owners.holder(book) is None


@posix_only
@pytest.mark.parametrize("name", [f"~${BOOK}", "~$户档案.xlsx", "~$档案.xlsx"])
def test_excel_and_wps_name_the_user(book: Path, name: str) -> None:
    book.with_name(name).write_bytes(excel_owner_file("林晓"))
    assert owners.holder(book) == "林晓"


@posix_only
@pytest.mark.parametrize("name", [f".~{BOOK}", ".~户档案.xlsx", ".~档案.xlsx"])
def test_wps_without_a_name(book: Path, name: str) -> None:
    book.with_name(name).write_bytes(b"")
    assert owners.holder(book) == SOMEONE


def test_libreoffice_on_another_machine(book: Path) -> None:
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text(",林晓,FRONT-DESK,22.11.2026 09:30,file:///C:/x;", encoding="utf-8")
    assert owners.holder(book) == "林晓"
    lock.write_text(",,FRONT-DESK,22.11.2026 09:30,;", encoding="utf-8")
    assert owners.holder(book) == "FRONT-DESK"
    lock.write_text("", encoding="utf-8")
    assert owners.holder(book) == SOMEONE


@posix_only
def test_a_ghost_of_libreoffice_on_this_machine_is_seen_through(book: Path) -> None:
    """After a crash the owner file stays, but nobody holds the lock on the workbook."""
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text(f",林晓,{socket.gethostname()},22.11.2026 09:30,;", encoding="utf-8")
    assert owners.holder(book) is None
    holding = (
        "import fcntl, sys; file = open(sys.argv[1], 'r+b'); fcntl.lockf(file, fcntl.LOCK_EX);"
        " print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(book)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as office:
        assert office.stdout is not None
        assert office.stdout.readline() == b"held\n"
        assert owners.holder(book) == "林晓"
        office.communicate(b"")
    assert owners.holder(book) is None


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux for open files")
def test_libreoffice_that_has_the_file_open_without_a_lock_is_no_ghost(book: Path) -> None:
    """LibreOffice 7.4 was seen to hold no lock; our save then made its own fail."""
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text(f",林晓,{socket.gethostname()},22.11.2026 09:30,;", encoding="utf-8")
    holding = "import sys; file = open(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(book)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as office:
        assert office.stdout is not None
        assert office.stdout.readline() == b"held\n"
        assert owners.holder(book) == "林晓"
        book.with_suffix(".new").write_bytes(b"newer")
        book.with_suffix(".new").replace(book)
        assert owners.holder(book) == "林晓", "it still has its old copy"
        office.communicate(b"")
    assert owners.holder(book) is None


def test_the_name_of_the_code_page_where_the_other_is_missing(book: Path) -> None:
    name = "林晓".encode("gb18030")
    owner_file = book.with_name(f"~${BOOK}")
    owner_file.write_bytes(bytes([len(name)]) + name)
    assert owners.holder(book) == "林晓"
    owner_file.write_bytes((bytes([len(name)]) + name).ljust(165, b"\x00"))
    assert owners.holder(book) == "林晓"
    owner_file.write_bytes(bytes(165))
    assert owners.holder(book) == SOMEONE


def test_libreoffice_tells_a_user_and_a_login(book: Path) -> None:
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text("林\\, 晓,lx,FRONT-DESK,22.11.2026 09:30,;", encoding="utf-8")
    assert owners.holder(book) == "林, 晓"


@pytest.mark.parametrize("name", [f"~${BOOK}", f".~{BOOK}", f".~lock.{BOOK}#"])
def test_what_died_days_ago_holds_nothing(book: Path, name: str) -> None:
    owner_file = book.with_name(name)
    owner_file.write_bytes(b"")
    now = time.time()
    for days, held in ((-1, True), (0, True), (2.9, True), (3.1, False), (400, False)):
        os.utime(owner_file, (now - days * 86_400,) * 2)
        assert (owners.holder(book) is not None) is held, days
    assert owner_file.exists(), "it is not ours to remove"


def test_a_living_owner_counts_beside_a_ghost(book: Path) -> None:
    ghost = book.with_name(f"~${BOOK}")
    ghost.write_bytes(excel_owner_file("从前的人"))
    os.utime(ghost, (0, 0))
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text(",林晓,FRONT-DESK,22.11.2026 09:30,;", encoding="utf-8")
    assert owners.holder(book) == "林晓"


@pytest.mark.parametrize("name", [f"~${BOOK}", ".~户档案.xlsx"])
def test_on_windows_the_open_handle_decides(
    book: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(owners, "_WINDOWS", True)
    book.with_name(name).write_bytes(excel_owner_file("林晓"))
    assert owners.holder(book) is None
    monkeypatch.setattr(owners, "_is_free_on_windows", lambda _: False)
    assert owners.holder(book) == "林晓"
