"""The history of the record in sight: at once what this PC knows, then what the others tell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.records import Record
from storedesk.gui.record_view import HistoryLine
from storedesk.gui.session import Session
from storedesk.operations import records
from storedesk.operations.records import Happened

_REST_MS = 300
"""The files are only read for a record that stays in sight: on a share they take their time."""


class RecordHistory(QObject):
    """Asks for the history of one record after the other.

    Signals:
        told: carries what is known of the record asked for last; a second time when the history
            files of the other PCs have been read as well.
    """

    told = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._ledger = self._record = ""
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read_files)

    def ask(self, record: Record) -> None:
        """Ask for the history of a record; of an earlier one nothing is told any more."""
        self._ledger, self._record = record.ledger, record.id
        self._session.clerk.ask(records.history, record.id).then(
            self._tell, refused=_nothing, owner=self, latest=self._key()
        )
        self._rest.start()

    def _read_files(self) -> None:
        facts, ledger, record = self._session.facts, self._ledger, self._record
        self._session.worker.run(
            lambda: records.told_elsewhere(facts.folder, facts.forms, ledger, record),
            lambda told: self._merge(record, told),
            refused=_nothing,
            owner=self,
            latest=self._key(),
        )

    def _merge(self, record: str, told: Sequence[Happened]) -> None:
        if record == self._record:
            self._session.clerk.ask(records.with_told, record, told).then(
                self._tell, refused=_nothing, owner=self, latest=self._key()
            )

    def _tell(self, entries: Sequence[HistoryLine]) -> None:
        self.told.emit(entries)

    def _key(self) -> str:
        return f"history:{id(self)}"


def _nothing(_error: StoreDeskError) -> None:
    """Say nothing: the record left the ledger, or the folder is out of reach and told so."""
