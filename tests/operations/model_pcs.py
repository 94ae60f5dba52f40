"""PCs that share a store, the people at them, and what must never be missing (test_desk_model).

A PC is a user's folder of its own: own mirror, own letter, own clock. People edit the workbook as a
file, with openpyxl or wolfxl. All texts entered are unlike any other, so that each can be looked
for wherever it may have gone: current, or a side of a conflict, or replaced in the history.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import wolfxl

from storedesk.domain.errors import UnknownRecord
from storedesk.domain.select import Select
from storedesk.domain.values import Value
from storedesk.mirror.lines import lines_of, pcs_of
from storedesk.operations import alarms, deletions, records, syncing, telling
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.syncing import BookOutcome, Settling, SyncPlan, SyncReport
from storedesk.workbooks import reader

BOOK = "客户档案.xlsx"
SHEET = "客户档案"
LEDGERS = ("customers", "purchases", "followups")
TEXTS = {"地址": "address", "微信": "wechat", "备注": "remark"}
NOON = datetime(2026, 11, 20, 10, 30)
OWNER = f".~lock.{BOOK}#"

Contents = dict[tuple[str, str], dict[str, object]]


@dataclass
class Pc:
    """One PC with its desk opened."""

    home: Path
    folder: Path
    clock: FixedClock
    plan: SyncPlan | None = None
    outcomes: tuple[BookOutcome, ...] | None = None
    settling: Settling | None = None
    found: object = None
    _desk: Desk | None = None

    @contextmanager
    def here(self) -> Iterator[Desk]:
        """Sit down at this PC."""
        before = os.environ.get("STOREDESK_HOME")
        os.environ["STOREDESK_HOME"] = str(self.home)
        try:
            if self._desk is None:
                self._desk = open_desk(self.folder, clock=self.clock)
            yield self._desk
        finally:
            if before is None:
                del os.environ["STOREDESK_HOME"]
            else:
                os.environ["STOREDESK_HOME"] = before

    def crash(self) -> None:
        """Let the program die; what it had planned or carried out is forgotten."""
        self.plan = self.outcomes = self.settling = self.found = None
        if self._desk is not None:
            self._desk.mirror.db.close()
            self._desk = None

    def lose_mirror(self) -> None:
        """Lose the user's folder; the history files have what was saved (decision 21)."""
        with self.here() as desk:
            telling.tell(desk)
        self.crash()
        shutil.rmtree(self.home)
        with self.here() as desk:
            syncing.sync(desk)

    def waiting(self) -> set[str]:
        """Return the texts that are in no workbook yet: they wait, or are ours in a conflict."""
        with self.here() as desk:
            rows = desk.mirror.db.rows("SELECT cells FROM pending")
            found = {str(new) for (cells,) in rows for _, new in json.loads(str(cells)).values()}
            return found | {str(one.ours) for one in desk.mirror.conflicts()}

    def is_behind(self) -> bool:
        """Whether the workbook was changed since this PC looked at it."""
        with self.here() as desk:
            state = desk.mirror.file_state(BOOK)
            return state is None or not reader.unchanged(self.folder / BOOK, state.fingerprint)

    def contents(self) -> Contents:
        """Return the records this PC shows."""
        with self.here() as desk:
            return {
                (ledger, record.id): {**record.values, "raw": dict(record.raw)}
                for ledger in LEDGERS
                for record in desk.mirror.select(Select(ledger))
            }

    def current(self) -> set[str]:
        """Return the texts this PC shows as current, or as one side of a conflict."""
        with self.here() as desk:
            found = {
                str(value)
                for record in desk.mirror.select(Select("customers"))
                for value in record.values.values()
            }
            for one in desk.mirror.conflicts():
                found |= {str(one.ours), str(one.theirs)}
            return found

    def replaced(self) -> set[str]:
        """Return the texts of which this PC's history says what replaced them."""
        with self.here() as desk:
            events = desk.mirror.db.rows("SELECT cells FROM history")
            found: set[str] = set()
            for (cells,) in events:
                found |= _olds(str(cells))
            folder = desk.folder / "历史"
            for pc in pcs_of(folder):
                for line in lines_of(folder, pc):
                    found |= {cell.old for cell in line.cells if cell.old}
            return found


def _in_order(path: Path) -> bool:
    """Whether every row's cells stand from left to right.

    WORKAROUND: wolfxl 2.0.21 puts a new cell behind the others of its row. Excel and openpyxl put
    them in order when they save; the program leaves such a file alone and says so.
    """
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                for row in re.findall(rb"<row\b.*?</row>", package.read(name), re.DOTALL):
                    places = re.findall(rb'<c\b[^>]*?\br="([A-Z]+)\d+"', row)
                    if sorted(places, key=lambda place: (len(place), place)) != places:
                        return False
    return True


def _saved_anew(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book.save(path)
    book.close()


def _olds(cells: str) -> set[str]:
    return {str(old) for old, _ in json.loads(cells).values() if old is not None}


@dataclass
class Store:
    """A store with two PCs on one folder, or each on a copy that a cloud client exchanges."""

    pcs: list[Pc]
    tokens: int = 0
    seen: set[str] = field(default_factory=set)
    issued: set[str] = field(default_factory=set)
    copies: list[bytes] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def apart(self) -> bool:
        return self.pcs[0].folder != self.pcs[1].folder

    def token(self) -> str:
        """Return a text nobody ever entered."""
        self.tokens += 1
        text = f"词{self.tokens:03d}"
        self.issued.add(text)
        return text

    def close(self) -> None:
        for pc in self.pcs:
            pc.crash()

    # --- what the program does ----------------------------------------------------------------

    def add(self, pc: Pc) -> None:
        """Enter a customer who bought something, and owes a call."""
        name = self.token()
        with pc.here() as desk:
            person: dict[str, Value] = {"name": name, "phone": f"1380000{self.tokens:04d}"}
            customer = records.add(desk, "customers", person, "客服").first
            sold: dict[str, Value] = {
                "customer": customer,
                "product": "沙发",
                "delivered_on": NOON.date(),
            }
            records.add(desk, "purchases", sold, "客服")

    def set(self, pc: Pc, which: int, label: str, *, empty: bool = False) -> None:
        with pc.here() as desk:
            ids = desk.mirror.ids(Select("customers"))
            if ids:
                value = "" if empty else self.token()
                with suppress(UnknownRecord):
                    records.set_values(desk, ids[which % len(ids)], {label: value}, "客服")

    def sync(self, pc: Pc) -> SyncReport:
        with pc.here() as desk:
            pc.plan = pc.outcomes = None
            return syncing.sync(desk)

    def step(self, pc: Pc) -> None:
        """Do the next third of a sync, as the window does: plan, carry out, settle."""
        self.creep(pc)
        while pc.settling is not None:
            self.creep(pc)

    def creep(self, pc: Pc) -> None:
        """Do the same, but of a settle one step only, with workbooks taken in row by row."""
        with pc.here() as desk:
            if pc.settling is not None:
                step = pc.settling.step(desk, pc.found)
                pc.found = step.aside() if step.aside else None
                if step.report:
                    pc.settling = None
            elif pc.plan is None:
                pc.plan = syncing.plan(desk)
            elif pc.outcomes is None:
                pc.outcomes = syncing.carry_out(pc.plan)
            else:
                pc.settling = Settling(pc.outcomes, piece=1)
                pc.plan = pc.outcomes = None

    def lose_mirror(self, pc: Pc) -> None:
        """Lose a PC's mirror. What waited comes back.

        What somebody overwrote or deleted in the workbook and no program noticed is nobody's loss.
        """
        shown, waiting, behind = pc.current(), pc.waiting(), pc.is_behind()
        pc.lose_mirror()
        if behind:
            self.seen -= shown - waiting - pc.current()

    # --- what people do -----------------------------------------------------------------------

    def edit(self, pc: Pc, change: Callable[[Any, Any], object], tool: str) -> None:
        """Open the workbook at a PC, change it, and save it."""
        path = pc.folder / BOOK
        if tool == "wolfxl":
            book = wolfxl.load_workbook(str(path), modify=True)
            change(book[SHEET], book)
            book.save(str(path))
            if not _in_order(path):
                _saved_anew(path)
        else:
            book = openpyxl.load_workbook(path)
            change(book[SHEET], book)
            book.save(path)
            book.close()

    def hold(self, pc: Pc) -> None:
        (pc.folder / OWNER).write_text(",王芳,shop-pc,22.11.2026 10:24,file:///x;", "utf-8")

    def release(self, pc: Pc) -> None:
        (pc.folder / OWNER).unlink(missing_ok=True)

    def exchange(self, source: Pc, target: Pc) -> None:
        """Let a cloud client bring one folder's files over the other's; the last one wins."""
        for path in source.folder.glob("*.xlsx"):
            shutil.copy2(path, target.folder / path.name)
        self.exchange_history()

    def exchange_history(self) -> None:
        """History files have one writer each, so that they only ever travel from their PC."""
        for one, other in (self.pcs, reversed(self.pcs)):
            with one.here() as desk:
                letter = desk.pc
            for path in (one.folder / "历史").glob(f"{letter}-*.jsonl"):
                shutil.copy2(path, other.folder / "历史" / path.name)

    # --- what must hold -----------------------------------------------------------------------

    def look(self) -> None:
        """See that no text ever shown is missing, and note what is shown now."""
        shown = [pc.current() for pc in self.pcs]
        missing = self.seen - shown[0] - shown[1]
        if missing:
            missing -= self.pcs[0].replaced() | self.pcs[1].replaced()
        assert not missing, f"lost: {missing}"
        self.seen |= (shown[0] | shown[1]) & self.issued

    def meet(self) -> None:
        """Let everybody finish and answer what is asked; then all show the same."""
        for pc in self.pcs:
            self.release(pc)
            pc.clock.moment += timedelta(minutes=5)
        for _ in range(8):
            before = [pc.contents() for pc in self.pcs]
            reports = []
            for one, other in (self.pcs, [*reversed(self.pcs)]):
                reports.append(self._finish(one))
                if self.apart:
                    self.exchange(one, other)
            self.look()
            after = [pc.contents() for pc in self.pcs]
            if before == after and after[0] == after[1] and not any(r.waiting for r in reports):
                return
        raise AssertionError(f"they do not agree: {_differences(*after)} {reports}")

    def _finish(self, pc: Pc) -> SyncReport:
        """Sync until nothing is asked any more: rows gone are meant, rows edited here stay."""
        with pc.here() as desk:
            for _ in range(4):
                report = syncing.sync(desk)
                asked = [one.workbook for one in alarms.open_alarms(desk)]
                for workbook in asked:
                    alarms.confirm(desk, workbook)
                held = deletions.open_deletions(desk)
                for one in held:
                    deletions.write_back(desk, one.ledger, one.record, by="客服")
                if not asked and not held:
                    return report
        raise AssertionError("it never stops asking")


def _differences(one: Contents, other: Contents) -> object:
    return {
        key: (one.get(key), other.get(key))
        for key in {**one, **other}
        if one.get(key) != other.get(key)
    }
