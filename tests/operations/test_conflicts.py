from __future__ import annotations

import pytest

from storedesk.domain.errors import Misuse
from storedesk.operations import conflicts, records, syncing
from storedesk.operations.desk import Desk
from tests.operations.test_syncing import CUSTOMERS, WANG, _set, edit, sheet_rows


@pytest.fixture
def clash(desk: Desk) -> conflicts.Clash:
    customer = records.add(desk, "customers", WANG, "客服").first
    syncing.sync(desk)
    records.set_values(desk, customer, {"地址": "3幢501"}, "客服")
    edit(desk, CUSTOMERS, lambda book: _set(book, "客户档案", 2, "地址", "3幢502"))
    syncing.sync(desk)
    (found,) = conflicts.open_clashes(desk)
    return found


def _address(desk: Desk) -> object:
    syncing.sync(desk)
    return sheet_rows(desk, CUSTOMERS, "客户档案")[0]["地址"]


def test_the_question_shows_both_values(desk: Desk, clash: conflicts.Clash) -> None:
    assert clash.sentence() == (
        "王建国的地址两边都改过。店务台（客服）：3幢501；Excel（10:30读入）：3幢502。用哪个？"
    )


def test_theirs_stands(desk: Desk, clash: conflicts.Clash) -> None:
    conflicts.use_theirs(desk, clash.number, by="客服")
    assert _address(desk) == "3幢502"
    assert conflicts.open_clashes(desk) == []


def test_ours_is_written(desk: Desk, clash: conflicts.Clash) -> None:
    conflicts.use_ours(desk, clash.number, by="客服")
    assert _address(desk) == "3幢501"
    with pytest.raises(Misuse, match="已经核对过"):
        conflicts.use_ours(desk, clash.number, by="客服")


def test_a_third_value_is_written(desk: Desk, clash: conflicts.Clash) -> None:
    conflicts.use_other(desk, clash.number, "3幢503", by="客服")
    assert _address(desk) == "3幢503"
