"""The house holds: floors, sizes, words, and what the README promises."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from storedesk.cli.main import COMMANDS, parser

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "storedesk").rglob("*.py"))
README = (ROOT / "README.md").read_text("utf-8")
CLOCKS = {"today", "now", "utcnow"}
DRAWERS = {"utils", "helpers", "common", "misc", "base", "manager", "handler", "service", "data"}


def test_imports_keep_to_the_floors() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_short_and_not_drawers(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400
    assert path.stem not in DRAWERS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_clock_reads_the_time(path: Path) -> None:
    """``papers`` reads the real clock for certificates and signing times (decision 24)."""
    if path.parts[-2] == "papers" or path.name == "clock.py":
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            assert not (
                isinstance(node.value, ast.Name) and node.value.id in ("date", "datetime")
            ), f"{path.name}:{node.lineno} reads a clock"


def test_every_command_is_registered_and_in_the_readme() -> None:
    offered = next(a for a in parser()._actions if a.dest == "name").choices
    assert offered is not None
    assert set(offered) == set(COMMANDS)
    told = set(re.findall(r"storedesk ([a-z-]+)", README))
    assert told - set(COMMANDS) <= {"demo"}


def test_the_readme_names_every_dependency_with_its_licence() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    block = project.split("\ndependencies = [", 1)[1].split("]", 1)[0]
    for name in re.findall(r'"([A-Za-z0-9_-]+)', block):
        row = re.search(
            rf"^\|[^|]*\b{name}\b[^|]*\|[^|]+\|[^|]+\| *[A-Z][^|]+\|$",
            README,
            re.MULTILINE | re.IGNORECASE,
        )
        assert row, f"README's table lacks {name}"


def test_the_glossary_has_every_ledger() -> None:
    forms = {path.stem for path in (ROOT / "forms").glob("*.toml")}
    missing = {ledger for ledger in forms if f"`{ledger}`" not in README}
    assert not missing - {"call_attempts", "answers"}
