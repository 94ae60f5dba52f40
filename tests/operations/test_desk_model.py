"""Two PCs, two people with Excel, crashes and old copies: nothing acknowledged is ever missing.

A random walk against a plain model: the set of all texts anybody ever saw (model_pcs). Whatever
happens, each of them is current, in a conflict, or in the history; at the end both PCs and a third
one that reads the workbooks anew show the same, and no call is owed twice.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from storedesk.domain.select import Select
from storedesk.operations import syncing
from storedesk.operations.clock import FixedClock
from tests.operations import shops
from tests.operations.model_pcs import BOOK, NOON, TEXTS, Pc, Store

STAGE: list[Path] = []

pcs = st.sampled_from([0, 1])
rows = st.integers(0, 5)
labels = st.sampled_from(sorted(TEXTS))
tools = st.sampled_from(["openpyxl", "wolfxl"])


def header(sheet: Any) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[1] if cell.value is not None}


def filled(sheet: Any) -> list[int]:
    """Return the numbers of the rows with a customer in them."""
    return [
        number
        for number in range(2, (sheet.max_row or 1) + 1)
        if any(sheet.cell(number, column).value is not None for column in range(1, 40))
    ]


class DeskModel(RuleBasedStateMachine):
    """What may happen in a store."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="desk-model-"))
        self.store: Store

    @initialize(apart=st.booleans())
    def open_the_store(self, *, apart: bool) -> None:
        folders = []
        for name in ("desk", "copy") if apart else ("desk",):
            folders.append(self.folder / name)
            shutil.copytree(STAGE[0] / "desk", folders[-1])
        clocks = [FixedClock(NOON), FixedClock(NOON + timedelta(minutes=7))]
        homes = [self.folder / "home 0", self.folder / "home 1"]
        self.store = Store([Pc(*one) for one in zip(homes, (folders * 2)[:2], clocks, strict=True)])
        for pc in self.store.pcs:
            self.store.sync(pc)
            if apart:
                other = folders[1 - folders.index(pc.folder)]
                for claim in (pc.folder / "历史").glob("PC-*.json"):
                    shutil.copy2(claim, other / "历史" / claim.name)
        self.store.add(self.store.pcs[0])

    def pc(self, number: int) -> Pc:
        self.store.pcs[number].clock.moment += timedelta(seconds=37)
        return self.store.pcs[number]

    # --- at the program -------------------------------------------------------------------------

    @rule(pc=pcs)
    def add(self, pc: int) -> None:
        self.store.add(self.pc(pc))

    @rule(pc=pcs, which=rows, label=labels, empty=st.sampled_from([False, False, False, True]))
    def set(self, pc: int, which: int, label: str, *, empty: bool) -> None:
        self.store.set(self.pc(pc), which, label, empty=empty)

    @rule(pc=pcs)
    def sync(self, pc: int) -> None:
        self.store.sync(self.pc(pc))

    @rule(pc=pcs)
    def step(self, pc: int) -> None:
        self.store.step(self.pc(pc))

    @rule(pc=pcs, times=st.integers(1, 12))
    def creep(self, pc: int, times: int) -> None:
        for _ in range(times):
            self.store.creep(self.pc(pc))

    @rule(pc=pcs)
    def crash(self, pc: int) -> None:
        self.pc(pc).crash()

    @rule(pc=pcs)
    def lose_mirror(self, pc: int) -> None:
        self.store.lose_mirror(self.pc(pc))

    # --- at the workbook ------------------------------------------------------------------------

    def edit(self, pc: int, change: Callable[[Any, Any], object], tool: str) -> None:
        self.store.edit(self.pc(pc), change, tool)

    @rule(pc=pcs, which=rows, label=labels, tool=tools)
    def change_cell(self, pc: int, which: int, label: str, tool: str) -> None:
        def change(sheet: Any, _: Any) -> None:
            numbers = filled(sheet)
            if numbers and label in header(sheet):
                row = numbers[which % len(numbers)]
                sheet.cell(row, header(sheet)[label]).value = self.store.token()

        self.edit(pc, change, tool)

    @rule(pc=pcs, tool=tools)
    def type_row(self, pc: int, tool: str) -> None:
        def change(sheet: Any, _: Any) -> None:
            places, row = header(sheet), max(filled(sheet), default=1) + 1
            sheet.cell(row, places["客户姓名"]).value = self.store.token()
            phone = places.get("联系电话") or places["手机号码"]
            sheet.cell(row, phone).value = f"1390000{self.store.tokens:04d}"

        self.edit(pc, change, tool)

    @rule(pc=pcs, which=rows)
    def delete_row(self, pc: int, which: int) -> None:
        def change(sheet: Any, _: Any) -> None:
            numbers = filled(sheet)
            if numbers:
                sheet.delete_rows(numbers[which % len(numbers)])

        self.edit(pc, change, "openpyxl")

    @rule(pc=pcs, tool=tools)
    def sort_rows(self, pc: int, tool: str) -> None:
        def change(sheet: Any, _: Any) -> None:
            numbers, width = filled(sheet), max(header(sheet).values())
            held = [
                [sheet.cell(number, column).value for column in range(1, width + 1)]
                for number in numbers
            ]
            for number, cells in zip(numbers, reversed(held), strict=True):
                for column, value in enumerate(cells, 1):
                    sheet.cell(number, column).value = value

        self.edit(pc, change, tool)

    @rule(pc=pcs, which=rows, tool=tools)
    def copy_row(self, pc: int, which: int, tool: str) -> None:
        def change(sheet: Any, _: Any) -> None:
            numbers = filled(sheet)
            if numbers:
                row = numbers[which % len(numbers)]
                for column in range(1, max(header(sheet).values()) + 1):
                    value = sheet.cell(row, column).value
                    sheet.cell(numbers[-1] + 1, column).value = value

        self.edit(pc, change, tool)

    @rule(pc=pcs, at=st.integers(2, 8))
    def insert_column(self, pc: int, at: int) -> None:
        def change(sheet: Any, _: Any) -> None:
            sheet.insert_cols(at)
            sheet.cell(1, at).value = self.store.token()

        self.edit(pc, change, "openpyxl")

    @rule(pc=pcs, tool=tools)
    def rename_column(self, pc: int, tool: str) -> None:
        def change(sheet: Any, _: Any) -> None:
            places = header(sheet)
            for one, other in (("联系电话", "手机号码"), ("手机号码", "联系电话")):
                if one in places:
                    sheet.cell(1, places[one]).value = other
                    return

        self.edit(pc, change, tool)

    @rule(pc=pcs)
    def hold(self, pc: int) -> None:
        self.store.hold(self.pc(pc))

    @rule(pc=pcs)
    def release(self, pc: int) -> None:
        self.store.release(self.pc(pc))

    @rule(pc=pcs)
    def keep_copy(self, pc: int) -> None:
        self.store.copies.append((self.pc(pc).folder / BOOK).read_bytes())

    @rule(pc=pcs, which=rows)
    def put_back_copy(self, pc: int, which: int) -> None:
        if self.store.copies:
            copy = self.store.copies[which % len(self.store.copies)]
            (self.pc(pc).folder / BOOK).write_bytes(copy)

    @rule(pc=pcs)
    def exchange(self, pc: int) -> None:
        if self.store.apart:
            self.store.exchange(self.store.pcs[pc], self.store.pcs[1 - pc])

    # --- what must hold -------------------------------------------------------------------------

    @rule()
    def meet(self) -> None:
        self.store.meet()

    @invariant()
    def nothing_is_missing(self) -> None:
        self.store.look()

    def teardown(self) -> None:
        try:
            if hasattr(self, "store"):
                self.store.meet()
                self._no_call_is_owed_twice()
                self._all_is_in_the_workbooks()
        finally:
            if hasattr(self, "store"):
                self.store.close()
            shutil.rmtree(self.folder)

    def _no_call_is_owed_twice(self) -> None:
        with self.store.pcs[0].here() as desk:
            calls = desk.mirror.select(Select("followups"))
            owed = Counter((call["rule"], call["trigger_record"], call["cycle"]) for call in calls)
            assert not [what for what, count in owed.items() if count > 1]

    def _all_is_in_the_workbooks(self) -> None:
        first = self.store.pcs[0]
        third = Pc(self.folder / "home 2", first.folder, first.clock)
        with third.here() as desk:
            syncing.sync(desk)
        try:
            assert third.contents() == first.contents()
        finally:
            third.crash()


@pytest.fixture(scope="module", autouse=True)
def _stage(tmp_path_factory: pytest.TempPathFactory) -> None:
    stage = tmp_path_factory.mktemp("stage")
    shops.found(stage, "furniture")
    for claim in (stage / "desk" / "历史").glob("[A-Z]*-*"):
        claim.unlink()
    STAGE[:] = [stage]


def walk(examples: int, steps: int, *, derandomize: bool) -> None:
    run_state_machine_as_test(
        DeskModel,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=derandomize,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


@pytest.mark.timeout(300)
def test_a_short_walk() -> None:
    walk(6, 14, derandomize=True)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_long_walks() -> None:
    walk(400, 40, derandomize=False)
