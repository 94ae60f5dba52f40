from __future__ import annotations

from datetime import date, datetime

from hypothesis import given

from storedesk.domain.records import Record
from storedesk.domain.values import Value
from tests.domain.strategies import RECORDS

RECORD = Record(
    "purchases",
    "GM-20261114-A003",
    {
        "product": "沙发",
        "delivered_on": date(2026, 11, 14),
        "called_at": datetime(2026, 11, 14, 9, 30),
        "amount": 5999.0,
        "quantity": 2,
        "solved": True,
        "photos": "附件/a.jpg;附件/b.jpg",
    },
    extras={"自己的列": "随便"},
    raw={"amount": "￥5,999"},
    row=7,
)


def test_cells_by_key_and_the_id_too() -> None:
    assert RECORD["product"] == "沙发"
    assert RECORD["id"] == "GM-20261114-A003"
    assert RECORD["brand"] is None


def test_texts() -> None:
    assert RECORD.text("product") == "沙发"
    assert RECORD.text("id") == "GM-20261114-A003"
    assert RECORD.text("amount") == ""
    assert RECORD.text("brand") == ""


def test_days_and_moments() -> None:
    assert RECORD.day("delivered_on") == date(2026, 11, 14)
    assert RECORD.day("called_at") == date(2026, 11, 14)
    assert type(RECORD.day("called_at")) is date
    assert RECORD.day("product") is None
    assert RECORD.moment("called_at") == datetime(2026, 11, 14, 9, 30)
    assert RECORD.moment("delivered_on") is None


def test_numbers_and_yes() -> None:
    assert (RECORD.number("amount"), RECORD.number("quantity")) == (5999.0, 2)
    assert RECORD.number("solved") is None
    assert RECORD.yes("solved")
    assert not RECORD.yes("quantity")
    assert not RECORD.yes("brand")


def test_parts() -> None:
    assert RECORD.parts("photos") == ("附件/a.jpg", "附件/b.jpg")
    assert RECORD.parts("brand") == ()


def test_changing_and_emptying_cells() -> None:
    changed = RECORD.with_values({"product": None, "brand": "全友", "id": "GM-9"})
    assert changed.id == RECORD.id
    assert changed["product"] is None
    assert "product" not in changed.values
    assert changed["brand"] == "全友"
    assert (changed.extras, changed.raw, changed.row) == (RECORD.extras, RECORD.raw, 7)
    assert RECORD["product"] == "沙发"


@given(RECORDS, RECORDS)
def test_changes_win_and_the_rest_stays(
    before: dict[str, Value], changes: dict[str, Value]
) -> None:
    record = Record("parts", "PJ-1", before).with_values(changes)
    assert record.values == {**before, **changes}
    assert record.with_values(changes) == record
