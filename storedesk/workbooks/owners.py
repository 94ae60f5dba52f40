"""Who has a workbook open: the owner files that Excel, WPS and LibreOffice leave beside it.

An owner file is a hint with a name, not the lock itself: it stays behind when a program or a PC
dies (a ghost). Ghosts must not keep entries waiting for ever, and a living program must not be
written over. So, in this order:

1. What can be asked is asked. On Windows the open handle of Excel and WPS decides, on this PC or
   over the network: a workbook that can be opened for writing is not open there. A LibreOffice of
   this machine has the file open.
2. What cannot be asked is believed for ``GHOST_DAYS`` since it opened the workbook: Office files
   seen from Linux or macOS, LibreOffice on another machine.
3. After that it counts as a ghost. Should the program be alive all the same and save its old copy
   over ours, the generation stamp tells, and what it lacks is written again (decision 3).
"""

from __future__ import annotations

import os
import re
import socket
import time
from contextlib import suppress
from pathlib import Path

SOMEONE = "其他程序"
"""Named as the holder when an owner file tells no name."""
GHOST_DAYS = 3
"""A long weekend with Excel left open; for a program that died entries wait that long at most."""

_WINDOWS = os.name == "nt"
_EXCEL = "~$"
_WPS = ".~"
_LIBREOFFICE = ".~lock."
_MAY_BE_DROPPED = 2
"""Leading characters of the name that WPS (and Word) may leave out of the owner file's name."""
_NAME_BYTES = 54
_LARGEST_OWNER_FILE = 4096
_DAY = 86_400
_PROCESSES = Path("/proc")
_FIELD_END = re.compile(r"(?<!\\)[,;]")


def holder(path: Path) -> str | None:
    """Return who has the workbook open, ``SOMEONE`` if nameless, None if nobody is known to."""
    for owner_file in _owner_files(path):
        if owner_file.name.startswith(_LIBREOFFICE):
            user, host = _libreoffice_owner(owner_file)
            free = host == socket.gethostname() and _is_free_here(path)
        else:
            user = _office_owner(owner_file)
            free = _WINDOWS and _is_free_on_windows(path)
        if not free and not _is_old(owner_file):
            return user or SOMEONE
    return None


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


def _is_old(owner_file: Path) -> bool:
    """Whether an owner file was made so long ago that its program may well have died since."""
    try:
        return time.time() - owner_file.stat().st_mtime > GHOST_DAYS * _DAY
    except OSError:
        return False


def _office_owner(owner_file: Path) -> str:
    """Return the user name in an owner file of Excel.

    One byte length and 54 bytes name as the PC's code page has it, then the same as UTF-16.
    """
    content = _content(owner_file)
    if len(content) > _NAME_BYTES + 2:
        begin, length = _NAME_BYTES + 3, content[_NAME_BYTES + 1]
        name = content[begin : begin + 2 * length].decode("utf-16-le", "ignore").strip("\x00 ")
        if name:
            return name
    length = min(content[0], _NAME_BYTES) if content else 0
    return content[1 : 1 + length].decode("gb18030", "ignore").strip("\x00 ")


def _libreoffice_owner(owner_file: Path) -> tuple[str, str]:
    """Return user and host of ``user,login,host,DD.MM.YYYY HH:MM,profile;``.

    The user is often empty and the login then told instead; commas within a field are escaped.
    """
    text = _content(owner_file).decode("utf-8", "replace")
    fields = [re.sub(r"\\(.)", r"\1", one).strip() for one in _FIELD_END.split(text)]
    user, login, host = (*fields, "", "", "")[:3]
    return user or login or host, host


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
    """Whether no program of this machine has the file open or locked, as far as can be asked."""
    if _WINDOWS:
        return _is_free_on_windows(path)
    import fcntl  # noqa: PLC0415  # not there on Windows

    # WORKAROUND: LibreOffice 7.4 on Linux keeps a workbook open without any lock on it.
    if _is_open_in_some_process(path):
        return False
    try:
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False


def _is_open_in_some_process(path: Path) -> bool:
    """Whether another process, as far as Linux shows them to us, has the file open.

    Also if the file was replaced since: that program still has its old copy.
    """
    meant = {str(path.resolve()), f"{path.resolve()} (deleted)"}
    others = (one for one in _PROCESSES.glob("[0-9]*") if one.name != str(os.getpid()))
    return any(not meant.isdisjoint(_open_files(process)) for process in others)


def _open_files(process: Path) -> set[str]:
    """Return what a process has open; nothing of another user's, or of one that has just gone."""
    found = set()
    try:
        for handle in (process / "fd").iterdir():
            with suppress(FileNotFoundError):  # closed just now
                found.add(str(handle.readlink()))
    except OSError:
        return found
    return found
