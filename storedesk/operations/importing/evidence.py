"""What a column's values say about a guess at its meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from storedesk.domain.forms import Column
from storedesk.domain.values import Raw, Type, Unreadable, canonical, text_of
from storedesk.operations.importing import cells, words
from storedesk.operations.importing.layout import DataRow
from storedesk.operations.importing.tables import is_blank

SAMPLE_SIZE = 40
ENOUGH = 0.5
"""So many of the sampled values must be readable."""

_ANY_YEAR = 2000  # only whether a date can be read matters here; a leap year, so 2月29日 can


def sample(rows: Sequence[DataRow], position: int) -> list[Raw]:
    """Return the first values that stand in a column."""
    found: list[Raw] = []
    for row in rows:
        raw = row.cell(position)
        if not is_blank(raw):
            found.append(raw)
            if len(found) == SAMPLE_SIZE:
                break
    return found


def share(values: Sequence[Raw], readable: Callable[[Raw], bool]) -> bool:
    """Whether enough of the values are readable; with no values, nothing is proven."""
    return bool(values) and sum(map(readable, values)) >= ENOUGH * len(values)


def reader(column: Column, choices: Mapping[str, tuple[str, ...]]) -> Callable[[Raw], bool]:
    """Return the test whether a value can be read in a column."""

    def readable(raw: Raw) -> bool:
        try:
            match column.type:
                case Type.PHONE:
                    return bool(cells.contact(raw).phones)
                case Type.DATE | Type.MOMENT:
                    cells.when(raw, _ANY_YEAR)
                case Type.MONEY:
                    cells.amount(raw)
                case Type.NUMBER:
                    cells.count(raw)
                case Type.CHOICE:
                    offered = choices.get(column.choices, ())
                    return words.choice(text_of(raw), column.choices, offered) is not None
                case kind:
                    canonical(raw, kind)
        except Unreadable:
            return False
        return True

    return readable
