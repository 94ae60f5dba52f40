"""Our own write lock on a workbook; who else has it open is told by ``owners``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

from storedesk import resources
from storedesk.domain.errors import NotWritable, WorkbookHeld
from storedesk.workbooks.disk import failure
from storedesk.workbooks.leases import Clock, Lease, lease
from storedesk.workbooks.owners import SOMEONE, holder

__all__ = ["SOMEONE", "holder", "own_turn", "write_lock"]

_LOCK_SECONDS = 5.0


@contextmanager
def write_lock(path: Path, now: Clock = time.monotonic) -> Iterator[Lease]:
    """Hold our own lock on a workbook, so that programs and PCs of ours take turns.

    Between programs of one user on one PC the operating system keeps the turns, and releases a dead
    one's at once; between PCs a lease beside the workbook does (``leases``).

    Raises:
        WorkbookHeld: another 店务台 is writing it.
        NotWritable, DiskFull, WorkbookError: the folder cannot be written.
    """
    with own_turn(path), lease(path, _LOCK_SECONDS, now) as claim:
        yield claim


@contextmanager
def own_turn(path: Path) -> Iterator[None]:
    """Let the programs of this user on this PC take turns on a file that nobody else writes.

    Raises:
        WorkbookHeld: another one keeps it for too long.
        NotWritable, DiskFull, WorkbookError: the user's folder cannot be written.
    """
    lock = FileLock(_lock_path(path), timeout=_LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise WorkbookHeld(path.name, "另一台店务台正在写入") from error
    except OSError as error:
        raise failure(error, path) from error
    try:
        yield
    finally:
        lock.release()


def _lock_path(path: Path) -> Path:
    """Return the file whose lock programs of this user take in turn; it stays and means nothing."""
    folder = resources.user_folder() / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(str(folder)) from error
    return folder / f"{sha256(str(path).encode()).hexdigest()[:16]}.lock"
