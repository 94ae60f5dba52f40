"""What a ledger page shows: which columns, which records, in which order. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storedesk.domain.forms import Column, Form, Level
from storedesk.domain.select import Equal, Select
from storedesk.domain.values import Type
from storedesk.gui.tones import PILL_KEYS
from storedesk.operations import records
from storedesk.operations.desk import SETTINGS_WORKBOOK, Desk

_CHIP_KEYS = ("status", "kind", "grade", "category", "result", "list")
"""Columns offered as filters, the first that a form has as a choice."""
_CHARACTER = 8
_SEARCHED = 176
FOUND_AT_MOST = 500
"""Nobody reads more of what a search found; asking for all would cost each keystroke 15 ms."""
_WIDTHS = {
    Type.DATE: 112,
    Type.MOMENT: 152,
    Type.PHONE: 136,
    Type.MONEY: 108,
    Type.NUMBER: 84,
    Type.YES_NO: 84,
    Type.STAFF: 92,
    Type.CHOICE: 116,
    Type.LONG_TEXT: 240,
    Type.RECORD: 168,
}


@dataclass(frozen=True, slots=True)
class Query:
    """Which records of a ledger are shown.

    Attributes:
        chip: value of the filter column; all if empty.
        words: what is searched for; everything if empty.
        order: column key, a leading ``-`` for descending; newest first if empty (settings as
            they stand in their sheet).
    """

    ledger: str
    chip: str = ""
    words: str = ""
    order: str = ""


def default_columns(form: Form) -> tuple[Column, ...]:
    """Return the columns in sight at first: the name, how it stands, …, the id (shop.md §4).

    They are those that stand unfolded in the workbook; a reference stands behind its name.
    """
    sight = form.columns[0].section
    shown = [
        column
        for column in form.columns
        if column.section == sight
        and column.key not in {"id", form.title}
        and column.type is not Type.RECORD
        and column.level is not Level.LIVE
    ]
    shown.sort(key=lambda column: column.key not in PILL_KEYS)
    return (*named_columns(form, (form.title,)), *shown, form.id_column)


def named_columns(form: Form, keys: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of these keys that the form still has."""
    return tuple(form[key] for key in keys if key in form.by_key)


def chip_column(form: Form) -> Column | None:
    """Return the column whose values are offered as filters, or None."""
    return next((form[key] for key in _CHIP_KEYS if key in form.by_key and form[key].choices), None)


def width_of(form: Form, column: Column) -> int:
    """Return the width of a column in pixels at text size 100 %; searched ones hold more."""
    if column.width:
        return min(320, max(72, column.width * _CHARACTER))
    if column.key == "id":
        return 176
    if column.key in form.search and column.type is Type.TEXT and column.key != form.title:
        return _SEARCHED
    return max(_WIDTHS.get(column.type, 120), len(column.label) * 15 + 30)


def select_of(form: Form, query: Query) -> Select:
    """Return the query as the desk understands it, without its words."""
    chip = chip_column(form)
    where = (Equal(chip.key, query.chip),) if chip and query.chip else ()
    usual = ("id",) if form.workbook == SETTINGS_WORKBOOK else ("-created_at", "-id")
    order = (query.order,) if query.order else usual
    return Select(form.ledger, where, tuple(key for key in order if key.strip("-") in form.by_key))


def find_ids(desk: Desk, query: Query) -> list[str]:
    """Return the ids of a query; runs in the clerk's lane."""
    form = desk.forms[query.ledger]
    if not query.words:
        return records.ids(desk, select_of(form, query))
    found = records.find_ids(desk, query.ledger, query.words, FOUND_AT_MOST)
    if not query.chip and not query.order:
        return found
    wanted = frozenset(found)
    return [one for one in records.ids(desk, select_of(form, query)) if one in wanted]


def count_chips(desk: Desk, ledger: str, values: Sequence[str]) -> tuple[int, tuple[int, ...]]:
    """Return how many records there are, and how many of each filter value."""
    form = desk.forms[ledger]
    chip = chip_column(form)
    total = records.count(desk, Select(ledger))
    if chip is None:
        return total, ()
    counts = (records.count(desk, Select(ledger, (Equal(chip.key, value),))) for value in values)
    return total, tuple(counts)
