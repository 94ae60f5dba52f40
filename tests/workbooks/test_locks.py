from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from storedesk.domain.errors import WorkbookHeld
from storedesk.workbooks import locks
from storedesk.workbooks.locks import SOMEONE, holder, write_lock

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
    assert holder(book) is None
    book.with_name("~$配件台账.xlsx").write_bytes(excel_owner_file("王"))
    assert holder(book) is None


@posix_only
@pytest.mark.parametrize("name", [f"~${BOOK}", "~$户档案.xlsx", "~$档案.xlsx"])
def test_excel_and_wps_name_the_user(book: Path, name: str) -> None:
    book.with_name(name).write_bytes(excel_owner_file("林晓"))
    assert holder(book) == "林晓"


@posix_only
@pytest.mark.parametrize("name", [f".~{BOOK}", ".~户档案.xlsx", ".~档案.xlsx"])
def test_wps_without_a_name(book: Path, name: str) -> None:
    book.with_name(name).write_bytes(b"")
    assert holder(book) == SOMEONE


def test_libreoffice_on_another_machine(book: Path) -> None:
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text(",林晓,FRONT-DESK,22.11.2026 09:30,file:///C:/x;", encoding="utf-8")
    assert holder(book) == "林晓"
    lock.write_text(",,FRONT-DESK,22.11.2026 09:30,;", encoding="utf-8")
    assert holder(book) == "FRONT-DESK"
    lock.write_text("", encoding="utf-8")
    assert holder(book) == SOMEONE


@posix_only
def test_a_ghost_of_libreoffice_on_this_machine_is_seen_through(book: Path) -> None:
    """After a crash the owner file stays, but nobody holds the lock on the workbook."""
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text(f",林晓,{socket.gethostname()},22.11.2026 09:30,;", encoding="utf-8")
    assert holder(book) is None
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
        assert holder(book) == "林晓"
        office.communicate(b"")
    assert holder(book) is None


def test_our_own_lock_excludes_another_of_ours(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_LOCK_SECONDS", 0.05)
    with write_lock(book), pytest.raises(WorkbookHeld, match="另一台店务台"), write_lock(book):
        pass
    with write_lock(book):
        assert holder(book) is None


def test_a_dead_program_leaves_no_lock(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_LOCK_SECONDS", 0.05)
    dying = (
        "import os, sys\nfrom pathlib import Path\n"
        "from storedesk.workbooks.locks import write_lock\n"
        "with write_lock(Path(sys.argv[1])): os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", dying, str(book)], check=False)
    assert ended.returncode == 9
    with write_lock(book):
        pass
