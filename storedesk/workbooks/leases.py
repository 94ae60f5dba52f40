"""Turns between PCs that write into one folder: a lease beside the workbook (decision 16).

Locks of the operating system go with the program that dies, but not every share passes them on. So
whoever writes puts a small file beside the workbook, counts in it while it writes, and removes it.
A lease left behind by a crash cannot stay for ever: whoever finds it watches it by the own steady
clock, and takes it over when its counter stood still for a minute. No other clock is believed.
The watching is noted in the user's folder, so that commands, which live for a second, go on.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from storedesk import resources
from storedesk.domain.errors import WorkbookHeld
from storedesk.durable import ENDING, TEMPORARY
from storedesk.workbooks.disk import discard, failure

log = logging.getLogger(__name__)

STALE_SECONDS = 60.0
"""So long a counter must stand still by the observer's clock; a living one moves six times."""
EMPTY_SECONDS = 3.0
"""Of a lease without a word in it: its owner died, or ran out of disk, before it wrote it."""
RENEW_SECONDS = 10.0
PAUSE = 0.05

_NOTES = "leases.json"
_MADE_UP = 1 << 40
"""Bit of a network card's number that Python made up, because it found none."""

Clock = Callable[[], float]
"""Seconds that never go back, the same for all programs of a PC until it starts anew."""


def lease_path(path: Path) -> Path:
    """Return where the lease on a workbook lies; left behind, it is swept as a leftover."""
    return path.with_name(f"{TEMPORARY}lease.{path.name}{ENDING}")


@dataclass
class Lease:
    """Our claim on a workbook while we write it."""

    path: Path
    owner: str
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    count: int = 0

    def content(self) -> bytes:
        """Return what the lease's file says now."""
        told = {
            "owner": self.owner,
            "host": socket.gethostname(),
            "token": self.token,
            "count": self.count,
        }
        return json.dumps(told).encode()

    def is_ours(self) -> bool:
        """Whether nobody took the lease over; unreadable, it is not ours."""
        return _told(_content(self.path) or b"").get("token") == self.token

    def renew(self) -> None:
        """Show that we live."""
        if self.is_ours():
            self.count += 1
            try:
                self.path.write_bytes(self.content())
            except OSError:
                log.warning("lease not renewed", exc_info=True)

    def release(self) -> None:
        """Give the lease back, if it is still ours."""
        if self.is_ours():
            discard(self.path)


@contextmanager
def lease(path: Path, wait: float, now: Clock = time.monotonic) -> Iterator[Lease]:
    """Hold the lease on a workbook.

    Call it under the operating system's lock of this user on this PC: a lease of the same owner is
    then one that a program of ours left behind when it died, and is taken over at once.

    Args:
        path: the workbook.
        wait: seconds to wait for another PC to finish.
        now: the steady clock.

    Raises:
        WorkbookHeld: another PC is writing, or died less than a minute ago.
        NotWritable, DiskFull, WorkbookError: the folder cannot be written.
    """
    claim = Lease(lease_path(path), _owner())
    deadline = now() + wait
    while not _claimed(claim, path, now):
        if now() >= deadline:
            raise WorkbookHeld(path.name, _held_by(claim.path))
        time.sleep(PAUSE)
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(claim, ended), name="lease", daemon=True)
    beating.start()
    try:
        yield claim
    finally:
        ended.set()
        beating.join()
        claim.release()


def _beat(claim: Lease, ended: threading.Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        claim.renew()


# --- claiming -------------------------------------------------------------------------------------


def _claimed(claim: Lease, path: Path, now: Clock) -> bool:
    """Try once to get the lease: make its file, or take over one whose owner is dead."""
    try:
        file = claim.path.open("xb")
    except FileExistsError:
        pass
    except OSError as error:
        raise failure(error, path) from error
    else:
        _write(file, claim, path)
        return claim.is_ours()
    found = _content(claim.path)
    if found is None:
        return False
    if _told(found).get("owner") != claim.owner:
        patience = STALE_SECONDS if found else EMPTY_SECONDS
        if _stood_still(claim.path, found, now()) < patience:
            return False
        log.warning("took over a lease whose counter stood still")
    return _taken_over(claim, found, path)


def _write(file: BinaryIO, claim: Lease, path: Path) -> None:
    """Write a lease just made; if that fails, it does not stay."""
    try:
        with file:
            file.write(claim.content())
    except OSError as error:
        discard(claim.path)
        raise failure(error, path) from error


def _taken_over(claim: Lease, found: bytes, path: Path) -> bool:
    """Put our lease in the place of a dead one.

    Two observers may do so at once; the last one has it, and the other sees that before it
    replaces the workbook (``Lease.is_ours``, and the comparison of hashes).
    """
    aside = claim.path.with_name(f"{claim.path.name}.{claim.token[:8]}{ENDING}")
    try:
        aside.write_bytes(claim.content())
        if _content(claim.path) != found:
            return False
        aside.replace(claim.path)
    except PermissionError:
        return False  # Windows: somebody is just reading it
    except OSError as error:
        raise failure(error, path) from error
    finally:
        discard(aside)
    time.sleep(PAUSE)
    return claim.is_ours()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _told(content: bytes) -> dict[str, object]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _held_by(path: Path) -> str:
    host = _told(_content(path) or b"").get("host")
    return f"另一台电脑（{host}）的店务台正在写入" if host else "另一台店务台正在写入"


def _owner() -> str:
    """Return what names this user on this PC; a new name each time if there is no network card."""
    card = uuid.getnode()
    mark = uuid.uuid4().hex if card & _MADE_UP else str(card)
    told = f"{socket.gethostname()}\n{mark}\n{resources.user_folder().absolute()}"
    return sha256(told.encode()).hexdigest()[:32]


# --- watching -------------------------------------------------------------------------------------


def _stood_still(path: Path, content: bytes, now: float) -> float:
    """Return for how many seconds a lease has been the same as far as this user's programs saw.

    After a start of the PC the clock begins anew, and the answer is too small, never too large.
    """
    notes_path = resources.user_folder() / _NOTES
    key = sha256(str(path).encode()).hexdigest()[:16]
    seen = sha256(content).hexdigest()
    notes = _told(_content(notes_path) or b"")
    note = notes.get(key)
    if isinstance(note, list) and len(note) == 2 and note[0] == seen:  # noqa: PLR2004  # a pair
        since = note[1]
        if isinstance(since, int | float) and since <= now:
            return now - since
    try:
        notes_path.parent.mkdir(parents=True, exist_ok=True)
        notes_path.write_text(json.dumps({**notes, key: [seen, now]}), "utf-8")
    except OSError:
        log.warning("lease not noted", exc_info=True)
    return 0.0
