"""车辆档案: cars in customers' hands, and the dates they are due for something."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class Vehicle(View):
    """One car."""

    LEDGER = "vehicles"

    customer = cells.text()
    customer_name = cells.text()
    purchase = cells.text()
    vin = cells.text()
    plate = cells.text()
    model = cells.text()
    color = cells.text()
    engine_no = cells.text()
    invoiced_on = cells.day()
    delivered_on = cells.day()
    odometer = cells.number()
    first_service_on = cells.day()
    next_service_on = cells.day()
    insurance_end_on = cells.day()
    inspection_on = cells.day()
    service_adviser = cells.text()

    @property
    def goods(self) -> str:
        """The car in words: K5 2.0 苏J12345."""
        return " ".join(part for part in (self.model, self.plate) if part) or self.vin
