"""The window: first paint, 今天 at 4 × 100,000 records, a keystroke, memory and CPU at rest.

Run it on a quiet machine, from the checkout::

    python -m tests.benchmarks.bench_window
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QEventLoop
from PySide6.QtWidgets import QApplication

from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.today import TodayPage
from storedesk.gui.preferences import Preferences
from storedesk.operations.clock import FixedClock
from tests.gui.opened import OpenedWindow, spin
from tests.helpers import benching, big_desks
from tests.helpers.benching import Figure

MANY, FEW = 100_000, 1_000
PAINTS = 9
IDLE_SECONDS = 20
WORDS = ("王", "王丽", "138", "13800", "zh", "zhang", "chenyu", "9981", "阳光", "花园")
_BARE = """
import time
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.monotonic(), flush=True)
        import os; os._exit(0)
app = QApplication([])
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
"""
_OURS = """
import os, sys, time
from pathlib import Path
from storedesk.gui import application, main_window
def painted():
    print(time.monotonic(), flush=True)
    os._exit(0)
first = application.first_window
def watched(preferences):
    window = first(preferences)
    window.painted.connect(painted)
    return window
application.first_window = watched
application.run(Path(sys.argv[1]))
"""


def main() -> int:
    """Measure everything and print a line per figure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1:2] == ["inside"]:
        print(json.dumps(_measure_inside(Path(sys.argv[2]))))  # noqa: T201  # to the parent
        return 0
    with benching.disk_folder() as folder:
        figures = [*_first_paint(folder)]
        desk = folder / "desk"
        with big_desks.new_desk(desk) as made:
            big_desks.put_into_mirror(made, "customers", big_desks.customers(MANY))
            big_desks.put_into_mirror(made, "followups", big_desks.followups(MANY, FEW))
            big_desks.put_into_mirror(made, "complaints", big_desks.complaints(MANY, FEW))
            big_desks.put_into_mirror(made, "stock_moves", big_desks.stock_moves(MANY))
        figures += _inside(desk)
    return benching.report(figures)


def _first_paint(folder: Path) -> Iterator[Figure]:
    bare, ours = [], []
    for _ in range(PAINTS):
        bare.append(_until_paint(_BARE))
        ours.append(_until_paint(_OURS, str(folder)))
    yield Figure("bare QMainWindow, process start to first paint", min(bare) * 1e3, 10_000, "ms")
    yield Figure("first paint compared with a bare window", min(ours) / min(bare), 1.5, "×")


def _until_paint(script: str, *arguments: str) -> float:
    begin = time.monotonic()
    return float(benching.script_output(script, *arguments)) - begin


def _inside(desk: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_window", "inside", str(desk)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    yield Figure("window ready, 今天 filled, 4 × 100,000 records", found["today"], 1.0, "s")
    yield Figure("keystroke in 找客户 to the list, p95", found["find"], 16, "ms")
    yield Figure("keystroke in a ledger of 100,000 to its rows, p95", found["search"], 16, "ms")
    yield Figure("memory at rest", found["memory"], 200, "MB")
    yield Figure("CPU at rest", found["cpu"], 2, "%")


def _measure_inside(desk: Path) -> dict[str, float]:
    app = QApplication(sys.argv[:1])
    preferences = Preferences(desk.parent / "window.ini")
    begin = time.perf_counter()
    opened = OpenedWindow(app, desk, preferences, FixedClock(big_desks.NOW))
    opened.wait(lambda: _today_is_filled(opened), seconds=60)
    today = time.perf_counter() - begin
    opened.settled()
    found = {"today": today, "find": _find(opened), "search": _search(opened)}
    opened.go("today")
    spin(6_000)
    spent, begin = time.process_time(), time.perf_counter()
    spin(IDLE_SECONDS * 1000)
    share = (time.process_time() - spent) / (time.perf_counter() - begin)
    found |= {"memory": _resident_mb(), "cpu": share * 100}
    opened.close()
    return found


def _today_is_filled(opened: OpenedWindow) -> bool:
    page = opened.contents.page("today")
    return isinstance(page, TodayPage) and page.model.rowCount() > 0


def _find(opened: OpenedWindow) -> float:
    """Return the p95 of what follows a keystroke, without the time fingers are given to rest."""
    dialog = FindDialog(opened.session, opened.window)
    dialog.open()
    return _p95(dialog._search, dialog.model)


def _search(opened: OpenedWindow) -> float:
    page = opened.go("customers")
    assert isinstance(page, LedgerPage)
    opened.wait(lambda: page.model.record_at(0) is not None)
    return _p95(page._search, page.model)


def _p95(ask: Callable[[str], object], model: QAbstractItemModel) -> float:
    """Return the 95th percentile of the milliseconds from asking to the model's answer."""
    times = []
    answered = QEventLoop()
    model.modelReset.connect(answered.quit)
    for words in WORDS * 4:
        begin = time.perf_counter()
        ask(words)
        answered.exec()
        times.append(time.perf_counter() - begin)
        spin(30)
    return benching.percentile(times, 0.95) * 1e3


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
