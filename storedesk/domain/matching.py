"""Row identity: which row of a sheet is which record we know (decision 13).

Pure and linear. Rows are compared by *mark* (hash of all their values) where that is enough, and by
*cells* (``values.comparable`` of each column but the id, in one fixed order) where it is not. Only
rows named by ``unsettled`` need their cells, so a sheet of 100,000 rows with one edit stays cheap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from storedesk.domain.ids import is_derived
from storedesk.domain.values import Value

Cells = tuple[Value, ...]

ALARM_ROWS = 20
ALARM_SHARE = 0.05
"""More rows than both at once, and nothing is taken in before a person is asked."""
ALARM_MOVED = 3
"""So many rows holding exactly what another record held are proof of a sort, however small."""


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A record as the sheet last held it.

    Attributes:
        record: its id, or the provisional one.
        number: row number as last read; None if it waits to be written for the first time
            (a provisional record always has one).
        mark: hash of its values as last read.
        cells: comparable values; may be left out unless ``unsettled`` names the record.
        provisional: the id does not stand in the workbook yet.
    """

    record: str
    number: int | None
    mark: bytes
    cells: Cells = ()
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row as the sheet holds it now; ``record`` is the text of its id cell, or empty.

    ``cells`` may be left out unless ``unsettled`` names the row.
    """

    number: int
    record: str
    mark: bytes
    cells: Cells = ()


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that begins a record; ``record`` is the id it brings from elsewhere, or empty."""

    number: int
    record: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that repeats an id (copied and pasted); it becomes a record of its own.

    ``kept`` is the row that keeps the id; 0 if an entry of ours, still to be written, does.
    """

    record: str
    kept: int
    number: int


class Reason(Enum):
    """Why taking in a sheet stops and asks."""

    ROWS_GONE = "rows_gone"
    SHUFFLED = "shuffled"
    """Rows kept their ids and changed most cells: sorted without the id column."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Too much changed at once: ``count`` rows out of ``total``."""

    reason: Reason
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What ``identify`` decided.

    Attributes:
        matched: row number by record, under the id we know it by.
        renamed: id found in the file by the provisional id we used (the one in the file wins).
        new: rows that begin a record, in sheet order; duplicates are among them.
        missing: records whose row is gone, in their old order.
        duplicates: repeated ids, in sheet order.
        alarm: set if nothing should be taken in without asking.
    """

    matched: Mapping[str, int]
    renamed: Mapping[str, str] = field(default_factory=dict)
    new: tuple[NewRow, ...] = ()
    missing: tuple[str, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    alarm: Alarm | None = None


def unsettled(
    known: Iterable[KnownRow], rows: Iterable[FoundRow]
) -> tuple[frozenset[str], frozenset[int]]:
    """Return the records and the row numbers whose cells ``identify`` will look at."""
    then, now = list(known), list(rows)
    written = {(row.record, row.mark) for row in then if not row.provisional}
    found = {(row.record, row.mark) for row in now}
    ids = {row.record for row in now}
    theirs = Counter(row.mark for row in now if not row.record)
    unwritten = [row for row in then if row.provisional and row.record not in ids]
    ours = Counter(row.mark for row in unwritten)
    # A row with an id where one of ours waits for its own may be a copy made before.
    bearing = {row.number for row in now if row.record}
    places = {row.number for row in then if row.provisional} & bearing
    doubtful = {row.mark for row in unwritten if row.number in places}
    settled = {
        row.record
        for row in unwritten
        if ours[row.mark] <= theirs[row.mark] and row.mark not in doubtful
    }
    settled |= {row.record for row in then if (row.record, row.mark) in found}
    numbers = {
        row.number
        for row in now
        if row.number in places
        or (
            (row.record, row.mark) not in written
            and (row.record or row.mark in doubtful or theirs[row.mark] > ours[row.mark])
        )
    }
    return frozenset(row.record for row in then if row.record not in settled), frozenset(numbers)


def identify(
    known: Iterable[KnownRow], rows: Iterable[FoundRow], total: int | None = None
) -> Identity:
    """Decide which row is which record.

    In this order: by id; rows without an id (and provisional records against ids from elsewhere)
    by identical content, then by position with most cells equal; the rest are new.

    Args:
        known: records of the ledger, each once.
        rows: rows of the sheet with any content, in sheet order.
        total: how many records stood in the sheet, if ``known`` are only those concerned.
    """
    return _Matching(list(known), list(rows), total).decide()


def mostly_equal(one: Cells, other: Cells) -> bool:
    """Whether at least half of the cells filled on either side are equal, and at least one is."""
    if not one or not other:
        return False
    filled = [(a, b) for a, b in zip(one, other, strict=True) if a is not None or b is not None]
    equal = sum(a == b for a, b in filled)
    return equal > 0 and equal * 2 >= len(filled)


class _Matching:
    """The state of one ``identify``: what is matched so far and what is left."""

    def __init__(
        self, known: list[KnownRow], rows: list[FoundRow], total: int | None = None
    ) -> None:
        self.known = {row.record: row for row in known}
        standing = sum(row.number is not None for row in self.known.values())
        self.total = standing if total is None else total
        self.rows = rows
        self.unwritten = {row.number: row for row in known if row.provisional}
        self.matched: dict[str, FoundRow] = {}
        self.duplicates: list[Duplicate] = []
        self.loose: dict[int, FoundRow] = {}

    def decide(self) -> Identity:
        self._by_id()
        self._by_content(lambda row: row.mark)
        self._by_content(lambda row: row.cells or None)
        self._by_position()
        new = [NewRow(row.number, row.record) for row in self.loose.values()]
        new += [NewRow(copy.number) for copy in self.duplicates]
        return Identity(
            matched={record: row.number for record, row in self.matched.items()},
            renamed={
                record: row.record
                for record, row in self.matched.items()
                if row.record not in ("", record) and row.record not in self.known
            },
            new=tuple(sorted(new, key=lambda row: row.number)),
            missing=tuple(row.record for row in self._left()),
            duplicates=tuple(self.duplicates),
            alarm=self._alarm(),
        )

    def _by_id(self) -> None:
        bearers: dict[str, list[FoundRow]] = defaultdict(list)
        for row in self.rows:
            known = self.known.get(row.record)
            if known and known.mark == row.mark and row.record not in self.matched:
                self.matched[row.record] = row
            else:
                bearers[row.record].append(row)
        self.loose = {row.number: row for row in bearers.pop("", ())}
        for record, claimants in bearers.items():
            self._settle_claims(record, claimants)
        self.duplicates.sort(key=lambda copy: copy.number)

    def _settle_claims(self, record: str, claimants: list[FoundRow]) -> None:
        """Decide which of the rows that bear an id keeps it; the others are copies."""
        known = self.known.get(record)
        keeper = self.matched.get(record) or _keeper(known, claimants)
        if keeper and known:
            self.matched[record] = keeper
        elif keeper:
            self.loose[keeper.number] = keeper
        kept = keeper.number if keeper else 0
        for row in claimants:
            if row is not keeper and not self._is_known_copy(row):
                self.duplicates.append(Duplicate(record, kept, row.number))

    def _is_known_copy(self, row: FoundRow) -> bool:
        """Match a row that was copied before, and does not bear its own id yet."""
        known = self.unwritten.get(row.number)
        if known is None or known.record in self.matched:
            return False
        if known.mark != row.mark and not mostly_equal(known.cells, row.cells):
            return False
        self.matched[known.record] = row
        return True

    def _by_content(self, content: Callable[[KnownRow | FoundRow], Hashable]) -> None:
        queues: dict[tuple[bool, Hashable], deque[FoundRow]] = defaultdict(deque)
        for row in self.loose.values():
            queues[bool(row.record), content(row)].append(row)
        for known in self._left():
            for foreign in (True, False) if known.provisional else (False,):
                queue = queues.get((foreign, content(known)))
                if queue and content(known) is not None:
                    self._match(known, queue.popleft())
                    break

    def _by_position(self) -> None:
        anchors = sorted(
            (number, row.number - number)
            for record, row in self.matched.items()
            if (number := self.known[record].number) is not None
        )
        for known in self._left():
            number = known.number or 0
            before = bisect_right(anchors, number, key=lambda anchor: anchor[0])
            shift = anchors[before - 1][1] if before else 0
            for place in (number + shift, number):
                row = self.loose.get(place)
                if row and _may_be(known, row) and mostly_equal(known.cells, row.cells):
                    self._match(known, row)
                    break

    def _match(self, known: KnownRow, row: FoundRow) -> None:
        self.matched[known.record] = row
        del self.loose[row.number]

    def _left(self) -> list[KnownRow]:
        """Return the records that stood in the sheet and are not matched, in their old order."""
        left = [
            row
            for row in self.known.values()
            if row.number is not None and row.record not in self.matched
        ]
        return sorted(left, key=lambda row: row.number or 0)

    def _alarm(self) -> Alarm | None:
        total = self.total
        limit = max(ALARM_ROWS, total * ALARM_SHARE)
        gone = len(self._left())
        if gone > limit:
            return Alarm(Reason.ROWS_GONE, gone, total)
        changed = [
            (self.known[record].cells, row.cells)
            for record, row in self.matched.items()
            if row.cells and self.known[record].cells not in ((), row.cells)
        ]
        before = {then for then, _ in changed}
        moved = sum(now in before for _, now in changed)
        altered = sum(now in before or not mostly_equal(then, now) for then, now in changed)
        if moved >= ALARM_MOVED or altered > limit:
            return Alarm(Reason.SHUFFLED, altered, total)
        return None


def _keeper(known: KnownRow | None, claimants: list[FoundRow]) -> FoundRow | None:
    """Return the row that keeps an id: the first unchanged one, else the first in the sheet.

    None if the id is that of an entry of ours that was never written: a row that looks different
    bears it by accident (Excel counts ids up when a cell is dragged down). A derived id is nobody's
    accident: another PC planned the same call, and may have made it by now.
    """
    if known is None:
        return claimants[0]
    unchanged = next((row for row in claimants if row.cells and row.cells == known.cells), None)
    if unchanged or known.number is not None or is_derived(known.record):
        return unchanged or claimants[0]
    return next((row for row in claimants if mostly_equal(known.cells, row.cells)), None)


def _may_be(known: KnownRow, row: FoundRow) -> bool:
    """Whether a row could be this record although it does not bear the id we know.

    A row without an id may be any; one with an id of its own only a record whose id was ours alone.
    """
    return not row.record or known.provisional
