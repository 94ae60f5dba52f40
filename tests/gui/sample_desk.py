"""A small real desk with a believable day of work, for the window's tests and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from storedesk.operations import inbound, records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk
from storedesk.operations.founding import init_desk

NOW = datetime(2026, 11, 22, 14, 24)
"""A Sunday afternoon, inside the call window."""
ME = "林晓"

_STAFF = (
    ("林晓", "回访人"),
    ("周敏", "客服主管"),
    ("陈强", "店长"),
    ("赵芳", "销售"),
    ("刘师傅", "师傅"),
)
_CUSTOMERS = (
    ("王建国", "13800138000", "学府花园 3幢501", "沙发 三人位 L 型", 8),
    ("陈子涵", "13622104471", "江南里 12-2-301", "实木餐桌 1.6 米", 7),
    ("赵敏", "15988340192", "万科城 5幢1202", "乳胶床垫 180×200", 9),
    ("周晨", "18744027719", "绿地世纪城 A1-801", "衣柜 四门", 11),
    ("徐静", "13371552098", "金色家园 7-402", "书桌 升降", 6),
    ("高强", "15033218840", "学府花园 8幢302", "茶几 岩板", 12),
    ("罗怡", "13966273105", "东方明珠 2-1501", "床头柜 一对", 10),
    ("黄霞", "18820459917", "翠湖苑 19幢", "鞋柜 定制", 30),
)


def make_desk(folder: Path, now: datetime = NOW) -> Desk:
    """Make an empty desk with staff."""
    desk = init_desk(folder, "furniture", "幸福路店", clock=FixedClock(now))
    for name, role in _STAFF:
        records.add(desk, "staff", {"name": name, "roles": role, "status": "在职"}, by="客服")
    return desk


def fill_desk(desk: Desk) -> None:
    """Add customers with deliveries, calls that came in, and complaints."""
    for at, (name, phone, address, product, days) in enumerate(_CUSTOMERS):
        customer = add(desk, "customers", {"name": name, "phone": phone, "address": address})
        delivered = NOW - timedelta(days=days)
        add(
            desk,
            "purchases",
            {
                "customer": customer,
                "product": product,
                "model": f"FX-{at + 1:03d}",
                "amount": str(1280.5 * (at + 1)),
                "sales_owner": "赵芳",
                "delivered_on": f"{delivered:%Y-%m-%d}",
                "accepted_on": f"{delivered:%Y-%m-%d}",
                "status": "已交付",
            },
        )
    for who, kind, words in (
        ("13800138000", "投诉", "沙发扶手有异响，坐下去吱呀响，要求上门看看"),
        ("陈子涵", "咨询", "餐桌保养用什么油"),
        ("13777777777", "报修", "抽屉滑轨卡住，拉不开"),
    ):
        inbound.take_call(
            desk, who=who, kind=kind, content=words, by=ME, callback_needed=kind != "咨询"
        )
    add(
        desk,
        "complaints",
        {
            "customer": "13966273105",
            "verbatim": "床头柜抽屉面板开裂，送来就这样，要求换新",
            "product": "床头柜 一对",
            "owner": ME,
            "status": "处理中",
            "answer_due": f"{NOW - timedelta(days=2):%Y-%m-%d} 18:00",
        },
    )
    syncing.sync(desk)


def add(desk: Desk, ledger: str, values: Mapping[str, str]) -> str:
    """Add a record and return its id."""
    return records.add(desk, ledger, values, by=ME).first


def fill_with_long_names(desk: Desk) -> None:
    """Add what does not fit: company names, long addresses, long words."""
    name = "深圳市前海欣欣向荣智能家居科技发展有限公司（李经理转财务部王女士）"
    for at in range(3):
        customer = add(
            desk,
            "customers",
            {
                "name": f"{at + 1}号 {name}",
                "phone": f"1380013800{at}",
                "address": "广东省深圳市南山区科技园南区高新南七道数字技术园 B1 栋 15 楼 1501",
            },
        )
        add(
            desk,
            "complaints",
            {
                "customer": customer,
                "verbatim": "沙发送来当天就发现左侧扶手的缝线开了大约十厘米，师傅说第二天来补，"
                "等了一个星期没有人来，打电话到店里说要等总部回复，客户非常不满意，要求退货并赔偿误工费",
                "product": "意式极简头层牛皮直排四人位沙发（含电动功能位与无线充电扶手）",
                "owner": ME,
                "answer_due": f"{NOW - timedelta(days=300):%Y-%m-%d} 18:00",
            },
        )
        inbound.take_call(
            desk,
            who=customer,
            kind="投诉",
            content="又打来电话，说了二十分钟，要求店长亲自回电" * 3,
            by=ME,
            callback_needed=True,
        )
    syncing.sync(desk)
