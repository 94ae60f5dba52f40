"""SQLite: a cache of the workbooks, the edits not yet written, history, conflicts and search."""

from storedesk.mirror.conflicts import OpenConflict
from storedesk.mirror.copies import Fate, KnownCopy
from storedesk.mirror.database import LOST, Mirror
from storedesk.mirror.files import FileState
from storedesk.mirror.generations import Ancestry, HeldState
from storedesk.mirror.history import GONE, HistoryEntry
from storedesk.mirror.search import SearchHit
from storedesk.mirror.tables import Mark, TakenRow

__all__ = [
    "GONE",
    "LOST",
    "Ancestry",
    "Fate",
    "FileState",
    "HeldState",
    "HistoryEntry",
    "KnownCopy",
    "Mark",
    "Mirror",
    "OpenConflict",
    "SearchHit",
    "TakenRow",
]
