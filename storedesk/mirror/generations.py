"""What a workbook held at each of its generations, so that an old copy is merged against that.

A generation notes the number of the history up to which the workbook held everything, and what it
did not hold although it was entered. What it held then is what stands now with all later changes
undone. Kept for longer than any backup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from storedesk.domain.changes import Source
from storedesk.domain.forms import Form
from storedesk.domain.records import Record
from storedesk.domain.sheets import Stamp, WorkbookContent
from storedesk.domain.values import Value
from storedesk.mirror.changes import cells_of, raw_cells
from storedesk.mirror.connection import Cell, Connection, Row
from storedesk.mirror.history import BEGUN
from storedesk.mirror.stored import meant

KEEP = timedelta(days=400)
"""Longer than the oldest backup, so that each of them can be merged against what it held."""
KEEP_LAST = 20
_SEEN = 50
"""So many states of a file under one generation are remembered by their hash."""

Unheld = Mapping[str, Mapping[str, Mapping[str, Cell] | None]]
"""By ledger and record: cells as the workbook holds them where the desk holds something else.

None: the workbook does not have the record at all. An ``id`` among the cells: only its id.
"""

_AT_ONCE = 100
"""So many of the oldest are looked at each time: forgetting must not take longer with the years."""
_ENDLESS = 1 << 62
_HIGHEST = ""
"""Name under which the highest number ever seen stands among those of the PCs."""


@dataclass(frozen=True, slots=True)
class HeldState:
    """A workbook as it was under one generation.

    Attributes:
        seq: history number up to which it held everything but ``unheld``.
        until: number of the last change taken in from it under this generation; None: it is
            the current one.
    """

    generation: str
    seq: int
    until: int | None
    unheld: Unheld = field(default_factory=dict)

    @property
    def pc(self) -> str:
        """The letter of the PC that wrote it, empty if none did."""
        return next(iter(self.generation.split(".")[1:2]), "")

    def lacks(self, ledger: str, record_id: str) -> bool:
        """Whether the workbook did not have the record yet, although it was entered."""
        return self.unheld.get(ledger, {}).get(record_id, {}) is None

    def cells(self, ledger: str, record_id: str) -> Mapping[str, Cell]:
        """Return the cells of a record that the workbook held otherwise than the desk."""
        return self.unheld.get(ledger, {}).get(record_id) or {}


@dataclass(frozen=True, slots=True)
class Ancestry:
    """What to merge a copy against: any of ``states`` may be what it was made from.

    Attributes:
        states: oldest first.
        sure: the copy contains all that these states held; if not, nothing is known of what it
            was made from, and the states are merely the oldest known.
    """

    states: tuple[HeldState, ...]
    sure: bool = True


class _Event(NamedTuple):
    """What a change did to a record; ``begins``: its row came, and its cells are not told."""

    seq: int
    in_excel: bool
    begins: bool
    cells: dict[str, tuple[Value, Value]]


class Generations:
    """The table of generations, and which writes of which PC the desk knows."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def stamp(self, workbook: str, desk: str, pc: str, nonce: str) -> Stamp:
        """Return the stamp of this PC's next write; its number was never given before."""
        numbers = self._numbers(workbook)
        highest = numbers.pop(_HIGHEST, 0)
        return Stamp.of(desk, pc, nonce, numbers, highest)

    def bears(self, workbook: str, stamp: Stamp) -> bool:
        """Whether a stamp is that of the workbook as last read or written."""
        newest = self._newest(workbook)
        return newest is not None and newest[1] == stamp.generation and newest[2] is not None

    def ancestry(self, workbook: str, stamp: Stamp) -> Ancestry | None:
        """Return what to merge an older or forked file against; None for what is to be expected.

        Expected is a file that bears the newest generation known, or one that went on from it.
        """
        newest = self._newest(workbook)
        if newest is None or newest[1] == stamp.generation:
            return None
        known = [name for _, name in self._known(workbook)]
        if stamp.generation not in known and self._goes_on(workbook, stamp, str(newest[1]), known):
            return None
        return self.origin(workbook, stamp)

    def _goes_on(self, workbook: str, stamp: Stamp, newest: str, known: Sequence[str]) -> bool:
        """Whether a file went on from the newest generation, and not from one before it.

        Where the newest is an old copy that came back, others stand between it and the file.
        """
        if not stamp.generation or not stamp.stands_on(Stamp("", newest)):
            return False
        holds = Stamp("", newest).writes
        numbers = self._numbers(workbook).items()
        if all(holds.get(pc, 0) >= number for pc, number in numbers if pc != _HIGHEST):
            return True
        return known.count(newest) == 1 and self._latest(stamp, known) == newest

    def origin(self, workbook: str, stamp: Stamp) -> Ancestry:
        """Return what a file of this stamp was made from, whether or not that is the newest."""
        known = self._known(workbook)
        names = [generation for _, generation in known]
        made_from = stamp.generation if stamp.generation in names else self._latest(stamp, names)
        if made_from is not None:
            places = (place for place, generation in known if generation == made_from)
            return Ancestry(tuple(self._state(place) for place in places))
        return Ancestry(tuple(self._state(place) for place, _ in known[:1]), sure=False)

    def _known(self, workbook: str) -> list[tuple[Cell, str]]:
        """Return place and name of every generation whose content is known, oldest first."""
        sql = (
            "SELECT id, generation FROM generations WHERE workbook = ? "
            "AND seq IS NOT NULL ORDER BY id"
        )
        return [(place, str(generation)) for place, generation in self.db.rows(sql, (workbook,))]

    @staticmethod
    def _latest(stamp: Stamp, known: Sequence[str]) -> str | None:
        """Return the generation a file went on from: of those it stands on, none stands on it.

        Not simply the one noted last: an old copy saved over the workbook is noted after it.
        """
        latest: Stamp | None = None
        for name in reversed(known):
            one = Stamp("", name)
            if stamp.stands_on(one) and (latest is None or one.stands_on(latest)):
                latest = one
        return None if latest is None else latest.generation

    def held(self, workbook: str, generation: str) -> HeldState | None:
        """Return what is known of a generation, as it first was."""
        sql = (
            "SELECT id FROM generations WHERE workbook = ? AND generation = ? "
            "AND seq IS NOT NULL ORDER BY id LIMIT 1"
        )
        found = self.db.one(sql, (workbook, generation))
        return None if found is None else self._state(found[0])

    def typed(self, ledger: str, state: HeldState) -> set[str]:
        """Return the records whose rows people typed under a generation: they had no id in it."""
        sql = (
            "SELECT record, cells FROM history WHERE seq > ? AND seq <= ? AND ledger = ? "
            "AND source = ? ORDER BY seq"
        )
        until = _ENDLESS if state.until is None else state.until
        found: dict[str, bool] = {}
        for record, cells in self.db.rows(sql, (state.seq, until, ledger, Source.EXCEL.value)):
            begins = all(old is None for old, _ in raw_cells(cells).values())
            found.setdefault(str(record), begins)
        unheld = state.unheld.get(ledger, {})
        typed = {record for record, begins in found.items() if begins}
        return typed | {record for record, cells in unheld.items() if cells and "id" in cells}

    def versions(self, form: Form, record: Record, state: HeldState) -> list[dict[str, Value]]:
        """Return what a workbook held of a record under a generation; empty: it had no such row.

        First as the generation began, then with each change taken in from the workbook while it
        bore that generation: a copy may have been made at any of those moments.
        """
        if state.lacks(record.ledger, record.id):
            return [{}]
        events = self._events(form, record, state.seq)
        values = dict(record.values)
        begun: dict[int, dict[str, Value]] = {}
        for event in events:
            if event.begins:
                begun[event.seq] = values
                values = {}
            else:
                values = values | {key: old for key, (old, _) in event.cells.items()}
        held = state.cells(record.ledger, record.id)
        values |= {key: meant(held[key], form[key].type) for key in held if _is_cell(form, key)}
        found = [values]
        for event in reversed(events):
            if event.in_excel and (state.until is None or event.seq <= state.until):
                new = {key: new for key, (_, new) in event.cells.items()}
                values = begun.get(event.seq, values | new)
                found.append(values)
        return [{key: one[key] for key in one if one[key] is not None} for one in found]

    def _events(self, form: Form, record: Record, seq: int) -> list[_Event]:
        """Return what changed of a record after a number, the newest first."""
        sql = (
            "SELECT seq, source, cells FROM history "
            "WHERE record = ? AND ledger = ? AND seq > ? ORDER BY seq DESC"
        )
        return [
            _Event(
                int(str(number)),
                source == Source.EXCEL.value,
                f'"{BEGUN}"' in str(cells),
                {k: v for k, v in cells_of(cells, form).items() if _is_cell(form, k)},
            )
            for number, source, cells in self.db.rows(sql, (record.id, record.ledger, seq))
        ]

    # --- noting -------------------------------------------------------------------------------

    def begin(self, content: WorkbookContent) -> None:
        """Note that a workbook is read for the first time, or anew.

        If it is not the file last seen, what it held before cannot be told from the history: what
        happened in between was not seen.
        """
        newest = self._newest(content.workbook)
        if newest is not None and content.fingerprint.sha256 in self._seen(newest)[:1]:
            return
        sql = "UPDATE generations SET seq = NULL WHERE workbook = ?"
        self.db.run(sql, (content.workbook,))
        sql = "DELETE FROM contained WHERE workbook = ? AND pc <> ?"
        self.db.run(sql, (content.workbook, _HIGHEST))

    def seen(self, workbook: str, sha256: str) -> None:
        """Note the file last seen under the newest generation, before those seen earlier."""
        newest = self._newest(workbook)
        if newest is not None and sha256 not in self._seen(newest)[:1]:
            hashes = " ".join([sha256, *self._seen(newest)][:_SEEN])
            self.db.run("UPDATE generations SET sha256 = ? WHERE id = ?", (hashes, newest[0]))

    def was_replaced(self, workbook: str, sha256: str) -> bool:
        """Whether a file was the workbook itself before the present one took its place.

        And under the same generation: a sync client has swapped the two.
        """
        newest = self._newest(workbook)
        return newest is not None and sha256 in self._seen(newest)[1:]

    def _seen(self, row: Row) -> list[str]:
        return str(row[3]).split()

    def note(
        self, workbook: str, stamp: Stamp, sha256: str, state: HeldState, at: datetime
    ) -> None:
        """Note that a workbook is of another generation now than it was."""
        newest = self._newest(workbook)
        if newest is not None:
            sql = "UPDATE generations SET until = ? WHERE id = ?"
            self.db.run(sql, (state.seq, newest[0]))
        unheld = json.dumps(state.unheld, ensure_ascii=False, separators=(",", ":"))
        self.db.run(
            "INSERT INTO generations (workbook, generation, seq, sha256, at, unheld) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (workbook, stamp.generation, state.seq, sha256, at.isoformat(" "), unheld),
        )
        self.contain(workbook, stamp)
        self._thin_out(workbook, at)

    def contain(self, workbook: str, stamp: Stamp) -> None:
        """Note that the desk has taken in all writes a stamp stands on."""
        known = self._numbers(workbook)
        numbers = {**stamp.writes, _HIGHEST: max((stamp.number, *stamp.writes.values()))}
        self.db.run_many(
            "INSERT OR REPLACE INTO contained (workbook, pc, number) VALUES (?, ?, ?)",
            [(workbook, pc, n) for pc, n in numbers.items() if n > known.get(pc, 0)],
        )

    def _thin_out(self, workbook: str, now: datetime) -> None:
        """Forget generations too old to come back; the first known stays, as the last resort."""
        self.db.run(
            "DELETE FROM generations WHERE at < ?2 AND id IN "
            "(SELECT id FROM generations WHERE workbook = ?1 ORDER BY id LIMIT ?4) "
            "AND id > (SELECT id FROM generations WHERE workbook = ?1 AND seq IS NOT NULL "
            "ORDER BY id LIMIT 1) AND id < (SELECT id FROM generations WHERE workbook = ?1 "
            "ORDER BY id DESC LIMIT 1 OFFSET ?3)",
            (workbook, (now - KEEP).isoformat(" "), KEEP_LAST - 1, _AT_ONCE),
        )

    # --- reading ------------------------------------------------------------------------------

    def _numbers(self, workbook: str) -> dict[str, int]:
        sql = "SELECT pc, number FROM contained WHERE workbook = ?"
        return {str(pc): int(str(number)) for pc, number in self.db.rows(sql, (workbook,))}

    def _newest(self, workbook: str) -> Row | None:
        sql = (
            "SELECT id, generation, seq, sha256 FROM generations "
            "WHERE workbook = ? ORDER BY id DESC LIMIT 1"
        )
        return self.db.one(sql, (workbook,))

    def _state(self, place: Cell) -> HeldState:
        sql = "SELECT generation, seq, until, unheld FROM generations WHERE id = ?"
        (found,) = self.db.rows(sql, (place,))
        generation, seq, until, unheld = found
        last = None if until is None else int(str(until))
        return HeldState(str(generation), int(str(seq)), last, json.loads(str(unheld)))


def _is_cell(form: Form, key: str) -> bool:
    return key in form.by_key and key != "id"
