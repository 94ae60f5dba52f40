"""配件目录: spare parts and how many to keep. Stock follows from the movements."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class Part(View):
    """One kind of part."""

    LEDGER = "parts"

    name = cells.text()
    spec = cells.text()
    category = cells.text()
    fits = cells.text()
    unit = cells.text()
    vendor = cells.text()
    cost = cells.number()
    price = cells.number()
    warehouse = cells.text()
    bin = cells.text()
    lead_days = cells.count()
    safety = cells.number()
    max_quantity = cells.number()
    part_warranty = cells.count()
    must_return = cells.yes()
    return_days = cells.count()
    status = cells.text()

    @property
    def is_active(self) -> bool:
        """Whether it is still kept."""
        return self.status in ("", "在用")
