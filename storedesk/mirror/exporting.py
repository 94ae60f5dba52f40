"""Handing the history over to the files in the desk folder (``chain``, decision 21)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from storedesk.domain.errors import DiskFull, NotWritable
from storedesk.domain.problems import Problem
from storedesk.mirror import chain
from storedesk.mirror.connection import NO_ROOM
from storedesk.mirror.history import Event
from storedesk.mirror.lines import highest_numbers
from storedesk.mirror.reading import Reading

_EXPORTED = "exported"
_AT_ONCE = 2000
"""Events handled in one go."""


class Exporting(Reading):
    """What of the history is in the files, and the rest on its way."""

    def transaction(self) -> AbstractContextManager[None]:
        """Return a block that is saved whole or not at all; a block inside joins it."""
        return self.db.transaction()

    def set_meta(self, name: str, value: str) -> None:
        """Note a text."""
        self.db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def continue_history(self, folder: Path, pc: str) -> None:
        """Go on counting after what this PC's history files already hold (a new mirror)."""
        last = chain.last_number(folder, pc)
        with self.transaction():
            self._history.start_after(last)
            self.set_meta(_EXPORTED, str(last))

    def continue_numbers(self, folder: Path, pc: str) -> None:
        """Never give a number again whose id is told of in this PC's history files.

        The record may have reached no workbook, and be known there alone.

        Raises:
            NotWritable: the folder is out of reach.
        """
        try:
            numbers = highest_numbers(folder, pc)
        except OSError as error:
            raise NotWritable(str(folder)) from error
        with self.transaction():
            for (prefix, day), number in numbers.items():
                self._counters.go_beyond(prefix, day, number)

    def untold(self, at_most: int) -> tuple[Event, ...]:
        """Return the first events that the history files do not have yet, as far as is known."""
        return tuple(self._history.since(self._exported(), at_most))

    def note_told(self, upto: int) -> bool:
        """Note that the history files have every event up to a number.

        Returns:
            Whether they have everything now.
        """
        with self.transaction():
            if upto > self._exported():
                self.set_meta(_EXPORTED, str(upto))
        return self._exported() >= self._history.last()

    def export_history(self, folder: Path, pc: str, at_most: int | None = None) -> bool:
        """Append what the history files do not have yet, and fsync (decision 21).

        Args:
            folder: of the history files.
            pc: letter of this PC.
            at_most: so many events, for whoever may not be held up; the rest another time.

        Returns:
            Whether the files have everything now.

        Raises:
            DiskFull, NotWritable: the folder is full or out of reach; it is tried again next time.
        """
        while self._exported() < self._history.last():
            # In a transaction, so that two processes never append to one file at once.
            with self.transaction():
                events = self._history.since(self._exported(), at_most or _AT_ONCE)
                append_events(folder, pc, events)
                if events:
                    self.set_meta(_EXPORTED, str(events[-1].seq))
            if at_most:
                break
        return self._exported() >= self._history.last()

    def _exported(self) -> int:
        return int(self.get_meta(_EXPORTED) or 0)

    def verify_history(self, folder: Path) -> list[Problem]:
        """Return a problem for every history file whose chain does not hold."""
        return chain.verify(folder)


def append_events(folder: Path, pc: str, events: Sequence[Event]) -> None:
    """Append events to a PC's history files, and fsync; needs no mirror.

    What the files have already is not written twice. Of the programs that share a mirror only one
    at a time may do so.

    Raises:
        DiskFull, NotWritable: the folder is full or out of reach; what is missing is given again.
    """
    try:
        chain.append(folder, pc, events)
    except OSError as error:
        full = error.errno in NO_ROOM
        raise (DiskFull if full else NotWritable)(str(folder)) from error
