"""A store's records in memory, and planning against them as operations would."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from storedesk.domain.changes import Edit
from storedesk.domain.profiles import Profile
from storedesk.domain.records import Record
from storedesk.domain.rules.followups import Planned, plan
from storedesk.domain.rules.triggers import customers_of, facts_about, happened_between
from storedesk.domain.select import Select, evaluate
from storedesk.domain.settings import Settings
from storedesk.domain.values import Value
from tests.domain.stores import FURNITURE, person, row, store


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def when(followup: Record) -> tuple[date | None, date | None, date | None]:
    return followup.day("from_on"), followup.day("due_on"), followup.day("last_on")


def followup_rule(rule_id: str, label: str, days: tuple[int, int, int]) -> dict[str, Value]:
    return {
        "id": rule_id,
        "label": label,
        "active": True,
        "from_days": days[0],
        "due_days": days[1],
        "last_days": days[2],
        "unit": "自然日",
        "questionnaire": f"Q-{rule_id}",
        "responsible": "回访人",
    }


def profile(key: str, biz_type: str) -> Profile:
    return Profile(
        key=key,
        label=key,
        biz_type=biz_type,
        roles=FURNITURE.roles,
        lists={},
        rules=(
            followup_rule("R01", "七天回访", (5, 7, 10)),
            followup_rule("R02", "修后三天回访", (2, 3, 5)),
            followup_rule("R03", "七天回访", (5, 7, 10)),
            followup_rule("R04", "修后三天回访", (1, 3, 5)),
        ),
        store={"门店休息": "除夕至初五"},
    )


STAFF = (person("王芳", "回访人"), person("林晓", "客服主管"), person("李强", "导购"))
HOME_STORE = store(*STAFF, profile=profile("furniture", "家具"))
CAR_STORE = store(*STAFF, profile=profile("auto", "汽车"))


class World:
    """Records by id, and what planning did with them."""

    def __init__(
        self, *records: Record, settings: Settings = HOME_STORE, today: str = "2026-11-18"
    ) -> None:
        self.settings = settings
        self.today = date.fromisoformat(today)
        self.records = {record.id: record for record in records}

    def put(self, *records: Record) -> None:
        self.records |= {record.id: record for record in records}

    def change(self, record_id: str, **values: Value) -> None:
        self.records[record_id] = self.records[record_id].with_values(values)

    def select(self, selects: Iterable[Select]) -> list[Record]:
        found = [one for select in selects for one in evaluate(select, self.records.values())]
        return list({one.id: one for one in found}.values())

    def planned(self) -> Planned:
        """Plan for everybody, as when a desk opens."""
        events = self.select(happened_between(date(2000, 1, 1), date(2199, 12, 31)))
        purchases = [one for one in self.records.values() if one.ledger != "customers"]
        about = customers_of([*events, *purchases])
        return plan(self.select(facts_about(about)), self.settings, self.today)

    def apply(self, edits: Iterable[Edit]) -> None:
        for edit in edits:
            begun = Record(edit.ledger, edit.record)
            known = self.records.get(edit.record)
            assert edit.new is (known is None), edit
            self.records[edit.record] = (known or begun).with_values(edit.values)

    def plan(self) -> list[Record]:
        """Plan, apply, and return all follow-ups in order of their due day."""
        self.apply(self.planned().edits)
        found = [one for one in self.records.values() if one.ledger == "followups"]
        return sorted(found, key=lambda one: (one.text("status"), str(one["due_on"]), one.id))

    def open_calls(self) -> list[Record]:
        return [one for one in self.plan() if one.text("status") == "待拨"]


def customer(record_id: str = "KH-1", /, **values: Value) -> Record:
    known: dict[str, Value] = {"name": "王建国", "phone": "13812345678", "cs_owner": "王芳"}
    return row("customers", record_id, **{**known, **values})


def purchase(record_id: str, day: str | None, /, **values: Value) -> Record:
    known: dict[str, Value] = {
        "customer": "KH-1",
        "customer_name": "王建国",
        "product": "沙发",
        "sales_owner": "李强",
        "delivered_on": date.fromisoformat(day) if day else None,
        "status": "已交付" if day else "待交付",
    }
    return row("purchases", record_id, **{**known, **values})
