"""How the cache is laid out: one table per ledger, and which columns are indexed.

Indexes are what a save pays for, so an empty cell stays out of them: most cells of most indexed
columns are empty. Only columns that rules ask for being empty are indexed whole.
"""

from __future__ import annotations

from storedesk.domain.forms import Column, Form, Forms
from storedesk.domain.values import Type
from storedesk.mirror.connection import Connection
from storedesk.mirror.stored import table

LAYOUT = 4
"""Raised when record tables or the search index are laid out anew; the cache is then made again."""

TYPED = "_own = 1 AND _row > 0"
"""SQL for rows typed in Excel that wait for their id."""

_TYPES = frozenset({Type.RECORD, Type.DATE, Type.PHONE})
_KEYS = frozenset(
    {
        "at",
        "callback_needed",
        "done_at",
        "finished_at",
        "left_shop_at",
        "next_at",
        "promise_due",
        "trigger_record",
        "vin",
    }
)
_ASKED_EMPTY = frozenset({"answered_at", "closed_at", "status"})


def create_tables(db: Connection, forms: Forms) -> None:
    """Drop all record tables and make them anew, empty."""
    for (name,) in db.rows("SELECT name FROM sqlite_master WHERE type='table' AND name GLOB 'r_*'"):
        db.run(f"DROP TABLE {name!s}")
    for form in forms:
        _create_table(db, form)
        _create_indexes(db, form)


def _create_table(db: Connection, form: Form) -> None:
    columns = ", ".join(f'"{column.key}"' for column in form.in_workbook()[1:])
    db.run(
        f"CREATE TABLE {table(form.ledger)} "
        f'(_number INTEGER PRIMARY KEY, "id" TEXT NOT NULL UNIQUE, {columns}, '
        "_row INTEGER, _mark BLOB, _own INTEGER NOT NULL DEFAULT 0, _raw, _extras, _sort)"
    )


def _create_indexes(db: Connection, form: Form) -> None:
    for column in form.in_workbook()[1:]:
        if column.key in _ASKED_EMPTY:
            _index(db, form, column.key, f'"{column.key}"')
        elif _looked_up(column):
            _index(db, form, column.key, f'"{column.key}"', f'"{column.key}" IS NOT NULL')
    _index(db, form, "_own", "_own", TYPED)
    # Pages list the newest first, or by name: whole lists of ids come from these alone. Names are
    # looked up by what they are sorted by, too.
    _index(db, form, "_sort", '_sort, "id"')
    if "created_at" in form.by_key:
        _index(db, form, "_newest", '"created_at", "id"')


def _looked_up(column: Column) -> bool:
    return column.type in _TYPES or column.key in _KEYS


def _index(db: Connection, form: Form, name: str, columns: str, where: str = "") -> None:
    part = f" WHERE {where}" if where else ""
    db.run(f"CREATE INDEX i_{form.ledger}_{name} ON {table(form.ledger)} ({columns}){part}")
