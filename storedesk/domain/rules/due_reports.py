"""Dailies that wait for a signature, and orders of the boss that are not done (R30, S0-07)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time

from storedesk.domain.instructions import OPEN
from storedesk.domain.ledgers.report_log import ISSUED, RETURNED, VOID, ReportEntry
from storedesk.domain.rules.due_item import AsOf, DueItem, day_text, moment_text
from storedesk.domain.settings import STAND_IN
from storedesk.domain.signatures import Role

_NOON = time(12)
_CLOSING = time(18)


def reports_due(reports: Sequence[ReportEntry], as_of: AsOf) -> Iterator[DueItem]:
    """Yield unsigned dailies and the orders that are still open."""
    for report in reports:
        waits_for = report.waits_for
        if report.status not in (ISSUED, RETURNED, VOID) and waits_for and as_of.is_on("R30"):
            yield _unsigned(report, waits_for, as_of)
        if report.instruction and report.instruction_status in OPEN:
            yield _order(report, as_of)


def _unsigned(report: ReportEntry, role: Role, as_of: AsOf) -> DueItem:
    """Signed by noon of the next working day (shop.md §3)."""
    settings = as_of.settings
    day = report.reported_on or as_of.today
    due_at = datetime.combine(settings.calendar.add_working_days(day, 1), _NOON)
    label = settings.roles.get(role.value, role.value)
    everybody = [member.name for member in settings.active_staff() if label in member.roles]
    holders = [name for name in everybody if name != STAND_IN] or everybody
    return _item(
        report,
        as_of,
        kind="日报待签",
        what=f"{day_text(day)} 的日报",
        due_at=due_at,
        owner=holders[0] if len(holders) == 1 else label,
        reason=f"等{label}签字，{moment_text(due_at)} 前{as_of.late(due_at)}",
    )


def _order(report: ReportEntry, as_of: AsOf) -> DueItem:
    due_at = (
        datetime.combine(report.instruction_due, _CLOSING)
        if report.instruction_due
        else as_of.end_of_today()
    )
    given = f"{day_text(report.reported_on)} 日报的批示" if report.reported_on else "日报的批示"
    return _item(
        report,
        as_of,
        kind="批示落实",
        what=report.instruction,
        due_at=due_at,
        owner=report.instruction_owner,
        reason=f"{given}，{day_text(due_at.date())} 前完成{as_of.late(due_at)}",
    )


def _item(  # what differs between the two
    report: ReportEntry,
    as_of: AsOf,
    *,
    kind: str,
    what: str,
    due_at: datetime,
    owner: str,
    reason: str,
) -> DueItem:
    return DueItem(
        kind=kind,
        ledger="report_log",
        record=report.id,
        customer="",
        customer_name="",
        phone="",
        what=what,
        from_on=report.reported_on or as_of.today,
        due_at=due_at,
        rings_at=due_at,
        owner=owner,
        reason=reason,
        overdue=as_of.now > due_at,
    )
