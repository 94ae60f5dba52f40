"""Too much changed at once (decision 13): the question to a person, and the answer.

A workbook that raises it is neither taken in nor written until somebody says that this is meant, or
until it looks different: an undo in Excel, a backup put back. It is not read again meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Form
from storedesk.domain.matching import Alarm, Reason
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.sheets import Fingerprint, WorkbookContent
from storedesk.operations.desk import Desk

_STOPPED = "stopped "
_MEANT = "meant "
NAMED = 5
"""So many of the records concerned are named; a person knows by them what happened."""

WAITING = "这本表格一次少了或换了很多行，要先到需核对里确认"
"""Why entries for such a workbook wait."""


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """A workbook of which too much changed at once.

    Attributes:
        workbook: its file name.
        problems: what changed, one for each of its sheets concerned.
    """

    workbook: str
    problems: tuple[Problem, ...]

    def sentence(self) -> str:
        """Return the question."""
        what = "；".join(f"「{one.sheet}」{one.what}" for one in self.problems)
        return f"《{self.workbook}》{what}。先没有读入，也没有写入。是故意这样改的吗？"


def problem(
    form: Form, alarm: Alarm, named: Sequence[Record], workbook: str, sheet: str
) -> Problem:
    """Return an alarm as what is listed: how many rows, which (some of them), what to do.

    Args:
        form: of the sheet.
        alarm: what the comparison found.
        named: the first of the records concerned.
        workbook: file name.
        sheet: name of the sheet.
    """
    titles = [record.text(form.title) or record.id for record in named[:NAMED]]
    more = " 等" if alarm.count > len(titles) else ""
    told = {
        Reason.ROWS_GONE: f"一次少了 {alarm.count} 行（共 {alarm.total} 行）",
        Reason.SHUFFLED: f"有 {alarm.count} 行（共 {alarm.total} 行）编号没变、内容却换成了别的，"
        "像是排序时漏选了编号列",
    }[alarm.reason]
    return Problem(
        Kind.ROWS_GONE,
        f"{told}：{'、'.join(titles)}{more}" if titles else told,
        "先没有读入，也不会写入这本表格。误删、或排序漏选了列：请在 Excel 里撤销，或从「备份」恢复"
        "；确实要这样：在需核对里确认，或用 sync --confirm",
        workbook=workbook,
        sheet=sheet,
        ledger=form.ledger,
    )


def note(desk: Desk, content: WorkbookContent) -> None:
    """Remember which state of a workbook raised the alarm."""
    known = content.fingerprint
    words = f"{known.size} {known.mtime_ns} {known.sha256}"
    desk.mirror.set_meta(_STOPPED + content.workbook, words)


def clear(desk: Desk, workbook: str) -> None:
    """Forget an alarm: the workbook has been taken in."""
    for name in (_STOPPED, _MEANT):
        if desk.mirror.get_meta(name + workbook):
            desk.mirror.set_meta(name + workbook, "")


def stopped(desk: Desk, workbook: str) -> Fingerprint | None:
    """Return the state of a workbook that waits for an answer, None if none does."""
    words = desk.mirror.get_meta(_STOPPED + workbook).split()
    if not words or desk.mirror.file_state(workbook) is None:
        return None
    return Fingerprint(int(words[0]), int(words[1]), words[2])


def is_meant(desk: Desk, content: WorkbookContent) -> bool:
    """Whether a person has said that exactly this state of the workbook is meant."""
    return desk.mirror.get_meta(_MEANT + content.workbook) == content.fingerprint.sha256


def confirm(desk: Desk, workbook: str) -> None:
    """Say that a workbook is meant as it is; it is taken in at the next look.

    Raises:
        Misuse: nothing is asked about it any more.
    """
    known = stopped(desk, workbook)
    if known is None:
        raise Misuse(f"《{workbook}》已经不用确认了。")
    with desk.mirror.transaction():
        desk.mirror.set_meta(_MEANT + workbook, known.sha256)
        desk.mirror.set_meta(_STOPPED + workbook, "")


def asked(desk: Desk, workbook: str) -> tuple[Problem, ...]:
    """Return what is asked about a workbook, sheet by sheet."""
    listed = desk.mirror.problems(workbook)
    return tuple(problem for problem in listed if problem.kind is Kind.ROWS_GONE)


def open_alarms(desk: Desk) -> list[OpenAlarm]:
    """Return the workbooks that wait for an answer."""
    return [
        OpenAlarm(workbook, asked(desk, workbook))
        for workbook in desk.forms.workbooks()
        if stopped(desk, workbook) is not None
    ]
