from __future__ import annotations

from pathlib import Path

import pytest

from storedesk.operations import reports, signing
from storedesk.operations.clock import FixedClock
from storedesk.operations.demo import make_demo
from storedesk.operations.demo_reports import PASSPHRASE
from storedesk.operations.desk import open_desk
from tests.operations.shops import attached


@pytest.mark.parametrize(("profile", "count"), [("furniture", 1), ("auto", 2)])
def test_the_practice_store_ends_with_its_daily_signed_and_verified(
    tmp_path: Path, clock: FixedClock, profile: str, count: int
) -> None:
    made = make_demo(tmp_path / "练习", profile=profile, customers=12, clock=clock)
    told = "\n".join(made.lines)
    assert told.count("验签：可以采信（试用根签发，只供试用）") == count
    assert PASSPHRASE in told
    with open_desk(tmp_path / "练习", clock=clock) as desk:
        lines = reports.list_reports(desk)
        assert [line.status for line in lines] == ["已签发"] * 2 * count, "yesterday's and today's"
        assert all(signing.verify(line.path).exit_code == 0 for line in lines)
        (order,) = [one for line in lines[:count] for one in attached(line.path)["instructions"]]
        assert order["report_no"] in [line.report_no for line in lines[count:]]
        assert not order["done"]


def test_run_twice_on_a_day_it_shows_an_amendment(tmp_path: Path, clock: FixedClock) -> None:
    make_demo(tmp_path / "练习", customers=12, clock=clock)
    again = "\n".join(make_demo(tmp_path / "练习", customers=12, clock=clock).lines)
    assert "更正版 V2" in again
    assert "验签：可以采信" in again
