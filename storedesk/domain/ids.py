"""Ids of records: minted in sequence per PC, or derived from what caused the record.

``KH-20261114-A003`` = prefix, day, letter of the PC, running number (decision 11).
``HF-20261114-R01-ABC234`` = prefix, day of the trigger, rule, hash (decision 12): whichever PC
makes it, and however often, it is the same record.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import date

_MINTED = re.compile(r"(?P<prefix>[A-Z]{1,4})-(?P<day>\d{8})-(?P<pc>[A-Z]{1,2})(?P<number>\d{3,})")
_HASH_LENGTH = 6
_DERIVED = re.compile(r"[A-Z]{1,4}-\d{8}-.+-[A-Z2-7]{6}")


@dataclass(frozen=True, slots=True)
class MintedId:
    """The parts of a minted id."""

    prefix: str
    day: date
    pc: str
    number: int

    def __str__(self) -> str:
        return f"{self.prefix}-{_compact(self.day)}-{self.pc}{self.number:03d}"


def mint(prefix: str, day: date, pc: str, used_number: int) -> str:
    """Return the id after the highest number used so far on this day by this PC (0 = none yet)."""
    return str(MintedId(prefix, day, pc, used_number + 1))


def parse(record_id: str) -> MintedId | None:
    """Return the parts of a minted id, or None if the text is no such id."""
    found = _MINTED.fullmatch(record_id)
    if not found:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    return MintedId(found["prefix"], day, found["pc"], int(found["number"]))


def derived(prefix: str, trigger_on: date, rule: str, trigger_id: str, cycle: str = "") -> str:
    """Return the id of a record that a rule derives from a trigger.

    Args:
        prefix: prefix of the ledger, such as ``HF``.
        trigger_on: day of the trigger.
        rule: id of the rule, such as ``R01``.
        trigger_id: id of the record that caused it.
        cycle: tells repetitions apart (a year for birthdays, a number for reminders).
    """
    digest = hashlib.sha256(f"{rule}\x1f{trigger_id}\x1f{cycle}".encode()).digest()
    tail = base64.b32encode(digest).decode("ascii")[:_HASH_LENGTH]
    return f"{prefix}-{_compact(trigger_on)}-{rule}-{tail}"


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")


def is_derived(record_id: str) -> bool:
    """Whether a rule derived an id: the same one stands for the same thing wherever it arises."""
    return _DERIVED.fullmatch(record_id) is not None
