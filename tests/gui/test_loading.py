"""What a start may load: each name here was measured too slow or too large for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "pandas",
    "numpy",
    "reportlab",
    "pikepdf",
    "pyhanko",
    "openpyxl",
    "pypinyin",
    "sqlalchemy",
    "watchdog",
)
"""Wanted only when a report or an import is made; the whole window does without them."""
AFTER_PAINT = (
    "sqlite3",
    "apscheduler",
    "storedesk.operations",
    "storedesk.resources",
    "storedesk.gui.contents",
)
"""Wanted at every start, but not before the window is on screen."""


def loaded_by(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules, sep='\\n')"],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def first() -> set[str]:
    return loaded_by("import storedesk.gui.application")


@pytest.fixture(scope="module")
def whole() -> set[str]:
    return loaded_by("import storedesk.gui.opening")


@pytest.mark.parametrize("name", [*HEAVY, *AFTER_PAINT])
def test_is_not_loaded_before_the_first_paint(first: set[str], name: str) -> None:
    assert name not in first


@pytest.mark.parametrize("name", HEAVY)
def test_is_not_loaded_by_the_window(whole: set[str], name: str) -> None:
    assert name not in whole


def test_no_module_of_the_window_works_at_import() -> None:
    made = loaded_by(
        "from PySide6.QtWidgets import QApplication\n"
        "import storedesk.gui.opening\n"
        "assert QApplication.instance() is None"
    )
    assert "storedesk.gui.pages.today" in made
