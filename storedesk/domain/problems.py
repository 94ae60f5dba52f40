"""What is wrong in a person's data: never raised, always listed, and the rest goes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Stable codes for scripts; people read ``Problem.sentence``."""

    BAD_VALUE = "bad_value"
    UNKNOWN_CHOICE = "unknown_choice"
    UNKNOWN_STAFF = "unknown_staff"
    UNKNOWN_REFERENCE = "unknown_reference"
    AMBIGUOUS_REFERENCE = "ambiguous_reference"
    MISSING_VALUE = "missing_value"
    MISSING_SHEET = "missing_sheet"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"
    DUPLICATE_ID = "duplicate_id"
    DUPLICATE_RECORD = "duplicate_record"
    CONFLICT = "conflict"
    ROWS_GONE = "rows_gone"
    NOT_READ = "not_read"
    READ_ONLY = "read_only"
    NOT_WRITTEN = "not_written"
    RULE = "rule"
    CALENDAR = "calendar"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at: where it is, what it is, what to do.

    Attributes:
        kind: stable code.
        what: the fact in plain Chinese, without a final full stop.
        hint: what to do, without a final full stop; may be empty.
        workbook: file name such as ``客户档案.xlsx``; empty if it is not in a workbook.
        sheet: sheet name as it stands in the workbook.
        cell: address such as ``F12``; empty if the whole sheet is meant.
        ledger: form key of the ledger, if known.
        record: record id, if known.
        column: form key of the column, if known.
    """

    kind: Kind
    what: str
    hint: str = ""
    workbook: str = ""
    sheet: str = ""
    cell: str = ""
    ledger: str = ""
    record: str = ""
    column: str = ""

    def where(self) -> str:
        """Return the place in words: workbook, sheet and cell, or an empty string."""
        place = f"《{self.workbook}》" if self.workbook else ""
        if self.sheet:
            place += f"「{self.sheet}」"
        if self.cell:
            place += f"{self.cell} 格"
        return place

    def sentence(self) -> str:
        """Return one line: where, what, and what to do."""
        place = self.where()
        head = f"{place}：{self.what}" if place else self.what
        return f"{head}。{self.hint}" if self.hint else head
