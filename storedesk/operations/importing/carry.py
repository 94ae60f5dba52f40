"""Values that reach down over blank cells below them, as merged cells and ditto lists mean them.

Where the reader tells which cells are merged, ``layout`` has filled them already; saved as csv, or
simply typed once per group, only the blanks are left to go by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storedesk.domain.forms import Forms
from storedesk.domain.values import Raw, Type
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.layout import DataRow, Layout
from storedesk.operations.importing.tables import is_blank
from storedesk.operations.importing.targets import ColumnMap, How

_MOSTLY_BLANK = 0.6
"""A group column is filled in at most so many of the rows."""


def fill_groups(layout: Layout, columns: ColumnMap, forms: Forms) -> Layout:
    """Return the table with a leading column of groups (类别 …) filled in every row."""
    position = _group_column(layout, columns, forms)
    if not position:
        return layout
    rows, group = [], None
    for row in layout.rows:
        cell = row.cell(position)
        group = group if is_blank(cell) else cell
        rows.append(row if not is_blank(cell) else _with_cell(row, position, group))
    return replace(layout, rows=tuple(rows))


def carry_people(drafts: Sequence[Draft], layout: Layout, columns: ColumnMap) -> None:
    """Let rows that go on below a customer be about him.

    Such a row directly follows one that names somebody, names nobody itself and has no row number
    where the rows are numbered.
    """
    position = next(
        (use.heading.position for use in columns.uses if use.how is How.ROW_NUMBER), None
    )
    if position is None:
        return
    before: Draft | None = None
    for draft, row in zip(drafts, layout.rows, strict=True):
        nobody = not (draft.name or draft.phones or draft.bad_phone)
        follows = before is not None and before.row == draft.row - 1
        if before and nobody and follows and is_blank(row.cell(position)):
            draft.name, draft.phones = before.name, before.phones
        before = draft if draft.name and draft.phones else None


def _group_column(layout: Layout, columns: ColumnMap, forms: Forms) -> int:
    """Return the first column if it holds the choice of a group in its first row only, else 0."""
    first = next((use for use in columns.uses if use.how is not How.ROW_NUMBER), None)
    if first is None or not layout.rows or not first.targets:
        return 0
    target = first.targets[0]
    position = first.heading.position
    filled = sum(not is_blank(row.cell(position)) for row in layout.rows)
    groups = forms[target.ledger][target.key].type is Type.CHOICE
    begins = not is_blank(layout.rows[0].cell(position))
    return position if groups and begins and filled <= _MOSTLY_BLANK * len(layout.rows) else 0


def _with_cell(row: DataRow, position: int, value: Raw) -> DataRow:
    cells = list(row.cells)
    cells += [None] * (position - len(cells))
    cells[position - 1] = value
    return replace(row, cells=tuple(cells))
