"""A store without a desk: the shipped forms and settings, and records in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from storedesk import resources
from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.forms import Forms
from storedesk.domain.records import Record
from storedesk.domain.select import Select, evaluate
from storedesk.domain.settings import FollowUpRule, Member, Settings
from storedesk.domain.values import Raw, Value
from storedesk.operations.importing.plan import Fate, ImportPlan, PlannedRecord
from storedesk.operations.importing.planning import plan_import
from storedesk.operations.importing.reading import Task
from storedesk.operations.importing.tables import Table

MESSY = Path(__file__).parents[4] / "shared" / "data" / "messy"
REAL = MESSY.parent / "real" / "import"
needs_messy = pytest.mark.skipif(not MESSY.is_dir(), reason="the shared workbooks are not here")
CARS = ["车主", "手机", "车型", "VIN", "车牌", "交车日期", "开票金额"]
GOODS = ["姓名", "电话", "产品", "型号", "送货日期", "金额"]
MORNING = datetime(2026, 11, 22, 10, 0)


def settings_of(profile_key: str) -> Settings:
    """Return what a new store of this kind starts with, and two members of staff."""
    profile = resources.load_profile(profile_key)
    rules = {
        str(row["id"]): FollowUpRule(
            id=str(row["id"]),
            label=str(row["label"]),
            trade_name=str(row.get("trade_name", "")),
            active=bool(row.get("active")),
            from_days=_days(row, "from_days"),
            due_days=_days(row, "due_days"),
            last_days=_days(row, "last_days"),
        )
        for row in profile.rules
    }
    return Settings(
        store="幸福路店",
        profile=profile_key,
        calendar=WorkCalendar(),
        staff=(Member("YG-1", "赵倩"), Member("YG-2", "陈晨")),
        rules=rules,
        choices={name: one.values for name, one in profile.lists.items()},
        choice_defaults={n: one.default for n, one in profile.lists.items() if one.default},
    )


def _days(row: Mapping[str, Value], key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) else 0


@dataclass
class Store:
    """Records in a list, found as the mirror finds them; imports are taken in at once."""

    forms: Forms
    settings: Settings
    records: list[Record] = field(default_factory=list)

    def find(self, select: Select) -> Sequence[Record]:
        """Return the records a Select means."""
        return evaluate(select, self.records)

    def plan(
        self,
        rows: Iterable[Sequence[Raw]],
        ledger: str = "customers",
        *,
        sheet: str = "",
        given: dict[str, str] | None = None,
    ) -> ImportPlan:
        """Plan the import of one table."""
        return self.plan_tables([Table(sheet, list(rows))], ledger, given=given)

    def plan_tables(
        self,
        tables: Sequence[Table],
        ledger: str,
        *,
        source: str = "名单.xlsx",
        given: dict[str, str] | None = None,
    ) -> ImportPlan:
        """Plan the import of several tables."""
        task = Task(ledger, self.forms, self.settings, MORNING, source, given or {})
        return plan_import(tables, task, self.find)

    def take(self, plan: ImportPlan) -> dict[str, Record]:
        """Take a plan in; return the records touched by the name the plan gives them."""
        ids: dict[str, str] = {}
        touched: dict[str, Record] = {}
        for planned in plan.records:
            record = self._written(planned, ids)
            self.records = [one for one in self.records if one.id != record.id] + [record]
            touched[planned.ref] = record
        return touched

    def _written(self, planned: PlannedRecord, ids: dict[str, str]) -> Record:
        values = {**planned.values, **{key: ids[ref] for key, ref in planned.links.items()}}
        if not planned.new:
            (before,) = (one for one in self.records if one.id == planned.ref)
            return before.with_values(values)
        own = values.pop("id", None)
        number = len(self.records) + 1
        prefix = self.forms[planned.ledger].prefix
        ids[planned.ref] = str(own or f"{prefix}-20261122-A{number:03d}")
        return Record(planned.ledger, ids[planned.ref], values)

    def all(self, ledger: str) -> list[Record]:
        """Return the records of a ledger."""
        return [one for one in self.records if one.ledger == ledger]


@pytest.fixture(scope="session")
def forms() -> Forms:
    return resources.load_forms()


@pytest.fixture
def store(forms: Forms) -> Store:
    return Store(forms, settings_of("furniture"))


@pytest.fixture
def car_store(forms: Forms) -> Store:
    return Store(forms, settings_of("auto"))


def fates(plan: ImportPlan) -> list[Fate]:
    return [one.fate for one in plan.rows]
