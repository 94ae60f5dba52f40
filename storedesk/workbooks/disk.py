"""Files on disk: read whole before anything is parsed, written aside, replaced in one step.

A read error must never look like a damaged workbook, so bytes are read first by a plain read and
parsed from memory (workbooks.md §4.4: EIO otherwise surfaces as "not a zip file").
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import time
from collections.abc import Iterable
from pathlib import Path

from storedesk import durable
from storedesk.domain.errors import (
    DiskFull,
    FolderGone,
    NotWritable,
    StoreDeskError,
    WorkbookError,
    WorkbookHeld,
    WorkbookMissing,
)
from storedesk.domain.sheets import Fingerprint
from storedesk.durable import ENDING, TEMPORARY, aside_of

log = logging.getLogger(__name__)

OLD_SECONDS = 86_400.0
"""A file written aside for so long is left over, whatever the clocks of a share's PCs say."""

_READ_TRIES = 3
_REPLACE_SECONDS = 2.5
_REPLACE_PAUSE = 0.1
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_CUT_OFF = {
    *(errno.ENOTCONN, errno.ECONNRESET, errno.ECONNABORTED, errno.ECONNREFUSED, errno.ESHUTDOWN),
    *(errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH, errno.ETIMEDOUT),
    *(errno.ESTALE, errno.EREMOTE, errno.ENODEV, errno.ENXIO),
}
"""What a share that went away, or a stick that was pulled out, is reported as."""
_CUT_OFF_ON_WINDOWS = {21, 51, 53, 54, 55, 59, 64, 65, 67, 121, 1231, 1232, 1236}
"""Not ready, network path not found, network name deleted, host unreachable …"""
_WORDS = {
    errno.EIO: "磁盘或网络出错",
    errno.EMFILE: "打开的文件太多",
    errno.ENOMEM: "内存不够",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "是文件，不是文件夹",
}


def read_whole(path: Path, of: Path | None = None) -> tuple[bytes, Fingerprint]:
    """Return a file's bytes and its fingerprint, both of the same moment.

    Args:
        path: the file.
        of: the workbook it was written aside for, which errors name.

    Raises:
        WorkbookMissing: there is no such file.
        WorkbookHeld: another program denies reading (Windows).
        WorkbookError: the disk or the network fails, or the file keeps changing under the read.
    """
    name = (of or path).name
    for _ in range(_READ_TRIES):
        try:
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                content = file.read()
                after = os.fstat(file.fileno())
        except FileNotFoundError:
            raise WorkbookMissing(name) from None
        except PermissionError as error:
            # Windows says "denied" as well when another program has the file for itself alone.
            if os.name == "nt":
                raise WorkbookHeld(name) from error
            raise WorkbookError(name, "没有读取的权限") from error
        except OSError as error:
            raise WorkbookError(name, f"读取出错：{in_words(error)}") from error
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(
            content
        ) == after.st_size:
            return content, Fingerprint(len(content), after.st_mtime_ns, sha256(content))
    raise WorkbookError(name, "正在被别的程序写入")


def fingerprint(path: Path) -> Fingerprint:
    """Return a file's size, time of change and SHA-256; raises as ``read_whole``."""
    return read_whole(path)[1]


def unchanged(path: Path, known: Fingerprint) -> bool:
    """Whether size and time of change are still those of ``known``; False if it is not there."""
    try:
        now = path.stat()
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns) == (known.size, known.mtime_ns)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_aside(target: Path, pieces: Iterable[bytes | memoryview], token: str) -> Path:
    """Write a new file beside ``target``, fsync it and return its path.

    ``token`` keeps the names of two writers apart. Nothing is left behind when writing fails.

    Raises:
        DiskFull, NotWritable: see there; the target is untouched.
    """
    aside = aside_of(target, token)
    try:
        aside.unlink(missing_ok=True)
        mode = _mode_of(target)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode or _ANYBODY)
        with os.fdopen(handle, "wb") as file:
            if mode is not None:
                aside.chmod(mode)  # the mode asked for at creation is cut by the umask
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        discard(aside)
        raise failure(error, target) from error
    except BaseException:
        discard(aside)
        raise
    return aside


def replace(aside: Path, target: Path) -> None:
    """Put ``aside`` in the place of ``target`` in one step, durably.

    Virus scanners and indexers hold files on Windows for moments (errors 5 and 32,
    workbooks.md §3.2), so a denied replace is tried again for a short while.

    Raises:
        WorkbookHeld: another program has the target open.
        DiskFull, NotWritable, WorkbookError: as they say; the target is as it was, but for one
            case: the new content is in place and the disk would not confirm it. Nobody may take
            it for written then; writing it again, or ``make_durable``, decides.
    """
    deadline = time.monotonic() + _REPLACE_SECONDS
    while True:
        try:
            aside.replace(target)
            break
        except PermissionError as error:
            if os.name != "nt":
                raise failure(error, target) from error
            if time.monotonic() > deadline:
                raise WorkbookHeld(target.name) from error
            time.sleep(_REPLACE_PAUSE)
        except OSError as error:
            raise failure(error, target) from error
    sync_folder(target)


def put(target: Path, pieces: Iterable[bytes | memoryview], token: str) -> None:
    """Write a file in one step, durably; raises as ``write_aside`` and ``replace``."""
    aside = write_aside(target, pieces, token)
    try:
        replace(aside, target)
    finally:
        discard(aside)


def sync_folder(changed: Path) -> None:
    """Make the name of a file durable; Windows has no such call and needs none.

    Raises:
        WorkbookError: whether it would survive a power cut is unknown (workbooks.md §4.2).
    """
    try:
        durable.sync_folder(changed.parent)
    except OSError as error:
        raise _unconfirmed(error, changed) from error


def make_durable(path: Path) -> None:
    """Make durable what stands under a name, whoever wrote it (not on Windows).

    An edit of ours that is found in a workbook counts as written from then on, so the workbook must
    survive a power cut as it was read.

    Raises:
        WorkbookMissing: there is no such file.
        WorkbookError: the disk would not confirm it.
    """
    try:
        durable.sync_file(path)
    except FileNotFoundError:
        raise WorkbookMissing(path.name) from None
    except OSError as error:
        raise _unconfirmed(error, path) from error


def _unconfirmed(error: OSError, changed: Path) -> WorkbookError:
    return WorkbookError(changed.name, f"磁盘没有确认已经写好：{error.strerror}")


def leftovers(folder: Path, target: str = "") -> list[Path]:
    """Return what killed writes left in a folder, of files whose names begin with ``target``.

    They may be removed under the write lock only: another program's write may be under way.
    """
    begin = f"{TEMPORARY}{target}"
    try:
        found = [entry for entry in folder.iterdir() if entry.name.startswith(begin)]
    except FileNotFoundError:
        return []
    except OSError:
        log.warning("folder cannot be looked through", exc_info=True)
        return []
    return [entry for entry in found if entry.suffix == ENDING]


def discard_old(folder: Path) -> None:
    """Remove what killed writes left in a folder long ago; what is new another PC may be writing.

    For files that have no write lock.
    """
    for one in leftovers(folder):
        try:
            is_old = time.time() - one.stat().st_mtime > OLD_SECONDS
        except OSError:
            continue  # gone meanwhile, or out of reach
        if is_old:
            discard(one)


def discard(path: Path) -> None:
    """Remove one of our own files if it can be removed."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        log.warning("left a temporary file behind", exc_info=True)


def failure(error: OSError, path: Path) -> StoreDeskError:
    """Return the expected failure that an operating system's error on ``path`` means."""
    if error.errno in _NO_ROOM:
        return DiskFull(path.name)
    if error.errno in _NOT_ALLOWED:
        return NotWritable(path.name)
    if _is_cut_off(error) or (error.errno == errno.ENOENT and not path.parent.is_dir()):
        return FolderGone(str(path.parent))
    return WorkbookError(path.name, f"写入出错：{in_words(error)}")


def _is_cut_off(error: OSError) -> bool:
    return error.errno in _CUT_OFF or getattr(error, "winerror", None) in _CUT_OFF_ON_WINDOWS


def in_words(error: OSError) -> str:
    """Return why the operating system refused, as part of a sentence."""
    if _is_cut_off(error):
        return "网络断开了，或者盘被拔掉了"
    return _WORDS.get(error.errno or 0, error.strerror or str(error))


_BINARY = getattr(os, "O_BINARY", 0)  # Windows only
_ANYBODY = 0o666


def _mode_of(target: Path) -> int | None:
    """Return who may do what with a file, None for a new one, of which the umask decides."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        return None
