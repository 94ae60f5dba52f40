"""Acknowledged means durable (promise 1): a process killed at any instant loses nothing it told.

The process under test saves operations one after the other, each a customer with a purchase, and
prints the number of each when ``apply`` has returned. However it ends, the mirror holds whole
operations only, and every one that was printed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storedesk.domain.select import Select
from storedesk.mirror import Mirror
from tests.mirror.conftest import Reopen

ROOT = Path(__file__).parents[2]
SAVING = """
import sys
from datetime import datetime
from pathlib import Path
from storedesk import resources
from storedesk.domain.changes import Edit, Operation
from storedesk.mirror import Mirror

mirror = Mirror.open(Path(sys.argv[1]), resources.load_forms(), "forms")
print("ready", flush=True)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    customer, purchase = f"KH-20261120-A{number:03d}", f"GM-20261120-A{number:03d}"
    edits = (
        Edit("customers", customer, {"name": "王建国", "phone": "13800003456"}, new=True),
        Edit("purchases", purchase, {"customer": customer, "model": "沙发"}, new=True),
    )
    mirror.apply(Operation(f"op-{number}", datetime(2026, 11, 20, 10, 30), "王芳", edits))
    print(number, flush=True)
"""
CALLS = {"pwrite64": 7, "fdatasync": 1, "ftruncate": 1}
"""System calls of a save, and at every how many of them the process is killed."""


def can_trace() -> bool:
    """Whether strace is there and may trace (some containers forbid it)."""
    strace = shutil.which("strace")
    return (
        strace is not None and subprocess.run([strace, "-qq", "true"], check=False).returncode == 0
    )


def saving(path: Path, first: int, last: int, *before: str) -> subprocess.Popen[str]:
    command = [*before, sys.executable, "-c", SAVING, str(path), str(first), str(last)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def check(mirror: Mirror, told: list[int]) -> None:
    """Check that every operation told is there, and no half of any."""
    customers = {one[-3:] for one in mirror.ids(Select("customers"))}
    purchases = {one[-3:] for one in mirror.ids(Select("purchases"))}
    waiting = {
        one for one in mirror.ids(Select("customers")) if mirror.has_pending("customers", one)
    }

    assert customers == purchases
    assert customers >= {f"{number:03d}" for number in told}
    assert len(customers) <= max(told, default=0) + 1
    assert waiting == {f"KH-20261120-A{one}" for one in customers}
    for one in customers:
        assert len(mirror.history("customers", f"KH-20261120-A{one}")) == 2
        assert mirror.get("purchases", f"GM-20261120-A{one}") is not None


@pytest.mark.parametrize("acknowledged", [1, 2, 7, 30])
def test_killed_while_saving(mirror: Mirror, path: Path, reopen: Reopen, acknowledged: int) -> None:
    mirror.close()
    process = saving(path, 1, 500)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "ready\n"
        told = [int(process.stdout.readline()) for _ in range(acknowledged)]
        process.kill()
        told += [int(line) for line in process.stdout.read().split()]

    check(reopen(), told)


@pytest.mark.skipif(not can_trace(), reason="strace kills at the nth system call")
@pytest.mark.parametrize(("call", "every"), CALLS.items())
def test_killed_at_every_step_of_a_save(
    mirror: Mirror, path: Path, reopen: Reopen, call: str, every: int
) -> None:
    """The process dies at the first, second, third … such call, until it lives through all."""
    mirror.close()
    told: list[int] = []
    for occasion in range(1, 400, every):
        inject = f"inject={call}:signal=KILL:when={occasion}"
        trace = ("strace", "-qq", "-o", "/dev/null", "-P", str(path), "-P", f"{path}-journal")
        last = max(told, default=0)
        process = saving(path, last + 1, last + 3, *trace, "-e", f"trace={call}", "-e", inject)
        output, _ = process.communicate()
        told += [int(line) for line in output.split()[1:]]
        opened = reopen()
        check(opened, told)
        done = opened.count(Select("customers"))
        opened.close()
        told = list(range(1, done + 1))
        if process.returncode == 0:
            break
    assert process.returncode == 0, "the calls were not counted to their end"
