"""Dailies one after the other: what one carries over to the next."""

from __future__ import annotations

import re
from datetime import date, timedelta

from storedesk.domain.select import Select
from storedesk.operations import followups, records
from tests.helpers import reading
from tests.operations.shops import CALLER, FRIDAY, MANAGER, SATURDAY, SUNDAY, Shop, attached
from tests.operations.test_reports import NO


def test_each_daily_holds_the_fingerprint_of_the_one_before(busy: Shop) -> None:
    first = busy.report()
    assert attached(first.path)["previous"] == {"no": "", "fingerprint": ""}
    busy.sign_all(NO)
    busy.on(SATURDAY)
    second = busy.report()
    assert attached(second.path)["previous"] == {"no": NO, "fingerprint": first.fingerprint}
    assert f"上一日报指纹{first.fingerprint[:12]}" in reading.text(second.path.read_bytes())
    assert re.fullmatch(r"[0-9a-f]{64}", attached(second.path)["history_head"])


def test_a_gap_in_the_chain_is_told(busy: Shop) -> None:
    busy.report().path.unlink()
    busy.on(SATURDAY)
    made = busy.report()
    assert any("指纹接不上" in remark for remark in made.remarks)
    busy.report(FRIDAY)
    assert any("RB-20261121 还没签字，请重新生成" in r for r in busy.report(FRIDAY).remarks)


def test_a_signed_daily_that_is_gone_is_not_compared(busy: Shop) -> None:
    path = busy.report().path
    busy.sign_all(NO)
    path.unlink()
    busy.on(SATURDAY)
    assert attached(busy.report().path)["corrections"] == []


def test_empty_days_are_listed_in_the_next_daily_and_busy_ones_are_missed(busy: Shop) -> None:
    busy.report()
    busy.sign(NO)
    due = busy.deliver("郑雪梅", FRIDAY - timedelta(days=4))
    records.add(busy.desk, "calendar", {"day": date(2026, 11, 24), "kind": "门店休息"}, CALLER)
    busy.on(date(2026, 11, 25))
    busy.try_to_reach(due)
    made = busy.report()
    assert attached(made.path)["empty_days"] == [
        {"first_on": "2026-11-21", "last_on": "2026-11-22", "reason": "无应访客户"},
        {"first_on": "2026-11-24", "last_on": "2026-11-24", "reason": "门店休息"},
    ]
    assert "11-21～11-22无应访客户" in reading.text(made.path.read_bytes())
    assert any(remark.startswith("11-23 有应访客户，还没有日报") for remark in made.remarks)


def test_an_empty_day_may_be_reported_and_signed_all_the_same(shop: Shop) -> None:
    made = shop.report()
    assert "当日无应访客户" in reading.text(made.path.read_bytes())
    assert "可以不单独签" in made.remarks[0]
    shop.sign_all(NO)
    assert shop.entry(NO).is_signed


def test_opinions_are_carried_from_daily_to_daily_and_balance(busy: Shop) -> None:
    """前期遗留 + 新增 − 完成 = 结余, and 结余 is what the next one begins with."""
    first = attached(busy.report().path)
    busy.sign(NO)
    assert first["balance"] == {"carried_count": 0, "raised_count": 1, "finished_count": 0}
    busy.on(SATURDAY)
    wu = busy.deliver("武婷", SATURDAY - timedelta(days=7))
    busy.reach(wu, 4, "气味比较大")
    (old,) = busy.desk.mirror.find_by("issues", "customer_name", "王建国")
    second = attached(busy.report().path)
    assert second["balance"] == {"carried_count": 1, "raised_count": 1, "finished_count": 0}
    assert [one["earlier"] for one in second["issues"]] == [False, True]
    busy.sign("RB-20261121")
    busy.on(SUNDAY)
    followups.answer_issue(busy.desk, old, "已调整滑轨", by=MANAGER)
    third = attached(busy.report().path)
    assert third["balance"] == {"carried_count": 2, "raised_count": 0, "finished_count": 1}
    busy.sign("RB-20261122")
    busy.on(SUNDAY + timedelta(days=1))
    assert attached(busy.report().path)["balance"]["carried_count"] == 1


def test_an_order_returns_until_it_is_done(busy: Shop) -> None:
    busy.report()
    busy.sign_all(NO, comment="已阅，抽屉问题三天内回复客户")
    busy.on(SATURDAY)
    (order,) = attached(busy.report().path)["instructions"]
    assert order == {
        "report_no": NO,
        "text": "已阅，抽屉问题三天内回复客户",
        "owner": MANAGER,
        "due_on": "2026-11-23",
        "progress": "未做",
        "done": False,
    }
    busy.sign("RB-20261121")
    done = {"批示完成情况": "完成", "备注": "已上门调好"}
    records.set_values(busy.desk, NO, done, MANAGER)
    busy.on(SUNDAY)
    (order,) = attached(busy.report().path)["instructions"]
    assert (order["done"], order["progress"]) == (True, "完成：已上门调好")
    busy.sign("RB-20261122")
    busy.on(SUNDAY + timedelta(days=1))
    assert attached(busy.report().path)["instructions"] == [], "it was told once that it is done"


def test_a_change_after_signing_is_listed_once_in_the_next_daily(busy: Shop) -> None:
    busy.report()
    busy.sign_all(NO)
    busy.on(FRIDAY, 18, 30)
    (wang,) = busy.desk.mirror.find_by("followups", "customer_name", "王建国")
    records.set_values(busy.desk, wang, {"客户意见": "抽屉有异响，已自己修好"}, MANAGER)
    busy.on(SATURDAY)
    made = busy.report()
    (line,) = attached(made.path)["corrections"]
    assert line == {
        "report_no": NO,
        "where": f"王建国 客户意见（{wang}）",
        "was": "抽屉有异响，打我 139****5678",
        "now": "抽屉有异响，已自己修好",
        "reason": "林晓 11-20 18:30 改",
    }
    assert "签后更正" in reading.text(made.path.read_bytes())
    busy.sign("RB-20261121")
    busy.on(SUNDAY)
    assert attached(busy.report().path)["corrections"] == []


def test_what_goes_on_after_signing_is_no_correction(busy: Shop) -> None:
    """An answer, a retry and goods taken back the day after are the days' own business."""
    busy.report()
    busy.sign_all(NO)
    busy.on(SATURDAY)
    (issue,) = busy.desk.mirror.ids(Select("issues"))
    followups.answer_issue(busy.desk, issue, "已约上门", by=MANAGER)
    busy.reach(busy.desk.mirror.find_by("followups", "customer_name", "陈子涵")[0])
    (li,) = busy.desk.mirror.find_by("purchases", "customer_name", "李秀英")
    records.set_values(busy.desk, li, {"状态": "已退货"}, CALLER)
    assert attached(busy.report().path)["corrections"] == []
    assert not busy.report(FRIDAY).made
