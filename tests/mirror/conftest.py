"""Real mirrors in ``tmp_path``, with the shipped forms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest

from storedesk import resources
from storedesk.domain.changes import Edit, Operation
from storedesk.domain.forms import Forms
from storedesk.domain.values import Value
from storedesk.mirror import Mirror, TakenRow

NOW = datetime(2026, 11, 20, 10, 30)
CUSTOMER = "KH-20261120-A001"
WANG: dict[str, Value] = {"name": "王建国", "phone": "13800003456", "address": "学府花园3幢501"}


@pytest.fixture(scope="session")
def forms() -> Forms:
    return resources.load_forms()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, forms: Forms) -> Iterator[Mirror]:
    """One mirror for a module's laws; their examples are ``undone``."""
    with Mirror.open(tmp_path_factory.mktemp("shared") / "mirror.db", forms, "forms") as opened:
        opened.set_meta("pc", "A")
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "mirror.db"


@pytest.fixture
def mirror(path: Path, forms: Forms) -> Iterator[Mirror]:
    with Mirror.open(path, forms, "forms") as opened:
        opened.set_meta("pc", "A")
        yield opened


def operation(*edits: Edit, name: str = "op-1", at: datetime = NOW, by: str = "王芳") -> Operation:
    return Operation(name, at, by, edits)


def begun(record: str = CUSTOMER, ledger: str = "customers", **values: Value) -> Edit:
    """Return an edit that begins a record, 王建国 if nothing else is said."""
    return Edit(ledger, record, values or WANG, new=True)


def taken(record: str, row: int, **values: Value) -> TakenRow:
    return TakenRow(record, values, row, row.to_bytes(16, "big"))


Reopen = Callable[[], Mirror]


@pytest.fixture
def reopen(path: Path, forms: Forms) -> Iterator[Reopen]:
    """Open the same file again, as another process or after a restart."""
    opened: list[Mirror] = []

    def again() -> Mirror:
        opened.append(Mirror.open(path, forms, "forms"))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


class _Undone(Exception):
    """Thrown to take back what an example put into the mirror."""


@contextmanager
def undone(mirror: Mirror) -> Iterator[None]:
    """Take back what the block does, so that examples share one file."""
    with suppress(_Undone), mirror.transaction():
        yield
        raise _Undone


def place(path: Path) -> tuple[int, int]:
    """Return what tells a file or folder from any other, whatever it is called."""
    found = path.stat()
    return found.st_dev, found.st_ino


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return a list that grows with every file and folder that is synced."""
    sync, told = os.fsync, []

    def fsync(handle: int) -> None:
        sync(handle)
        found = os.fstat(handle)
        told.append((found.st_dev, found.st_ino))

    monkeypatch.setattr(os, "fsync", fsync)
    return told
