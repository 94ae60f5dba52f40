from __future__ import annotations

from pathlib import Path

import pytest

from storedesk.domain.errors import Misuse
from storedesk.domain.select import Select
from storedesk.operations import checking, due, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.demo import make_demo
from storedesk.operations.desk import Desk, open_desk


@pytest.mark.parametrize("profile", ["furniture", "appliance", "auto"])
def test_a_practice_store_has_a_past_and_work_for_today(
    tmp_path: Path, clock: FixedClock, profile: str
) -> None:
    made = make_demo(tmp_path / "练习", profile=profile, customers=12, clock=clock)
    told = "\n".join(made.lines)
    assert "登记两个回访" in told
    with open_desk(tmp_path / "练习", clock=clock) as desk:
        assert syncing.sync(desk).waiting == ()
        assert checking.check(desk) == ()
        assert desk.mirror.count(Select("customers")) == 12
        assert desk.mirror.count(Select("call_attempts")) > 0
        assert any(item.kind == "七天回访" for item in due.due_list(desk).items)
        assert "客服" not in {person.name for person in desk.settings.active_staff()}


def test_it_is_gone_on_with_and_a_real_store_is_left_alone(
    tmp_path: Path, clock: FixedClock, desk: Desk
) -> None:
    make_demo(tmp_path / "练习", customers=3, clock=clock)
    again = make_demo(tmp_path / "练习", customers=3, clock=clock)
    assert again.lines[0].startswith("练习门店已经在")
    desk.close()
    with pytest.raises(Misuse, match="是真实的门店"):
        make_demo(desk.folder, clock=clock)
