"""Lists as stores keep them become customers, purchases and cars, and can be taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from storedesk.domain.errors import Misuse
from storedesk.domain.select import Select
from storedesk.operations import followups, imports, records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk
from tests.operations.conftest import NewDesk

MESSY = Path(__file__).parents[3] / "shared" / "data" / "messy"
needs_messy = pytest.mark.skipif(not MESSY.is_dir(), reason="the shared workbooks are not here")


def truth(name: str) -> Any:
    return json.loads((MESSY / "truth.json").read_text("utf-8"))[name]


def write_list(folder: Path, text: str, name: str = "名单.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding)
    return path


@needs_messy
def test_a_dealers_list_becomes_customers_purchases_and_cars(car_desk: Desk) -> None:
    done = imports.run(car_desk, MESSY / "交车客户.csv", "customers", by="客服")
    assert done.counts == {"customers": 120, "purchases": 120, "vehicles": 120}
    assert len(done.hints) == 1
    assert done.left_out == ()
    assert dict(done.columns)["车型"] == "购买记录·产品型号、车辆档案·车型"
    assert done.too_old + done.followups == 120
    expected = truth("交车客户.csv")
    found = {}
    for car in car_desk.mirror.select(Select("vehicles")):
        customer = records.get(car_desk, car.text("customer"))
        purchase = records.get(car_desk, car.text("purchase"))
        found[car["vin"]] = (
            customer["name"], customer["phone"], str(car["delivered_on"]), purchase["amount"],
        )  # fmt: skip
    assert found == {
        row["vin"]: (row["name"], row["mobile"], row["delivered_on"], row["amount"])
        for row in expected
    }
    again = imports.run(car_desk, MESSY / "交车客户.csv", "customers", by="客服")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 120)


@needs_messy
def test_a_messy_register_is_read_right(desk: Desk) -> None:
    """Title rows, two-row headings, month bands, totals, units, dates in many spellings."""
    done = imports.run(desk, MESSY / "客户登记表.xlsx", "customers", by="客服")
    purchases = desk.mirror.select(Select("purchases"))
    found = []
    for one in purchases:
        customer = records.get(desk, one.text("customer"))
        found.append(
            (customer["name"], customer["phone"], one["product"], one["model"], one["quantity"],
             one["amount"], one["delivered_on"], one["accepted_on"])
        )  # fmt: skip
    expected = [
        (row["name"], row["mobile"], row["product"], row["model"], row["qty"],
         row["amount"], row["delivered_on"], row["accepted_on"])
        for row in truth("客户登记表.xlsx")
    ]  # fmt: skip
    assert done.row_count == len(expected)
    cells = [
        str(mine) == str(theirs) or mine == theirs
        for row, wanted in zip(sorted(found, key=str), sorted(expected, key=str), strict=False)
        for mine, theirs in zip(row, wanted, strict=True)
    ]
    assert sum(cells) / len(cells) >= 0.98


def test_what_cannot_be_read_is_listed_and_the_others_go_in(desk: Desk, tmp_path: Path) -> None:
    path = write_list(
        tmp_path,
        "客户姓名,手机,地址,送货日期,型号,会员卡\n"
        "王建国,1380013800a,滨河湾,2026-11-13,102276,A1\n"
        "=HYPERLINK(1),13800003456,学府花园,2026.2.30,102276,A2\n"
        ",13900001111,金色家园,2026-11-14,106302A,A3\n"
        "李敏,13900002222,金色家园,2026-11-14,106302A,A4\n",
    )
    done = imports.run(desk, path, "customers", by="客服")
    assert (done.row_count, done.added, len(done.left_out)) == (4, 2, 2)
    assert [p.cell for p in done.left_out] == ["B2", "A4"]
    assert "1380013800a" in done.left_out[0].what
    (strange,) = desk.mirror.records(
        "customers", desk.mirror.find_by("customers", "phone", "13800003456")
    )
    assert strange["name"] == "=HYPERLINK(1)", "stays text"
    assert strange["remark"] == "送货日期：2026.2.30；会员卡：A2"
    assert dict(done.columns)["会员卡"] == "没认出，已放进备注"
    assert done.sentence.startswith("共 4 行：新增 2，更新 0，没变 0，没导入 2。")


def test_only_calls_that_can_still_be_made_are_planned(car_desk: Desk, tmp_path: Path) -> None:
    path = write_list(
        tmp_path,
        "车主,手机,车型,交车日期\n赵明霞,19900002011,K3,2026/11/14 0:00\n"
        "高洋,19900005180,K3,2026/10/1 0:00\n",
        encoding="gb18030",
    )
    done = imports.run(car_desk, path, "customers", by="客服")
    assert (done.followups, done.too_old) == (1, 1)
    assert "1 个回访已过最迟日，没有创建" in done.remarks


def test_a_mapping_file_wins(desk: Desk, tmp_path: Path) -> None:
    path = write_list(tmp_path, "谁,号码,爱好\n王建国,13800003456,钓鱼\n")
    mapping = tmp_path / "map.json"
    mapping.write_text('{"谁": "客户姓名", "号码": "customers.phone", "爱好": "忽略"}', "utf-8")
    done = imports.run(desk, path, "customers", by="客服", mapping=mapping)
    assert done.added == 1
    mapping.write_text('{"谁": "客户姓名", "号码": "联系电话", "没有": "微信"}', "utf-8")
    with pytest.raises(Misuse, match="没有这一列"):
        imports.run(desk, path, "customers", by="客服", mapping=mapping)


def test_a_preview_saves_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write_list(tmp_path, "姓名,电话\n王建国,13800003456\n")
    done = imports.run(desk, path, "customers", by="客服", preview=True)
    assert (done.added, done.batch) == (1, "")
    assert desk.mirror.count(Select("customers")) == 0


def test_an_import_is_taken_back_but_not_what_was_used_since(
    car_desk: Desk, tmp_path: Path, clock: FixedClock
) -> None:
    path = write_list(
        tmp_path,
        "车主,手机,车型,交车日期\n赵明霞,19900002011,K3,2026/11/13 0:00\n"
        "高洋,19900005180,K3,2026/11/13 0:00\n",
    )
    done = imports.run(car_desk, path, "customers", by="客服")
    syncing.sync(car_desk)
    (kept,) = car_desk.mirror.find_by("customers", "name", "高洋")
    (call,) = car_desk.mirror.find_by("followups", "customer", kept)
    followups.log_call(car_desk, call, "成功", by="客服")
    undone = imports.undo(car_desk, done.batch, by="客服")
    assert undone.kept == 2, "customer and purchase of the call that was made"
    assert [r["name"] for r in car_desk.mirror.select(Select("customers"))] == ["高洋"]
    report = syncing.sync(car_desk)
    assert report.waiting == ()
    assert syncing.sync(car_desk).taken == ()
    car_desk.mirror.empty()
    syncing.sync(car_desk)
    assert [r["name"] for r in car_desk.mirror.select(Select("customers"))] == ["高洋"]
    with pytest.raises(Misuse, match="已经撤销过了"):
        imports.undo(car_desk, "DR-0", by="客服")


def test_taking_back_puts_back_what_was_changed(desk: Desk, tmp_path: Path) -> None:
    """Two imports within one second are told apart, and a known customer is changed back."""
    first = write_list(tmp_path, "姓名,电话\n王建国,13800003456\n")
    imports.run(desk, first, "customers", by="客服")
    (customer,) = desk.mirror.find_by("customers", "phone", "13800003456")
    before = records.get(desk, customer).values
    second = write_list(
        tmp_path, "姓名,电话,小区,型号,爱好\n王建国,13800003456,学府花园,102276,钓鱼\n", "再.csv"
    )
    done = imports.run(desk, second, "customers", by="客服")
    assert (done.added, done.changed) == (0, 1)
    changed = records.get(desk, customer)
    assert (changed["community"], changed["remark"]) == ("学府花园", "爱好：钓鱼")
    records.set_values(desk, customer, {"小区": "滨河湾"}, "客服")
    undone = imports.undo(desk, done.batch, by="客服")
    assert undone.count == 1, "the purchase"
    after = records.get(desk, customer)
    assert after["remark"] is None
    assert after["community"] == "滨河湾", "changed since"
    assert after["name"] == before["name"]
    assert desk.mirror.count(Select("purchases")) == 0
    with pytest.raises(Misuse, match="已经撤销过了"):
        imports.undo(desk, done.batch, by="客服")


@needs_messy
@pytest.mark.parametrize(
    ("name", "ledger", "counts"),
    [
        ("客诉台账.xlsx", "complaints", {"customers": 90, "complaints": 90}),
        ("回访记录.xlsx", "followups", {"customers": 135, "followups": 135, "call_attempts": 135}),
        ("配件库存.xlsx", "parts", {"parts": 13, "stock_moves": 13}),
    ],
)
def test_other_messy_lists_come_in_and_change_nothing_the_second_time(
    desk: Desk, name: str, ledger: str, counts: dict[str, int]
) -> None:
    done = imports.run(desk, MESSY / name, ledger, by="客服")
    assert done.counts == counts
    assert done.left_out == ()
    again = imports.run(desk, MESSY / name, ledger, by="客服")
    assert (again.added, again.changed, again.unchanged) == (0, 0, done.row_count)


def test_a_list_without_a_header_is_refused(new_desk: NewDesk, tmp_path: Path) -> None:
    desk = new_desk("appliance")
    with pytest.raises(Misuse, match="没有找到表头"):
        imports.run(desk, write_list(tmp_path, "1,2,3\n4,5,6\n"), "customers", by="客服")
