"""问卷答案: what was answered to each question of a follow-up."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class QuestionAnswer(View):
    """The answer to one question."""

    LEDGER = "answers"

    followup = cells.text()
    questionnaire = cells.text()
    item = cells.text()
    title = cells.text()
    value = cells.text()
    verbatim = cells.text()
    reason = cells.text()

    @property
    def score(self) -> int | None:
        """The answer as a number, or None if it is not one."""
        return int(self.value) if self.value.isdecimal() else None
