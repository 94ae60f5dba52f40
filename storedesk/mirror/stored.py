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
from storedesk.domain.values import TEXTUAL, Type, Value
from storedesk.mirror.connection import Cell
from storedesk.mirror.pinyin import sort_key

_MANY = 500
"""More alternatives than this go in as one JSON list: SQLite limits the number of parameters."""


def stored(value: Value) -> Cell:
    """Return a canonical value as it lies in SQLite."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value


def meant(cell: Cell, kind: Type) -> Value:
    """Return the canonical value of a cell of a column of type ``kind``.

    History and pending cells may be older than the column's present type; what cannot be read as
    it any more stays as it is.
    """
    if cell is None or isinstance(cell, bytes):
        return None
    try:
        match kind:
            case Type.DATE:
                return date.fromisoformat(str(cell))
            case Type.MOMENT:
                return datetime.fromisoformat(str(cell))
            case Type.YES_NO:
                return bool(cell)
            case _:
                return cell
    except ValueError:
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
    where, values = _where(select, form)
    sql = f"SELECT {what} FROM {table(form.ledger)}{where} ORDER BY {_order(select, form)}"
    if select.limit is not None:
        sql += " LIMIT ?"
        values.append(select.limit)
    return sql, values


def count_query(select: Select, form: Form) -> tuple[str, list[Cell]]:
    """Return SQL and its values for the number of records a Select means, its limit aside."""
    where, values = _where(select, form)
    return f"SELECT count(*) FROM {table(form.ledger)}{where}", values


def _where(select: Select, form: Form) -> tuple[str, list[Cell]]:
    values: list[Cell] = []
    conditions = [_condition(condition, form, values) for condition in select.where]
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), values


def _order(select: Select, form: Form) -> str:
    """Return the terms of an order, such that an index fits them (NULL is least in SQLite)."""
    if select.where and not select.order:
        return '+"id"'  # the sign keeps SQLite from reading a whole table in this order
    terms: dict[str, None] = {}
    for key in (*select.order, "id"):
        name = key.removeprefix("-")
        column = _sorted_by(form, name)
        terms[f"{column} DESC" if key.startswith("-") else f"{column} NULLS LAST"] = None
        if name == "id":
            break
    return ", ".join(terms)


def _sorted_by(form: Form, key: str) -> str:
    """Return the column that sorts a key: names go by pinyin, as people look them up."""
    column = _column(form, key)
    return "_sort" if _is_sorted(form, key) else column


def _is_sorted(form: Form, key: str) -> bool:
    return key == form.title and form[key].type in TEXTUAL


def _condition(condition: Condition, form: Form, values: list[Cell]) -> str:
    column = _column(form, condition.key)
    match condition:
        case Equal(_, None):
            return f"{column} IS NULL"
        case Equal(key, str(value)) if _is_sorted(form, key):
            values += [sort_key(value), value]
            return f"(_sort = ? AND {column} = ?)"
        case Equal(_, value):
            values.append(_exact(value))
            return f"{column} = ?"
        case OneOf(_, wanted):
            return _one_of(column, wanted, values)
        case Between(_, low, high):
            parts = [_filled(column)] if low is None and high is None else []
            for sign, end in ((">=", low), ("<=", high)):
                if end is not None:
                    values.append(_exact(end))
                    parts.append(f"{column} {sign} ?")
            return f"({' AND '.join(parts)})"
        case Empty(_, empty):
            return f"{column} IS NULL" if empty else _filled(column)


def _one_of(column: str, wanted: Sequence[Value], values: list[Cell]) -> str:
    filled = [_exact(value) for value in wanted if value is not None]
    parts = [f"{column} IS NULL"] if None in wanted else []
    if len(filled) > _MANY:
        values.append(json.dumps(filled))
        parts.append(f"{column} IN (SELECT value FROM json_each(?))")
    elif filled:
        values += filled
        parts.append(f"{column} IN ({', '.join('?' * len(filled))})")
    return f"({' OR '.join(parts)})" if parts else "0"


def _filled(column: str) -> str:
    """Return what finds the filled cells; SQLite answers it from an index, unlike IS NOT NULL."""
    return f"{column} >= -9e999"


def _exact(value: Value) -> Cell:
    """Return a bound as stored, but with its seconds: 10:00 does not lie after 10:00:30."""
    if isinstance(value, datetime) and (value.second or value.microsecond):
        return value.isoformat(" ")
    return stored(value)


def _column(form: Form, key: str) -> str:
    # SQLite takes a quoted name it does not know for a text, so a live column must not get there.
    if key not in form.by_key or not form[key].in_workbook:
        raise KeyError(f"{form.ledger} has no column {key}")
    return f'"{key}"'
