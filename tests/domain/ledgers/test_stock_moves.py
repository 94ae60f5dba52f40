import pytest

from storedesk import resources
from storedesk.domain.ledgers import stock_moves
from storedesk.domain.ledgers.stock_moves import StockMove
from storedesk.domain.records import Record
from storedesk.domain.values import Value


def added(**values: Value) -> float:
    return StockMove(Record("stock_moves", "CK-1", values)).signed_quantity


@pytest.mark.parametrize(
    ("kind", "quantity", "change"),
    [
        ("期初", 12, 12),
        ("采购入库", 2.5, 2.5),
        ("归还", 1, 1),
        ("维修领用", 1, -1),
        ("维修领用", -1, -1),
        ("借出", 1, -1),
        ("盘亏", 2, -2),
        ("旧件入库", 1, 0),
        ("", 3, 0),
        ("送人", 3, 0),
        ("采购入库", None, 0),
    ],
)
def test_what_a_movement_adds_to_the_stock(
    kind: str, quantity: float | None, change: float
) -> None:
    assert added(kind=kind, quantity=quantity) == change


def test_every_kind_on_offer_goes_one_way() -> None:
    kinds = set(resources.load_profile("furniture").lists["出入库类型"].values)
    assert kinds == stock_moves.INTO_STORE | stock_moves.OUT_OF_STORE
    assert not stock_moves.INTO_STORE & stock_moves.OUT_OF_STORE
