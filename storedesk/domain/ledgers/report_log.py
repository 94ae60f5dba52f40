"""日报登记: every report made, who signed it when, and what the boss ordered."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View
from storedesk.domain.signatures import SIGNING_ORDER, Role

DRAFT, TO_REVIEW, TO_INSTRUCT, ISSUED = "草稿", "待审核", "待批示", "已签发"
RETURNED, VOID = "退回更正", "作废"
"""Where a report stands (domain.md §3.3)."""

DAILIES = ("综合", "7DC", "3DC")
"""Kinds that are made every day."""


class ReportEntry(View):
    """One report in its latest version."""

    LEDGER = "report_log"

    kind = cells.text()
    reported_on = cells.day()
    caller = cells.text()
    due_count = cells.count()
    attempted_count = cells.count()
    success_count = cells.count()
    failed_count = cells.count()
    appointed_count = cells.count()
    complained_count = cells.count()
    satisfaction = cells.number()
    version = cells.count()
    file = cells.text()
    sha256 = cells.text()
    signed_caller_at = cells.moment()
    manager = cells.text()
    signed_manager_at = cells.moment()
    gm = cells.text()
    signed_gm_at = cells.moment()
    instruction = cells.text()
    instruction_owner = cells.text()
    instruction_due = cells.day()
    instruction_status = cells.text()
    correction_reason = cells.text()
    status = cells.text()

    @property
    def signed_count(self) -> int:
        """How many of the three have signed."""
        moments = (self.signed_caller_at, self.signed_manager_at, self.signed_gm_at)
        return sum(moment is not None for moment in moments)

    @property
    def waits_for(self) -> Role | None:
        """Whose signature comes next, None if all three have signed."""
        count = self.signed_count
        return SIGNING_ORDER[count] if count < len(SIGNING_ORDER) else None

    @property
    def is_frozen(self) -> bool:
        """Whether anybody has signed: then it is amended, never made anew."""
        return self.signed_count > 0

    @property
    def is_signed(self) -> bool:
        """Whether all three have signed (domain.md §3.3)."""
        return self.waits_for is None
