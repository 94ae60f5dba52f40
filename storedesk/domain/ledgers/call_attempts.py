"""拨打记录: every attempt at a follow-up."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class CallAttempt(View):
    """One attempt."""

    LEDGER = "call_attempts"

    followup = cells.text()
    sequence = cells.count()
    at = cells.moment()
    by = cells.text()
    phone = cells.text()
    channel = cells.text()
    result = cells.text()
    seconds = cells.number()
    appointed_at = cells.moment()
    note = cells.text()
