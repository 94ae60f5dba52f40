"""A believable daily report for tests: a furniture store, two kinds of follow-up, real wording."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tomllib import loads

from storedesk.domain.daily import (
    Balance,
    DailyCounts,
    DailyIssue,
    DailyPaper,
    DailyRow,
    DailySection,
    Difference,
    EmptyDays,
    FollowedInstruction,
)
from storedesk.domain.signatures import RoleLabels
from storedesk.papers.template import DailyTemplate

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "templates" / "fonts"
DAY = date(2026, 11, 22)

_CUSTOMERS = ("王建国", "陈子涵", "张𠮷", "李㛃", "王䶮", "欧阳晓燕", "马丽", "南湖宾馆有限公司")
_PRODUCTS = ("三人位皮沙发 S8021", "实木餐桌椅一桌六椅", "1.8 米软床 B305", "整体衣柜")
_RESULTS = ("成功", "成功", "成功", "成功", "无人接听", "改约", "成功(微信)", "拒访")
_OPINIONS = (
    "挺好的，师傅很细心，垃圾也带走了。",
    "",
    "抽屉有一个推不到底，用力才关得上；左边门板下角有一道划痕，送来时就有，师傅说给换，到现在没人联系。",
    "送货比约定晚了两个小时，也没有提前打电话。",
    "味道有点大，想问问多久能住人。",
    "满意。",
)


def template() -> DailyTemplate:
    """Return the template that is shipped."""
    text = (ROOT / "templates" / "reports" / "daily.toml").read_text(encoding="utf-8")
    return DailyTemplate.from_table(loads(text))


def rows(count: int) -> tuple[DailyRow, ...]:
    """Return ``count`` follow-ups, the same each time."""
    return tuple(_row(number) for number in range(count))


def _row(number: int) -> DailyRow:
    result = _RESULTS[number % len(_RESULTS)]
    talked = result.startswith("成功")
    opinion = _OPINIONS[number % len(_OPINIONS)] if talked else ""
    owed = len(opinion) > 20  # a longer opinion in the samples is one that is owed an answer
    return DailyRow(
        sequence=number + 1,
        customer=_CUSTOMERS[number % len(_CUSTOMERS)],
        phone=f"13{number % 10}****{(number * 7919) % 10000:04d}",
        product=_PRODUCTS[number % len(_PRODUCTS)],
        event_on=DAY - timedelta(days=7 + number % 3),
        called_at=datetime(2026, 11, 22, 10, 0) + timedelta(minutes=7 * (number % 60)),
        result=result,
        satisfaction=("非常满意", "满意", "一般")[number % 3] if talked else "",
        opinion=opinion,
        handling="已报安装部，等回话" if owed else "",
        department="安装部" if owed else "",
        answer_due_at=datetime(2026, 11, 24, 18) if owed else None,
    )


def section(key: str, count: int) -> DailySection:
    """Return a section of ``count`` follow-ups with counts that fit them."""
    made = rows(count)
    success = sum(row.result.startswith("成功") for row in made)
    moved = sum(row.result == "改约" for row in made)
    failed = count - success - moved
    counts = DailyCounts(
        due_count=count + 1,
        attempted_count=count,
        success_count=success,
        failed_count=failed,
        rescheduled_count=moved,
        untried_count=1,
        complained_count=1,
        attempted_rate=count / (count + 1),
        success_rate=success / count if count else None,
        satisfied_rate=0.923 if success else None,
        failed_by=(("无人接听", failed - failed // 2), ("拒访", failed // 2)) if failed else (),
    )
    names = {"7DC": ("七天回访", "销售7DC", "送货日"), "3DC": ("修后三天回访", "维修3DC", "上门日")}
    return DailySection(key, *names[key], counts, made)


def daily(count: int = 12, repairs: int = 5) -> DailyPaper:
    """Return a daily of ``count`` sales and ``repairs`` repair follow-ups, everything filled."""
    return DailyPaper(
        store="好家居南湖店",
        store_code="CN01",
        report_no="RB-20261122",
        reported_on=DAY,
        roles=RoleLabels(),
        sections=(section("7DC", count), section("3DC", repairs)),
        generated_at=datetime(2026, 11, 22, 18, 5),
        data_until=datetime(2026, 11, 22, 18, 0),
        masked=True,
        timeliness="按时",
        prepared_by="赵倩",
        rules_version="2026-10",
        issues=issues(),
        balance=Balance(carried_count=2, raised_count=1, finished_count=1),
        instructions=(
            FollowedInstruction(
                "RB-20261121",
                "抽屉问题三天内回复客户，安装部写清原因。",
                "周强",
                date(2026, 11, 24),
                "已上门调整滑轨两户，第三户约在 11-23 上午。",
            ),
        ),
        empty_days=(EmptyDays(date(2026, 11, 20), date(2026, 11, 21)),),
        differences=(
            Difference("七天回访最迟日", "第 10 天", "第 12 天"),
            Difference("呼叫时段", "9:00–20:00", "10:00–20:00"),
        ),
        previous_no="RB-20261119",
        previous_fingerprint="9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0",
        history_head="0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
    )


def issues() -> tuple[DailyIssue, ...]:
    """Return one issue of today and two from before, one of them overdue."""
    today = DailyIssue(
        number="YJ-20261122-A001",
        raised_on=DAY,
        customer="张𠮷",
        content="抽屉推不到底，门板下角有划痕，希望尽快更换。",
        department="安装部",
        owner="周强",
        answer_due_at=datetime(2026, 11, 24, 18),
        remind_due_at=datetime(2026, 11, 23, 18),
        answer="",
        status="处理中",
    )
    return (
        today,
        replace(
            today,
            number="YJ-20261118-A002",
            raised_on=date(2026, 11, 18),
            customer="马丽",
            content="送货晚了两小时。",
            department="配送",
            owner="孙亮",
            answer="已电话致歉，补送护理套装一份，客户接受。",
            status="已答复",
            earlier=True,
        ),
        replace(
            today,
            number="YJ-20261117-A001",
            raised_on=date(2026, 11, 17),
            customer="李㛃",
            content="问多久能住人，想要检测报告。",
            department="客服",
            owner="赵倩",
            answer_due_at=datetime(2026, 11, 19, 18),
            remind_due_at=datetime(2026, 11, 19, 18),
            earlier=True,
            overdue=True,
        ),
    )
