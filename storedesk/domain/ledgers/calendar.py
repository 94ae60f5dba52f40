"""工作日历: the days that are unlike others."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class SpecialDay(View):
    """One day off, worked in exchange, closed or opened."""

    LEDGER = "calendar"

    day = cells.day()
    kind = cells.text()
    note = cells.text()
