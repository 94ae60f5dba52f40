"""客诉台账: complaints, their deadlines and what became of them."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

TO_GRADE = "待定级"
PAUSED = "暂停"
TO_CLOSE_CALL = "待结案回访"
CLOSED_LOOP = "已闭环"
REOPENED = "重开"
LEVELS = ("一级轻微", "二级一般", "三级严重", "四级重大")


class Complaint(View):
    """One complaint."""

    LEDGER = "complaints"

    received_at = cells.moment()
    channel = cells.text()
    first_receiver = cells.text()
    customer = cells.text()
    customer_name = cells.text()
    phone = cells.text()
    purchase = cells.text()
    visit = cells.text()
    vehicle = cells.text()
    followup = cells.text()
    product = cells.text()
    nature = cells.text()
    category = cells.text()
    subcategory = cells.text()
    verbatim = cells.text()
    demand = cells.parts()
    emotion = cells.text()
    known_facts = cells.text()
    learned_how = cells.text()
    measures_taken = cells.text()
    level = cells.text()
    risk_flags = cells.parts()
    external_due = cells.day()
    department = cells.text()
    owner = cells.text()
    responsible = cells.text()
    response_due = cells.moment()
    responded_at = cells.moment()
    plan_due = cells.moment()
    plan_at = cells.moment()
    visit_due = cells.moment()
    visited_at = cells.moment()
    answer_due = cells.moment()
    answered_at = cells.moment()
    answered_by = cells.text()
    answer = cells.text()
    promise = cells.text()
    promise_due = cells.moment()
    promise_kept_at = cells.moment()
    next_action = cells.text()
    next_owner = cells.text()
    next_at = cells.moment()
    close_due = cells.moment()
    closed_at = cells.moment()
    result_kind = cells.parts()
    regret = cells.text()
    reform = cells.text()
    restitution = cells.text()
    recovery = cells.text()
    compensation = cells.number()
    cause = cells.text()
    root_cause = cells.text()
    prevention_due = cells.day()
    prevention_status = cells.text()
    escalation_level = cells.count()
    closing_call_on = cells.day()
    closing_call_score = cells.text()
    status = cells.text()

    @property
    def grade(self) -> int:
        """The level as a number 1–4; 0 if it has none yet."""
        return LEVELS.index(self.level) + 1 if self.level in LEVELS else 0

    @property
    def is_open(self) -> bool:
        """Whether it is not closed: nothing but 结案 (or 闭环) ends it, 重开 opens it again."""
        if self.status == REOPENED:
            return True
        return self.closed_at is None and self.status not in (TO_CLOSE_CALL, CLOSED_LOOP)

    @property
    def owes_promise(self) -> bool:
        """Whether something promised has not been kept yet."""
        return self.promise_due is not None and self.promise_kept_at is None
