from __future__ import annotations

from datetime import date, datetime

import pytest

from storedesk.domain.ledgers.report_log import ReportEntry
from storedesk.domain.rules import due
from storedesk.domain.rules.due_item import AsOf, DueItem
from storedesk.domain.rules.due_reports import reports_due
from storedesk.domain.select import evaluate
from storedesk.domain.signatures import Role
from storedesk.domain.values import Value
from tests.domain.stores import person, row, store

FRIDAY = date(2026, 11, 20)
SIGNED = datetime(2026, 11, 20, 18, 5)
ALL_SIGNED: dict[str, Value] = dict.fromkeys(
    ("signed_caller_at", "signed_manager_at", "signed_gm_at"), SIGNED
)
STAFF = (person("赵倩", "回访人"), person("林晓", "客服主管"), person("客服", "回访人"))


def report(**values: Value) -> ReportEntry:
    usual: dict[str, Value] = {"kind": "综合", "reported_on": FRIDAY, "status": "草稿"}
    return ReportEntry(row("report_log", "RB-20261120", **(usual | values)))


def items(entry: ReportEntry, now: datetime = SIGNED, *staff: object) -> list[DueItem]:
    records = [entry.record]
    found = {r.id: r for select in due.SELECTS for r in evaluate(select, records)}
    return due.due_items(found.values(), store(*(staff or STAFF)), now)  # type: ignore[arg-type]  # records of staff


def test_an_unsigned_daily_is_owed_by_noon_of_the_next_working_day() -> None:
    (item,) = items(report())
    assert (item.kind, item.owner, item.due_at) == (
        "日报待签",
        "赵倩",
        datetime(2026, 11, 23, 12),
    )
    assert item.reason == "等回访人签字，11-23 12:00 前"
    (late,) = items(report(), datetime(2026, 11, 23, 15))
    assert (late.overdue, late.reason) == (True, "等回访人签字，11-23 12:00 前，已超 3 小时")


@pytest.mark.parametrize(
    ("cells", "role", "owner"),
    [
        ({}, Role.CALLER, "赵倩"),
        ({"status": "待审核", "signed_caller_at": SIGNED}, Role.MANAGER, "林晓"),
        (
            {"status": "待批示", "signed_caller_at": SIGNED, "signed_manager_at": SIGNED},
            Role.GM,
            "店长",
        ),
    ],
)
def test_it_is_owed_by_who_signs_next(cells: dict[str, Value], role: Role, owner: str) -> None:
    """The role itself where nobody, or more than one, has it."""
    assert report(**cells).waits_for is role
    (item,) = items(report(**cells))
    assert item.owner == owner


def test_the_stand_in_owes_it_while_nobody_real_is_there() -> None:
    (item,) = items(report(), SIGNED, person("客服", "回访人"))
    assert item.owner == "客服"


def test_issued_void_and_other_reports_owe_nothing() -> None:
    assert items(report(status="已签发", **ALL_SIGNED)) == []
    assert report(**ALL_SIGNED).is_signed
    assert report(**ALL_SIGNED).waits_for is None
    assert items(report(status="作废")) == []
    assert items(report(status="退回更正")) == []
    assert items(report(kind="周报")) == []
    rule = row("followup_rules", "R30", label="日报未签", active=False)
    assert items(report(), SIGNED, rule) == []


def test_an_order_is_owed_until_it_is_done() -> None:
    order: dict[str, Value] = {
        "status": "已签发",
        "instruction": "三天内回复客户",
        "instruction_owner": "林晓",
        "instruction_due": date(2026, 11, 23),
        "instruction_status": "未做",
    }
    (item,) = items(report(**order, **ALL_SIGNED))
    assert (item.kind, item.owner, item.what) == ("批示落实", "林晓", "三天内回复客户")
    assert item.reason == "11-20 日报的批示，11-23 前完成"
    assert items(report(**{**order, **ALL_SIGNED, "instruction_status": "完成"})) == []
    undated = report(**{**order, **ALL_SIGNED, "instruction_due": None, "reported_on": None})
    (item,) = items(undated)
    assert (item.due_at, item.reason) == (
        datetime(2026, 11, 20, 18),
        "日报的批示，11-20 前完成，刚超时",
    )


def test_a_report_without_a_day_is_owed_from_today() -> None:
    (item,) = reports_due([report(reported_on=None)], AsOf(store(), SIGNED))
    assert item.from_on == FRIDAY
