"""Who has a workbook open: owner files of Excel, WPS and LibreOffice, and our own write lock.

An owner file is a hint with a name, not the lock itself: it stays behind after a crash. On Windows
the open handle is asked as well; LibreOffice on this machine holds a file lock that can be asked.
"""

from __future__ import annotations

import os
import socket
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

SOMEONE = "其他程序"
"""Named as the holder when an owner file tells no name."""

_EXCEL = "~$"
_WPS = ".~"
_LIBREOFFICE = ".~lock."
_MAY_BE_DROPPED = 2
"""Leading characters of the name that WPS (and Word) may leave out of the owner file's name."""
_NAME_BYTES = 54
_LOCK_SECONDS = 5.0
_LARGEST_OWNER_FILE = 4096


def holder(path: Path) -> str | None:
    """Return who has the workbook open, ``SOMEONE`` if nameless, None if nobody is known to.

    Ghosts are seen through where possible: on Windows a file that can be opened for writing is not
    open in Excel; a LibreOffice of this machine must still hold its lock on the file.
    """
    for owner_file in _owner_files(path):
        if owner_file.name.startswith(_LIBREOFFICE):
            user, host = _libreoffice_owner(owner_file)
            if host == socket.gethostname() and _is_free_here(path):
                continue
            return user or SOMEONE
        if os.name == "nt" and _is_free_on_windows(path):
            continue
        return _office_owner(owner_file) or SOMEONE
    return None


@contextmanager
def write_lock(path: Path, now: Clock = time.monotonic) -> Iterator[Lease]:
    """Hold our own lock on a workbook, so that programs and PCs of ours take turns.

    Between programs of one user on one PC the operating system keeps the turns, and releases a dead
    one's at once; between PCs a lease beside the workbook does (``leases``).

    Raises:
        WorkbookHeld: another 店务台 is writing it.
        NotWritable, DiskFull, WorkbookError: the folder cannot be written.
    """
    lock = FileLock(_lock_path(path), timeout=_LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise WorkbookHeld(path.name, "另一台店务台正在写入") from error
    except OSError as error:
        raise failure(error, path) from error
    try:
        with lease(path, _LOCK_SECONDS, now) as claim:
            yield claim
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


def _owner_files(path: Path) -> list[Path]:
    """Return the owner files of a workbook that stand beside it."""
    name = path.name
    names = {f"{_LIBREOFFICE}{name}#"}
    for dropped in range(min(_MAY_BE_DROPPED, len(path.stem) - 1) + 1):
        names |= {_EXCEL + name[dropped:], _WPS + name[dropped:]}
    try:
        return sorted(one for one in (path.with_name(name) for name in names) if one.is_file())
    except OSError:
        return []  # a folder that cannot be asked holds nobody; reading the workbook will say why


def _office_owner(owner_file: Path) -> str:
    """Return the user name in an owner file of Excel: a length, then UTF-16 behind 55 bytes."""
    content = _content(owner_file)
    if len(content) <= _NAME_BYTES + 2:
        return ""
    length = content[_NAME_BYTES + 1]
    begin = _NAME_BYTES + 3
    return content[begin : begin + 2 * length].decode("utf-16-le", "ignore").strip("\x00 ")


def _libreoffice_owner(owner_file: Path) -> tuple[str, str]:
    """Return user and host of ``,user,host,DD.MM.YYYY HH:MM,profile;``."""
    fields = _content(owner_file).decode("utf-8", "replace").split(",")
    user, host = (*fields[1:3], "", "")[:2]
    return user.strip() or host.strip(), host.strip()


def _content(owner_file: Path) -> bytes:
    try:
        with owner_file.open("rb") as file:
            return file.read(_LARGEST_OWNER_FILE)
    except OSError:
        return b""  # Excel denies reading its owner file on Windows: held, nameless


def _is_free_on_windows(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except OSError:
        return False


def _is_free_here(path: Path) -> bool:
    """Whether no program of this machine holds a POSIX lock on the file."""
    if os.name == "nt":
        return _is_free_on_windows(path)
    import fcntl  # noqa: PLC0415  # not there on Windows

    try:
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False
