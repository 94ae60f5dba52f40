"""What is asked of the mirror; nothing here changes it."""

from __future__ import annotations

from collections.abc import Sequence

from storedesk.domain.forms import Forms
from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.domain.values import Value
from storedesk.mirror.conflicts import Conflicts
from storedesk.mirror.connection import Connection
from storedesk.mirror.counters import Counters
from storedesk.mirror.files import Files
from storedesk.mirror.history import History, HistoryEntry
from storedesk.mirror.pending import Pending
from storedesk.mirror.removals import Removals
from storedesk.mirror.search import Search, SearchHit
from storedesk.mirror.tables import Mark, Tables


class Reading:
    """Records, search and history of an opened mirror."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms
        self._tables = Tables(db, forms)
        self._pending = Pending(db, forms, self._tables)
        self._history = History(db, forms)
        self._files = Files(db)
        self._counters = Counters(db, forms)
        self._removals = Removals(db, forms)
        self._conflicts = Conflicts(db, forms)
        self._search = Search(db, forms, self._tables)

    def get(self, ledger: str, record_id: str) -> Record | None:
        """Return one record, or None."""
        return self._tables.get(ledger, record_id)

    def records(self, ledger: str, ids: Sequence[str]) -> list[Record]:
        """Return the records of these ids in the order asked; unknown ids are left out."""
        return self._tables.records(ledger, ids)

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

    def marks(self, ledger: str) -> dict[str, Mark]:
        """Return where every record of a ledger stands, by id."""
        return self._tables.marks(ledger)

    def search(self, words: str, limit: int = 50, ledger: str = "") -> list[SearchHit]:
        """Return records that have all the words, customers first; of one ledger if named."""
        return self._search.find(words, limit, ledger)

    def history(self, ledger: str, record_id: str) -> list[HistoryEntry]:
        """Return who changed what of a record, newest first."""
        return self._history.of(ledger, record_id)
