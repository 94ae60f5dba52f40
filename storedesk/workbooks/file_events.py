"""The operating system's word that files of a folder changed (inotify, ReadDirectoryChangesW …).

Kept apart because the library is loaded only in the watcher's own thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

log = logging.getLogger(__name__)

# Not opening and reading: our own looks would wake us for ever.
_KINDS: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
_JOIN_SECONDS = 1.0


class _Teller(FileSystemEventHandler):
    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path:
                self._tell(Path(str(path)).name)


def listen(folder: Path, tell: Callable[[str], object]) -> Callable[[], None] | None:
    """Call ``tell`` with the name of every file that changes directly in a folder.

    Args:
        folder: the folder; what lies deeper is not told.
        tell: called in a thread of the library's.

    Returns:
        A function that ends it; None where the system tells nothing (no more watches, no such
        folder).
    """
    observer = Observer()
    observer.daemon = True
    try:
        observer.schedule(_Teller(tell), str(folder), recursive=False, event_filter=_KINDS)
        observer.start()
    except OSError:
        log.info("no file events for the desk's folder", exc_info=True)
        return None

    def end() -> None:
        observer.stop()
        observer.join(_JOIN_SECONDS)

    return end
