from datetime import date, datetime

from storedesk.domain.ledgers import cells
from storedesk.domain.ledgers.view import View
from storedesk.domain.records import Record
from storedesk.domain.values import Value


class Gift(View):
    LEDGER = "gifts"

    label = cells.text()
    kinds = cells.parts()
    given_on = cells.day()
    asked_at = cells.moment()
    price = cells.number()
    piece_count = cells.count()
    thanked = cells.yes()
    liked = cells.known_yes()


class WrappedGift(Gift):
    paper = cells.text()


def gift(**values: Value) -> Gift:
    return Gift(Record("gifts", "LP-1", values))


def test_a_cell_reads_the_column_of_its_name() -> None:
    full = gift(
        label="杯子",
        kinds="瓷;蓝",
        given_on=date(2026, 11, 22),
        asked_at=datetime(2026, 11, 21, 9, 30),
        price=12.5,
        piece_count=2,
        thanked=True,
        liked=False,
    )
    assert (full.id, full.label, full.kinds) == ("LP-1", "杯子", ("瓷", "蓝"))
    assert full.given_on == date(2026, 11, 22)
    assert full.asked_at == datetime(2026, 11, 21, 9, 30)
    assert (full.price, full.piece_count, full.thanked, full.liked) == (12.5, 2, True, False)


def test_empty_cells() -> None:
    empty = gift()
    assert (empty.label, empty.kinds) == ("", ())
    assert (empty.given_on, empty.asked_at, empty.price) == (None, None, None)
    assert (empty.piece_count, empty.thanked, empty.liked) == (0, False, None)


def test_what_a_view_reads_is_noted() -> None:
    assert (
        *("label", "kinds", "given_on", "asked_at"),
        *("price", "piece_count", "thanked", "liked"),
    ) == Gift.NEEDS
    assert (*Gift.NEEDS, "paper") == WrappedGift.NEEDS
    assert Gift.label.key == "label"
    assert View.NEEDS == ()
