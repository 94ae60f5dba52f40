"""The program's door: the window, or the command line when a command is given."""

from __future__ import annotations

import sys

from storedesk.cli.main import main as command_line


def main() -> None:
    """Run what the arguments ask for and leave with its exit code."""
    sys.exit(command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
