"""Putting a backup in the place of its workbook: what stood there is kept first.

The backup gets a stamp of its own on the way, so that no PC takes it for an old copy.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storedesk.domain.errors import StoreDeskError, WorkbookHeld, WorkbookMissing
from storedesk.domain.forms import Form
from storedesk.domain.sheets import Fingerprint, Stamp, WriteOutcome, WritePlan, Written
from storedesk.workbooks import backups
from storedesk.workbooks.disk import discard, failure, leftovers, read_whole, replace, write_aside
from storedesk.workbooks.locks import SOMEONE, holder, write_lock
from storedesk.workbooks.package import Package
from storedesk.workbooks.splice import splice
from storedesk.workbooks.verify import verify

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PutBackPlan:
    """Which backup to put where.

    Attributes:
        workbook: file name.
        backup: the file to put in its place.
        current: the workbook as a person saw it; None if it was not there.
        stamp: the generation it gets.
    """

    workbook: str
    backup: Path
    current: Fingerprint | None
    stamp: Stamp


def put_back(
    folder: Path, plan: PutBackPlan, forms: Sequence[Form], *, desk: str, now: datetime
) -> WriteOutcome:
    """Carry out a plan; never raises an expected failure. Until the replace all is as it was.

    ``STALE``: the workbook is not the one that was looked at any more.
    """
    path = (folder / plan.workbook).resolve()
    try:
        someone = holder(path)
        if someone:
            return _held(plan, someone)
        with write_lock(path) as lease:
            known, content = _current(path)
            if known != (plan.current.sha256 if plan.current else None) or not lease.is_ours():
                return WriteOutcome(plan.workbook, Written.STALE)
            fingerprint = _replace(folder, path, plan, forms, desk, content, now)
    except WorkbookHeld as error:
        return WriteOutcome(
            plan.workbook, Written.HELD, holder=holder(path) or SOMEONE, problem=str(error)
        )
    except OSError as error:
        log.warning("backup not put back", exc_info=True)
        return WriteOutcome(plan.workbook, Written.FAILED, problem=str(failure(error, path)))
    except StoreDeskError as error:
        log.warning("backup not put back: %s", type(error).__name__)
        return WriteOutcome(plan.workbook, Written.FAILED, problem=str(error))
    return WriteOutcome(plan.workbook, Written.DONE, fingerprint=fingerprint)


def _replace(  # where, what and when
    folder: Path,
    path: Path,
    plan: PutBackPlan,
    forms: Sequence[Form],
    desk: str,
    content: bytes | None,
    now: datetime,
) -> Fingerprint:
    for one in leftovers(folder / backups.FOLDER / backups.REPLACED, f"{path.stem} "):
        discard(one)
    backup, base = read_whole(plan.backup)
    package = Package(backup, plan.workbook)
    changes = splice(package, WritePlan(plan.workbook, base, (), plan.stamp), forms, desk)
    parts = package.rewritten(changes.patches, changes.dropped)
    aside = write_aside(path, parts, plan.stamp.generation)
    try:
        written, fingerprint = read_whole(aside, path)
        verify(written, package, changes)
        if content is not None:
            backups.keep_replaced(folder, plan.workbook, content, now)
        someone = holder(path)
        if someone:
            raise WorkbookHeld(plan.workbook, f"{someone} 正在使用")
        replace(aside, path)
    finally:
        discard(aside)
    return fingerprint


def _current(path: Path) -> tuple[str | None, bytes | None]:
    """Return hash and bytes of what stands in the place, Nones if nothing does."""
    try:
        content, known = read_whole(path)
    except WorkbookMissing:
        return None, None
    return known.sha256, content


def _held(plan: PutBackPlan, someone: str) -> WriteOutcome:
    problem = str(WorkbookHeld(plan.workbook, f"{someone} 正在使用"))
    return WriteOutcome(plan.workbook, Written.HELD, holder=someone, problem=problem)
