from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storedesk.domain.errors import WorkbookHeld
from storedesk.workbooks import locks
from storedesk.workbooks.locks import holder, write_lock

BOOK = "客户档案.xlsx"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / BOOK
    path.write_bytes(b"content")
    return path


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
