"""Being told that the workbooks of a desk changed outside; what changed is read by ``syncing``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from storedesk.operations.desk import Desk
from storedesk.workbooks.watcher import Watcher


class Watch(Protocol):
    """A folder under watch."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """Watch no more."""

    def reachable(self) -> bool:
        """Whether the folder can be reached, as far as is known; never waits for a network."""


def watch(folder: Path, noticed: Callable[[], object]) -> Watch:
    """Return a watch on a desk's folder, not yet begun.

    Args:
        folder: the desk's folder.
        noticed: called **in another thread** when a workbook was saved, moved or brought, when
            somebody closed one, and when the folder went away or came back; once at the beginning.
    """
    return Watcher(folder, noticed)


def version(desk: Desk) -> int:
    """Return a number that moves when another process (a command) has changed the desk."""
    return desk.mirror.data_version
