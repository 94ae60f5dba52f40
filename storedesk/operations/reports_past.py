"""What a daily says about those before it: the chain, days in between, orders, late changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from storedesk.domain.daily import Correction, FollowedInstruction
from storedesk.domain.figures.frozen import Difference, Tree, as_json, differences, read_json
from storedesk.domain.figures.scopes import Scope, report_no_of
from storedesk.domain.instructions import OPEN
from storedesk.domain.ledgers.report_log import ReportEntry
from storedesk.operations import reports_archive, reports_day, reports_log
from storedesk.operations.desk import Desk
from storedesk.operations.reports_archive import HeldRows

LOOKED_BACK = timedelta(days=31)
"""So far back changes of signed dailies are noticed: the month's report is drawn from them."""

_CELLS = {
    "customer": "customer_name",
    "event_on": "trigger_on",
    "called_at": "done_at",
    "result": "outcome",
    "raised_on": "raised_at",
    "answer_due_at": "answer_due",
}
"""Column keys of what a report calls otherwise."""


@dataclass(frozen=True, slots=True)
class PastReport:
    """A report made before, and the rows it holds (None if its file is gone)."""

    entry: ReportEntry
    held: HeldRows | None

    @property
    def on(self) -> date:
        """The day it reports on."""
        return self.entry.reported_on or date.min

    @property
    def tree(self) -> Tree:
        """Its rows, empty if they cannot be read."""
        return self.held.tree if self.held else {}

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its rows (hex), empty if they cannot be read."""
        return self.held.fingerprint if self.held else ""


@dataclass(frozen=True)
class Past:
    """The dailies before a day, oldest first; those longer ago than a month only as the last."""

    reports: tuple[PastReport, ...]

    @property
    def previous(self) -> PastReport | None:
        """The daily before."""
        return self.reports[-1] if self.reports else None

    @property
    def since(self) -> date | None:
        """The day of the daily before."""
        return self.previous.on if self.previous else None


def past(desk: Desk, scope: Scope, on: date) -> Past:
    """Return the dailies before a day."""
    before = on - timedelta(days=1)
    found = reports_log.latest(desk, scope, on - LOOKED_BACK, before)
    found = found or reports_log.latest(desk, scope, None, before)[-1:]
    return Past(tuple(read(desk, entry) for entry in found))


def corrections(desk: Desk, scope: Scope, earlier: Past) -> tuple[Correction, ...]:
    """Return what reads otherwise now than in signed dailies, and was not told yet (签后更正)."""
    told = {
        (line["report_no"], line["where"], line["now"])
        for report in earlier.reports
        for line in report.tree.get("corrections", ())
    }
    found = [
        correction
        for report in earlier.reports
        if report.entry.is_frozen
        for correction in _corrections_of(desk, scope, report)
    ]
    return tuple(one for one in found if (one.report_no, one.where, one.now) not in told)


def changes_of(desk: Desk, scope: Scope, report: PastReport) -> tuple[Difference, ...]:
    """Return what reads otherwise now than in one report."""
    if not report.tree:
        return ()
    since = report.tree.get("since")
    day = reports_day.tell(desk, scope, report.on, date.fromisoformat(since) if since else None)
    now = {**day.tree(), "format": report.tree["format"]}
    return differences(report.tree, read_json(as_json(now)))


def as_corrections(
    desk: Desk, report: PastReport, changes: Sequence[Difference]
) -> tuple[Correction, ...]:
    """Return differences as lines of a report, each with who changed it and when."""
    number = report_no_of(report.entry.id)
    return tuple(change.correction(number, _who(desk, report, change)) for change in changes)


def instructions(desk: Desk, scope: Scope, earlier: Past, on: date) -> list[FollowedInstruction]:
    """Return the orders of earlier dailies that are not done, and those done since last told."""
    told_done = {
        line["report_no"]
        for report in earlier.reports
        for line in report.tree.get("instructions", ())
        if line["done"]
    }
    last_told = earlier.previous.tree.get("instructions", ()) if earlier.previous else ()
    told = {line["report_no"] for line in last_told} - told_done
    lately = on - LOOKED_BACK
    return [
        instruction
        for given_on, instruction in _instructions(desk, scope, on)
        if not instruction.done
        or instruction.report_no in told
        or (given_on >= lately and instruction.report_no not in told_done)
    ]


def read(desk: Desk, entry: ReportEntry) -> PastReport:
    """Return a report with the rows it holds."""
    return PastReport(entry, reports_archive.rows_in(reports_log.path_of(desk, entry)))


def _corrections_of(desk: Desk, scope: Scope, report: PastReport) -> tuple[Correction, ...]:
    return as_corrections(desk, report, changes_of(desk, scope, report))


def _instructions(desk: Desk, scope: Scope, on: date) -> Iterator[tuple[date, FollowedInstruction]]:
    for report in reports_log.with_orders(desk, scope, on):
        remark = report.record.text("remark")
        yield (
            report.reported_on or on,
            FollowedInstruction(
                report_no=report.id,
                text=report.instruction,
                owner=report.instruction_owner,
                due_on=report.instruction_due,
                progress="：".join(part for part in (report.instruction_status, remark) if part),
                done=report.instruction_status not in OPEN,
            ),
        )


def _who(desk: Desk, report: PastReport, change: Difference) -> str:
    """Return who changed a cell after the report was made, and when, as far as this PC knows."""
    if change.is_figure:
        return ""
    made_at = datetime.fromisoformat(str(report.tree["generated_at"]))
    ledger = "issues" if change.record.startswith("YJ") else "followups"
    key = _CELLS.get(change.key, change.key)
    for entry in desk.mirror.history(ledger, change.record):
        if entry.at > made_at and (entry.key == key or not change.key):
            who = entry.by or ("Excel" if entry.source == "excel" else "自动")
            return f"{who} {entry.at:%m-%d %H:%M} 改"
    return ""
