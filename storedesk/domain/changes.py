"""Changes: what an operation does to records, and what it tells its caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from storedesk.domain.problems import Problem
from storedesk.domain.values import Value


class Source(Enum):
    """Where a change came from."""

    DESK = "desk"
    EXCEL = "excel"
    IMPORT = "import"
    RULE = "rule"
    COPY = "copy"
    """Taken over from a conflict copy of a workbook; it is not in the workbook itself yet."""
    RESTORE = "restore"
    """A backup was put back: what people changed in Excel since is undone."""


@dataclass(frozen=True, slots=True)
class Edit:
    """New values of some columns of one record; ``new`` if the record begins with it."""

    ledger: str
    record: str
    values: Mapping[str, Value]
    new: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """Edits that are saved together, at most once.

    Attributes:
        id: unique; applying it a second time does nothing.
        at: moment by the desk's clock.
        by: name of the member of staff who acts.
        edits: in order.
        note: what was done, in English, for the log (no personal data).
        batch: id of the import it belongs to, so that the import can be undone.
    """

    id: str
    at: datetime
    by: str
    edits: tuple[Edit, ...]
    source: Source = Source.DESK
    note: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What was saved: the acknowledgement.

    Attributes:
        operation: its id; empty if nothing changed.
        records: ids touched, by ledger, in order of first touch.
        problems: things to look at that did not stop the save.
    """

    operation: str = ""
    records: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def first(self) -> str:
        """Id of the first record touched, or an empty string."""
        return next((ids[0] for ids in self.records.values() if ids), "")
