import pytest

from storedesk import resources
from storedesk.domain.calendar import Basis
from storedesk.domain.forms import BadForm
from storedesk.domain.profiles import ChoiceList, Profile, profile_from_tables

BASE_RULES = [
    *("R03", "R04", "R08", "R09", "R10", "R11", "R12", "R13", "R23", "R24", "R25", "R26"),
    *("R28", "R29", "R30", "R33", "R35"),
]
PROFILES = {key: resources.load_profile(key) for key in resources.profile_keys()}
every_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.key)


def switched_on(profile: Profile) -> list[object]:
    return [rule["id"] for rule in profile.rules if rule["active"]]


def test_few_follow_ups_are_on_when_a_store_begins() -> None:
    """100 deliveries = 100 calls, not 600 (shop.md §2)."""
    assert switched_on(PROFILES["furniture"]) == BASE_RULES
    assert switched_on(PROFILES["appliance"]) == BASE_RULES
    cars = {*BASE_RULES, "R01", "R02", "R17", "R18", "R19", "R20"} - {"R03", "R04"}
    assert switched_on(PROFILES["auto"]) == sorted(cars)


def test_the_two_great_calls_have_their_days() -> None:
    """domain.md §5.2: 七天回访 D+5 … D+7 … D+10; 修后三天回访 D+3."""
    for profile, seven, three, first in (("furniture", "R03", "R04", 1), ("auto", "R01", "R02", 2)):
        rules = {rule["id"]: rule for rule in PROFILES[profile].rules}
        days = [rules[seven][key] for key in ("from_days", "due_days", "last_days")]
        assert (rules[seven]["label"], days) == ("七天回访", [5, 7, 10])
        days = [rules[three][key] for key in ("from_days", "due_days", "last_days")]
        assert (rules[three]["label"], days) == ("修后三天回访", [first, 3, 5])
        assert rules[seven]["trade_name"] == "销售7DC"


@every_profile
def test_rules_are_rows_of_their_ledger(profile: Profile) -> None:
    form = resources.load_forms()["followup_rules"]
    lists = profile.lists
    assert len({rule["id"] for rule in profile.rules}) == len(profile.rules)
    for rule in profile.rules:
        assert set(rule) <= set(form.by_key)
        assert rule["unit"] in lists["天数口径"].values
        assert rule["trigger_word"] in lists["触发事件"].values
        assert rule["responsible"] in lists["岗位"].values
        known = [rule[key] for key in ("from_days", "due_days", "last_days") if key in rule]
        assert known == sorted(known, key=float)  # type: ignore[arg-type]


@every_profile
def test_rules_ask_shipped_questionnaires_and_make_known_kinds(profile: Profile) -> None:
    questionnaires = resources.load_questionnaires()
    for rule in profile.rules:
        assert rule.get("questionnaire", "Q7-HOME") in questionnaires
    calls = [rule for rule in profile.rules if rule.get("questionnaire")]
    assert {rule["label"] for rule in calls} <= set(profile.lists["回访类型"].values)


@every_profile
def test_units_of_days_are_what_the_calendar_counts(profile: Profile) -> None:
    assert {Basis.CALENDAR.value, Basis.OPEN.value} < set(profile.lists["天数口径"].values)
    assert profile.store["答复口径"] == Basis.STATUTORY.value
    assert profile.store["提醒口径"] == Basis.OPEN.value


@every_profile
def test_sources_are_those_of_today(profile: Profile) -> None:
    """shop.md §3."""
    sources = set(profile.lists["客户来源"].values)
    assert {"抖音", "小红书", "团购会"} <= sources
    assert not {"报纸", "电台", "电视"} & sources


def test_stores_call_their_people_differently() -> None:
    """shop.md §4."""
    signers = [
        [profile.roles[role] for role in ("caller", "manager", "gm")]
        for profile in (PROFILES["furniture"], PROFILES["auto"])
    ]
    assert signers == [["回访人", "客服主管", "店长"], ["回访人", "客服经理", "总经理"]]
    assert len({frozenset(profile.roles) for profile in PROFILES.values()}) == 1


def test_only_car_dealers_have_cars() -> None:
    assert {key for key, profile in PROFILES.items() if "vehicles" in profile.hidden} == {
        "furniture",
        "appliance",
    }
    assert PROFILES["auto"].lists["业态"].default == PROFILES["auto"].biz_type == "汽车"


EVERY = {
    "store": {"营业时间": "9:00-18:00", "品牌": ""},
    "lists": {"颜色": ["红", "蓝*"], "大小": ["大"]},
    "rule": [
        {"id": "R01", "label": "甲", "due_days": 7, "responsible": "gm"},
        {"id": "R02", "label": "乙", "responsible": "gm", "profiles": ["other"]},
    ],
}
OWN = {
    "key": "shop",
    "label": "小店",
    "biz_type": "百货",
    "hidden": ["vehicles"],
    "rules_on": ["R01"],
    "roles": {"gm": "老板", "caller": "老板"},
    "lists": {"大小": ["小", "中*"]},
    "store": {"营业时间": "8:00-20:00"},
}


def build(every: dict[str, object] | None = None, **own: object) -> Profile:
    return profile_from_tables(EVERY | (every or {}), OWN | own, "shop.toml")


def test_a_store_s_own_file_adds_and_replaces() -> None:
    profile = build()
    assert profile.lists["颜色"] == ChoiceList(("红", "蓝"), "蓝")
    assert profile.lists["大小"] == ChoiceList(("小", "中"), "中")
    assert profile.lists["岗位"] == ChoiceList(("老板",))
    assert profile.store == {"营业时间": "8:00-20:00", "品牌": ""}
    assert profile.rules == (
        {"id": "R01", "label": "甲", "due_days": 7, "responsible": "老板", "active": True},
    )
    assert build(rules_on=[]).rules[0]["active"] is False
    assert profile.hidden == ("vehicles",)


@pytest.mark.parametrize(
    ("every", "own", "what"),
    [
        ({"colour": 1}, {}, r"every_store\.toml: unknown key: colour"),
        ({}, {"colour": 1}, r"shop\.toml: unknown key: colour"),
        ({}, {"label": ""}, "'label' is missing"),
        ({}, {"rules_on": ["R02"]}, "no such rule: R02"),
        ({}, {"roles": {"caller": "老板"}}, "R01: no such role: gm"),
        ({}, {"roles": ["gm"]}, "'roles' must be a table"),
        ({}, {"lists": ["大小"]}, "'lists' must be a table"),
        ({}, {"lists": {"大小": "大"}}, "'大小' must be a list of texts"),
        ({}, {"lists": {"大小": []}}, "list '大小' is empty"),
        ({}, {"lists": {"大小": ["大", "大*"]}}, "has a value twice"),
        ({}, {"lists": {"大小": ["大*", "小*"]}}, "two stars"),
        ({"rule": "R01"}, {}, "a list of tables"),
        ({"rule": [{"id": "R01", "colour": 1, "responsible": "gm"}]}, {}, "R01: unknown key"),
        ({"rule": [{"id": "R01", "due_days": "7", "responsible": "gm"}]}, {}, "'due_days' must be"),
        ({"rule": [{"id": "R01", "label": 7, "responsible": "gm"}]}, {}, "'label' is missing"),
    ],
)
def test_a_profile_that_says_what_it_cannot_say_is_refused(
    every: dict[str, object], own: dict[str, object], what: str
) -> None:
    with pytest.raises(BadForm, match=what):
        build(every, **own)
