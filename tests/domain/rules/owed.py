"""Records of which something is owed, in few words, and what the rules make of them."""

from __future__ import annotations

from datetime import date, datetime

from storedesk.domain.records import Record
from storedesk.domain.rules.due import (
    due_items,
)
from storedesk.domain.rules.due_item import DueItem
from storedesk.domain.settings import Settings
from storedesk.domain.values import Value
from tests.domain.rules.world import HOME_STORE
from tests.domain.stores import row


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}")


def day(number: int) -> date:
    return date(2026, 11, number)


def call(record_id: str = "HF-1", /, **values: Value) -> Record:
    known: dict[str, Value] = {
        "kind": "七天回访",
        "rule": "R03",
        "trigger_on": day(14),
        "customer": "KH-1",
        "customer_name": "王建国",
        "product": "沙发",
        "from_on": day(19),
        "due_on": day(21),
        "last_on": day(24),
        "caller": "王芳",
        "status": "待拨",
    }
    return row("followups", record_id, **{**known, **values})


def case(record_id: str = "TS-1", /, **values: Value) -> Record:
    known: dict[str, Value] = {
        "received_at": at("20 10:00"),
        "customer": "KH-2",
        "verbatim": "柜门掉了",
        "level": "二级一般",
        "owner": "林晓",
        "status": "处理中",
        "answer_due": at("24 18:00"),
        "close_due": at("27 18:00"),
    }
    return row("complaints", record_id, **{**known, **values})


def tries(count: int, followup: str = "HF-1") -> list[Record]:
    return [
        row("call_attempts", f"BD-{n}", followup=followup, result="无人接听") for n in range(count)
    ]


def items(now: str, *records: Record, settings: Settings = HOME_STORE) -> list[DueItem]:
    return due_items(records, settings, at(now))


def only(now: str, *records: Record, settings: Settings = HOME_STORE) -> DueItem:
    (item,) = items(now, *records, settings=settings)
    return item


# --- opinions and calls back ----------------------------------------------------------------------


def issue(**values: Value) -> Record:
    known: dict[str, Value] = {
        "raised_at": at("20 15:00"),
        "customer": "KH-1",
        "content": "送货太晚",
        "owner": "林晓",
        "status": "待处理",
    }
    return row("issues", "YJ-1", **{**known, **values})


def inbound(**values: Value) -> Record:
    known: dict[str, Value] = {
        "called_at": at("20 15:00"),
        "customer_name": "李梅",
        "content": "问床什么时候到",
        "receiver": "王芳",
        "callback_needed": True,
    }
    return row("inbound", "LD-1", **{**known, **values})
