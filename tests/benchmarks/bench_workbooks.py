"""What flushing into, taking in, and opening large workbooks costs, as ratios within one run.

Run it on a quiet machine, from the checkout, whose disk is measured (some five minutes; openpyxl
takes most of them)::

    python -m tests.benchmarks.bench_workbooks
"""

from __future__ import annotations

import re
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

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


class Steps:
    """One sync in its three steps, and how long each step on the clerk took at the longest."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.clerk = 0.0

    def sync(self) -> float:
        """Return the seconds of a whole sync, the clerk's steps and the worker's."""
        plans: list[syncing.SyncPlan] = []
        outcomes: list[tuple[syncing.BookOutcome, ...]] = []
        told: list[float] = []
        beside = 0.0
        more = True
        while more:  # in steps, as the window does
            begin = time.perf_counter()
            planned = telling.plan(self.desk)
            first = time.perf_counter() - begin
            upto = telling.carry_out(planned)
            beside += time.perf_counter() - begin - first
            begin = time.perf_counter()
            more = telling.settle(self.desk, upto)
            told += [first, time.perf_counter() - begin]
        planning = benching.seconds(lambda: plans.append(syncing.plan(self.desk)))
        carrying = benching.seconds(lambda: outcomes.append(syncing.carry_out(plans[0])))
        settling = benching.seconds(lambda: syncing.settle(self.desk, outcomes[0]))
        self.clerk = max(self.clerk, planning, settling, *told)
        return sum(told) + beside + planning + carrying + settling


def main() -> int:
    """Measure and print; 1 if a figure does not hold."""
    with benching.disk_folder() as folder:
        few, many = _desk(folder / "few", FEW), _desk(folder / "many", MANY)
        first = Steps(many)
        figures = [Figure(f"first reading of {MANY:,} customers", first.sync(), 30, "s")]
        figures.append(Figure("… longest step on the clerk", first.clerk, 20, "s"))
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
    yield Figure("… longest step on the clerk", steps.clerk * 1e3, 50, "ms")
    for trace in desk.mirror.db.path.parent.glob("*.trace"):
        trace.unlink()
    _edit_outside(path, 77_777)
    steps = Steps(desk)
    yield Figure(
        f"{name} saved anew from end to end, to the same", steps.sync() / min(bare), 5, "×"
    )
    yield Figure("… longest step on the clerk", steps.clerk, 5, "s")


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
    yield Figure("… longest step on the clerk", steps.clerk * 1e3, 50, "ms")


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
