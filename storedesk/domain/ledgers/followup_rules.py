"""回访规则: when calls are due, as rows of 门店设置.xlsx."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class RuleRow(View):
    """One rule as written; ``domain.settings`` makes sense of it."""

    LEDGER = "followup_rules"

    label = cells.text()
    trade_name = cells.text()
    active = cells.yes()
    trigger_word = cells.text()
    from_days = cells.number()
    due_days = cells.number()
    last_days = cells.number()
    unit = cells.text()
    questionnaire = cells.text()
    responsible = cells.text()
