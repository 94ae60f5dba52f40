"""Backups of workbooks: when one is due, and which old ones may go (decision 10).

At most one an hour, and always before the first write over an outside change; kept hourly for a
day, daily for a month, monthly for a year.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from storedesk.domain.errors import WorkbookError
from storedesk.workbooks.disk import discard, failure, put, read_whole, sha256

log = logging.getLogger(__name__)

FOLDER = "备份"

_EVERY = timedelta(hours=1)
_HOURLY = timedelta(days=1)
_DAILY = timedelta(days=31)
_MONTHLY = timedelta(days=366)
_MOMENT = "%Y-%m-%d %H%M%S"
_NAME = re.compile(r"(.+) (\d{4}-\d\d-\d\d \d{6})(\.\w+)")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup file: which workbook, and as of when."""

    workbook: str
    at: datetime
    path: Path


def backups_of(folder: Path, workbook: str = "") -> tuple[Backup, ...]:
    """Return the backups in a desk's folder, newest first; of one workbook if it is named.

    Raises:
        NotWritable, WorkbookError: the folder cannot be read.
    """
    place = folder / FOLDER
    try:
        if not place.is_dir():
            return ()
        found = [backup for path in place.iterdir() if (backup := _backup(path))]
    except OSError as error:
        raise failure(error, place) from error
    wanted = [one for one in found if not workbook or one.workbook == workbook]
    return tuple(sorted(wanted, key=lambda one: one.at, reverse=True))


def due(folder: Path, workbook: str, now: datetime) -> bool:
    """Whether the last backup of a workbook is an hour old or there is none."""
    newest = next(iter(backups_of(folder, workbook)), None)
    return newest is None or not timedelta(0) <= now - newest.at < _EVERY


def keep(folder: Path, workbook: str, content: bytes, now: datetime) -> Path:
    """Store a workbook's bytes as a backup, read it back, and thin out the older ones.

    Raises:
        DiskFull, NotWritable, WorkbookError: the backup was not made.
    """
    place = folder / FOLDER
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise failure(error, place) from error
    at = now
    while (target := place / _file_name(workbook, at)).exists():
        at += timedelta(seconds=1)
    put(target, [content], "backup")
    if read_whole(target)[1].sha256 != sha256(content):
        raise WorkbookError(workbook, "备份读回来与原文件不同，请检查磁盘")
    for old in superfluous(backups_of(folder, workbook), now):
        discard(old.path)
    return target


def superfluous(backups: Iterable[Backup], now: datetime) -> tuple[Backup, ...]:
    """Return the backups that may go: the newest of every hour, day or month stays.

    Which of the three counts depends on the age; beyond a year all may go. A backup from the
    future (a clock was wrong) stays.
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


def _period(at: datetime, now: datetime) -> str | None:
    """Return the hour, day or month a backup stands for, None if it is too old."""
    age = now - at
    if age < timedelta(0):
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
    return Backup(found[1] + found[3], at, path)
