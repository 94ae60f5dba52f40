"""What became of the copies found beside the workbooks, so that none is read twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from storedesk.domain.sheets import Fingerprint
from storedesk.mirror.connection import Connection


class Fate(Enum):
    """What becomes of a copy."""

    MERGED = "merged"
    """All of it is in the mirror; it is put away."""
    ASIDE = "aside"
    """A person may have made it on purpose: it is only told of."""
    UNREAD = "unread"
    """It cannot be read."""
    ASKED = "asked"
    """Too much differs at once in it: a person must look."""
    FOREIGN = "foreign"
    """It is not of this desk, and none of our business."""


@dataclass(frozen=True, slots=True)
class KnownCopy:
    """A copy that was looked at; ``told`` says what people should know of it."""

    name: str
    fingerprint: Fingerprint
    fate: Fate
    told: str = ""


class Copies:
    """The table of copies."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def all(self) -> dict[str, KnownCopy]:
        """Return the copies known, by name."""
        sql = "SELECT name, size, mtime_ns, sha256, fate, told FROM copies ORDER BY name"
        return {
            str(name): KnownCopy(
                str(name),
                Fingerprint(int(str(size)), int(str(mtime)), str(sha256)),
                Fate(fate),
                str(told),
            )
            for name, size, mtime, sha256, fate, told in self.db.rows(sql)
        }

    def note(self, copy: KnownCopy) -> None:
        """Note what became of a copy."""
        known = copy.fingerprint
        self.db.run(
            "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?)",
            (copy.name, known.size, known.mtime_ns, known.sha256, copy.fate.value, copy.told),
        )

    def forget(self, names: Iterable[str]) -> None:
        """Forget copies that are not there any more."""
        self.db.run_many("DELETE FROM copies WHERE name = ?", ((name,) for name in names))
