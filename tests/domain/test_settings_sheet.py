from __future__ import annotations

from datetime import date, time

import pytest

from storedesk.domain.calendar import Basis
from storedesk.domain.call_window import Period
from storedesk.domain.records import Record
from storedesk.domain.settings import CallLimits, Settings
from storedesk.domain.settings_sheet import periods_in
from tests.domain.stores import person, row, store


def info(name: str, value: str) -> Record:
    return row("store_info", f"MD-{name}", name=name, value=value)


def choice(value: str, **values: str | int | bool) -> Record:
    return row("choices", f"ZD-{value}", list="客户类型", value=value, **values)


def said(settings: Settings) -> list[str]:
    return [problem.what for problem in settings.problems]


def test_a_desk_without_rows_is_set_as_its_profile_begins() -> None:
    settings = store()
    assert settings.profile == "furniture"
    assert settings.rules["R03"].due_days == 7
    assert settings.rules["R12"].basis is Basis.STATUTORY
    assert settings.choices["客户类型"] == ("个人", "单位")
    assert settings.choice_defaults == {"客户类型": "个人"}
    assert settings.window.periods == (Period(time(10), time(12)), Period(time(15), time(20)))
    assert (settings.answer_basis, settings.remind_basis) == (Basis.STATUTORY, Basis.OPEN)
    assert settings.problems == ()


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("", 2 << 30),
        ("2 GB", 2 << 30),
        ("500 MB", 500 << 20),
        ("1.5g", 3 << 29),
        ("１ＴＢ", 1 << 40),
        ("8", 8 << 30),
    ],
)
def test_what_backups_may_take_is_a_cell(typed: str, size: int) -> None:
    settings = store(info("备份上限", typed))
    assert settings.backup_limit == size
    assert said(settings) == []


@pytest.mark.parametrize("typed", ["很多", "0", "-1 GB", "2 KB", "99999"])
def test_a_size_that_makes_no_sense_is_listed_and_deletes_nothing(typed: str) -> None:
    settings = store(info("备份上限", typed))
    assert settings.backup_limit == 2 << 30
    assert said(settings) == [f"备份上限「{typed}」看不懂，按平常的设定执行"]


def test_staff_without_a_name_is_left_out() -> None:
    settings = store(person("王芳", "回访人", deputy="林晓"), row("staff", "YG-2", roles="师傅"))
    assert [(one.name, one.deputy) for one in settings.staff] == [("王芳", "林晓")]


def test_rule_rows_replace_what_the_profile_began_with() -> None:
    settings = store(
        row("followup_rules", "R03", label="七日回访", active=True, from_days=4, due_days=6),
        row("followup_rules", "R12", label="意见答复", active=False, due_days=3, unit="门店营业日"),
        row("followup_rules", "R99", label="自己加的", active=True, due_days=1),
    )
    rule = settings.rules["R03"]
    assert (rule.label, rule.from_days, rule.due_days, rule.last_days) == ("七日回访", 4, 6, 10)
    assert rule.questionnaire == "Q7-HOME"
    answer = settings.rules["R12"]
    assert (answer.active, answer.basis, answer.due_days) == (False, Basis.OPEN, 3)
    added = settings.rules["R99"]
    assert (added.from_days, added.due_days, added.last_days) == (1, 1, 1)
    assert settings.problems == ()


def test_nonsense_days_are_read_as_the_default_and_listed() -> None:
    nonsense = Record("followup_rules", "R03", {"active": True}, raw={"due_days": "一周"})
    settings = store(nonsense, row("followup_rules", "R12", due_days=2.5, active=True))
    assert settings.rules["R03"].due_days == 7
    assert settings.rules["R12"].due_days == 2
    assert said(settings) == [
        "规则 R03 的天数「一周」不合适，按 7 天执行",
        "规则 R12 的天数「2.5」不合适，按 2 天执行",
    ]
    assert settings.problems[0].record == "R03"
    assert settings.problems[0].column == "due_days"


def test_days_out_of_order_are_put_in_order_and_listed() -> None:
    settings = store(
        row("followup_rules", "R03", active=True, from_days=9, due_days=7, last_days=3),
        row("followup_rules", "R12", active=True, due_days=2),
    )
    rule = settings.rules["R03"]
    assert (rule.from_days, rule.due_days, rule.last_days) == (7, 7, 7)
    assert len(settings.problems) == 2


def test_a_rule_whose_row_was_deleted_goes_on_and_is_listed() -> None:
    settings = store(row("followup_rules", "R12", active=True, due_days=2))
    assert settings.rules["R03"].active
    assert said(settings) == ["「回访规则」里没有 R03（七天回访），按原来的设定执行"]


def test_choice_lists_in_order_with_default_and_retired_values() -> None:
    settings = store(
        choice("单位", sequence=2),
        choice("个人", sequence=1, is_default=True),
        choice("公司", sequence=3, active=False),
    )
    assert settings.choices["客户类型"] == ("个人", "单位")
    assert settings.choice_defaults["客户类型"] == "个人"
    assert settings.knows_choice("客户类型", "公司")
    assert not settings.knows_choice("客户类型", "其他")


def test_a_list_without_a_starred_value_has_no_default() -> None:
    assert "客户类型" not in store(choice("个人")).choice_defaults


def test_the_stores_own_days() -> None:
    def day(kind: str | None, on: date | None) -> Record:
        return row("calendar", f"RL-{kind}-{on}", day=on, kind=kind)

    settings = store(
        day("法定假", date(2026, 10, 1)),
        day("调休上班", date(2026, 10, 10)),
        day("门店休息", date(2026, 11, 21)),
        day("门店营业", date(2026, 2, 17)),
        day("放假", date(2026, 5, 1)),
        day("门店休息", None),
        day(None, date(2026, 5, 2)),
    )
    calendar = settings.calendar
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))
    assert not calendar.is_open(date(2026, 11, 21))
    assert calendar.is_open(date(2026, 2, 17))
    assert said(settings) == [
        "工作日历里这一行看不懂：放假",
        "工作日历里这一行看不懂：门店休息",
        "工作日历里这一行看不懂：没有类型",
    ]


def test_closed_from_new_years_eve_to_the_fifth() -> None:
    calendar = store().calendar
    closed = [day for day in range(14, 25) if not calendar.is_open(date(2026, 2, day))]
    assert closed == [16, 17, 18, 19, 20, 21]


def test_a_weekly_day_of_rest() -> None:
    settings = store(info("门店休息", "除夕到初三、每周一"))
    assert not settings.calendar.is_open(date(2026, 11, 23))
    assert settings.calendar.is_open(date(2026, 11, 22))
    assert settings.calendar.is_open(date(2026, 2, 21))
    assert settings.problems == ()


def test_a_store_that_rests_all_week_is_open_all_week() -> None:
    settings = store(info("门店休息", "周一周二周三周四周五周六周日"))
    assert settings.calendar.is_open(date(2026, 11, 23))


def test_store_info_by_name() -> None:
    settings = store(
        info("门店名称", "全友家居亭湖店"),
        info("拨打 时段", "9：30—11：30 14点到18点30分"),
        info("最早拨打", "9点"),
        info("最晚拨打", "20:30"),
        info("营业时间", "8:30-12:00, 13:00-17:30"),
        info("答复口径", "门店营业日"),
        info("提醒口径", "自然日"),
        info("门店休息", "全年无休"),
        info("未接通次数", "４"),
        info("自己的项目", "自己的内容"),
    )
    assert settings.store == "全友家居亭湖店"
    assert settings.window.periods == (
        Period(time(9, 30), time(11, 30)),
        Period(time(14), time(18, 30)),
    )
    assert (settings.window.earliest, settings.window.latest) == (time(9), time(20, 30))
    assert settings.hours == Period(time(8, 30), time(17, 30))
    assert (settings.answer_basis, settings.remind_basis) == (Basis.OPEN, Basis.CALENDAR)
    assert settings.limits == CallLimits(attempt_count=4)
    assert settings.info["自己的项目"] == "自己的内容"
    assert settings.calendar.is_open(date(2026, 2, 17))
    assert settings.problems == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("拨打时段", "随时"),
        ("最晚拨打", "很晚"),
        ("最晚拨打", "25:00"),
        ("营业时间", "看心情"),
        ("答复口径", "两天"),
        ("门店休息", "看情况"),
        ("改约次数", "很多"),
        ("留言等待天数", "0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_read_as_usual_and_listed(name: str, value: str) -> None:
    settings = store(info(name, value))
    assert said(settings) == [f"{name}「{value}」看不懂，按平常的设定执行"]
    usual = store()
    assert settings.window == usual.window
    assert settings.hours == usual.hours
    assert settings.limits == usual.limits
    assert settings.answer_basis is usual.answer_basis


@pytest.mark.parametrize("text", ["", "25:00-26:00", "12:00-10:00", "10:00", "10:61-12:00"])
def test_texts_without_a_period(text: str) -> None:
    assert periods_in(text) == ()
