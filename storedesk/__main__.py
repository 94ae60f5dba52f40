"""The program's door: the window, or the command line when a command is given."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from storedesk.cli.main import COMMANDS
from storedesk.cli.main import main as command_line


def main() -> None:
    """Run what the arguments ask for and leave with its exit code."""
    # Old .xls lists are read in a process of their own; a packaged program needs this line for it.
    multiprocessing.freeze_support()
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    if len(arguments) == 1 and arguments[0] not in COMMANDS and not arguments[0].startswith("-"):
        return _window(Path(arguments[0]))
    return command_line(arguments)


def _window(folder: Path) -> int:
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
        or os.environ.get("QT_QPA_PLATFORM")
    ):
        print("这台机器没有屏幕，窗口打不开；命令照常能用：storedesk --help", file=sys.stderr)  # noqa: T201  # nowhere else to say it
        return 1
    from storedesk.gui.application import run  # noqa: PLC0415  # Qt only where a window is wanted

    return run(folder)


if __name__ == "__main__":
    main()
