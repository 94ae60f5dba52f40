"""What benchmarks share: timing, a folder on the real disk, and one line per figure.

Figures are ratios within one run, or medians and percentiles against a limit a person would notice
(design.md §2, promise 7).
"""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; ``limit`` is the most it may be, or the least with ``at_least``."""

    name: str
    measured: float
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def ok(self) -> bool:
        """Whether the figure holds."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def line(self) -> str:
        """Return name, measured, limit and verdict in one line."""
        sign = "≥" if self.at_least else "≤"
        verdict = "ok" if self.ok else "NOT OK"
        measured, limit = f"{self.measured:.3g} {self.unit}", f"{sign} {self.limit:g} {self.unit}"
        return f"{self.name:<64} {measured:>12} {limit:>14}  {verdict}"


def report(figures: Sequence[Figure]) -> int:
    """Print a line per figure; return 1 if one does not hold, for ``sys.exit``."""
    for figure in figures:
        print(figure.line(), flush=True)  # noqa: T201  # printing is a benchmark's work
    return int(not all(figure.ok for figure in figures))


@contextmanager
def disk_folder() -> Iterator[Path]:
    """Yield a folder on the disk of the working directory, with the program's own folder in it.

    The temporary folder of a system may lie in memory, where a commit costs nothing.
    """
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        os.environ["STOREDESK_HOME"] = str(folder / "home")
        os.environ.pop("STOREDESK_TODAY", None)
        os.environ.pop("STOREDESK_USER", None)
        yield folder


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes, once."""
    gc.collect()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def medians(actions: Sequence[Callable[[], object]], times: int) -> list[float]:
    """Return the median seconds of each action, taken in turns so that noise hits all alike."""
    measured: list[list[float]] = [[] for _ in actions]
    for _ in range(times):
        for action, found in zip(actions, measured, strict=True):
            start = time.perf_counter()
            action()
            found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in measured]


def percentile(measured: Sequence[float], share: float) -> float:
    """Return the value below which a share (0…1) of the measurements lies."""
    ordered = sorted(measured)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def command_seconds(*arguments: str, times: int = 5) -> float:
    """Return the median seconds of a command line, from process start to its end."""
    whole = [sys.executable, "-m", "storedesk", *arguments]
    return medians([lambda: subprocess.run(whole, check=True, capture_output=True)], times)[0]


def script_output(script: str, *arguments: str) -> str:
    """Run Python source in a process of its own and return what it prints.

    Raises:
        subprocess.CalledProcessError: the script failed.
    """
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def peak_mb() -> float:
    """Return the most memory this process has held, in MB.

    Linux' ``ru_maxrss`` also counts what the process held that it was forked from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
