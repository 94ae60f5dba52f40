"""处理过程: every step taken on a complaint."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class ComplaintAction(View):
    """One step: who did what, with what result, and what comes next."""

    LEDGER = "complaint_actions"

    complaint = cells.text()
    at = cells.moment()
    by = cells.text()
    action = cells.text()
    content = cells.text()
    target = cells.text()
    result = cells.text()
    next_action = cells.text()
    due = cells.moment()
