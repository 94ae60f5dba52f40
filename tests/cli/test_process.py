"""The program as a process: exit codes, streams, and what a command must not load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("PySide6", "pandas", "reportlab", "pikepdf", "pyhanko", "openpyxl", "apscheduler")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    return {**kept, "STOREDESK_HOME": str(tmp_path / "home"), "STOREDESK_TODAY": "2026-11-20"}


def run(
    environment: dict[str, str], *words: str, source: str = ""
) -> subprocess.CompletedProcess[str]:
    command = ["-c", source] if source else ["-m", "storedesk"]
    return subprocess.run(
        [sys.executable, *command, *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_exit_codes_and_streams(environment: dict[str, str], tmp_path: Path) -> None:
    desk = str(tmp_path / "店")
    made = run(environment, "init", desk, "--profile", "auto", "--store", "店")
    assert (made.returncode, made.stderr) == (0, "")
    unknown = run(environment, "show", desk, "KH-1")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.count("\n") == 1
    assert run(environment, "show", desk).returncode == 2
    assert run(environment, "--help").returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only here a screen may be missing")
def test_a_missing_screen_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    opened = run(environment, str(tmp_path))
    assert opened.returncode == 1
    assert "没有屏幕" in opened.stderr


def test_a_command_loads_nothing_heavy(environment: dict[str, str], tmp_path: Path) -> None:
    desk = str(tmp_path / "店")
    assert run(environment, "init", desk, "--profile", "auto", "--store", "店").returncode == 0
    source = (
        "import sys\n"
        "from storedesk.cli.main import main\n"
        "code = main(sys.argv[1:])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
        "sys.exit(code)\n"
    )
    done = run(environment, "due", desk, source=source)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
