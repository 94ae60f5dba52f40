"""Formulas moved to another row: relative references follow, everything else stays as it is.

Only rows are moved, never columns, so ``$`` decides for the row part alone. Text in quotes, names
of sheets and tables, structured references and external books are left untouched.
"""

from __future__ import annotations

import re

from storedesk.workbooks.addresses import LAST_COLUMN, LAST_ROW, column_number

_PIECE = re.compile(
    r"""
    "(?:[^"]|"")*"                                               # a text
    | '(?:[^']|'')*'                                             # a sheet's name in quotes
    | \[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]                  # a table's column, another book
    | (?<![\w.\\$:]) (?P<first>\$?[0-9]{1,7}) : (?P<last>\$?[0-9]{1,7}) (?![\w.(])  # whole rows
    | (?<![\w.\\$]) (?P<column>\$?[A-Za-z]{1,3}) (?P<row>\$?[0-9]{1,7}) (?![\w.(!\[])
    """,
    re.VERBOSE | re.DOTALL,
)


class _Beyond(Exception):
    """A reference would leave the sheet."""


def moved(formula: str, rows: int) -> str | None:
    """Return a formula (without ``=``) as it reads ``rows`` further down, negative for further up.

    None if a reference would leave the sheet.
    """
    try:
        return _PIECE.sub(lambda found: _piece(found, rows), formula)
    except _Beyond:
        return None


def _piece(found: re.Match[str], rows: int) -> str:
    if found["column"]:
        return found["column"] + _row(found["row"], rows) if _is_cell(found) else found[0]
    if found["first"]:
        return f"{_row(found['first'], rows)}:{_row(found['last'], rows)}"
    return found[0]


def _is_cell(found: re.Match[str]) -> bool:
    """Whether letters and digits are a cell; ``ZZZ9`` and ``A9999999`` can only be names."""
    row = int(found["row"].lstrip("$"))
    return column_number(found["column"].lstrip("$")) <= LAST_COLUMN and 1 <= row <= LAST_ROW


def _row(text: str, rows: int) -> str:
    if text.startswith("$"):
        return text
    row = int(text) + rows
    if not 1 <= row <= LAST_ROW:
        raise _Beyond
    return str(row)
