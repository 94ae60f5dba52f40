"""Random copies between two PCs, against a model that knows what each edit knew of.

Every edit of a cell has a value of its own, and the model notes which edits of that cell its maker
had before him. What a cell shows must then be an edit that nobody overwrote knowingly; where two
such edits stand side by side, both must be there: one in the cell, one in the list of conflicts.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storedesk.domain.select import Select
from storedesk.operations import records, syncing
from storedesk.operations.desk import Desk, open_desk
from storedesk.workbooks.copies import stamp_of
from tests.operations import excel, shops
from tests.operations.shops import CALLER

BOOK, SHEET = "客户档案.xlsx", "客户档案"
KEYS = {"地址": "address", "备注": "remark"}
Cell = tuple[str, str]
"""Record and column header."""
Known = dict[Cell, frozenset[str]]
"""The edits of each cell somebody knows of; of a workbook, the one it shows and those behind it."""


def joined(one: Known, other: Known) -> Known:
    return {cell: one.get(cell, frozenset()) | other.get(cell, frozenset()) for cell in one | other}


@dataclass
class Copy:
    """A workbook somewhere: its bytes, the edits that are in it, and the PC it comes from."""

    content: bytes = field(repr=False)
    known: Known
    at: int
    is_edited: bool = False


@dataclass
class Pc:
    """A desk in its own folder, what its mirror knows and what its workbook knows."""

    desk: Desk
    mirror: Known = field(default_factory=dict)
    book: Known = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.desk.path(BOOK)

    def values(self) -> dict[str, dict[str, Any]]:
        return {one.id: dict(one.values) for one in self.desk.mirror.select(Select("customers"))}

    def copy(self) -> Copy:
        return Copy(self.path.read_bytes(), dict(self.book), "AB".index(self.desk.pc))


class Copies(RuleBasedStateMachine):
    """Two PCs, people with Excel at both, and a cloud that puts any copy anywhere."""

    stage: Path

    def __init__(self) -> None:
        super().__init__()
        self.temporary = TemporaryDirectory()
        self.patch = pytest.MonkeyPatch()
        self.count = 0
        self.ancestors: dict[str, frozenset[str]] = {}
        self.records: list[str] = []
        self.copies: list[Copy] = []
        self.pcs: list[Pc] = []

    @initialize()
    def two_pcs(self) -> None:
        place = Path(self.temporary.name)
        self.patch.setenv("STOREDESK_HOME", str(place / "A" / "home"))
        self.patch.delenv("STOREDESK_TODAY", raising=False)
        (place / "A").mkdir()
        folder = shops.copied(self.stage, place / "A")
        first = Pc(open_desk(folder))
        self.pcs = [first]
        for _ in range(2):
            self.add(0)
        self.settle(first)
        shutil.copytree(folder, place / "B" / "desk")
        self.patch.setenv("STOREDESK_HOME", str(place / "B" / "home"))
        second = Pc(open_desk(place / "B" / "desk"), book=dict(first.book))
        self.settle(second)
        self.pcs.append(second)
        assert [pc.desk.pc for pc in self.pcs] == ["A", "B"]

    def settle(self, pc: Pc) -> None:
        """Let a PC sync; its workbook then shows one edit of each cell."""
        report = syncing.sync(pc.desk)
        assert report.waiting == ()
        assert report.errors == ()
        pc.mirror = joined(pc.mirror, pc.book)
        shown = pc.values()
        pc.book = {
            (record, label): self.behind(shown[record].get(KEYS.get(label, "")))
            for record, label in pc.mirror
        }

    def behind(self, value: Any) -> frozenset[str]:
        """Return an edit and what its maker knew of."""
        return frozenset() if value is None else self.ancestors[value] | {value}

    def add(self, at: int) -> None:
        pc = self.pcs[at]
        self.count += 1
        entered = {"客户姓名": f"客户{self.count}", "联系电话": f"1390000{self.count:04d}"}
        self.records.append(records.add(pc.desk, "customers", entered, CALLER).first)

    def edit(self, known: Known, cell: Cell) -> str:
        """Note a new edit of a cell by somebody who knows what is in ``known``."""
        self.count += 1
        value = f"值{self.count}"
        self.ancestors[value] = known.get(cell, frozenset())
        known[cell] = known.get(cell, frozenset()) | {value}
        return value

    @rule(at=st.integers(0, 1))
    def enter_a_record(self, at: int) -> None:
        self.add(at)
        self.pcs[at].mirror[self.records[-1], ""] = frozenset({"begun"})

    @rule(at=st.integers(0, 1), data=st.data(), label=st.sampled_from(sorted(KEYS)))
    def enter(self, at: int, data: st.DataObject, label: str) -> None:
        pc = self.pcs[at]
        here = [one for one in self.records if pc.desk.mirror.exists("customers", one)]
        record = data.draw(st.sampled_from(here))
        value = self.edit(pc.mirror, (record, label))
        records.set_values(pc.desk, record, {label: value}, CALLER)

    @rule(at=st.integers(0, 1), data=st.data(), label=st.sampled_from(sorted(KEYS)))
    def type_in_excel(self, at: int, data: st.DataObject, label: str) -> None:
        pc = self.pcs[at]
        self.type_into(pc.path, pc.book, data, label)

    @rule(at=st.integers(0, 1))
    def sync(self, at: int) -> None:
        self.settle(self.pcs[at])

    @rule(at=st.integers(0, 1))
    def keep_a_copy(self, at: int) -> None:
        self.settle(self.pcs[at])
        self.copies.append(self.pcs[at].copy())

    @precondition(lambda self: self.copies)
    @rule(data=st.data(), label=st.sampled_from(sorted(KEYS)))
    def edit_a_copy(self, data: st.DataObject, label: str) -> None:
        copy = data.draw(st.sampled_from(self.copies))
        place = Path(self.temporary.name) / "copy.xlsx"
        place.write_bytes(copy.content)
        known = dict(copy.known)
        self.type_into(place, known, data, label)
        self.copies.append(Copy(place.read_bytes(), known, copy.at, is_edited=True))

    @precondition(lambda self: self.copies)
    @rule(at=st.integers(0, 1), data=st.data())
    def save_a_copy_over(self, at: int, data: st.DataObject) -> None:
        pc, copy = self.pcs[at], data.draw(st.sampled_from(self.copies))
        if copy.at != at and copy.is_edited:
            return  # a sync client brings what another PC has; an edited copy is a conflict copy
        self.settle(pc)
        before = pc.path.read_bytes()
        if copy.at != at:
            self.leave_beside(pc, copy.known)
        pc.path.write_bytes(copy.content)
        if self.generation(pc) == stamp_of(pc.path)[0].generation:
            pc.path.write_bytes(before)  # people take back in Excel what people typed in Excel
            return
        pc.book = dict(copy.known)
        self.settle(pc)

    @precondition(lambda self: self.copies)
    @rule(at=st.integers(0, 1), data=st.data())
    def bring_a_conflict_copy(self, at: int, data: st.DataObject) -> None:
        self.put_beside(self.pcs[at], data.draw(st.sampled_from(self.copies)))
        self.settle(self.pcs[at])

    @rule()
    def both_meet(self) -> None:
        one, other = self.pcs
        self.settle(one)
        self.settle(other)
        for here, there in ((one, other), (other, one), (one, other)):
            self.leave_beside(there, here.book)
            there.book = dict(here.book)
            there.path.write_bytes(here.path.read_bytes())
            self.settle(there)
        assert one.values() == other.values()

    @invariant()
    def nothing_is_lost(self) -> None:
        for pc in self.pcs:
            if pc.desk.mirror.waiting():
                continue
            shown = pc.values()
            clashes = {(one.record, one.key): one.ours for one in pc.desk.mirror.conflicts()}
            for (record, label), edits in pc.mirror.items():
                assert record in shown, "a record that was entered is gone"
                if not label:
                    continue
                overwritten = frozenset().union(*(self.ancestors[one] for one in edits))
                heads = edits - overwritten
                value, waits = shown[record].get(KEYS[label]), clashes.get((record, KEYS[label]))
                assert value in heads or waits in heads, "an edit is lost"
                if len(heads) > 1:
                    assert (record, KEYS[label]) in clashes, f"one of {heads} is lost"

    def teardown(self) -> None:
        for pc in self.pcs:
            pc.desk.close()
        self.patch.undo()
        self.temporary.cleanup()

    def put_beside(self, pc: Pc, copy: Copy) -> None:
        self.count += 1
        (pc.desk.folder / f"客户档案 (冲突副本 {self.count}).xlsx").write_bytes(copy.content)
        pc.mirror = joined(pc.mirror, copy.known)

    def leave_beside(self, pc: Pc, known: Known) -> None:
        """Keep a workbook that holds more than what replaces it, as every sync client does."""
        if any(edits - known.get(cell, frozenset()) for cell, edits in pc.book.items()):
            self.put_beside(pc, pc.copy())

    # --- parts ------------------------------------------------------------------------------

    def type_into(self, path: Path, known: Known, data: st.DataObject, label: str) -> None:
        rows = excel.rows_of(path, SHEET)
        number = data.draw(st.integers(0, len(rows) - 1))
        value = self.edit(known, (str(rows[number]["客户编号"]), label))
        excel.edit(path, excel.setting(SHEET, number + 2, **{label: value}))

    def generation(self, pc: Pc) -> str:
        state = pc.desk.mirror.file_state(BOOK)
        assert state is not None
        return state.stamp.generation


def run(stage: Path, examples: int, steps: int) -> None:
    class Staged(Copies):
        pass

    Staged.stage = stage
    run_state_machine_as_test(
        Staged,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            derandomize=examples < 20,
            phases=(Phase.explicit, Phase.generate),  # a step takes too long to be tried in vain
        ),
    )


def test_copies_between_two_pcs_lose_nothing(quiet_stage: Path) -> None:
    run(quiet_stage, 3, 10)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_copies_between_two_pcs_lose_nothing(quiet_stage: Path) -> None:
    run(quiet_stage, 200, 30)
