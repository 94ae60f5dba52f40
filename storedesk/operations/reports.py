"""Dailies: made for head office, kept in 报表/, listed and shown (S0-06 … S0-08).

``make_daily`` does all of it. The window does it in three steps: ``plan_daily`` (desk thread),
``draw`` (any thread, no desk), ``settle`` (desk thread).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from storedesk.domain.errors import Misuse
from storedesk.domain.figures.scopes import Scope, scopes_of
from storedesk.domain.ledgers.report_log import DAILIES, ReportEntry
from storedesk.domain.select import OneOf, Select
from storedesk.operations import reports_archive, reports_log, reports_plan, signers, writing
from storedesk.operations.desk import Desk
from storedesk.operations.reports_plan import DailyPlan, Unchanged, Wish
from storedesk.papers import pages as page_images
from storedesk.papers import report as papers


@dataclass(frozen=True, slots=True)
class Drawn:
    """A daily that lies in the archive but is not entered yet; ``sha256`` of the file (hex)."""

    plan: DailyPlan
    sha256: str


@dataclass(frozen=True, slots=True)
class ReportMade:
    """What asking for a daily did.

    Attributes:
        report_no: its number, by which it is signed.
        path: the file.
        sentence: what was done, in one line.
        remarks: what should be looked at.
        fingerprint: SHA-256 (hex) of its rows, as printed on each page.
        made: False if it is signed already and nothing has changed.
    """

    report_no: str
    path: Path
    sentence: str
    remarks: tuple[str, ...] = ()
    fingerprint: str = ""
    made: bool = True


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in the list.

    Attributes:
        waits_for: role whose signature comes next; empty if all have signed.
        is_there: the file lies where it was put.
    """

    report_no: str
    kind: str
    reported_on: date | None
    status: str
    waits_for: str
    path: Path
    is_there: bool
    instruction: str
    instruction_owner: str
    instruction_due: date | None
    instruction_status: str


def make_daily(  # what is asked for
    desk: Desk, on: date, *, by: str, kind: str = "", amend: bool = False, reason: str = ""
) -> tuple[ReportMade, ...]:
    """Make the day's report: one PDF with both kinds of follow-up, for cars one of each.

    Made again before the first signature it takes the place of the one before.

    Args:
        desk: the desk.
        on: the day; an earlier one is told with today's contents.
        by: who makes it.
        kind: ``7DC`` or ``3DC``, where the store makes one of each; empty for all.
        amend: make a corrected version of a signed report.
        reason: why it is amended.

    Raises:
        Misuse: the day has not come, an unknown kind, or an amendment without a reason.
        ReportFrozen, ReportReceived, ReportLost, NotSignable: see ``reports_plan.plan``.
        PaperHeld, NotWritable, DiskFull: the file could not be written.
    """
    plans = plan_daily(desk, on, by=by, kind=kind, amend=amend, reason=reason)
    return tuple(
        _unchanged(desk, one) if isinstance(one, Unchanged) else settle(desk, draw(one))
        for one in plans
    )


def plan_daily(  # as make_daily
    desk: Desk, on: date, *, by: str, kind: str = "", amend: bool = False, reason: str = ""
) -> tuple[DailyPlan | Unchanged, ...]:
    """Gather what the day's reports will say; raises as ``make_daily``."""
    wish = Wish(by, amend, reason)
    return tuple(reports_plan.plan(desk, scope, on, wish) for scope in _scopes(desk, kind))


def draw(plan: DailyPlan) -> Drawn:
    """Draw a planned daily and put it into the archive; needs no desk.

    Raises:
        FontMissing, TemplateUnusable: it cannot be drawn.
        PaperHeld, NotWritable, DiskFull: the file could not be written.
    """
    # openpyxl is needed only where a report is drawn.
    from storedesk.workbooks.export import export_table  # noqa: PLC0415

    pdf = papers.build_daily(
        plan.paper,
        rows_json=plan.rows_json,
        rows_xlsx=export_table("回访明细", plan.table.headers, plan.table.rows),
        fonts=plan.look.fonts,
        template=plan.look.template,
        logo=plan.look.logo,
    )
    reports_archive.save(plan.folder / plan.file, pdf)
    return Drawn(plan, hashlib.sha256(pdf).hexdigest())


def settle(desk: Desk, drawn: Drawn) -> ReportMade:
    """Enter a drawn daily into 日报登记.

    Raises:
        DiskFull, NotWritable: it is not entered; making it again does.
    """
    plan = drawn.plan
    log, *others = plan.edits
    hashed = replace(log, values={**log.values, "sha256": drawn.sha256})
    writing.write(desk, (hashed, *others), by=plan.by, note="daily report")
    return ReportMade(
        report_no=plan.record,
        path=plan.folder / plan.file,
        sentence=_sentence(plan),
        remarks=plan.remarks,
        fingerprint=papers.fingerprint(plan.rows_json),
    )


def list_reports(desk: Desk, limit: int = 60) -> list[ReportLine]:
    """Return the dailies, the newest first."""
    select = Select("report_log", (OneOf("kind", DAILIES),), ("-reported_on",), limit)
    return [_line(desk, ReportEntry(record)) for record in desk.mirror.select(select)]


def pages(desk: Desk, report_no: str) -> list[bytes]:
    """Return a report's pages as PNG pictures, signatures included.

    Raises:
        UnknownReport: there is no such report.
        PaperUnreadable: its file is gone or damaged.
    """
    return pages_of(reports_log.path_of(desk, reports_log.entry(desk, report_no)))


def pages_of(path: Path) -> list[bytes]:
    """Return a report's pages as PNG pictures; needs no desk.

    Raises:
        PaperUnreadable: the file is gone or damaged.
    """
    first = page_images.render(path)
    rest = [page_images.render(path, number) for number in range(2, first.page_count + 1)]
    return [page.png() for page in (first, *rest)]


def _scopes(desk: Desk, kind: str) -> Sequence[Scope]:
    scopes = scopes_of(desk.settings)
    found = [scope for scope in scopes if kind in ("", scope.kind)]
    if not found:
        kinds = "、".join(scope.kind for scope in scopes)
        raise Misuse(f"这个门店的日报没有「{kind}」这一种，有：{kinds}。")
    return found


def _sentence(plan: DailyPlan) -> str:
    counts = [
        f"{section.label} 应访 {section.counts.due_count}、实访 {section.counts.attempted_count}、"
        f"成功 {section.counts.success_count}"
        for section in plan.paper.sections
    ]
    what = f"更正版 V{plan.paper.version}" if plan.paper.version > 1 else "日报"
    return f"{what} {plan.record} 已生成：{'；'.join(counts)}；意见 {len(plan.paper.issues)} 条。"


def _unchanged(desk: Desk, found: Unchanged) -> ReportMade:
    entry = found.entry
    return ReportMade(
        report_no=entry.id,
        path=reports_log.path_of(desk, entry),
        sentence=f"{entry.id} 已由{entry.caller}签字定稿，台账没有变化，不用重新生成。",
        made=False,
    )


def _line(desk: Desk, entry: ReportEntry) -> ReportLine:
    role = entry.waits_for
    path = reports_log.path_of(desk, entry)
    return ReportLine(
        report_no=entry.id,
        kind=entry.kind,
        reported_on=entry.reported_on,
        status=entry.status,
        waits_for=signers.labels_of(desk.settings).of(role) if role else "",
        path=path,
        is_there=bool(entry.file) and path.is_file(),
        instruction=entry.instruction,
        instruction_owner=entry.instruction_owner,
        instruction_due=entry.instruction_due,
        instruction_status=entry.instruction_status,
    )
