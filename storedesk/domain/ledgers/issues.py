"""意见建议: what customers said should be better, answered within two working days."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

ANSWERED = ("已答复", "已解决", "转客诉")


class Issue(View):
    """One opinion or suggestion."""

    LEDGER = "issues"

    followup = cells.text()
    raised_at = cells.moment()
    customer = cells.text()
    customer_name = cells.text()
    product = cells.text()
    phone = cells.text()
    content = cells.text()
    kind = cells.text()
    department = cells.text()
    owner = cells.text()
    answer_due = cells.moment()
    """Judged by head office: statutory working days."""
    remind_due = cells.moment()
    """The store's own: days it is open."""
    action = cells.text()
    acted_at = cells.moment()
    answered_at = cells.moment()
    answer_via = cells.text()
    answer = cells.text()
    verdict = cells.text()
    rectify = cells.text()
    rectify_due = cells.day()
    rectify_status = cells.text()
    solved_on = cells.day()
    instruction = cells.text()
    complaint = cells.text()
    status = cells.text()

    @property
    def awaits_answer(self) -> bool:
        """Whether the customer has had no answer yet."""
        return self.answered_at is None and self.status not in ANSWERED
