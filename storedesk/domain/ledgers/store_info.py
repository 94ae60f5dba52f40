"""门店信息: the store's name and settings, one per row."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View


class StoreSetting(View):
    """One setting."""

    LEDGER = "store_info"

    name = cells.text()
    value = cells.text()
