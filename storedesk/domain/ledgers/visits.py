"""服务工单: deliveries, installations and repairs, at the customer's or in the workshop."""

from __future__ import annotations

from datetime import datetime

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

DONE = "已完成"
CANCELLED = "已取消"
UNFINISHED = ("改约", "待件", "未完成", "返修")
"""States in which somebody has to go once more, although one visit has ended."""
REPAIRS = ("维修", "保养", "检测", "车辆维修", "车辆保养", "事故车", "召回")
"""Kinds after which 修后三天回访 is made (domain.md §5.2, R02 and R04)."""


class Visit(View):
    """One job: a visit, or a stay in the workshop."""

    LEDGER = "visits"

    kind = cells.text()
    source = cells.text()
    customer = cells.text()
    customer_name = cells.text()
    purchase = cells.text()
    vehicle = cells.text()
    complaint = cells.text()
    followup = cells.text()
    contact = cells.text()
    phone = cells.text()
    address = cells.text()
    accepted_at = cells.moment()
    first_receiver = cells.text()
    symptom = cells.text()
    urgency = cells.text()
    appointed_from = cells.moment()
    appointed_to = cells.moment()
    worker = cells.text()
    arrived_at = cells.moment()
    finished_at = cells.moment()
    visit_count = cells.count()
    first_time_done = cells.known_yes()
    undone_reason = cells.text()
    next_visit_at = cells.moment()
    action_taken = cells.text()
    customer_result = cells.text()
    photo_slip = cells.parts()
    left_shop_at = cells.moment()
    status = cells.text()

    @property
    def is_repair(self) -> bool:
        """Whether something was repaired or serviced, not delivered or installed."""
        return self.kind in REPAIRS

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.status == CANCELLED

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        unfinished = self.finished_at is None or self.status in UNFINISHED
        return unfinished and self.status not in (DONE, CANCELLED)

    @property
    def ended_at(self) -> datetime | None:
        """When the customer had it back: a car left the workshop, or the visit was finished."""
        return self.left_shop_at or self.finished_at
