"""What a damaged mirror still tells: edits that wait for a workbook, history, counters, conflicts.

A damaged file is set aside and a new one made (``connection``); the workbooks give back what they
hold. What they do not have yet is read out of the damaged file here, row by row from both ends of
each table, up to the pages that cannot be read.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from storedesk.domain.forms import Form, Forms
from storedesk.mirror.changes import packed, raw_cells
from storedesk.mirror.connection import Cell, Connection, Row
from storedesk.mirror.stored import table
from storedesk.mirror.tables import Tables

log = logging.getLogger(__name__)

_LASTING = {
    "meta": ("name",),
    "counters": ("prefix", "day"),
    "history": ("seq",),
    "pending": ("ledger", "record", "seq"),
    "conflicts": ("id",),
    "batches": ("batch", "first"),
    "removals": ("ledger", "record"),
    "held": ("ledger", "record"),
}
"""The tables no workbook gives back, with the keys they are read by."""
_OF_THE_CACHE = "forms"
"""What is noted of the record tables, which are made anew."""
_SOMEWHERE = 0
"""Row of a record that stands in its sheet, nobody knows where."""


def newest_aside(path: Path) -> Path | None:
    """Return the damaged file last set aside of a mirror, or None."""
    found = path.parent.glob(f"{path.stem}.damaged*")
    return max(found, key=lambda one: (len(one.name), one.name), default=None)


def rescue(aside: Path, db: Connection, forms: Forms) -> int:
    """Take what can be read of a damaged file into a new mirror; return how many records wait.

    Part of a transaction. The record tables are there and empty.
    """
    with closing(_opened(aside)) as damaged:
        for name, keys in _LASTING.items():
            _copy(damaged, db, name, keys)
        at = datetime.fromtimestamp(aside.stat().st_mtime)  # noqa: DTZ006  # wall clock, as all are
        seq = _log_rescue(db, aside.name, at)
        tables = Tables(db, forms)
        count = 0
        for form in forms:
            waiting = _newest_cells(db, form.ledger)
            rows = _rows(damaged, form.ledger, waiting)
            tables.put_back(form.ledger, rows)
            _queue(db, form, seq, at, [row for row in rows if row["id"] not in waiting])
            count += len(rows)
    log.warning("rescued from the damaged mirror: %d waiting records", count)
    return count


def _opened(aside: Path) -> sqlite3.Connection:
    damaged = sqlite3.connect(aside, isolation_level=None)
    damaged.text_factory = lambda text: text.decode("utf-8", "replace")
    return damaged


def _copy(damaged: sqlite3.Connection, db: Connection, name: str, keys: tuple[str, ...]) -> None:
    columns = [str(row[1]) for row in db.rows(f"PRAGMA table_info({name})")]
    marks = ", ".join("?" * len(columns))
    found = _readable(damaged, f"SELECT {', '.join(columns)} FROM {name}", keys)
    db.run_many(
        f"INSERT OR IGNORE INTO {name} ({', '.join(columns)}) VALUES ({marks})",
        (row for row in found if _makes_sense(dict(zip(columns, row, strict=True)))),
    )


def _makes_sense(row: Mapping[str, Cell]) -> bool:
    """Whether a row's content survived; if not, it would stop whatever reads it."""
    try:
        raw_cells(row.get("cells", "{}"))
        datetime.fromisoformat(str(row.get("at", "2026-01-01")))
    except (ValueError, TypeError, AttributeError):
        return False
    return row.get("name") != _OF_THE_CACHE


def _readable(damaged: sqlite3.Connection, select: str, keys: tuple[str, ...]) -> Iterator[Row]:
    """Yield rows from the first on, and if that does not get through, from the last back."""
    try:
        yield from damaged.execute(f"{select} ORDER BY {', '.join(keys)}")
    except sqlite3.DatabaseError:
        with suppress(sqlite3.DatabaseError):
            yield from damaged.execute(f"{select} ORDER BY {', '.join(f'{k} DESC' for k in keys)}")


def _log_rescue(db: Connection, name: str, at: datetime) -> int:
    """Log the rescue, under a number above all that may have been given before; return it."""
    told = "SELECT max(value + 0) FROM meta WHERE name IN ('exported', 'history_start')"
    numbers = [db.one("SELECT max(seq) FROM history"), db.one("SELECT max(seq) FROM pending")]
    last = max(int(str(row[0] or 0)) for row in (*numbers, db.one(told)) if row is not None)
    db.run(
        "INSERT INTO history (seq, operation, ledger, record, cells, at, by, source) "
        "VALUES (?, ?, '', '', '{}', ?, '', 'rule')",
        (last + 1, f"rescued from {name}", at.isoformat(" ", "seconds")),
    )
    return last + 1


def _newest_cells(db: Connection, ledger: str) -> dict[str, dict[str, Cell]]:
    """Return the records of a ledger that wait, each with the newest value of its cells."""
    found: dict[str, dict[str, Cell]] = {}
    sql = "SELECT record, cells FROM pending WHERE ledger = ? ORDER BY record, seq"
    for record, cells in db.rows(sql, (ledger,)):
        newest = {key: new for key, (_, new) in raw_cells(cells).items()}
        found.setdefault(str(record), {}).update(newest)
    return found


def _rows(
    damaged: sqlite3.Connection, ledger: str, waiting: Mapping[str, Mapping[str, Cell]]
) -> list[dict[str, Cell]]:
    """Return the rows of records that wait or whose id stands nowhere else.

    Of a record whose row cannot be read only what waits is known; the workbook has the rest.
    """
    found: dict[str, dict[str, Cell]] = {}
    with suppress(sqlite3.DatabaseError):
        described = damaged.execute(f"PRAGMA table_info({table(ledger)})").fetchall()
        columns = [str(column[1]) for column in described]
        for row in _readable(damaged, f"SELECT * FROM {table(ledger)}", ("_number",)):
            record = dict(zip(columns, row, strict=True))
            if isinstance(record["id"], str) and (record["_own"] == 1 or record["id"] in waiting):
                found[record["id"]] = {**record, "_raw": None, "_extras": None}
    for record_id, cells in waiting.items():
        partial: dict[str, Cell] = {"id": record_id, "_row": _SOMEWHERE, "_own": 0}
        found.setdefault(record_id, partial).update(cells)
    return list(found.values())


def _queue(
    db: Connection, form: Form, seq: int, at: datetime, rows: Iterable[Mapping[str, Cell]]
) -> None:
    """Queue whole records that never were in a workbook and of which no waiting cell was found."""
    keys = [column.key for column in form.in_workbook()[1:]]
    for row in rows:
        if row["_row"] is None:
            cells = {key: (None, row[key]) for key in keys if row.get(key) is not None}
            db.run(
                "INSERT INTO pending (ledger, record, seq, cells, at) VALUES (?, ?, ?, ?, ?)",
                (form.ledger, row["id"], seq, packed(cells), at.isoformat(" ", "seconds")),
            )
