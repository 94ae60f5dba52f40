"""The command line as people use it: real processes would be slow, so ``main`` is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storedesk.cli.main import main

TODAY = "2026-11-20 10:30"


class Shell:
    """Runs commands and keeps what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], desk: Path) -> None:
        self.capsys = capsys
        self.desk = str(desk)
        self.out = ""
        self.err = ""

    def __call__(self, *words: object) -> int:
        code = main([str(word) for word in words])
        captured = self.capsys.readouterr()
        self.out, self.err = captured.out, captured.err
        return code

    def json(self, *words: object) -> Any:
        assert self(*words, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STOREDESK_TODAY", TODAY)
    monkeypatch.delenv("STOREDESK_USER", raising=False)


NewShell = Callable[[str], Shell]


@pytest.fixture
def new_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> NewShell:
    def make(profile: str) -> Shell:
        run = Shell(capsys, tmp_path / "幸福路店")
        assert run("init", run.desk, "--profile", profile, "--store", "幸福路店") == 0
        return run

    return make


@pytest.fixture
def run(new_shell: NewShell) -> Shell:
    return new_shell("auto")
