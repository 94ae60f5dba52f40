"""日报登记: every report made, who signed it when, and what the boss ordered."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


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
    def is_signed(self) -> bool:
        """Whether all three have signed (domain.md §3.3)."""
        return None not in (self.signed_caller_at, self.signed_manager_at, self.signed_gm_at)
