"""Every list model of the window keeps Qt's own rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from PySide6.QtCore import QAbstractItemModel, QObject
from PySide6.QtTest import QAbstractItemModelTester

from storedesk.domain.problems import Kind, Problem
from storedesk.domain.rules.due_item import DueItem
from storedesk.gui.due_model import DueModel, line_of
from storedesk.gui.pages.find import HitModel
from storedesk.gui.widgets.problem_list import ProblemModel
from storedesk.operations.records import Hit

NOW = datetime(2026, 11, 22, 14, 24)


def item(due_at: datetime, *, overdue: bool = False, suspended: bool = False) -> DueItem:
    return DueItem(
        kind="七天回访",
        ledger="followups",
        record="HF-1",
        customer="KH-1",
        customer_name="王建国",
        phone="13800138000",
        what="沙发",
        from_on=date(2026, 11, 20),
        due_at=due_at,
        rings_at=due_at,
        owner="林晓",
        reason="11-15 送装",
        overdue=overdue,
        suspended=suspended,
    )


@pytest.fixture
def parent() -> Iterator[QObject]:
    made = QObject()
    yield made
    made.deleteLater()


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_due_model(parent: QObject) -> None:
    model = DueModel(parent)
    tester = watched(model)
    model.show_items([item(NOW), item(datetime(2026, 11, 23, 10))], NOW)
    assert model.rowCount() == 2
    assert model.row_of("HF-1", "七天回访") == 0
    assert model.row_of("HF-2") == -1
    assert model.item_at(5) is None
    model.show_items([], NOW)
    assert model.rowCount() == 0
    del tester


def test_hit_model(parent: QObject) -> None:
    model = HitModel(parent)
    tester = watched(model)
    model.show_hits([(Hit("customers", "KH-1", "王建国", "13800138000"), "客户档案")])
    assert model.index(0).data() == "王建国"
    assert model.hit(3) is None
    del tester


def test_problem_model(parent: QObject) -> None:
    model = ProblemModel(parent)
    tester = watched(model)
    problem = Problem(Kind.BAD_VALUE, "「明天」不是日期", "请写成 2026-11-22", "客户档案.xlsx")
    model.show_problems([problem])
    assert model.problem(0) is problem
    assert model.index(0).data() == "「明天」不是日期"
    del tester


@pytest.mark.parametrize(
    ("thing", "when", "tone"),
    [
        (item(datetime(2026, 11, 18, 18), overdue=True), "超 3 天", "danger"),
        (item(datetime(2026, 11, 22, 10), overdue=True), "超 4 小时", "danger"),
        (item(datetime(2026, 11, 22, 14, 10), overdue=True), "刚超时", "danger"),
        (item(datetime(2026, 11, 22, 15, 30)), "15:30", "info"),
        (item(datetime(2026, 11, 22, 20)), "今天", "info"),
        (item(datetime(2026, 11, 23, 20)), "明天", "neutral"),
        (item(datetime(2026, 11, 26, 20)), "周四", "neutral"),
        (item(datetime(2026, 12, 20, 20)), "12-20", "neutral"),
        (item(datetime(2026, 11, 18), overdue=True, suspended=True), "暂缓", "neutral"),
    ],
)
def test_when_a_thing_is_due_is_said_as_people_say_it(thing: DueItem, when: str, tone: str) -> None:
    line = line_of(thing, NOW)
    assert (line.when, line.tone) == (when, tone)
    assert line.what == "七天回访 · 沙发"
