"""出入库流水: every movement of a part, in or out."""

from __future__ import annotations

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View

INTO_STORE = frozenset(
    {"期初", "采购入库", "总部补件入库", "调拨入", "退料入库", "盘盈", "旧件入库", "归还"}
)
OUT_OF_STORE = frozenset(
    {"维修领用", "销售出库", "索赔领用", "借出", "调拨出", "退厂", "报废", "盘亏"}
)
OLD_PARTS = frozenset({"旧件入库"})
"""Kinds that move parts taken out of a repair, never fit for use again."""


class StockMove(View):
    """One movement; its quantity is written without a sign."""

    LEDGER = "stock_moves"

    at = cells.moment()
    kind = cells.text()
    part = cells.text()
    part_name = cells.text()
    quantity = cells.number()
    unit_price = cells.number()
    visit = cells.text()
    complaint = cells.text()
    receiver = cells.text()
    approver = cells.text()
    keeper = cells.text()
    reason = cells.text()

    @property
    def signed_quantity(self) -> float:
        """What it adds to the stock of good parts; negative if it takes out, 0 if not known.

        Old parts taken back do not become stock.
        """
        quantity = abs(self.quantity or 0)
        if self.kind in OUT_OF_STORE:
            return -quantity
        return quantity if self.kind in INTO_STORE - OLD_PARTS else 0
