"""What is owed to customers, to whom, by when and why (design.md promise 5).

Derived from the records each time, never remembered by a timer: a PC that slept for a week shows
all of it, once, in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from storedesk.domain.instructions import OPEN as INSTRUCTION_OPEN
from storedesk.domain.ledgers.call_attempts import CallAttempt
from storedesk.domain.ledgers.complaints import REOPENED, Complaint
from storedesk.domain.ledgers.followups import OPEN, FollowUp
from storedesk.domain.ledgers.inbound import Inbound
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.ledgers.report_log import (
    DAILIES,
    DRAFT,
    TO_INSTRUCT,
    TO_REVIEW,
    ReportEntry,
)
from storedesk.domain.records import Record
from storedesk.domain.rules.due_answers import complaints_due, inbound_due, issues_due
from storedesk.domain.rules.due_calls import calls
from storedesk.domain.rules.due_item import AsOf, DueItem
from storedesk.domain.rules.due_reports import reports_due
from storedesk.domain.select import Empty, Equal, OneOf, Select
from storedesk.domain.settings import Settings

SELECTS = (
    Select("followups", (OneOf("status", (*OPEN, None)),)),
    Select("complaints", (Empty("closed_at"),)),
    Select("complaints", (Equal("status", REOPENED),)),
    Select("complaints", (Empty("promise_due", empty=False), Empty("promise_kept_at"))),
    Select("issues", (Empty("answered_at"),)),
    Select("inbound", (Equal("callback_needed", value=True), Empty("callback_at"))),
    Select(
        "inbound",
        (
            Empty("next_at", empty=False),
            OneOf("done_at_once", (False, None)),
            Empty("transferred_to"),
        ),
    ),
    Select(
        "report_log",
        (OneOf("kind", DAILIES), OneOf("status", (DRAFT, TO_REVIEW, TO_INSTRUCT))),
    ),
    Select("report_log", (OneOf("instruction_status", INSTRUCTION_OPEN),)),
)
"""Everything that may owe something; call attempts come by ``attempts_of``."""


def attempts_of(records: Iterable[Record]) -> Select:
    """Return what selects the attempts made for the follow-ups among some records."""
    ids = tuple(record.id for record in records if record.ledger == "followups")
    return Select("call_attempts", (OneOf("followup", ids),))


def due_items(records: Iterable[Record], settings: Settings, now: datetime) -> list[DueItem]:
    """Return everything owed, now or later, the most urgent first.

    Args:
        records: what ``SELECTS`` and ``attempts_of`` yield, in any order; closed ones do no harm.
        settings: rules, calendar and call window.
        now: the moment.
    """
    distinct = {(record.ledger, record.id): record for record in records}.values()
    as_of = AsOf(settings, now)
    complaints = [Complaint(one) for one in distinct if one.ledger == "complaints"]
    tries = Counter(CallAttempt(one).followup for one in distinct if one.ledger == "call_attempts")
    items = [
        *calls(
            [FollowUp(one) for one in distinct if one.ledger == "followups"],
            tries,
            {case.customer: case.id for case in complaints if case.is_open and case.customer},
            as_of,
        ),
        *complaints_due(complaints, as_of),
        *issues_due([Issue(one) for one in distinct if one.ledger == "issues"], as_of),
        *inbound_due([Inbound(one) for one in distinct if one.ledger == "inbound"], as_of),
        *reports_due([ReportEntry(one) for one in distinct if one.ledger == "report_log"], as_of),
    ]
    return sorted(items, key=lambda item: item.order)


def owed(items: Iterable[DueItem], today: date) -> list[DueItem]:
    """Return what is to be done on a day: begun or due, in the order given."""
    return [item for item in items if item.from_on <= today or item.due_on <= today]


def next_item(items: Iterable[DueItem], now: datetime) -> DueItem | None:
    """Return what will ring next, or None."""
    later = [(item.rings_at, item.order, item) for item in items if _rings_after(item, now)]
    return min(later, key=lambda one: one[:2])[2] if later else None


def next_moment(items: Iterable[DueItem], now: datetime) -> datetime | None:
    """Return the next moment at which something calls for attention (decision 23)."""
    found = next_item(items, now)
    return found.rings_at if found else None


def _rings_after(item: DueItem, now: datetime) -> bool:
    return item.rings_at is not None and item.rings_at > now
