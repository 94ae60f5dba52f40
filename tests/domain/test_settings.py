from __future__ import annotations

import pytest

from storedesk.domain.settings import Settings
from tests.domain.stores import person, store


def actor(settings: Settings) -> str | None:
    found = settings.default_actor()
    return found.name if found else None


def test_people_are_looked_up_by_name() -> None:
    settings = store(
        person("王芳", "回访人"),
        person("李强", "导购", record_id="YG-1"),
        person("李强", "师傅", status="离职", record_id="YG-2"),
    )
    assert [one.id for one in settings.staff_named("王芳")] == ["YG-王芳"]
    assert [one.id for one in settings.staff_named("李强")] == ["YG-1", "YG-2"]
    assert settings.staff_named("赵六") == ()
    assert settings.is_active("李强")
    assert not settings.is_active("赵六")
    assert [one.name for one in settings.active_staff()] == ["王芳", "李强"]


@pytest.mark.parametrize(
    ("people", "expected", "why"),
    [
        ([("王芳", "回访人")], "王芳", "the only 回访人"),
        ([("王芳", "客服顾问"), ("林晓", "导购")], "王芳", "any 客服 will do"),
        ([("王芳", "回访人"), ("林晓", "客服主管")], "王芳", "the manager is asked second"),
        ([("林晓", "客服主管"), ("赵六", "店长")], "林晓", "only the manager is there"),
        ([("客服", "回访人")], "客服", "a new desk has its stand-in"),
        ([("客服", "回访人"), ("王芳", "回访人")], "王芳", "a real person replaces the stand-in"),
        ([("客服", "回访人"), ("林晓", "客服主管")], "林晓", "… of either role"),
        ([("王芳", "回访人"), ("陈静", "回访人")], None, "two cannot be told apart"),
        ([("王芳", "回访人;客服主管")], "王芳", "one person, both roles"),
        ([("林晓", "导购")], None, "nobody of customer service"),
    ],
)
def test_who_acts_when_nobody_is_named(
    people: list[tuple[str, str]], expected: str | None, why: str
) -> None:
    settings = store(*(person(name, *roles.split(";")) for name, roles in people))
    assert actor(settings) == expected, why


def test_leavers_do_not_act() -> None:
    assert actor(store(person("王芳", "回访人", status="离职"), person("陈静", "回访人"))) == "陈静"


def test_callers_are_agents_first_then_their_manager() -> None:
    settings = store(person("林晓", "客服主管"), person("王芳", "回访人"), person("赵六", "店长"))
    assert [one.name for one in settings.callers()] == ["王芳", "林晓"]


def test_choices_on_offer_and_retired() -> None:
    settings = store()
    assert settings.knows_choice("客户类型", "个人")
    assert not settings.knows_choice("客户类型", "公司")
    assert settings.knows_choice("没有这个列表", "随便")
