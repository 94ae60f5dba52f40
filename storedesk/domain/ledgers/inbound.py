"""来电登记: calls, walk-ins and messages that come in."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class Inbound(View):
    """One call or visit to the store."""

    LEDGER = "inbound"

    called_at = cells.moment()
    receiver = cells.text()
    customer = cells.text()
    customer_name = cells.text()
    phone = cells.text()
    kind = cells.text()
    content = cells.text()
    restated = cells.yes()
    next_action = cells.text()
    next_owner = cells.text()
    next_at = cells.moment()
    callback_needed = cells.yes()
    callback_at = cells.moment()
    message_for = cells.text()
    done_at_once = cells.yes()
    transferred_to = cells.text()

    @property
    def awaits_callback(self) -> bool:
        """Whether a call back was promised and has not been made (within 24 h, R13)."""
        return self.callback_needed and self.callback_at is None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done here, and not elsewhere."""
        open_step = self.next_at is not None and not (self.done_at_once or self.transferred_to)
        return self.awaits_callback or open_step
