"""What was entered in the programs of other PCs, as their history files tell.

In this mirror it looks like an edit made in Excel: it came in with the workbook.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from storedesk.domain.changes import Source
from storedesk.domain.values import Value
from storedesk.mirror.lines import lines_of, pcs_of
from storedesk.mirror.stored import stored

Entered = frozenset[tuple[str, str, str, str]]
"""Ledger, record, column key and the value as a history file holds it."""

_NOT_ENTERED = frozenset({Source.EXCEL.value, Source.RESTORE.value})


def entered_by_others(folder: Path, pc: str, since: datetime) -> Entered:
    """Return the cells that were entered on other PCs since a moment.

    Args:
        folder: of the history files.
        pc: letter of this PC.
        since: by the clocks of the others, which may differ by minutes.

    Raises:
        OSError: the folder is out of reach.
    """
    return frozenset(
        (line.ledger, line.record, cell.key, cell.new)
        for other in pcs_of(folder)
        if other != pc
        for line in lines_of(folder, other)
        if line.at >= since and line.source not in _NOT_ENTERED
        for cell in line.cells
    )


def logged(value: Value) -> str:
    """Return a value as a history file holds it."""
    cell = stored(value)
    return "" if cell is None else str(cell)
