"""Conflict copies that sync clients leave beside a workbook: merged, then put away.

A copy is merged by itself only if its name is one that only a sync client gives
(``domain.copy_names``) and it bears this desk's mark; any other copy is told of and left alone. It
goes to 备份/冲突副本 once all of it is safe in the mirror; none is ever deleted.

Three steps as in ``syncing``: ``plan`` and ``settle`` on the desk's own thread, ``look`` at the
files on plain data.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from storedesk.domain.copy_names import CopyName, copy_name
from storedesk.domain.errors import StoreDeskError, WorkbookHeld, WorkbookMissing
from storedesk.domain.forms import Form
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.sheets import Fingerprint, WorkbookContent
from storedesk.mirror import Fate, KnownCopy
from storedesk.operations.desk import Desk
from storedesk.operations.merging_copies import MergingCopy
from storedesk.operations.steps import Steps
from storedesk.operations.taken import Taken
from storedesk.operations.unfinished import Overtaken
from storedesk.workbooks import copies, reader

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CopiesPlan:
    """Which copies to look for, as plain data.

    Attributes:
        known: what became of those looked at before, by name.
    """

    folder: Path
    desk: str
    books: Mapping[str, Sequence[Form]]
    known: Mapping[str, KnownCopy]


@dataclass(frozen=True, slots=True)
class FoundCopy:
    """A copy nobody looked at before: its content to merge, or what else to note of it."""

    name: CopyName
    noted: KnownCopy
    content: WorkbookContent | None = None


@dataclass(frozen=True, slots=True)
class CopiesSeen:
    """What was found.

    Attributes:
        found: copies that are new or changed.
        put_away: names of merged ones that have been moved.
        gone: names of known ones that are not there any more.
    """

    found: tuple[FoundCopy, ...] = ()
    put_away: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def plan(desk: Desk) -> CopiesPlan:
    """Return what to look for; only workbooks that have been read can have copies merged."""
    books = {
        workbook: desk.sheets_of(workbook)
        for workbook in desk.forms.workbooks()
        if desk.mirror.file_state(workbook) is not None
    }
    return CopiesPlan(desk.folder, desk.uuid, books, desk.mirror.copies.all())


def look(wanted: CopiesPlan) -> CopiesSeen:
    """Read the copies beside the workbooks and put away those that have been merged."""
    try:
        names = {path.name for path in wanted.folder.iterdir()}
    except OSError:
        log.warning("folder not listed for copies", exc_info=True)
        return CopiesSeen()
    host = socket.gethostname()
    beside = [one for name in sorted(names) if (one := copy_name(name, wanted.books, host))]
    moved = [one.name for one in beside if _put_away(wanted, one)]
    found = [seen for one in beside if one.name not in moved and (seen := _look_at(wanted, one))]
    gone = [name for name in wanted.known if name not in names or name in moved]
    order = list(wanted.books)
    found.sort(key=lambda one: order.index(one.name.workbook))
    return CopiesSeen(tuple(found), tuple(moved), tuple(gone))


def settle(desk: Desk, seen: CopiesSeen) -> Steps[tuple[Taken, ...]]:
    """Merge the copies and note what became of each, in steps."""
    with desk.mirror.transaction():
        desk.mirror.copies.forget(seen.gone)
    settled: list[Taken] = []
    for found in seen.found:
        taken = yield from _settle_one(desk, found)
        if taken is not None:
            settled.append(taken)
    return tuple(settled)


def listed(desk: Desk) -> list[Problem]:
    """Return the copies beside the workbooks that a person should know of."""
    return [
        Problem(Kind.COPY, one.told, _HINTS[one.fate], workbook=one.name)
        for one in desk.mirror.copies.all().values()
        if one.fate in _HINTS
    ]


_HINTS = {
    Fate.ASIDE: "自己留着的副本不用管，最好移到别的文件夹；要把里面的改动合并进来，"
    "请在文件名后面加上「-冲突」",
    Fate.UNREAD: "没有合并，也没有动它。请用 Excel 或 WPS 打开看看里面有没有要补的内容",
    Fate.ASKED: "没有合并，也没有动它。请打开看看，需要的内容请自己补进去",
}


# --- files --------------------------------------------------------------------------------------


def _put_away(wanted: CopiesPlan, copy: CopyName) -> bool:
    known = wanted.known.get(copy.name)
    path = wanted.folder / copy.name
    if known is None or known.fate is not Fate.MERGED:
        return False
    if not reader.unchanged(path, known.fingerprint):
        return False
    try:
        copies.put_away(wanted.folder, path)
    except StoreDeskError:
        log.warning("merged copy not put away yet", exc_info=True)
        return False
    return True


def _look_at(wanted: CopiesPlan, copy: CopyName) -> FoundCopy | None:
    """Return what a copy holds; None if there is nothing new about it."""
    path = wanted.folder / copy.name
    known = wanted.known.get(copy.name)
    if known is not None and reader.unchanged(path, known.fingerprint):
        return None
    try:
        stamp, print_ = copies.stamp_of(path)
        if known is not None and known.fingerprint.sha256 == print_.sha256:
            return FoundCopy(copy, replace(known, fingerprint=print_))
        if stamp.desk != wanted.desk:
            return FoundCopy(copy, KnownCopy(copy.name, print_, Fate.FOREIGN))
        if not copy.is_conflict:
            told = f"是从《{copy.workbook}》复制出来的，没有合并"
            return FoundCopy(copy, KnownCopy(copy.name, print_, Fate.ASIDE, told))
        content = reader.read_workbook(path, wanted.books[copy.workbook])
        merged = KnownCopy(copy.name, content.fingerprint, Fate.MERGED)
        return FoundCopy(copy, merged, replace(content, workbook=copy.workbook))
    except (WorkbookHeld, WorkbookMissing):
        return None  # looked at again next time
    except StoreDeskError as error:
        if not copy.is_conflict:
            return None
        return FoundCopy(copy, KnownCopy(copy.name, _state(path), Fate.UNREAD, _told(error)))


def _state(path: Path) -> Fingerprint:
    try:
        now = path.stat()
    except OSError:
        return Fingerprint(0, 0, "")
    return Fingerprint(now.st_size, now.st_mtime_ns, "")


def _told(error: StoreDeskError) -> str:
    return f"是一份冲突副本，但读不出来：{str(error).rstrip('。')}"


# --- settling -----------------------------------------------------------------------------------


def _settle_one(desk: Desk, found: FoundCopy) -> Steps[Taken | None]:
    if found.content is None:
        with desk.mirror.transaction():
            desk.mirror.copies.note(found.noted)
        if found.noted.fate not in _HINTS:
            return None
        hint = _HINTS[found.noted.fate]
        problem = Problem(Kind.COPY, found.noted.told, hint, workbook=found.name.name)
        return Taken(found.name.workbook, problems=(problem,))
    merging = MergingCopy(desk, found.content, found.name.name)
    yield from merging.recognise()
    try:
        return _merge(desk, merging, found)
    except Overtaken:
        return None  # looked at again next time


def _merge(desk: Desk, merging: MergingCopy, found: FoundCopy) -> Taken:
    with desk.mirror.transaction():
        taken = merging.merge()
        if taken.stopped:
            told = "；".join(problem.what for problem in taken.problems)
            desk.mirror.copies.note(replace(found.noted, fate=Fate.ASKED, told=told))
            return replace(taken, stopped=False)
        desk.mirror.copies.note(found.noted)
    log.info("merged a copy of %s: %d records", taken.workbook, taken.count)
    return taken
