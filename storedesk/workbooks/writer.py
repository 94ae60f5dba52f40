"""Writing a plan into a workbook: aside, proved, backed up, then replaced in one step."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storedesk.domain.errors import NotWritable, StoreDeskError, WorkbookHeld
from storedesk.domain.forms import Form
from storedesk.domain.sheets import Fingerprint, WriteOutcome, WritePlan, Written
from storedesk.durable import TEMPORARY
from storedesk.workbooks import backups, traces
from storedesk.workbooks.disk import (
    discard,
    failure,
    leftovers,
    read_whole,
    replace,
    write_aside,
)
from storedesk.workbooks.leases import Lease, lease_path
from storedesk.workbooks.locks import holder, write_lock
from storedesk.workbooks.package import Package
from storedesk.workbooks.splice import RowMoved, Splice, splice
from storedesk.workbooks.traces import Keeping
from storedesk.workbooks.verify import verify

log = logging.getLogger(__name__)

_MAY_WRITE = 0o222


def apply(
    folder: Path,
    plan: WritePlan,
    forms: Sequence[Form],
    *,
    desk: str,
    now: datetime,
    trace: Path | None = None,
) -> WriteOutcome:
    """Carry out a plan; never raises an expected failure, so that other workbooks go on.

    Applying the same plan again is safe: records that stand in the sheet already are set again,
    not appended twice. The order of steps is that of workbooks.md §4.2; until the replace the
    workbook is as it was.

    Args:
        folder: the desk's folder.
        plan: what to write, computed against one state of the file.
        forms: the forms of this workbook.
        desk: the desk's UUID, written into a workbook that has none.
        now: the moment, for the backup's name.
        trace: where the workbook's trace is kept.
    """
    path = (folder / plan.workbook).resolve()
    task = _Task(folder, path, plan, tuple(forms), desk, now, trace)
    try:
        someone = holder(path)
        if someone:
            return _held(plan, someone)
        with write_lock(path) as lease:
            return _write(task, lease)
    except WorkbookHeld as error:
        return _held(plan, holder(path) or "", str(error))
    except OSError as error:
        log.warning("workbook not written", exc_info=True)
        return WriteOutcome(plan.workbook, Written.FAILED, problem=str(failure(error, path)))
    except StoreDeskError as error:
        log.warning("workbook not written: %s", type(error).__name__)
        return WriteOutcome(plan.workbook, Written.FAILED, problem=str(error))


@dataclass(frozen=True, slots=True)
class _Task:
    """What ``apply`` was asked for, and the workbook's path."""

    folder: Path
    path: Path
    plan: WritePlan
    forms: tuple[Form, ...]
    desk: str
    now: datetime
    trace: Path | None


def _write(task: _Task, lease: Lease) -> WriteOutcome:
    path, plan = task.path, task.plan
    content, known = read_whole(path)
    if known.sha256 != plan.base.sha256:
        return WriteOutcome(plan.workbook, Written.STALE)
    if not path.stat().st_mode & _MAY_WRITE:
        raise NotWritable(plan.workbook)
    _sweep(task.folder, path)
    package = Package(content, plan.workbook)
    try:
        changes = splice(package, plan, task.forms, task.desk)
    except RowMoved:
        return WriteOutcome(plan.workbook, Written.STALE)
    aside = write_aside(path, package.rewritten(changes.patches, changes.dropped), _token(plan))
    try:
        written, fingerprint = read_whole(aside, path)
        verify(written, package, changes)
        if plan.backup or backups.due(task.folder, plan.workbook, task.now):
            backups.keep(task.folder, plan.workbook, content, task.now, plan.backup_limit)
        if not lease.is_ours() or not _still(path, known):
            return WriteOutcome(plan.workbook, Written.STALE)
        someone = holder(path)
        if someone:
            return _held(plan, someone)
        replace(aside, path)
    finally:
        discard(aside)
    if task.trace is not None:
        traces.follow(Keeping(task.trace, known.sha256), fingerprint, plan.stamp, changes, package)
    return _done(plan, changes, fingerprint)


def tidy(folder: Path, workbooks: Iterable[str]) -> None:
    """Remove what killed writes left behind; where someone is writing, it stays for later."""
    left = [one.name for one in (*leftovers(folder), *leftovers(folder / backups.FOLDER))]
    for workbook in workbooks:
        path = (folder / workbook).resolve()
        if not any(path.stem in name for name in left):
            continue
        try:
            with write_lock(path):
                _sweep(folder, path)
        except StoreDeskError:
            log.warning("left temporary files behind", exc_info=True)


def _sweep(folder: Path, path: Path) -> None:
    """Remove what killed writes left of a workbook and of its backups; under its lock only."""
    asides = leftovers(path.parent, f"{path.name}.")
    leases = leftovers(path.parent, f"{lease_path(path).name.removeprefix(TEMPORARY)}.")
    for one in (*asides, *leases, *leftovers(folder / backups.FOLDER, f"{path.stem} ")):
        discard(one)


def _still(path: Path, known: Fingerprint) -> bool:
    """Whether the workbook is byte for byte what the changes were computed from."""
    return read_whole(path)[1].sha256 == known.sha256


def _token(plan: WritePlan) -> str:
    return plan.stamp.generation or "write"


def _held(plan: WritePlan, someone: str, sentence: str = "") -> WriteOutcome:
    problem = sentence or str(WorkbookHeld(plan.workbook, f"{someone} 正在使用" if someone else ""))
    return WriteOutcome(plan.workbook, Written.HELD, holder=someone, problem=problem)


def _done(plan: WritePlan, changes: Splice, fingerprint: Fingerprint) -> WriteOutcome:
    return WriteOutcome(
        plan.workbook,
        Written.DONE,
        fingerprint=fingerprint,
        placed=changes.placed,
        unplaced=tuple(changes.unplaced),
    )
