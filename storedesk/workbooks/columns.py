"""Which columns of a new sheet are in sight, how wide they are, how their cells look."""

from __future__ import annotations

from storedesk.domain.forms import Column, Form, Level
from storedesk.domain.values import Type

IN_SIGHT = 20
"""At most this many columns in sight; the rest is grouped and folded at the right (decision 7)."""

_BOOKKEEPING = frozenset({"created_by", "created_at", "updated_by", "updated_at"})
_LAST_IN_SIGHT = "remark"

_WIDTHS = {
    Type.TEXT: 14,
    Type.LONG_TEXT: 32,
    Type.NUMBER: 9,
    Type.MONEY: 12,
    Type.DATE: 12,
    Type.MOMENT: 17,
    Type.YES_NO: 8,
    Type.CHOICE: 12,
    Type.CHOICES: 16,
    Type.PHONE: 15,
    Type.STAFF: 11,
    Type.RECORD: 21,
    Type.FILE: 18,
    Type.SIGNATURE: 14,
}
_ID_WIDTH = 21
_FILTER_BUTTON = 4

_FORMATS = {
    Type.DATE: "yyyy-mm-dd",
    Type.MOMENT: "yyyy-mm-dd hh:mm",
    Type.MONEY: "0.00",
    Type.NUMBER: "General",
}
_TEXT_FORMAT = "@"


def arranged(form: Form, profile: str) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Return the columns in sight and the folded ones, each in the form's order.

    In sight: the id, what is asked at first entry, what is required, then the others as long as
    there is room; the remark stands last. Folded: what this profile does not have, who changed
    what and when, and what found no room.
    """
    columns = form.in_workbook()
    possible = [
        column
        for column in columns
        if column.key not in _BOOKKEEPING and (not column.profiles or profile in column.profiles)
    ]
    chosen = {column.key for column in sorted(possible, key=_rank)[:IN_SIGHT]}
    shown = [column for column in columns if column.key in chosen]
    shown.sort(key=lambda column: column.key == _LAST_IN_SIGHT)
    return tuple(shown), tuple(column for column in columns if column.key not in chosen)


def width(column: Column) -> float:
    """Return the width of a column in characters; a header with its filter button always fits."""
    header = sum(2 if ord(sign) > 0xFF else 1 for sign in column.label) + _FILTER_BUTTON  # noqa: PLR2004  # wide signs
    usual = _ID_WIDTH if column.key == "id" else _WIDTHS[column.type]
    return float(column.width or max(usual, header))


def number_format(column: Column) -> str:
    """Return the number format of a column's cells; everything textual is text."""
    return _FORMATS.get(column.type, _TEXT_FORMAT)


def _rank(column: Column) -> int:
    if column.key == "id" or column.level is Level.QUICK:
        return 0
    return 1 if column.required or column.key == _LAST_IN_SIGHT else 2
