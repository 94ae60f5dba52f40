"""What flushing into, taking in, and opening large workbooks costs, as ratios within one run.

Run it on a quiet machine, from the checkout, whose disk is measured (some five minutes; openpyxl
takes most of them)::

    python -m tests.benchmarks.bench_workbooks
"""

from __future__ import annotations

import gc
import re
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import openpyxl
import python_calamine
import wolfxl

from storedesk.domain.select import Select
from storedesk.operations import records, syncing, telling
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from tests.helpers import benching, big_desks
from tests.helpers.benching import Figure

FEW, MANY = 1_000, 100_000
BOOK, SHEET, PART = "客户档案.xlsx", "客户档案", "xl/worksheets/sheet1.xml"
TIMES = 3
REMARK = re.compile("老客户介绍|改过[0-9]+".encode())
FLUSH = """
import sys
from pathlib import Path
from storedesk.domain.select import Select
from storedesk.operations import records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import open_desk
from tests.helpers import big_desks
from tests.helpers.benching import peak_mb
with open_desk(Path(sys.argv[1]), clock=FixedClock(big_desks.NOW)) as desk:
    customer = desk.mirror.ids(Select("customers", (), (), 1))[0]
    records.set_values(desk, customer, {"微信": "peak"}, "客服")
    assert syncing.sync(desk).written
print(peak_mb())
"""


T = TypeVar("T")


class Steps:
    """A sync as the window does it, and how long its steps on the clerk's lane took."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.whole = 0.0
        self.longest = 0.0
        self.busiest = 0.0

    def sync(self) -> float:
        """Return the seconds of a whole sync, the clerk's steps and the worker's."""
        self.whole = 0.0
        more = True
        while more:
            told = self._beside(partial(telling.carry_out, self._on_clerk(telling.plan)))
            more = self._on_clerk(partial(telling.settle, upto=told))
        plan = self._on_clerk(syncing.plan)
        settling = syncing.Settling(self._beside(lambda: syncing.carry_out(plan)))
        found: object = None
        while True:
            step = self._on_clerk(partial(settling.step, found=found))
            if step.report is not None:
                return self.whole
            found = self._beside(step.aside) if step.aside else None

    def figures(self) -> Iterator[Figure]:
        """Return the longest step on the clerk, and what the processor did of one at most."""
        yield Figure("… longest step on the clerk", self.longest * 1e3, 50, "ms")
        yield Figure("… of a step on the clerk, the processor's part", self.busiest * 1e3, 50, "ms")

    def _on_clerk(self, work: Callable[[Desk], T]) -> T:
        busy, begin = time.thread_time(), time.perf_counter()
        found = work(self.desk)
        spent = time.perf_counter() - begin
        self.busiest = max(self.busiest, time.thread_time() - busy)
        self.longest = max(self.longest, spent)
        self.whole += spent
        return found

    def _beside(self, work: Callable[[], T]) -> T:
        begin = time.perf_counter()
        found = work()
        self.whole += time.perf_counter() - begin
        return found


def main() -> int:
    """Measure and print; 1 if a figure does not hold."""
    first, second, _ = gc.get_threshold()
    gc.set_threshold(first, second, 500)  # as in the window
    with benching.disk_folder() as folder:
        few, many = _desk(folder / "few", FEW), _desk(folder / "many", MANY)
        pasting = Steps(many)
        figures = [Figure(f"{MANY:,} customers pasted into a workbook", pasting.sync(), 90, "s")]
        figures += pasting.figures()
        Steps(few).sync()
        figures += _taking_in(many)
        figures += _flushing(many)
        few.close()
        many.close()
        figures += _opening(few.folder, many.folder)
        peak = float(benching.script_output(FLUSH, str(many.folder)))
        figures.append(
            Figure(f"memory of a process that flushes into {MANY:,} rows", peak, 300, "MB")
        )
    return benching.report(figures)


def _desk(folder: Path, count: int) -> Desk:
    desk = big_desks.new_desk(folder)
    rows = {"customers": big_desks.customers(count)}
    big_desks.put_into_workbook(desk.path(BOOK), desk.sheets_of(BOOK), rows)
    return desk


def _taking_in(desk: Desk) -> Iterator[Figure]:
    path, steps = desk.path(BOOK), Steps(desk)
    bare: list[float] = []
    taken: list[float] = []
    for turn in range(TIMES):
        _edit_outside(path, 5_000 + 30_000 * turn)
        bare.append(benching.seconds(lambda: _read_bare(path)))
        taken.append(steps.sync())
    name = f"taking in one outside edit of {MANY:,} rows"
    yield Figure(f"{name}, to one bare reading", min(taken) / min(bare), 1.6, "×")
    yield from steps.figures()
    for trace in desk.mirror.db.path.parent.glob("*.trace"):
        trace.unlink()
    _edit_outside(path, 77_777)
    steps = Steps(desk)
    yield Figure(
        f"{name} saved anew from end to end, to the same", steps.sync() / min(bare), 5, "×"
    )
    yield from steps.figures()


def _flushing(desk: Desk) -> Iterator[Figure]:
    path, steps = desk.path(BOOK), Steps(desk)
    customers = desk.mirror.ids(Select("customers"))
    flushed: dict[int, float] = {}
    for count in (1, 100):
        found: list[float] = []
        for turn in range(TIMES):
            for customer in customers[turn * 1_000 : turn * 1_000 + count]:
                records.set_values(desk, customer, {"微信": f"wx{count}-{turn}"}, "客服")
            found.append(steps.sync())
        flushed[count] = min(found)
    by_wolfxl = min(benching.seconds(lambda: _edit_by(wolfxl, path)) for _ in range(TIMES))
    by_openpyxl = benching.seconds(lambda: _edit_by(openpyxl, path))
    for count, spent in flushed.items():
        name = f"flush of {count} into {MANY:,} × 16"
        yield Figure(f"{name}: openpyxl takes", by_openpyxl / spent, 25, "×", at_least=True)
        yield Figure(f"{name}: wolfxl takes", by_wolfxl / spent, 1, "×", at_least=True)
    yield from steps.figures()


def _opening(few: Path, many: Path) -> Iterator[Figure]:
    at_few, at_many = benching.medians([lambda: _open(few), lambda: _open(many)], 9)
    yield Figure(
        f"opening an unchanged desk of {MANY:,} rows, to {FEW:,}", at_many / at_few, 1.3, "×"
    )


def _open(folder: Path) -> None:
    with open_desk(folder, clock=FixedClock(big_desks.NOW)) as desk:
        syncing.sync(desk)


def _edit_by(library: object, path: Path) -> None:
    """Change a cell and add a row, in a copy."""
    copy = path.parents[1] / "copy.xlsx"
    shutil.copyfile(path, copy)
    book = library.load_workbook(copy, **({"modify": True} if library is wolfxl else {}))  # type: ignore[attr-defined]
    book[SHEET].cell(MANY // 2, 13).value = "wx"
    book.save(copy)
    copy.unlink()


def _read_bare(path: Path) -> None:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for _ in book.get_sheet_by_name(SHEET).iter_rows():
        pass


def _edit_outside(path: Path, number: int) -> None:
    """Change one cell as a program does that leaves all other rows as they were."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts[PART]
    start = sheet.index(b'<row r="%d"' % number)
    end = sheet.index(b"</row>", start)
    row = REMARK.sub(f"改过{number}".encode(), sheet[start:end])
    parts[PART] = sheet[:start] + row + sheet[end:]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in parts.items():
            book.writestr(name, content)


if __name__ == "__main__":
    sys.exit(main())
