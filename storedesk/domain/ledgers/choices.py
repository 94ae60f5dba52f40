"""数据字典: the values drop-down lists offer."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class Choice(View):
    """One value of one list."""

    LEDGER = "choices"

    list = cells.text()
    value = cells.text()
    sequence = cells.number()
    active = cells.known_yes()
    is_default = cells.yes()
