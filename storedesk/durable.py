"""Writing durably: what our own unfinished files are called, and what a power cut may not undo.

After a power cut a file that was synced may still be missing from its folder (POSIX); Windows has
no call for that and needs none.
"""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

TEMPORARY = ".storedesk-"
"""Names of our own files beside others begin with this; they are never ledgers or reports."""
ENDING = ".tmp"

_NO_SUCH_CALL = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS}
"""What network file systems say that cannot sync a folder (PostgreSQL passes these over too)."""


def aside_of(target: Path, token: str) -> Path:
    """Return where a file is written before it takes the place of ``target``.

    ``token`` keeps the names of two writers apart.
    """
    return target.with_name(f"{TEMPORARY}{target.name}.{token}{ENDING}")


def sync_folder(folder: Path) -> None:
    """Make durable which files a folder holds and what they are called.

    Raises:
        OSError: whether it would survive a power cut is unknown (workbooks.md §4.2).
    """
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        log.warning("folder may not be opened for fsync", exc_info=True)
        return
    _sync(handle)


def sync_file(path: Path) -> None:
    """Make durable what stands under a name, whoever wrote it (not on Windows); raises so."""
    if os.name == "nt":
        return
    _sync(os.open(path, os.O_RDONLY))
    sync_folder(path.parent)


def _sync(handle: int) -> None:
    """Sync an open file or folder, and close it."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise
    finally:
        os.close(handle)
