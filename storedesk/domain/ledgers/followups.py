"""回访任务: calls that are owed to customers, and what they said."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

TO_CALL = "待拨"
POSTPONED = "已改约"
TO_CALL_AGAIN = "待重拨"
COMPLETED = "已完成"
FAILED = "已失败"
OVERDUE = "逾期"
SKIPPED = "免访"
VOID = "作废"
OPEN = (TO_CALL, POSTPONED, TO_CALL_AGAIN)
REACHED = ("成功", "部分成功")
"""Outcomes that count as a successful call (domain.md §5.4)."""


class FollowUp(View):
    """One follow-up."""

    LEDGER = "followups"

    kind = cells.text()
    rule = cells.text()
    trigger = cells.text()
    trigger_record = cells.text()
    trigger_on = cells.day()
    customer = cells.text()
    customer_name = cells.text()
    phone = cells.text()
    product = cells.text()
    sales_owner = cells.text()
    worker = cells.text()
    purchase = cells.text()
    vehicle = cells.text()
    visit = cells.text()
    complaint = cells.text()
    from_on = cells.day()
    due_on = cells.day()
    last_on = cells.day()
    caller = cells.text()
    appointed_at = cells.moment()
    next_try_at = cells.moment()
    questionnaire = cells.text()
    questionnaire_version = cells.text()
    respondent = cells.text()
    overall = cells.number()
    recommend = cells.number()
    expectation = cells.text()
    solved = cells.known_yes()
    fixed_at_once = cells.text()
    complained = cells.yes()
    opinion = cells.text()
    outcome = cells.text()
    fail_reason = cells.text()
    skip_reason = cells.text()
    done_at = cells.moment()
    new_complaint = cells.text()
    report = cells.text()
    status = cells.text()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be called; a row typed in Excel without a state is."""
        return self.status in OPEN or (not self.status and not self.outcome)

    @property
    def is_reached(self) -> bool:
        """Whether the customer was reached and answered."""
        return self.outcome in REACHED

    @property
    def is_excluded(self) -> bool:
        """Whether it counts nowhere (免访, 作废: domain.md §5.5)."""
        return SKIPPED in (self.status, self.outcome) or VOID in (self.status, self.outcome)
