"""Two PCs, on one folder or each on its copy: both work at once and end with the same records."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storedesk.domain.select import Select
from storedesk.operations import checking, records
from storedesk.operations.clock import FixedClock
from tests.operations.model_pcs import BOOK, NOON, Pc, Store
from tests.operations.test_syncing import headers
from tests.workbooks.test_leases import left_behind

WANG = {"name": "王建国", "phone": "13800003456", "address": "学府花园3幢501"}


@pytest.fixture
def store(new_stages: Callable[[str], Path], tmp_path: Path) -> Iterator[Store]:
    opened = opened_store(new_stages("furniture"), tmp_path, "desk")
    yield opened
    opened.close()


@pytest.fixture
def apart(new_stages: Callable[[str], Path], tmp_path: Path) -> Iterator[Store]:
    """Two copies of a folder, each seen by one PC, as a cloud client makes them."""
    opened = opened_store(new_stages("furniture"), tmp_path, "desk", "copy")
    yield opened
    opened.close()


def opened_store(stage: Path, folder: Path, *names: str) -> Store:
    """The second PC's clock is twelve minutes ahead."""
    for name in names:
        shutil.copytree(stage / "desk", folder / name)
        (folder / name / "历史" / "PC-A.json").unlink()
    clocks = [FixedClock(NOON), FixedClock(NOON + timedelta(minutes=12))]
    places = [folder / names[0], folder / names[-1]]
    homes = [folder / "front desk", folder / "back office"]
    opened = Store([Pc(*one) for one in zip(homes, places, clocks, strict=True)])
    for pc, other in (opened.pcs, reversed(opened.pcs)):
        opened.sync(pc)
        for claim in (pc.folder / "历史").glob("PC-*.json"):
            if other.folder != pc.folder:
                shutil.copy2(claim, other.folder / "历史" / claim.name)
    return opened


def add(pc: Pc, **values: str) -> str:
    with pc.here() as desk:
        return records.add(desk, "customers", {**WANG, **values}, "客服").first


def address(pc: Pc, customer: str) -> object:
    with pc.here() as desk:
        return records.get(desk, customer)["address"]


def set_address(pc: Pc, customer: str, text: str) -> None:
    with pc.here() as desk:
        records.set_values(desk, customer, {"address": text}, "客服")


def set_wechat(pc: Pc, customer: str, text: str) -> None:
    with pc.here() as desk:
        records.set_values(desk, customer, {"wechat": text}, "客服")


@pytest.mark.parametrize("where", ["store", "apart"])
def test_both_work_at_once_and_see_each_others_entries(
    where: str, request: pytest.FixtureRequest
) -> None:
    pair: Store = request.getfixturevalue(where)
    one, other = pair.pcs
    ids = [add(pc, phone=f"1390000{n}{k}11") for n, pc in enumerate(pair.pcs) for k in range(3)]
    assert len(set(ids)) == 6
    assert {re.sub(r"\d", "", text) for text in ids} == {"KH--A", "KH--B"}
    pair.meet()
    assert {key[1] for key in one.contents() if key[0] == "customers"} == set(ids)
    set_address(one, ids[0], "3幢502")
    set_address(other, ids[1], "3幢503")
    pair.meet()
    assert (address(other, ids[0]), address(one, ids[1])) == ("3幢502", "3幢503")


@pytest.mark.parametrize("where", ["store", "apart"])
def test_one_cell_changed_on_both_keeps_both_values(
    where: str, request: pytest.FixtureRequest
) -> None:
    pair: Store = request.getfixturevalue(where)
    customer = add(pair.pcs[0])
    pair.meet()
    for number, pc in enumerate(pair.pcs):
        set_address(pc, customer, f"{number}幢")
    pair.meet()
    stands = address(pair.pcs[0], customer)
    clashes = []
    for pc in pair.pcs:
        with pc.here() as desk:
            clashes += [(one.ours, one.theirs) for one in desk.mirror.conflicts()]
    assert stands in ("0幢", "1幢")
    assert clashes == [("1幢" if stands == "0幢" else "0幢", stands)], "one PC asks, once"


@pytest.mark.parametrize("held", [False, True])
def test_an_old_copy_that_came_back_on_one_does_not_undo_itself_by_the_other(
    apart: Store, *, held: bool
) -> None:
    """What was typed in the copy is no part of what the other PC went on from."""
    one, other = apart.pcs
    customer = add(one)
    apart.sync(one)
    apart.exchange(one, other)
    apart.sync(other)
    copy = (other.folder / BOOK).read_bytes()
    set_address(other, customer, "滨河湾8幢")
    apart.meet()
    (other.folder / BOOK).write_bytes(copy)
    apart.edit(other, lambda sheet, _: sheet.cell(2, headers(sheet)["备注"], "手写的"), "openpyxl")
    if held:
        apart.hold(other)  # what the copy lacks cannot be written again before the other's comes
    apart.sync(other)
    set_wechat(one, customer, "wang_jg")
    apart.sync(one)
    apart.release(other)
    apart.exchange(one, other)
    apart.meet()
    for pc in apart.pcs:
        with pc.here() as desk:
            found = records.get(desk, customer)
        told = found["address"], found["remark"], found["wechat"]
        assert told == ("滨河湾8幢", "手写的", "wang_jg")


@pytest.mark.parametrize("where", ["store", "apart"])
def test_a_call_that_both_plan_is_one_call(where: str, request: pytest.FixtureRequest) -> None:
    """A delivery typed in Excel is taken in on both before either has written (decision 12)."""
    pair: Store = request.getfixturevalue(where)
    customer = add(pair.pcs[0])
    pair.meet()

    def deliver(_: Any, book: Any) -> None:
        sheet = book["购买记录"]
        typed = {"购买编号": "GM-1", "客户编号": customer, "送货日期": NOON.date()}
        for label, value in {**typed, "产品型号": "沙发"}.items():
            sheet.cell(2, headers(sheet)[label]).value = value

    pair.edit(pair.pcs[0], deliver, "openpyxl")
    if pair.apart:
        shutil.copy2(pair.pcs[0].folder / BOOK, pair.pcs[1].folder / BOOK)
    for pc in pair.pcs:
        for _ in range(3):
            pair.step(pc)
    calls = [{key for key in pc.contents() if key[0] == "followups"} for pc in pair.pcs]
    assert len(calls[0]) == 1
    assert calls[0] == calls[1]
    pair.meet()
    assert {key for key in pair.pcs[0].contents() if key[0] == "followups"} == calls[0]
    with pair.pcs[0].here() as desk:
        assert len(desk.mirror.select(Select("followups"))) == 1


@pytest.mark.parametrize("where", ["store", "apart"])
def test_calls_for_what_the_other_sold_are_the_others(
    where: str, request: pytest.FixtureRequest
) -> None:
    """The customers' workbook comes first: each PC plans the call before it reads of it."""
    pair: Store = request.getfixturevalue(where)
    for pc in pair.pcs:
        pair.add(pc)
        pair.sync(pc)
    calls = {key for pc in pair.pcs for key in pc.contents() if key[0] == "followups"}
    pair.meet()
    assert {key for key in pair.pcs[0].contents() if key[0] == "followups"} == calls
    assert len(calls) == 2


def test_a_row_typed_in_excel_gets_one_id_on_both(store: Store) -> None:
    def type_one(sheet: Any, _: Any) -> None:
        for label, value in {"客户姓名": "张三", "联系电话": "13811112222"}.items():
            sheet.cell(2, headers(sheet)[label]).value = value

    store.edit(store.pcs[0], type_one, "openpyxl")
    for pc in store.pcs:  # both read it, and give it an id of their own for now
        for _ in range(3):
            store.step(pc)
    provisional = [
        next(key[1] for key in pc.contents() if key[0] == "customers") for pc in store.pcs
    ]
    assert provisional == ["KH-20261120-A001", "KH-20261120-B001"]
    set_address(store.pcs[1], provisional[1], "滨河湾8幢")
    store.meet()
    (key,) = [key for key in store.pcs[0].contents() if key[0] == "customers"]
    assert store.pcs[0].contents()[key]["address"] == "滨河湾8幢"


def test_a_pc_that_died_while_writing_is_waited_for_and_then_passed_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storedesk.workbooks.locks._LOCK_SECONDS", 0.05)
    one, other = store.pcs
    add(one)
    with one.here():
        left_behind((one.folder / BOOK).resolve(), lambda _: None, "")
    customer = add(other)
    report = store.sync(other)
    (waiting,) = report.waiting
    assert waiting.workbook == BOOK
    assert "正在写入" in waiting.why or waiting.held
    monkeypatch.setattr("storedesk.workbooks.leases.STALE_SECONDS", 0.0)
    assert store.sync(other).waiting == ()
    store.meet()
    assert address(one, customer) == WANG["address"]


def test_history_tells_on_both_who_did_what(store: Store) -> None:
    one, other = store.pcs
    customer = add(one)
    store.meet()
    set_address(other, customer, "3幢502")
    store.meet()
    told = []
    for pc in store.pcs:
        with pc.here() as desk:
            entries = records.whole_history(desk, customer)
            told.append([(e.by, e.pc, e.old, e.new) for e in entries if e.key == "address"])
            assert checking.check(desk) == ()
    assert (
        told[0]
        == told[1]
        == [
            ("客服", "B", "学府花园3幢501", "3幢502"),
            ("客服", "A", None, "学府花园3幢501"),
        ]
    )


def test_a_second_look_finds_nothing_to_do(store: Store) -> None:
    add(store.pcs[0])
    store.meet()
    before = (store.pcs[0].folder / BOOK).read_bytes()
    for pc in store.pcs * 3:
        report = store.sync(pc)
        assert (report.taken, report.written) == ((), ())
    assert (store.pcs[0].folder / BOOK).read_bytes() == before
