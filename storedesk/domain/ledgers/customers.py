"""客户档案: who buys, and how they may be reached."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

REFUSED = "不同意"
DO_NOT_DISTURB = "免打扰"
IN_USE = "正常"


class Customer(View):
    """A person or a firm."""

    LEDGER = "customers"

    name = cells.text()
    phone = cells.text()
    alt_phone = cells.text()
    contact_name = cells.text()
    salutation = cells.text()
    wechat = cells.text()
    region = cells.text()
    address = cells.text()
    community = cells.text()
    birthday = cells.text()
    """Month and day, ``05-18``."""
    birthday_lunar = cells.yes()
    kind = cells.text()
    source_channel = cells.text()
    grade = cells.text()
    sales_owner = cells.text()
    cs_owner = cells.text()
    preferred_channel = cells.text()
    preferred_time = cells.parts()
    service_call_ok = cells.text()
    marketing_ok = cells.text()
    flags = cells.parts()
    processing_limit = cells.text()

    @property
    def may_be_called(self) -> bool:
        """Whether service calls are allowed; not asked yet counts as allowed (domain.md §4.2.1).

        Calls rest on the contract: only a refusal, 免打扰 or a limit on processing forbids them.
        """
        return (
            self.service_call_ok != REFUSED
            and DO_NOT_DISTURB not in self.flags
            and self.processing_limit in ("", IN_USE)
        )

    @property
    def may_be_courted(self) -> bool:
        """Whether offers may be sent; only an expressed consent allows it (domain.md §13.1)."""
        return self.marketing_ok == "同意" and self.may_be_called
