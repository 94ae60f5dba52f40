from datetime import datetime

import pytest

from storedesk import resources
from storedesk.domain.ledgers import visits
from storedesk.domain.ledgers.visits import Visit
from storedesk.domain.records import Record
from storedesk.domain.values import Value

AT = datetime(2026, 11, 18, 14, 50)
LATER = datetime(2026, 11, 20, 17, 0)


def visit(**values: Value) -> Visit:
    return Visit(Record("visits", "SO-1", values))


@pytest.mark.parametrize(
    ("values", "still_open"),
    [
        ({}, True),
        ({"status": "已派工"}, True),
        ({"status": "已派工", "finished_at": AT}, False),
        ({"status": "未完成", "finished_at": AT}, True),
        ({"status": "待件", "finished_at": AT}, True),
        ({"status": "返修", "finished_at": AT}, True),
        ({"status": "已完成"}, False),
        ({"status": "已完成", "finished_at": AT, "first_time_done": False}, False),
        ({"status": "已取消"}, False),
    ],
)
def test_a_job_is_open_until_it_is_done(values: dict[str, Value], still_open: object) -> None:
    assert visit(**values).is_open is still_open


def test_a_car_is_back_when_it_left_the_workshop() -> None:
    assert visit(finished_at=AT).ended_at == AT
    assert visit(finished_at=AT, left_shop_at=LATER).ended_at == LATER
    assert visit().ended_at is None


def test_repairs_are_told_from_deliveries() -> None:
    kinds = resources.load_profile("furniture").lists["工单类型"].values
    repairs = {kind for kind in kinds if visit(kind=kind).is_repair}
    assert repairs == {"维修", "保养", "检测"}
    assert visit(status="已取消").is_cancelled
    assert not visit(status="已完成").is_cancelled


def test_every_repair_is_offered_somewhere() -> None:
    profiles = [resources.load_profile(key) for key in resources.profile_keys()]
    offered = {kind for profile in profiles for kind in profile.lists["工单类型"].values}
    assert set(visits.REPAIRS) <= offered
    states = profiles[0].lists["工单状态"].values
    assert {*visits.UNFINISHED, visits.DONE, visits.CANCELLED} <= set(states)
