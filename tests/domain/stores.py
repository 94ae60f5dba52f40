"""Small stores and records for tests of rules."""

from __future__ import annotations

from datetime import date

from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.profiles import ChoiceList, Profile
from storedesk.domain.records import Record
from storedesk.domain.settings import Settings
from storedesk.domain.settings_sheet import settings_from
from storedesk.domain.values import Value

CALENDAR = WorkCalendar(
    years=frozenset({2026}),
    quiet=frozenset(date(2026, 2, day) for day in range(16, 20)),
)

FURNITURE = Profile(
    key="furniture",
    label="家具店",
    biz_type="家具",
    roles={"caller": "回访人", "manager": "客服主管", "gm": "店长", "sales": "导购"},
    lists={"客户类型": ChoiceList(("个人", "单位"), "个人"), "称呼": ChoiceList(("先生", "女士"))},
    rules=(
        {
            "id": "R03",
            "label": "七天回访",
            "trade_name": "销售7DC",
            "active": True,
            "from_days": 5,
            "due_days": 7,
            "last_days": 10,
            "unit": "自然日",
            "questionnaire": "Q7-HOME",
            "responsible": "回访人",
        },
        {"id": "R12", "label": "意见建议答复", "active": True, "due_days": 2, "unit": "工作日"},
    ),
    store={"门店休息": "除夕至初五", "拨打时段": "10:00-12:00,15:00-20:00"},
)


def row(ledger: str, record_id: str, /, **values: Value) -> Record:
    return Record(ledger, record_id, {k: v for k, v in values.items() if v is not None})


def person(
    name: str, *roles: str, status: str = "在职", record_id: str = "", deputy: str | None = None
) -> Record:
    return row(
        "staff",
        record_id or f"YG-{name}",
        name=name,
        roles=";".join(roles),
        status=status,
        deputy=deputy,
    )


def store(*records: Record, profile: Profile = FURNITURE) -> Settings:
    """Return the settings a store has with these rows in 门店设置.xlsx."""
    by_ledger: dict[str, list[Record]] = {}
    for record in records:
        by_ledger.setdefault(record.ledger, []).append(record)
    return settings_from(by_ledger, CALENDAR, profile)
