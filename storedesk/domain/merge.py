"""Three-way merge of one record, cell by cell: what we hold, what the workbook holds, the base.

Pure (workbooks.md §6, decision 14). The base is what both sides last agreed on. Cells are compared
by what they mean in their column, so that Excel's re-typing of a phone as a number is no change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storedesk.domain.values import Type, Value, same

STAMPS = frozenset({"created_by", "created_at", "updated_by", "updated_at"})
"""Who and when, set by the program: two PCs that change one record differ in them, and nobody is
asked about that."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that both sides changed to different things; the workbook's value stays current."""

    key: str
    base: Value
    ours: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge decided.

    Attributes:
        values: what is now current, by column key, only cells that are not empty.
        taken: keys whose current value comes from a change in the workbook, conflicts included.
        ours: keys whose change of ours is still to be written into the workbook.
        conflicts: cells both sides changed; ours is kept here until a person decides.
    """

    values: Mapping[str, Value]
    taken: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def merge_cells(
    base: Mapping[str, Value],
    ours: Mapping[str, Value],
    theirs: Mapping[str, Value],
    types: Mapping[str, Type],
) -> Merged:
    """Merge a record that may have changed on both sides since ``base``.

    A key that a mapping lacks is an empty cell there, so ``ours`` is the whole record and not only
    its pending cells. A cell whose content means nothing in its column is passed as its text.

    Args:
        base: values both sides last agreed on.
        ours: values we hold, pending edits included.
        theirs: values as the workbook holds them now.
        types: type of every column that occurs.
    """
    values: dict[str, Value] = {}
    taken: list[str] = []
    to_write: list[str] = []
    conflicts: list[Conflict] = []
    for key in dict.fromkeys((*base, *ours, *theirs)):
        old, mine, outside, kind = base.get(key), ours.get(key), theirs.get(key), types[key]
        current = outside
        if not same(mine, outside, kind):
            if same(old, outside, kind):
                current = mine
                to_write.append(key)
            else:
                taken.append(key)
                if key not in STAMPS and not same(old, mine, kind):
                    conflicts.append(Conflict(key, old, mine, outside))
        if current is not None:
            values[key] = current
    return Merged(values, tuple(taken), tuple(to_write), tuple(conflicts))


def nearest_base(
    candidates: Sequence[Mapping[str, Value]],
    theirs: Mapping[str, Value],
    types: Mapping[str, Type],
    *,
    sure: bool = True,
) -> dict[str, Value]:
    """Return what an old copy of a record is merged against, where several may be its origin.

    A cell that holds what any of the candidates held was not changed in the copy.

    Args:
        candidates: what the workbook held, the likeliest origin first.
        theirs: values as the copy holds them.
        types: type of every column the copy has.
        sure: the copy was made from one of the candidates. If not, a cell that holds something
            else has no base, so that it and ours both stay: nothing is lost silently.
    """
    base: dict[str, Value] = {}
    for key, kind in types.items():
        held = [one.get(key) for one in candidates]
        if any(same(value, theirs.get(key), kind) for value in held):
            base[key] = theirs.get(key)
        elif sure and held:
            base[key] = held[0]
    return {key: value for key, value in base.items() if value is not None}
