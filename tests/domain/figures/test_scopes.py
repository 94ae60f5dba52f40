from __future__ import annotations

from dataclasses import replace

from storedesk.domain.figures.scopes import (
    REPAIRS,
    SALES,
    report_no_of,
    scopes_of,
    version_id,
)
from tests.domain.figures.calls import ON, followup
from tests.domain.stores import store

HOME = store()
CARS = replace(HOME, profile="auto", rules={})


def test_one_daily_for_homes_and_two_for_cars() -> None:
    assert [scope.report_no(ON) for scope in scopes_of(HOME)] == ["RB-20261122"]
    assert [scope.report_no(ON) for scope in scopes_of(CARS)] == [
        "RB-20261122-7DC",
        "RB-20261122-3DC",
    ]


def test_a_kind_is_known_by_its_rule_or_by_the_name_people_typed() -> None:
    assert SALES.includes(followup(rule="R01"), HOME)
    assert SALES.includes(followup(rule=None, kind="七天回访"), HOME)
    assert not SALES.includes(followup(rule=None, kind="生日问候"), HOME)
    assert not SALES.includes(followup(rule="R04", kind="七天回访"), HOME)


def test_names_are_the_stores_own() -> None:
    assert (SALES.labels(HOME), SALES.trade_name(HOME)) == (("七天回访",), "销售7DC")
    assert SALES.questionnaires(HOME) == ("Q7-HOME",)
    assert (REPAIRS.labels(HOME), REPAIRS.trade_name(HOME)) == ((), "3DC")
    assert (SALES.event_label(HOME), SALES.event_label(CARS)) == ("送货日", "交车日")


def test_an_opinion_stands_with_its_call_any_other_with_the_sales() -> None:
    (both,) = scopes_of(HOME)
    sales, repairs = scopes_of(CARS)
    repair, other = followup(rule="R02"), followup(rule="R14")
    told = {
        one.kind: [one.tells_opinion(call, CARS) for call in (repair, other, None)]
        for one in (both, sales, repairs)
    }
    assert told == {
        "综合": [True, True, True],
        "7DC": [False, True, True],
        "3DC": [True, False, False],
    }


def test_versions_of_a_number() -> None:
    assert version_id("RB-20261122-7DC", 1) == "RB-20261122-7DC"
    assert version_id("RB-20261122-7DC", 12) == "RB-20261122-7DC-V12"
    assert report_no_of("RB-20261122-7DC-V12") == "RB-20261122-7DC"
    assert report_no_of("RB-20261122") == "RB-20261122"
