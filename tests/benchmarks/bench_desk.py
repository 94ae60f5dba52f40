"""What a command costs on a large, unchanged desk, and what is due on it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from storedesk.operations import due, imports
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import open_desk
from storedesk.operations.founding import init_desk
from tests.helpers import big_desks
from tests.helpers.benching import Figure, disk_folder, report

MANY = 100_000
OPEN = 1_000
LIST = Path(__file__).parents[3] / "shared" / "data" / "messy" / "交车客户.csv"


def main() -> int:
    """Measure and print; 1 if a figure does not hold."""
    with disk_folder() as folder:
        figures = [*_large(folder / "large"), *_import(folder / "import")]
    return report(figures)


def _large(folder: Path) -> list[Figure]:
    with big_desks.new_desk(folder) as desk:
        big_desks.put_into_mirror(desk, "customers", big_desks.customers(MANY))
        big_desks.put_into_mirror(desk, "followups", big_desks.followups(MANY, OPEN))
        big_desks.put_into_mirror(desk, "complaints", big_desks.complaints(MANY, 5))
        big_desks.put_into_mirror(desk, "stock_moves", big_desks.stock_moves(MANY))
    with open_desk(folder, clock=FixedClock(big_desks.NOW)) as desk:
        listed = statistics.median(_seconds(lambda: due.due_list(desk)) for _ in range(9))
    commands = {
        "list": ("list", str(folder), "customers", "--limit", "5"),
        "find": ("find", str(folder), "wjg"),
        "due": ("due", str(folder)),
    }
    today = ("--today", f"{big_desks.NOW:%Y-%m-%dT%H:%M}")
    return [
        Figure(f"due: {OPEN:,} open of {MANY:,}, desk open", listed * 1000, 100, "ms"),
        *(
            Figure(
                f"command on 4 × {MANY:,} unchanged rows: {name}",
                statistics.median(_command(*words, *today) for _ in range(5)),
                1.0,
                "s",
            )
            for name, words in commands.items()
        ),
    ]


def _import(folder: Path) -> list[Figure]:
    if not LIST.exists():
        return []
    with init_desk(folder, "auto", big_desks.STORE, clock=FixedClock(big_desks.NOW)) as desk:
        imports.run(desk, LIST, "customers", by="客服", preview=True)
    seconds = _command("import", str(folder), str(LIST), "--ledger", "customers")
    return [Figure("import of 120 rows into three ledgers, written", seconds, 2.0, "s")]


def _command(*words: str) -> float:
    start = time.perf_counter()
    subprocess.run(  # our own command
        [sys.executable, "-m", "storedesk", *words], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
