"""购买记录: what was bought, and when it was delivered and installed."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

DELIVERED = "已交付"
RETURNED = "已退货"
CANCELLED = "已取消"
OVER = (RETURNED, CANCELLED)
"""States after which nothing is owed and no call is made."""


class Purchase(View):
    """One item (or set) of an order."""

    LEDGER = "purchases"

    customer = cells.text()
    customer_name = cells.text()
    biz_type = cells.text()
    order_no = cells.text()
    invoiced_on = cells.day()
    category = cells.text()
    product = cells.text()
    brand = cells.text()
    model = cells.text()
    serial_no = cells.text()
    color = cells.text()
    quantity = cells.number()
    unit = cells.text()
    unit_price = cells.number()
    amount = cells.number()
    sales_owner = cells.text()
    promised_on = cells.day()
    delivered_on = cells.day()
    accepted_on = cells.day()
    acceptance = cells.text()
    visit = cells.text()
    warranty_months = cells.count()
    status = cells.text()
    returned_on = cells.day()
    return_reason = cells.text()

    @property
    def is_over(self) -> bool:
        """Whether it was returned or cancelled."""
        return self.status in OVER

    @property
    def awaits_delivery(self) -> bool:
        """Whether the customer is still owed the goods (or part of them)."""
        arrived = self.delivered_on is not None and self.status != "部分交付"
        return not self.is_over and not arrived and self.status not in (DELIVERED, "已换货")

    @property
    def goods(self) -> str:
        """What was bought, in words: 沙发 102276."""
        what = self.product or self.category or self.brand
        return " ".join(part for part in (what, self.model or self.serial_no) if part)
