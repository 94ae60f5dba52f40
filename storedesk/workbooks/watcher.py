"""Noticing that somebody saved, closed, moved or brought a workbook.

File events are only hints: over a share they come late or never (workbooks.md §3.4). They make the
next look come at once; what counts is the look itself: names, sizes and times of the workbooks in
the folder, and whose owner files lie beside them. Nothing is opened and nothing is read here.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from storedesk.durable import TEMPORARY

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Between looks where the system tells of changes; a share is noticed by these."""
ALONE_SECONDS = 1.5
"""Between looks where it tells nothing."""
_QUIET_SECONDS = 0.3
_QUIET_AT_MOST = 1.2
"""A save is several events (a file aside, a rename): the look comes when they rest, or then."""
_SLOW_SECONDS = 3.0
_JOIN_SECONDS = 1.0
_OWNER_FILES = ("~$", ".~")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")

Seen = Mapping[str, tuple[int, ...]]
"""Size, time of change and identity by file name; the folder itself under its own path."""


def matters(name: str) -> bool:
    """Whether a file of the folder is somebody's workbook, or says that one is open."""
    if name.startswith(TEMPORARY):
        return False
    return name.startswith(_OWNER_FILES) or name.lower().endswith(_WORKBOOKS)


def look(folder: Path) -> Seen | None:
    """Return what the folder shows now, None if it cannot be reached."""
    try:
        here = folder.stat()
        names = [name for name in os.listdir(folder) if matters(name)]  # noqa: PTH208  # names only
    except OSError:
        return None
    seen: dict[str, tuple[int, ...]] = {str(folder): (here.st_dev, here.st_ino)}
    for name in names:
        if name.startswith(_OWNER_FILES):
            seen[name] = ()
            continue
        try:
            # A directory's listing on Windows may tell an old size; the file itself does not.
            one = (folder / name).stat()
        except OSError:
            continue  # gone between the listing and here
        seen[name] = (one.st_size, one.st_mtime_ns, one.st_ino)
    return seen


class Watcher:
    """Watches one folder in a thread of its own until it is stopped."""

    def __init__(self, folder: Path, noticed: Callable[[], object]) -> None:
        """Prepare to watch.

        Args:
            folder: the desk's folder.
            noticed: called in the watcher's thread when the folder shows something else than at
                the last look, and once at the beginning.
        """
        self._folder = folder
        self._noticed = noticed
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._seen: Seen | None = None
        self._looking_since: float | None = None
        self._looked = False
        self._end_listening: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; a look that a dead network holds up is left to itself."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_SECONDS)

    def reachable(self) -> bool:
        """Whether the folder could be looked at last time, and the look under way is not stuck."""
        since = self._looking_since
        if since is not None and time.monotonic() - since > _SLOW_SECONDS:
            return False
        return not self._looked or self._seen is not None

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._look()
                self._rest()
        finally:
            self._listen_no_more()

    def _look(self) -> None:
        self._looking_since = time.monotonic()
        seen = look(self._folder)
        self._looking_since = None
        before, self._seen = self._seen, seen
        first, self._looked = not self._looked, True
        place = str(self._folder)
        if seen is None or (before is not None and before[place] != seen[place]):
            # Another folder may come back under this name: it has to be listened to anew.
            self._listen_no_more()
        if seen is not None and self._end_listening is None:
            self._listen()
        if (first or seen != before) and not self._stopped.is_set():
            self._noticed()

    def _rest(self) -> None:
        """Wait for the next look: until the time has come, or files have changed and rest."""
        pause = ALONE_SECONDS if self._end_listening is None else LOOK_SECONDS
        if not self._woken.wait(pause):
            return
        latest = time.monotonic() + _QUIET_AT_MOST
        while time.monotonic() < latest and not self._stopped.is_set():
            self._woken.clear()
            if not self._woken.wait(_QUIET_SECONDS):
                return
        self._woken.clear()

    def _listen(self) -> None:
        # Heavy: not before the window is there.
        from storedesk.workbooks.file_events import listen  # noqa: PLC0415

        self._end_listening = listen(self._folder, self._told)

    def _listen_no_more(self) -> None:
        if self._end_listening is not None:
            self._end_listening()
            self._end_listening = None

    def _told(self, name: str) -> None:
        if matters(name):
            self._woken.set()
