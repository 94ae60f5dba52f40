"""Lasting tables of the mirror, by numbered steps; record tables are a cache and made elsewhere.

A step is never changed once released: pending edits of people live here.
"""

from __future__ import annotations

import sqlite3

STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE counters (prefix TEXT, day TEXT, last INTEGER NOT NULL,
            PRIMARY KEY (prefix, day)) WITHOUT ROWID""",
        # One row per record an operation changed; cells are JSON {key: [old, new]}.
        """CREATE TABLE history (seq INTEGER PRIMARY KEY, operation TEXT NOT NULL,
            ledger TEXT NOT NULL, record TEXT NOT NULL, cells TEXT NOT NULL, at TEXT NOT NULL,
            by TEXT NOT NULL, source TEXT NOT NULL)""",
        "CREATE INDEX history_record ON history (record, operation)",
        # What of it is not in a workbook yet; seq is that of the history.
        """CREATE TABLE pending (ledger TEXT NOT NULL, record TEXT NOT NULL, seq INTEGER NOT NULL,
            cells TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (ledger, record, seq)) WITHOUT ROWID""",
        """CREATE TABLE files (workbook TEXT PRIMARY KEY, size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, desk TEXT NOT NULL,
            generation TEXT NOT NULL, read_at TEXT NOT NULL, written_at TEXT, backup_at TEXT,
            changed_outside INTEGER NOT NULL) WITHOUT ROWID""",
        "CREATE TABLE layouts (ledger TEXT PRIMARY KEY, keys TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE conflicts (id INTEGER PRIMARY KEY AUTOINCREMENT, ledger TEXT NOT NULL,
            record TEXT NOT NULL, key TEXT NOT NULL, base, ours, theirs, at TEXT NOT NULL)""",
        """CREATE TABLE problems (workbook TEXT NOT NULL, position INTEGER NOT NULL,
            fields TEXT NOT NULL, PRIMARY KEY (workbook, position)) WITHOUT ROWID""",
        # The events an import begins and ends with.
        """CREATE TABLE batches (batch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY (batch, first)) WITHOUT ROWID""",
        """CREATE TABLE removals (ledger TEXT NOT NULL, record TEXT NOT NULL, row INTEGER NOT NULL,
            PRIMARY KEY (ledger, record)) WITHOUT ROWID""",
    ),
    (
        # What each workbook held at each of its generations (``generations``): everything up to
        # seq but what is unheld. seq is NULL where that is not known any more.
        """CREATE TABLE generations (id INTEGER PRIMARY KEY AUTOINCREMENT, workbook TEXT NOT NULL,
            generation TEXT NOT NULL, seq INTEGER, until INTEGER, sha256 TEXT NOT NULL,
            at TEXT NOT NULL, unheld TEXT NOT NULL)""",
        "CREATE INDEX generations_workbook ON generations (workbook, id)",
        "CREATE INDEX generations_named ON generations (workbook, generation)",
        # The newest write of each PC that has been taken in; '' the highest number ever seen.
        """CREATE TABLE contained (workbook TEXT NOT NULL, pc TEXT NOT NULL,
            number INTEGER NOT NULL, PRIMARY KEY (workbook, pc)) WITHOUT ROWID""",
        # Files beside a workbook that were made from it, and what became of them.
        """CREATE TABLE copies (name TEXT PRIMARY KEY, size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, fate TEXT NOT NULL,
            told TEXT NOT NULL) WITHOUT ROWID""",
    ),
    (
        # Rows deleted in Excel while edits of ours waited: a person decides (``held``).
        """CREATE TABLE held (ledger TEXT NOT NULL, record TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (ledger, record)) WITHOUT ROWID""",
    ),
    # Thousands of cells may clash at once, in an old copy or a conflict copy.
    ("CREATE INDEX conflicts_record ON conflicts (record, ledger)",),
)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the lasting tables to the newest step, in one transaction."""
    if _version(db) >= len(STEPS):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Asked again under the lock: another process may just have done it.
        for step in STEPS[_version(db) :]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(STEPS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)
