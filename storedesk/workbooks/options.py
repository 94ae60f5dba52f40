"""The hidden sheet of drop-down lists in our workbooks: a column per list, its name on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storedesk.domain.values import Type
from storedesk.workbooks.cells import Stored, stored
from storedesk.workbooks.sheet_edit import Meant
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.strings import SharedStrings, cell_text

STAFF_LIST = "员工"
"""List offered by columns that hold a member of staff."""
HEADER_ROW = 1
LIST_LAST_ROW = 500
"""Lists are offered down to this row."""


def option_cells(
    sheet: SheetXml, strings: SharedStrings, choices: Mapping[str, Sequence[str]]
) -> dict[int, dict[int, Meant]]:
    """Return the cells to set so that the sheet offers these lists, by row and column position.

    Lists whose name is not on top of a column are passed over: no drop-down would show them.
    """
    standing = {
        (row.number, one.column): cell_text(one.raw, strings)
        for row in sheet.rows()
        for one in row.cells
    }
    columns = {text: at for (row, at), text in standing.items() if row == HEADER_ROW}
    cells: dict[int, dict[int, Meant]] = {}
    for name, values in choices.items():
        column = columns.get(name)
        if column is None:
            continue
        old = {row: text for (row, at), text in standing.items() if at == column and text}
        new: dict[int, Stored] = dict.fromkeys(old)
        new |= {row: stored(text, Type.TEXT) for row, text in enumerate(values, HEADER_ROW + 1)}
        del new[HEADER_ROW]
        for row, value in new.items():
            if row <= LIST_LAST_ROW and (value or "") != old.get(row, ""):
                cells.setdefault(row, {})[column] = Meant(value, Type.TEXT)
    return cells
