"""Restoring a workbook from a backup: look first, then put it back, then take it in.

Each side in three steps, so that the window can do it (decision 22): what touches files
(``points``, ``read``, ``put_back``) works on plain data and runs anywhere; the rest on the desk's
own thread. ``preview_now`` and ``restore_now`` do all of it for the command line.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from storedesk.domain.changes import Operation, Source
from storedesk.domain.errors import Misuse, StoreDeskError, WorkbookMissing
from storedesk.domain.forms import Form
from storedesk.domain.records import Record
from storedesk.domain.sheets import Fingerprint, WorkbookContent, WriteOutcome, Written
from storedesk.domain.values import Value, shown
from storedesk.mirror.others import Entered, entered_by_others
from storedesk.operations import alarms, planning, records, restored, unfinished, writing
from storedesk.operations.desk import HISTORY, SETTINGS_WORKBOOK, Desk
from storedesk.operations.restore_preview import (
    Reading,
    RestoredCell,
    RestoredRecord,
    RestorePoint,
    RestorePreview,
)
from storedesk.operations.restored import Decisions, Intent, RestoredSheet, Since
from storedesk.operations.taken import Taken
from storedesk.workbooks import backups, reader
from storedesk.workbooks.putting_back import PutBackPlan
from storedesk.workbooks.putting_back import put_back as put_file_back

log = logging.getLogger(__name__)

_CLOCKS_DIFFER = timedelta(days=1)
"""What other PCs entered is looked for from so long before the backup."""


@dataclass(frozen=True, slots=True)
class Look:
    """What to read for a preview, as plain data."""

    point: RestorePoint
    path: Path
    folder: Path
    pc: str
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class PutBack:
    """A restore ready to be carried out, as plain data."""

    plan: PutBackPlan
    folder: Path
    desk: str
    forms: tuple[Form, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class PutBackDone:
    """What became of the file, and what it holds now."""

    workbook: str
    outcome: WriteOutcome
    content: WorkbookContent | None = None


@dataclass(frozen=True, slots=True)
class RestoreDone:
    """What a restore did.

    Attributes:
        done: the backup stands in its place.
        sentence: what happened, or why not.
        taken: what changed in the desk.
    """

    workbook: str
    done: bool
    sentence: str
    taken: Taken | None = None


# --- looking ------------------------------------------------------------------------------------


def points(folder: Path, workbook: str = "") -> tuple[RestorePoint, ...]:
    """Return the states that can be brought back, newest first; of one workbook if it is named.

    Raises:
        NotWritable, WorkbookError: the folder of the backups cannot be read.
    """
    found = (*backups.backups_of(folder, workbook), *backups.replaced_of(folder, workbook))
    listed = [RestorePoint(b.workbook, b.at, b.path, b.size, b.replaced) for b in found]
    return tuple(sorted(listed, key=lambda one: one.at, reverse=True))


def point_at(folder: Path, workbook: str, at: datetime | None = None) -> RestorePoint:
    """Return the newest state of a workbook not after a moment (the newest of all by default).

    Raises:
        Misuse: there is none.
    """
    found = [one for one in points(folder, workbook) if not one.replaced]
    fitting = [one for one in found if at is None or one.at <= at]
    if not fitting:
        when = f" {at:%Y-%m-%d %H:%M} 以前" if at else ""
        oldest = f"最早的一份是 {found[-1].at:%Y-%m-%d %H:%M}。" if found else ""
        raise Misuse(f"《{workbook}》没有{when}的备份。{oldest}")
    return fitting[0]


def look(desk: Desk, point: RestorePoint) -> Look:
    """Return what to read for a preview."""
    forms = desk.sheets_of(point.workbook)
    return Look(point, desk.path(point.workbook), desk.folder, desk.pc, forms)


def read(wanted: Look) -> Reading:
    """Read a backup and the state of the workbook it would replace.

    Raises:
        WorkbookError: the backup cannot be read, or the workbook cannot be reached now.
    """
    content = reader.read_workbook(wanted.point.path, wanted.forms)
    current: Fingerprint | None = None
    with suppress(WorkbookMissing):
        current = reader.fingerprint(wanted.path)
    since = wanted.point.at - _CLOCKS_DIFFER
    try:
        others = entered_by_others(wanted.folder / HISTORY, wanted.pc, since)
    except OSError:
        log.warning("history of other PCs not read", exc_info=True)
        others = frozenset()
    return Reading(wanted.point, replace(content, workbook=wanted.point.workbook), current, others)


def preview(desk: Desk, reading: Reading, *, undo_excel: bool | None = None) -> RestorePreview:
    """Return what a restore would do; nothing is changed.

    Args:
        desk: the desk.
        reading: the backup as read.
        undo_excel: whether what people changed in Excel since is undone. By default it is, unless
            the workbook itself is lost: then everything that is known is wanted.

    Raises:
        Misuse: the backup is of another desk.
    """
    point = reading.point
    if reading.content.stamp.desk not in ("", desk.uuid):
        raise Misuse(f"「{point.path.name}」不是这个门店的备份。")
    why = _lost(desk, reading)
    undo = undo_excel if undo_excel is not None else not why
    intent = _intent(reading, "", "", undo=undo)
    found = [
        (sheet, sheet.decide()) for sheet in _sheets(desk, reading.content, intent, reading.others)
    ]
    going = tuple(_told(s, one, one.values) for s, d in found for one in d.going)
    return RestorePreview(
        reading,
        undo,
        why if not undo else "",
        tuple(cell for sheet, decided in found for cell in _cells(sheet, decided)),
        tuple(_told(s, one.now, one.values) for s, d in found for one in (*d.back, *d.revived)),
        going,
        tuple(_told(s, one.now, one.values) for s, d in found for one in _kept(s, d)),
        len(planning.untouched_calls(desk, [(one.ledger, one.record) for one in going])),
    )


def preview_now(
    desk: Desk, point: RestorePoint, *, undo_excel: bool | None = None
) -> RestorePreview:
    """Do all steps of a preview."""
    return preview(desk, read(look(desk, point)), undo_excel=undo_excel)


# --- restoring ----------------------------------------------------------------------------------


def begin(desk: Desk, seen: RestorePreview, *, by: str) -> PutBack:
    """Note that a backup is put back and return what to do with the file.

    Raises:
        Misuse, Refused: nobody, or nobody known, is named.
    """
    by = writing.actor(desk, by)
    workbook = seen.point.workbook
    stamp = desk.mirror.next_stamp(workbook, desk.uuid, desk.pc, uuid.uuid4().hex[:4])
    restored.note(desk, _intent(seen.reading, stamp.generation, by, undo=seen.undo_excel))
    plan = PutBackPlan(workbook, seen.point.path, seen.reading.current, stamp)
    return PutBack(plan, desk.folder, desk.uuid, desk.sheets_of(workbook), desk.clock.now())


def put_back(put: PutBack) -> PutBackDone:
    """Put the backup in its place and read it; never raises an expected failure."""
    plan = put.plan
    outcome = put_file_back(put.folder, plan, put.forms, desk=put.desk, now=put.now)
    if outcome.result is not Written.DONE:
        return PutBackDone(plan.workbook, outcome)
    try:
        content = reader.read_workbook(put.folder / plan.workbook, put.forms)
    except StoreDeskError:
        log.warning("restored workbook not read yet", exc_info=True)
        return PutBackDone(plan.workbook, outcome)
    return PutBackDone(plan.workbook, outcome, content)


def finish(desk: Desk, done: PutBackDone, seen: RestorePreview) -> RestoreDone:
    """Take the restored workbook in; the next sync writes what was entered since into it."""
    if done.outcome.result is not Written.DONE:
        restored.clear(desk, done.workbook)
        return RestoreDone(done.workbook, False, _why_not(done))
    sentence = f"《{done.workbook}》已恢复到 {seen.point.at:%Y-%m-%d %H:%M} 的备份。"
    if done.content is None:
        return RestoreDone(done.workbook, True, sentence)
    taken = take_in(desk, done.content, seen.reading.others)
    return RestoreDone(done.workbook, True, sentence, taken)


def restore_now(desk: Desk, seen: RestorePreview, *, by: str) -> RestoreDone:
    """Do all steps of a restore."""
    return finish(desk, put_back(begin(desk, seen, by=by)), seen)


def take_in(desk: Desk, content: WorkbookContent, others: Entered | None = None) -> Taken | None:
    """Take in a workbook if it is a backup that was put back; None if it is not.

    Args:
        desk: the desk.
        content: the workbook.
        others: what was entered on other PCs since; read now if it is not given (a crash came
            between putting the file back and taking it in).
    """
    workbook = content.workbook
    intent = restored.intended(desk, workbook)
    if intent is None or intent.generation != content.stamp.generation:
        return None
    if others is None:
        with suppress(OSError):
            since = intent.at - _CLOCKS_DIFFER
            others = entered_by_others(desk.folder / HISTORY, desk.pc, since)
    with desk.mirror.transaction():
        sheets = []
        for sheet in _sheets(desk, content, intent, others or frozenset()):
            sheet.apply(sheet.decide())
            sheets.append(sheet)
        taken = _taken(content, sheets)
        desk.mirror.set_problems(workbook, taken.problems)
        desk.mirror.note_read(content, desk.clock.now(), changed=True)
        restored.clear(desk, workbook)
        alarms.clear(desk, workbook)
        unfinished.clear(desk, workbook)
        if workbook == SETTINGS_WORKBOOK:
            desk.reload_settings()
        planning.follow_taken(desk, taken.new, taken.changed, content.fingerprint.sha256[:12])
        _take_out_calls(desk, intent, taken)
    log.info("restored %s: %d records", workbook, taken.count)
    return taken


# --- parts --------------------------------------------------------------------------------------


def _intent(reading: Reading, generation: str, by: str, *, undo: bool) -> Intent:
    origin = reading.content.stamp.generation
    return Intent(reading.point.workbook, generation, origin, reading.point.at, by, undo)


def _sheets(
    desk: Desk, content: WorkbookContent, intent: Intent, others: Entered
) -> Iterator[RestoredSheet]:
    since = Since(desk, intent, others)
    for form in desk.sheets_of(content.workbook):
        sheet = content.sheets.get(form.ledger)
        if sheet is not None:
            yield RestoredSheet(desk, content, sheet, since)


def _lost(desk: Desk, reading: Reading) -> str:
    """Return why everything known is kept: the workbook itself is of no use. Empty if it is."""
    known = desk.mirror.file_state(reading.point.workbook)
    if reading.current is None:
        return "原来的文件不见了：备份以后的登记和已读入的改动都会写进去。"
    if known is None or known.fingerprint.sha256 != reading.current.sha256:
        return "现在的文件没有读入（损坏，或一次少了很多行）：读入过的内容都会写进去。"
    return ""


def _cells(sheet: RestoredSheet, found: Decisions) -> list[RestoredCell]:
    form = sheet.form
    return [
        RestoredCell(
            form.ledger,
            one.now.id,
            records.title(form, one.now),
            form[key].label,
            shown(old, form[key].type),
            shown(new, form[key].type),
        )
        for one in (*found.matched, *found.kept)
        for key, (old, new) in one.differing.items()
    ]


def _kept(sheet: RestoredSheet, found: Decisions) -> list[restored.Decided]:
    """Return the records of which the backup lacks something that is written again."""
    return [*(one for one in found.matched if sheet.waits(one)), *found.kept]


def _told(sheet: RestoredSheet, record: Record, values: Mapping[str, Value]) -> RestoredRecord:
    named = Record(record.ledger, record.id, values)
    return RestoredRecord(record.ledger, record.id, records.title(sheet.form, named))


def _taken(content: WorkbookContent, sheets: list[RestoredSheet]) -> Taken:
    return Taken(
        content.workbook,
        {one.form.ledger: tuple(one.new) for one in sheets if one.new},
        {one.form.ledger: tuple(one.changed) for one in sheets if one.changed},
        {one.form.ledger: tuple(one.gone) for one in sheets if one.gone},
        problems=(*content.problems, *(p for one in sheets for p in one.problems)),
    )


def _take_out_calls(desk: Desk, intent: Intent, taken: Taken) -> None:
    """Take out the calls nobody has made yet for what the restore took out."""
    gone = [(ledger, record) for ledger, ids in taken.gone.items() for record in ids]
    now = desk.clock.now()
    name = writing.new_operation_id(now)
    for ledger, call in planning.untouched_calls(desk, gone):
        desk.mirror.remove(ledger, call, Operation(name, now, intent.by, (), Source.RULE))


def _why_not(done: PutBackDone) -> str:
    if done.outcome.result is Written.STALE:
        return f"《{done.workbook}》刚刚又变了，没有恢复。请再看一遍预览。"
    return done.outcome.problem or f"《{done.workbook}》没有恢复。"
