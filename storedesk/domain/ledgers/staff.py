"""员工: who works in the store."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

LEFT = "离职"


class StaffMember(View):
    """One member of staff; other ledgers hold the name."""

    LEDGER = "staff"

    name = cells.text()
    roles = cells.parts()
    phone = cells.text()
    deputy = cells.text()
    hired_on = cells.day()
    status = cells.text()

    @property
    def is_active(self) -> bool:
        """Whether the person works here now."""
        return self.status != LEFT
