"""How canonical values lie in SQLite, and how a Select becomes SQL.

Dates are ISO text, moments ISO text to the minute, yes/no 0 or 1: so that SQL sorts and compares
them as the domain does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from storedesk.domain.forms import Form
from storedesk.domain.select import Between, Condition, Empty, Equal, OneOf, Select
from storedesk.domain.values import Type, Value
from storedesk.mirror.connection import Cell

_MANY = 500
"""More alternatives than this go in as one JSON list: SQLite limits the number of parameters."""


def stored(value: Value) -> Cell:
    """Return a canonical value as it lies in SQLite."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value


def meant(cell: Cell, kind: Type) -> Value:
    """Return the canonical value of a cell of a column of type ``kind``."""
    if cell is None or isinstance(cell, bytes):
        return None
    match kind:
        case Type.DATE:
            return date.fromisoformat(str(cell))
        case Type.MOMENT:
            return datetime.fromisoformat(str(cell))
        case Type.YES_NO:
            return bool(cell)
        case _:
            return cell


def table(ledger: str) -> str:
    """Return the name of a ledger's record table."""
    return f"r_{ledger}"


def query(select: Select, form: Form, what: str) -> tuple[str, list[Cell]]:
    """Return SQL and its values for a Select.

    Args:
        select: what is wanted.
        form: form of the ledger; only its keys get into the SQL.
        what: the columns asked for, such as ``id`` or ``*``.
    """
    values: list[Cell] = []
    conditions = [_condition(condition, form, values) for condition in select.where]
    sql = f"SELECT {what} FROM {table(form.ledger)}"
    if conditions:
        sql += " WHERE " + " AND ".join(conditions)
    terms = []
    for key in select.order:
        column = _column(form, key.removeprefix("-"))
        terms.append(f"{column} IS NULL")
        terms.append(f"{column} DESC" if key.startswith("-") else column)
    sql += " ORDER BY " + ", ".join([*terms, '"id"'])
    if select.limit is not None:
        sql += " LIMIT ?"
        values.append(select.limit)
    return sql, values


def _condition(condition: Condition, form: Form, values: list[Cell]) -> str:
    column = _column(form, condition.key)
    match condition:
        case Equal(_, None):
            return f"{column} IS NULL"
        case Equal(_, value):
            values.append(stored(value))
            return f"{column} = ?"
        case OneOf(_, wanted):
            return _one_of(column, wanted, values)
        case Between(_, low, high):
            parts = [f"{column} IS NOT NULL"]
            for sign, end in ((">=", low), ("<=", high)):
                if end is not None:
                    values.append(stored(end))
                    parts.append(f"{column} {sign} ?")
            return f"({' AND '.join(parts)})"
        case Empty(_, empty):
            return f"{column} IS NULL" if empty else f"{column} IS NOT NULL"


def _one_of(column: str, wanted: Sequence[Value], values: list[Cell]) -> str:
    filled = [stored(value) for value in wanted if value is not None]
    parts = [f"{column} IS NULL"] if None in wanted else []
    if len(filled) > _MANY:
        values.append(json.dumps(filled))
        parts.append(f"{column} IN (SELECT value FROM json_each(?))")
    elif filled:
        values += filled
        parts.append(f"{column} IN ({', '.join('?' * len(filled))})")
    return f"({' OR '.join(parts)})" if parts else "0"


def _column(form: Form, key: str) -> str:
    if key not in form.by_key:
        raise KeyError(f"{form.ledger} has no column {key}")
    return f'"{key}"'
