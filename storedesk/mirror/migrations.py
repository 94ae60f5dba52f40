"""Lasting tables of the mirror, by numbered steps; record tables are a cache and made elsewhere.

A step is never changed once released: pending edits of people live here.
"""

from __future__ import annotations

import sqlite3

STEPS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE counters (prefix TEXT, day TEXT, last INTEGER NOT NULL, PRIMARY KEY (prefix, day))
        WITHOUT ROWID;
    CREATE TABLE operations (id TEXT PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL,
        source TEXT NOT NULL, note TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE pending (seq INTEGER PRIMARY KEY AUTOINCREMENT, ledger TEXT NOT NULL,
        record TEXT NOT NULL, key TEXT NOT NULL, old, new, at TEXT NOT NULL);
    CREATE INDEX pending_record ON pending (ledger, record, key);
    CREATE TABLE history (seq INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL,
        ledger TEXT NOT NULL, record TEXT NOT NULL, key TEXT NOT NULL, old, new, at TEXT NOT NULL,
        by TEXT NOT NULL, source TEXT NOT NULL);
    CREATE INDEX history_record ON history (record);
    CREATE TABLE files (workbook TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        sha256 TEXT NOT NULL, desk TEXT NOT NULL, generation TEXT NOT NULL, read_at TEXT NOT NULL,
        written_at TEXT, backup_at TEXT, changed_outside INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE layouts (ledger TEXT PRIMARY KEY, sheet TEXT NOT NULL, columns TEXT NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE conflicts (id INTEGER PRIMARY KEY AUTOINCREMENT, ledger TEXT NOT NULL,
        record TEXT NOT NULL, key TEXT NOT NULL, base, ours, theirs, at TEXT NOT NULL);
    CREATE TABLE problems (workbook TEXT NOT NULL, position INTEGER NOT NULL, fields TEXT NOT NULL,
        PRIMARY KEY (workbook, position)) WITHOUT ROWID;
    CREATE TABLE batches (batch TEXT NOT NULL, operation TEXT NOT NULL,
        PRIMARY KEY (batch, operation)) WITHOUT ROWID;
    CREATE INDEX history_operation ON history (operation);
    """,
    """
    CREATE TABLE removals (ledger TEXT NOT NULL, record TEXT NOT NULL, row INTEGER NOT NULL,
        PRIMARY KEY (ledger, record)) WITHOUT ROWID;
    """,
)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the lasting tables to the newest step, each step in one transaction."""
    (done,) = db.execute("PRAGMA user_version").fetchone()
    for number, step in enumerate(STEPS[done:], done + 1):
        db.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT;")
