"""View: a record of one ledger, with typed attributes for what rules and operations read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from storedesk.domain.records import Record


@dataclass(frozen=True)
class View:
    """A record seen as a member of its ledger.

    Attributes:
        LEDGER: key of the form.
        NEEDS: keys of the columns it reads; a test holds them against the form.
        record: the record itself.
    """

    LEDGER: ClassVar[str]
    NEEDS: ClassVar[tuple[str, ...]] = ()

    record: Record

    def __post_init__(self) -> None:
        if self.record.ledger != self.LEDGER:
            raise ValueError(f"a {self.record.ledger} record is not of ledger {self.LEDGER}")

    @property
    def id(self) -> str:
        """The record's id."""
        return self.record.id
