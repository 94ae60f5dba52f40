"""Backups of workbooks: when one is due, and which old ones may go (decision 10).

At most one an hour, and always before the first write over an outside change; all of the last two
hours are kept, then hourly for a day, daily for a month, monthly for a year, and all together no
larger than the store allows (备份上限). What a restore replaced is kept beside them for a year.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from storedesk.domain.errors import WorkbookError
from storedesk.workbooks.disk import discard, failure, put, read_whole, sha256

log = logging.getLogger(__name__)

FOLDER = "备份"
REPLACED = "恢复前"
"""Folder below: workbooks as they were before a backup was put in their place."""

_EVERY = timedelta(hours=1)
_ROUNDED = timedelta(seconds=30)
_ALL = timedelta(hours=2)
"""What was right an hour ago must not go because of what went wrong since."""
_HOURLY = timedelta(days=1)
_DAILY = timedelta(days=31)
_MONTHLY = timedelta(days=366)
_MOMENT = "%Y-%m-%d %H%M%S"
_NAME = re.compile(r"(.+) (\d{4}-\d\d-\d\d \d{6})(\.\w+)")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup file: which workbook, as of when, and how many bytes.

    ``replaced``: it is what a restore replaced.
    """

    workbook: str
    at: datetime
    path: Path
    size: int = field(default=0, compare=False)
    replaced: bool = False


def backups_of(folder: Path, workbook: str = "") -> tuple[Backup, ...]:
    """Return the backups in a desk's folder, newest first; of one workbook if it is named.

    Raises:
        NotWritable, WorkbookError: the folder cannot be read.
    """
    found = _listed(folder / FOLDER)
    return tuple(one for one in found if not workbook or one.workbook == workbook)


def replaced_of(folder: Path, workbook: str = "") -> tuple[Backup, ...]:
    """Return what restores replaced, newest first; of one workbook if it is named; raises so."""
    found = (replace(one, replaced=True) for one in _listed(folder / FOLDER / REPLACED))
    return tuple(one for one in found if not workbook or one.workbook == workbook)


def due(folder: Path, workbook: str, now: datetime) -> bool:
    """Whether the last backup of a workbook is an hour old or there is none."""
    newest = next(iter(backups_of(folder, workbook)), None)
    # Two of one second are named a second apart, so the newest may lie a little ahead.
    return newest is None or not -_ROUNDED <= now - newest.at < _EVERY


def keep(
    folder: Path, workbook: str, content: bytes, now: datetime, limit: int | None = None
) -> Path:
    """Store a workbook's bytes as a backup, read it back, and thin out the older ones.

    Args:
        folder: the desk's folder.
        workbook: file name.
        content: its bytes.
        now: the moment, for the backup's name.
        limit: bytes all backups together may take; None: only their age counts this time.

    Raises:
        DiskFull, NotWritable, WorkbookError: the backup was not made.
    """
    target = _store(folder / FOLDER, workbook, content, now)
    thin_out(folder, now, limit)
    return target


def keep_replaced(folder: Path, workbook: str, content: bytes, now: datetime) -> Path:
    """Store what a restore is about to replace, whatever it is; raises as ``keep``."""
    return _store(folder / FOLDER / REPLACED, workbook, content, now)


def thin_out(folder: Path, now: datetime, limit: int | None = None) -> None:
    """Remove the backups that may go by their age, then the oldest beyond the limit, if any."""
    gone = superfluous(backups_of(folder), now)
    replaced = [one for one in replaced_of(folder) if now - one.at > _MONTHLY]
    left = [one for one in (*backups_of(folder), *replaced_of(folder)) if one not in gone]
    too_much = () if limit is None else beyond(left, limit)
    for old in (*gone, *replaced, *too_much):
        discard(old.path)


def beyond(backups: Iterable[Backup], limit: int) -> tuple[Backup, ...]:
    """Return the oldest backups that must go for the rest to fit; the newest of a workbook stays.

    Args:
        backups: of all workbooks.
        limit: bytes they may take together.
    """
    listed = sorted(backups, key=lambda one: one.at)
    newest = {one.workbook: one for one in listed if not one.replaced}
    too_much = sum(one.size for one in listed) - limit
    gone: list[Backup] = []
    for one in listed:
        if too_much <= 0:
            break
        if newest.get(one.workbook) is not one:
            gone.append(one)
            too_much -= one.size
    return tuple(gone)


def superfluous(backups: Iterable[Backup], now: datetime) -> tuple[Backup, ...]:
    """Return the backups that may go: the newest of every hour, day or month stays.

    Which of the three counts depends on the age; beyond a year all may go. Those of the last hours
    stay, and one from the future (a clock was wrong).
    """
    seen: set[tuple[str, str]] = set()
    gone: list[Backup] = []
    for backup in sorted(backups, key=lambda one: one.at, reverse=True):
        period = _period(backup.at, now)
        if period is None or (backup.workbook, period) in seen:
            gone.append(backup)
        else:
            seen.add((backup.workbook, period))
    return tuple(gone)


def _store(place: Path, workbook: str, content: bytes, now: datetime) -> Path:
    """Write bytes under a name of this moment and read them back."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise failure(error, place) from error
    at = now
    while (target := place / _file_name(workbook, at)).exists():
        at += timedelta(seconds=1)
    put(target, [content], "backup")
    if read_whole(target)[1].sha256 != sha256(content):
        raise WorkbookError(workbook, "备份读回来与原文件不同，请检查磁盘")
    return target


def _listed(place: Path) -> list[Backup]:
    """Return the backups in a folder, newest first."""
    try:
        if not place.is_dir():
            return []
        found = [backup for path in place.iterdir() if (backup := _backup(path))]
    except OSError as error:
        raise failure(error, place) from error
    return sorted(found, key=lambda one: one.at, reverse=True)


def _period(at: datetime, now: datetime) -> str | None:
    """Return the hour, day or month a backup stands for, None if it is too old."""
    age = now - at
    if age <= _ALL:  # or from the future
        return f"{at:{_MOMENT}}"
    if age <= _HOURLY:
        return f"{at:%Y-%m-%d %H}h"
    if age <= _DAILY:
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m}" if age <= _MONTHLY else None


def _file_name(workbook: str, at: datetime) -> str:
    stem, dot, ending = workbook.rpartition(".")
    return f"{stem} {at:{_MOMENT}}{dot}{ending}"


def _backup(path: Path) -> Backup | None:
    found = _NAME.fullmatch(path.name)
    if not found or not path.is_file():
        return None
    try:
        at = datetime.strptime(found[2], _MOMENT)  # noqa: DTZ007  # the store's wall clock
    except ValueError:
        return None
    return Backup(found[1] + found[3], at, path, path.stat().st_size)
