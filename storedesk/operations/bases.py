"""What a workbook as read is merged against: what it held when it was last known.

That is the present state without what waits, as long as the file stands on it. An old copy saved
over the workbook, or one that another PC went on from, is merged against what it was made from
(decision 14, workbooks.md §6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from storedesk.domain.merge import nearest_base
from storedesk.domain.records import Record
from storedesk.domain.values import Type, Value, same
from storedesk.mirror import Ancestry, HeldState, Mirror


@dataclass(frozen=True)
class Bases:
    """Tells what a workbook held of each record.

    Attributes:
        ancestry: what an old copy was made from; None for a file that stands on what is known.
        is_fork: it is a sync client's copy of a workbook that changed in two places at once. What
            stood in a cell between two edits made in Excel may then be the other side of a clash.
        is_swapped: it was the workbook itself before another copy took its place, and what both
            were made from was never seen: of what differs nobody can tell which is newer.
        has_our_write: the file holds a write of this PC of which it never learnt that it came to be
            (a crash, or a disk that did not confirm it): what waits may stand there already.
    """

    mirror: Mirror
    ancestry: Ancestry | None = None
    is_fork: bool = False
    is_swapped: bool = False
    has_our_write: bool = False

    @property
    def of_old_copy(self) -> bool:
        """Whether the file lacks what had been written into the workbook already."""
        return self.ancestry is not None

    def of(
        self, record: Record, theirs: Mapping[str, Value], types: Mapping[str, Type]
    ) -> dict[str, Value]:
        """Return the base to merge a record's row against.

        Args:
            record: as the desk has it.
            theirs: values of the row.
            types: type of every column the sheet has.
        """
        if self.ancestry is None:
            base = self.mirror.base(record.ledger, record.id)
            if self.has_our_write:
                base |= self._written(record, theirs, types)
            return {key: value for key, value in base.items() if key in types}
        versions = self._versions(record)
        base = nearest_base(versions, theirs, types, sure=self.ancestry.sure)
        if self.is_swapped and versions:
            first = versions[0]
            base = {
                key: value
                for key, value in first.items()
                if key in types and not same(value, theirs.get(key), types[key])
            }
        return base

    def _written(
        self, record: Record, theirs: Mapping[str, Value], types: Mapping[str, Type]
    ) -> dict[str, Value]:
        """Return the cells whose content is one that was entered here and has waited since."""
        return {
            key: theirs.get(key)
            for key, entered in self.mirror.entered(record).items()
            if key in types and any(same(one, theirs.get(key), types[key]) for one in entered)
        }

    def looked(self, record: Record) -> Mapping[str, Value]:
        """Return the values by which a record's row without an id may be recognised."""
        if self.ancestry is None:
            return record.values
        # A row of a record that the copy did not have is another PC's: both planned the same call.
        return next((one for one in reversed(self._versions(record)) if one), record.values)

    def had(self, record: Record) -> bool:
        """Whether what the file was made from surely had a row of this record."""
        if self.ancestry is None or not self.ancestry.sure:
            return False
        return all(self._versions(record))

    def typed(self, ledger: str) -> set[str]:
        """Return the records that had no id yet in what the file was made from."""
        return {one for state in self._states for one in self.mirror.typed(ledger, state)}

    @cached_property
    def _states(self) -> tuple[HeldState, ...]:
        return self.ancestry.states if self.ancestry else ()

    def _versions(self, record: Record) -> list[dict[str, Value]]:
        found = [self.mirror.versions(record, state) for state in self._states]
        if self.is_fork:
            found = [[first, last] for first, *_, last in ([*one, one[-1]] for one in found)]
        return [one for versions in found for one in versions]
