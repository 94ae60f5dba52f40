"""What was typed but not saved yet: survives a crash or a closed window, on this PC only."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished form: of a new record if ``record`` is empty."""

    ledger: str
    record: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Drafts:
    """A small file with the unfinished forms of one desk. Reading and writing is the worker's."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> list[Draft]:
        """Return all drafts; an unreadable file holds none."""
        try:
            found = json.loads(self._file.read_text("utf-8"))
            return [Draft(one["ledger"], one["record"], dict(one["values"])) for one in found]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("drafts unreadable, begun anew")
            return []

    def keep(self, draft: Draft) -> None:
        """Keep a draft in place of an older one of the same record."""
        self._write([*self._others(draft.ledger, draft.record), draft])

    def drop(self, ledger: str, record: str = "") -> None:
        """Forget a draft."""
        others = self._others(ledger, record)
        if len(others) != len(self.load()):
            self._write(others)

    def _others(self, ledger: str, record: str) -> list[Draft]:
        return [one for one in self.load() if (one.ledger, one.record) != (ledger, record)]

    def _write(self, drafts: list[Draft]) -> None:
        plain = [
            {"ledger": one.ledger, "record": one.record, "values": dict(one.values)}
            for one in drafts
        ]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(plain, ensure_ascii=False), "utf-8")
        new.replace(self._file)
