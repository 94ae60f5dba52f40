"""Processes that die, or meet failing system calls, at a chosen moment.

They are forked from a server that has everything imported, so that one costs a fraction of a
second, and they tell what they did through shared memory: a note is there the moment it is written
down, without a system call that could be the one that fails.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shutil
import signal
import subprocess
import time
import traceback
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess

_LOADED = [
    "openpyxl",
    "storedesk.operations.founding",
    "storedesk.operations.records",
    "storedesk.operations.syncing",
]
"""What the server has imported when it forks."""
_MANY = 4096
_PATIENCE = 60.0
_ANYBODY = -1
_MAY_BE_TRACED = 0x59616D61
"""``PR_SET_PTRACER``: some systems let a process be traced by its ancestors only."""


@cache
def _server() -> ForkServerContext:
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(_LOADED)
    return server


class Notes:
    """What a process told: how far it came with each piece of work, and a bug's trace, if any."""

    def __init__(self) -> None:
        self._stages = _server().RawArray("i", _MANY)
        self._bug = _server().RawArray("c", _MANY)

    def reached(self, number: int, stage: int) -> None:
        """Note that a piece of work has come to this stage."""
        self._stages[number] = stage

    def stage(self, number: int) -> int:
        """Return how far a piece of work has come, 0 if it was not begun."""
        return int(self._stages[number])

    def blame(self, trace: str) -> None:
        """Note a bug."""
        self._bug.value = trace.encode()[-_MANY + 1 :].decode("utf-8", "ignore").encode()

    @property
    def bug(self) -> str:
        """The trace of a bug, empty if there was none."""
        return str(self._bug.value.decode("utf-8", "replace"))


Ready = Callable[[], None]
"""Called by the work where it may be traced from: it waits until the tracer is there."""
Work = Callable[[Notes, Ready], None]


class Doomed:
    """A process that does ``work`` and is going to be killed, or made to fail."""

    def __init__(self, work: Work, notes: Notes) -> None:
        self._gate, theirs = _server().Pipe()
        self.process: ForkServerProcess = _server().Process(target=_run, args=(work, notes, theirs))
        self.process.start()
        theirs.close()

    def killed_after(self, seconds: float) -> int:
        """Let it run, and kill it ``seconds`` after it was ready; return how it ended."""
        self._gate.recv()
        self._gate.send("go")
        deadline = time.monotonic() + seconds
        self.process.join(max(0.0, deadline - time.monotonic()))
        self.process.kill()
        return self._ended()

    def injected(self, call: str, what: str) -> int:
        """Let it run with something injected into a system call; return how it ended.

        Args:
            call: the system call, or several with commas between.
            what: what is injected and when, as strace has it: ``error=EIO:when=3``.
        """
        self._gate.recv()
        with _tracer(self.process.pid or 0, call, what) as tracer:
            self._gate.send("go")
            ended = self._ended()
            tracer.wait(_PATIENCE)
        return ended

    def _ended(self) -> int:
        self.process.join(_PATIENCE)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            self.process.join()
            raise AssertionError("the process did not end")
        self._gate.close()
        self.process.close()
        return code


KILLED = -signal.SIGKILL


def _run(work: Work, notes: Notes, gate: Connection) -> None:
    def ready() -> None:
        gate.send("ready")
        gate.recv()

    code = 0
    try:
        ctypes.CDLL(None).prctl(_MAY_BE_TRACED, _ANYBODY)
        work(notes, ready)
    except BaseException:  # noqa: BLE001  # told to the test, which fails
        notes.blame(traceback.format_exc())
        code = 3
    os._exit(code)  # without the calls of a tidy end, which may be made to fail


def _tracer(pid: int, call: str, what: str) -> subprocess.Popen[str]:
    """Return strace, attached."""
    command = ["strace", "-p", str(pid), "-o", "/dev/null", "-e", f"trace={call}"]
    command += ["-e", f"inject={call}:{what}"]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    line = tracer.stderr.readline()
    if "attached" not in line:
        tracer.kill()
        raise OSError(line.strip())
    return tracer


def _nothing(notes: Notes, ready: Ready) -> None:
    ready()


@cache
def can_attach() -> bool:
    """Whether strace is there and may attach to a process (some containers forbid it)."""
    if shutil.which("strace") is None:
        return False
    doomed = Doomed(_nothing, Notes())
    try:
        return doomed.injected("getppid", "error=EIO") == 0
    except OSError:
        doomed.process.kill()
        return False
