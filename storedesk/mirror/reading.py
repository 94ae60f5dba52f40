"""What is asked of the mirror; nothing here changes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from storedesk.domain.forms import Forms
from storedesk.domain.problems import Problem
from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.domain.sheets import RowWrite, Stamp
from storedesk.domain.values import Value
from storedesk.mirror.conflicts import Conflicts, OpenConflict
from storedesk.mirror.connection import Connection
from storedesk.mirror.copies import Copies
from storedesk.mirror.counters import Counters
from storedesk.mirror.files import Files, FileState
from storedesk.mirror.generations import Ancestry, Generations, HeldState
from storedesk.mirror.held import Held
from storedesk.mirror.history import History, HistoryEntry
from storedesk.mirror.pending import Pending
from storedesk.mirror.removals import Removals
from storedesk.mirror.search import Search, SearchHit
from storedesk.mirror.tables import Mark, Tables

ALIASES = "aliases"
"""Note of the ids that two PCs gave to one row, by ledger."""


class Reading:
    """Records, search and history of an opened mirror."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms
        self._tables = Tables(db, forms)
        self._pending = Pending(db, forms, self._tables)
        self._history = History(db, forms)
        self._files = Files(db)
        self._generations = Generations(db)
        self.copies = Copies(db)
        self._counters = Counters(db, forms)
        self._removals = Removals(db, forms)
        self.held = Held(db, forms)
        self._conflicts = Conflicts(db, forms)
        self._search = Search(db, forms, self._tables)

    def get(self, ledger: str, record_id: str) -> Record | None:
        """Return one record, or None."""
        return self._tables.get(ledger, record_id)

    def records(self, ledger: str, ids: Sequence[str]) -> list[Record]:
        """Return the records of these ids in the order asked; unknown ids are left out."""
        return self._tables.records(ledger, ids)

    def first_rows(self, ledger: str, last: int) -> list[Record]:
        """Return the records that stood in the first rows of their sheet, up to row ``last``."""
        return self._tables.first_rows(ledger, last)

    def select(self, select: Select) -> list[Record]:
        """Return the records a Select means."""
        return self._tables.select(select)

    def ids(self, select: Select) -> list[str]:
        """Return the ids a Select means."""
        return self._tables.ids(select)

    def count(self, select: Select) -> int:
        """Return how many records a Select means."""
        return self._tables.count(select)

    def exists(self, ledger: str, record_id: str) -> bool:
        """Whether a ledger has this id."""
        return self._tables.exists(ledger, record_id)

    def find_by(self, ledger: str, key: str, value: Value) -> list[str]:
        """Return the ids whose column holds exactly this value."""
        return self._tables.find_by(ledger, key, value)

    def marks(self, ledger: str, ids: Iterable[str] | None = None) -> dict[str, Mark]:
        """Return where every record of a ledger stands, by id.

        Of some ``ids`` only, together with those that have no id in the sheet yet.
        """
        return self._tables.marks(ledger, ids)

    def marks_after(self, ledger: str, number: int, limit: int) -> tuple[int, dict[str, Mark]]:
        """Return where the first records after a lasting number stand, and the last of these."""
        return self._tables.marks_after(ledger, number, limit)

    def search(self, words: str, limit: int = 50, ledger: str = "") -> list[SearchHit]:
        """Return records that have all the words, customers first; of one ledger if named."""
        return self._search.find(words, limit, ledger)

    def history(self, ledger: str, record_id: str) -> list[HistoryEntry]:
        """Return who changed what of a record, newest first."""
        return self._history.of(ledger, record_id)

    @property
    def data_version(self) -> int:
        """A number that moves when another process commits."""
        return self.db.data_version

    def removed(self, ledger: str) -> dict[str, int]:
        """Return the rows of a ledger that wait to be emptied, by record."""
        return self._removals.of(ledger)

    def base(self, ledger: str, record_id: str) -> dict[str, Value]:
        """Return what record and workbook last agreed on (decision 14)."""
        record = self.get(ledger, record_id)
        return {} if record is None else self._pending.base(record)

    def entered(self, record: Record) -> dict[str, list[Value]]:
        """Return every value of a record that was entered and waits, the oldest first."""
        return self._pending.entered(record)

    def has_pending(self, ledger: str, record_id: str) -> bool:
        """Whether anything of a record waits to be written."""
        return self._pending.has(ledger, record_id)

    def waiting(self) -> dict[str, tuple[int, datetime | None]]:
        """Return by workbook how many records wait, and since when."""
        counts = self._pending.waiting(self._files.layouts())
        for workbook, count in self._removals.waiting().items():
            before, since = counts.get(workbook, (0, None))
            counts[workbook] = (before + count, since)
        return counts

    def waiting_ids(self, ledger: str) -> list[str]:
        """Return the ids of a ledger's records that wait for its workbook, or for their column."""
        return self._pending.to_write(self.forms[ledger])

    def rows_to_write(self, workbook: str) -> tuple[tuple[RowWrite, ...], int]:
        """Return the rows to write into a workbook, and the last event they surely include."""
        # The number first: what another process saves meanwhile may be written, and still waits.
        upto = self._history.last()
        forms, layouts = self.forms.of_workbook(workbook), self._files.layouts()
        rows = self._pending.rows_to_write(forms, layouts)
        rows += self._removals.rows_to_write(forms, layouts)
        return tuple(rows), upto

    def layout(self, ledger: str) -> frozenset[str]:
        """Return the keys of the columns last found in a ledger's sheet; none if it was not."""
        return self._files.layouts().get(ledger, frozenset())

    def file_state(self, workbook: str) -> FileState | None:
        """Return what is known of a workbook file, or None if it was never read."""
        return self._files.get(workbook)

    def problems(self, workbook: str) -> list[Problem]:
        """Return a workbook's problems as last read."""
        return self._files.problems(workbook)

    def conflicts(self) -> list[OpenConflict]:
        """Return the open conflicts, oldest first."""
        return self._conflicts.all()

    def get_meta(self, name: str) -> str:
        """Return a noted text, or an empty one."""
        found = self.db.one("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0]) if found else ""

    def batch_history(self, batch: str) -> list[HistoryEntry]:
        """Return what an import changed, oldest first."""
        return self._history.of_batch(batch)

    # --- generations --------------------------------------------------------------------------

    def next_stamp(self, workbook: str, desk: str, pc: str, nonce: str) -> Stamp:
        """Return the stamp of this PC's next write of a workbook."""
        return self._generations.stamp(workbook, desk, pc, nonce)

    def ancestry(self, workbook: str, stamp: Stamp) -> Ancestry | None:
        """Return what to merge a file of this stamp against; None: what it held as last known."""
        return self._generations.ancestry(workbook, stamp)

    def gone_since(self, ledger: str, seq: int) -> list[str]:
        """Return the records of a ledger that were taken out after a change."""
        return self._history.gone_since(ledger, seq)

    def newest_change(self) -> int:
        """Return the number of the newest change, 0 if there is none."""
        return self._history.last()

    def taken_after(self, seq: int, limit: int) -> list[tuple[int, str, str]]:
        """Return number, ledger and record of the first changes made in Excel after a number."""
        return self._history.taken_after(seq, limit)

    def last_at(self, moment: datetime) -> int:
        """Return the number of the newest change up to a moment."""
        return self._history.last_at(moment)

    def origin(self, workbook: str, stamp: Stamp) -> Ancestry:
        """Return what a copy beside a workbook was made from."""
        return self._generations.origin(workbook, stamp)

    def was_replaced(self, workbook: str, sha256: str) -> bool:
        """Whether a file beside a workbook was the workbook itself, under its generation."""
        return self._generations.was_replaced(workbook, sha256)

    def held_state(self, workbook: str, generation: str) -> HeldState | None:
        """Return what is known of a generation of a workbook, or None."""
        return self._generations.held(workbook, generation)

    def typed(self, ledger: str, state: HeldState) -> set[str]:
        """Return the records that had no id yet in a workbook under a generation."""
        return self._generations.typed(ledger, state)

    def aliases(self, ledger: str) -> dict[str, str]:
        """Return the ids that other PCs gave to rows which had got one here, with ours."""
        words = self.get_meta(f"{ALIASES} {ledger}")
        return {str(old): str(new) for old, new in json.loads(words).items()} if words else {}

    def versions(self, record: Record, state: HeldState) -> list[dict[str, Value]]:
        """Return what a workbook held of a record under a generation, at each of its moments."""
        return self._generations.versions(self.forms[record.ledger], record, state)
