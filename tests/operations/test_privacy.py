"""The log never holds a customer's name, phone or address."""

from __future__ import annotations

import logging

import pytest

from storedesk.operations import checking, due, followups, inbound, records, syncing
from storedesk.operations.desk import Desk
from tests.operations.test_syncing import CUSTOMERS, _set, edit

SECRETS = ("王建国", "13800003456", "学府花园", "抽屉有异响")


def test_a_days_work_leaves_nothing_personal_in_the_log(
    car_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    customer = records.add(
        car_desk,
        "customers",
        {"name": SECRETS[0], "phone": SECRETS[1], "address": SECRETS[2]},
        "客服",
    ).first
    sold = {"customer": customer, "model": "K5", "delivered_on": "2026-11-13"}
    records.add(car_desk, "purchases", sold, "客服")
    (item,) = due.due_list(car_desk).items
    followups.log_call(car_desk, item.record, "成功", by="客服", opinion=SECRETS[3])
    inbound.take_call(car_desk, who=SECRETS[1], kind="咨询", content=SECRETS[3], by="客服")
    syncing.sync(car_desk)
    edit(car_desk, CUSTOMERS, lambda book: _set(book, "客户档案", 2, "联系电话", "1380000345x"))
    syncing.sync(car_desk)
    checking.check(car_desk)
    assert caplog.records, "something is logged"
    told = "\n".join(record.getMessage() for record in caplog.records)
    for secret in (*SECRETS, "1380000345x"):
        assert secret not in told
