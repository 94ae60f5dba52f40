"""Tidying up after programs that were killed: files written aside that never took their place.

Once after a desk was opened, by whoever does the file work; what belongs to a workbook only under
its lock (``writer.tidy``), everything else once it is a day old: another PC may be writing it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from storedesk import resources
from storedesk.operations import reports_archive, trust
from storedesk.operations.desk import HISTORY
from storedesk.operations.keyring import Keyring
from storedesk.workbooks import backups, disk, writer


def tidy(folder: Path, desk: str, workbooks: Iterable[str]) -> None:
    """Remove what killed writes left in a desk's folder and in the user's own.

    Args:
        folder: the desk's folder.
        desk: its UUID.
        workbooks: their file names.
    """
    writer.tidy(folder, workbooks)
    disk.discard_old(folder / HISTORY)
    disk.discard_old(folder / backups.FOLDER / backups.REPLACED)
    reports_archive.tidy(folder)
    disk.discard_old(resources.user_folder())
    Keyring.of(desk).tidy()
    trust.tidy()
