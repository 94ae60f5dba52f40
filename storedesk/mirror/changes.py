"""What an operation does to one record, and how that lies in SQLite: as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from storedesk.domain.forms import Form
from storedesk.domain.records import Record
from storedesk.domain.values import Value
from storedesk.mirror.connection import Cell
from storedesk.mirror.stored import meant, stored

Cells = Mapping[str, tuple[Value, Value]]
"""Old and new value by column key."""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record's cells that an operation changes."""

    ledger: str
    record: str
    cells: Cells

    def packed(self) -> str:
        """Return the cells as JSON text: ``{key: [old, new]}``."""
        return packed({key: (stored(old), stored(new)) for key, (old, new) in self.cells.items()})


def packed(cells: Mapping[str, tuple[Cell, Cell]]) -> str:
    """Return cells as they lie in SQLite as JSON text."""
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def raw_cells(text: object) -> dict[str, tuple[Cell, Cell]]:
    """Return cells from JSON text as they lie in SQLite."""
    return {str(key): (old, new) for key, (old, new) in json.loads(str(text)).items()}


def cells_of(text: object, form: Form | None) -> dict[str, tuple[Value, Value]]:
    """Return cells from JSON text, read by the types of the form's columns, if there is one."""
    columns = form.by_key if form else {}
    found: dict[str, tuple[Value, Value]] = {}
    for key, (old, new) in json.loads(str(text)).items():
        column = columns.get(key)
        found[key] = (meant(old, column.type), meant(new, column.type)) if column else (old, new)
    return found


def difference(old: Record, values: Mapping[str, Value]) -> RecordChange:
    """Return what changes if a record is given these values and no others."""
    cells = {
        key: (old[key], values.get(key))
        for key in {**old.values, **values}
        if old[key] != values.get(key)
    }
    return RecordChange(old.ledger, old.id, cells)
