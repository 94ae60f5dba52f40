"""Lasting tables come in numbered steps, each once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from storedesk.mirror import migrations
from storedesk.mirror.migrations import migrate


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    return sqlite3.connect(tmp_path / "mirror.db", isolation_level=None)


def version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_every_step_is_taken_once(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(db)
    done = version(db)
    assert done == len(migrations.STEPS)
    db.execute("INSERT INTO meta VALUES ('pc', 'A')")
    migrate(db)
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, ("CREATE TABLE further (x)",)))
    migrate(db)
    assert version(db) == done + 1
    assert db.execute("SELECT value FROM meta").fetchall() == [("A",)]
    assert db.execute("SELECT count(*) FROM further").fetchone() == (0,)
    db.close()


def test_a_step_that_fails_changes_nothing(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(db)
    done = version(db)
    bad = ("CREATE TABLE further (x)", "CREATE TABLE meta (again)")
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, bad))
    with pytest.raises(sqlite3.OperationalError):
        migrate(db)
    assert version(db) == done
    assert not db.in_transaction
    assert db.execute("SELECT name FROM sqlite_master WHERE name = 'further'").fetchall() == []
    db.close()
