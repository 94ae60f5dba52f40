"""Making a backup of every workbook now: plain copies in 备份, named by their moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storedesk.domain.errors import StoreDeskError
from storedesk.workbooks import backups, copies
from storedesk.workbooks.disk import read_whole


@dataclass(frozen=True, slots=True)
class BackupsMade:
    """What became of each workbook.

    Attributes:
        made: the backups, by workbook.
        same: workbooks whose newest backup holds just what they hold.
        errors: why others were not backed up, in sentences.
    """

    made: dict[str, Path]
    same: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return what was done in sentences; ``errors`` are said by who reports."""
        lines = [f"已备份《{workbook}》：{path}" for workbook, path in self.made.items()]
        lines += [f"《{workbook}》和最近的备份一样，不用再备" for workbook in self.same]
        return lines


def make(
    folder: Path, workbooks: Iterable[str], now: datetime, limit: int | None = None
) -> BackupsMade:
    """Back up the workbooks as they are; touches files only, and raises no expected failure.

    One that cannot be opened is not backed up: a broken backup would push good ones out.

    Args:
        folder: the desk's folder.
        workbooks: their file names.
        now: the moment, for the backups' names.
        limit: bytes all backups together may take (备份上限); None: only their age counts.
    """
    made: dict[str, Path] = {}
    same: list[str] = []
    errors: list[str] = []
    for workbook in workbooks:
        try:
            kept = _keep(folder, workbook, now, limit)
        except StoreDeskError as error:
            errors.append(str(error))
            continue
        if kept is None:
            same.append(workbook)
        else:
            made[workbook] = kept
    return BackupsMade(made, tuple(same), tuple(errors))


def _keep(folder: Path, workbook: str, now: datetime, limit: int | None) -> Path | None:
    """Back up one workbook; None if its newest backup is the same."""
    path = folder / workbook
    copies.stamp_of(path)
    content, known = read_whole(path)
    newest = next(iter(backups.backups_of(folder, workbook)), None)
    if newest is not None and read_whole(newest.path)[1].sha256 == known.sha256:
        return None
    return backups.keep(folder, workbook, content, now, limit)
