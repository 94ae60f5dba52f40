"""Entries that the history files know and the workbooks do not have (decision 21).

When a mirror is lost (a wiped user folder, a dead disk) while Excel held a workbook, what waited
for it is still in ``历史/*.jsonl``. Each write is a line there: which generation it made, and up to
which number of that PC the workbook then had everything. A workbook's stamp tells which writes of
each PC it contains; what comes later in a PC's file may be missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storedesk.domain.changes import Source
from storedesk.domain.forms import Form, Forms
from storedesk.domain.sheets import Stamp
from storedesk.domain.values import Value
from storedesk.mirror.history import CLASH, FLUSH, GONE, LEFT, SETTLED, WRITTEN
from storedesk.mirror.lines import Line, lines_of, pcs_of, value_of
from storedesk.mirror.stored import stored

BEGINNING = "created_at"
"""A record begins with the entry that sets this column."""

_IN_EXCEL = frozenset({Source.EXCEL.value, Source.RESTORE.value})
"""What happened in the workbook itself, and stands there."""

_Key = tuple[str, str]
"""Ledger and record."""


@dataclass(slots=True)
class UnwrittenRecord:
    """What one PC entered of a record and no workbook has.

    Attributes:
        at, by: of the newest entry.
        begun: the record begins with these entries.
        removed: the entry that made it was undone; its row is to be emptied.
        cells: by column key the values a cell had, from what it was before to the newest.
        clashes: by column key the base and ours of a conflict nobody has decided.
    """

    ledger: str
    record: str
    at: datetime
    by: str
    begun: bool = False
    removed: bool = False
    cells: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    clashes: dict[str, tuple[Value, Value]] = field(default_factory=dict)


def unwritten_records(
    folder: Path, forms: Forms, stamps: Mapping[str, Stamp], pcs: Collection[str]
) -> list[UnwrittenRecord]:
    """Return what some PCs entered and the workbooks, as they are now, do not have.

    Lines that cannot be read are passed over: ``chain.verify`` tells of them.

    Args:
        folder: of the history files.
        forms: of the desk.
        stamps: those the workbooks bear now; other workbooks are passed over.
        pcs: letters of the PCs whose entries are asked for.

    Raises:
        OSError: the folder is out of reach.
    """
    found: list[UnwrittenRecord] = []
    for pc in pcs:
        writes = list(_writes(folder, pc))
        had = {book: _had(book, stamp, writes, pc) for book, stamp in stamps.items()}
        entered = _Entered(forms, had)
        for line in sorted(lines_of(folder, pc), key=lambda line: line.number):
            entered.take(line)
        _pass_over_seen(entered.found, folder, pc)
        found += [one for one in entered.found.values() if _says_anything(one)]
    return found


def _says_anything(one: UnwrittenRecord) -> bool:
    return bool(one.cells or one.clashes or one.removed)


# --- what a workbook has --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Had:
    """Which lines of a PC a workbook has: up to a number, but for some."""

    upto: int = 0
    left: frozenset[int] = frozenset()

    def has(self, number: int) -> bool:
        return number <= self.upto and number not in self.left


@dataclass(frozen=True, slots=True)
class _Write:
    """One write of a workbook by a PC."""

    workbook: str
    generation: str
    had: _Had

    @property
    def number(self) -> int:
        return Stamp("", self.generation).number


def _writes(folder: Path, pc: str) -> Iterator[_Write]:
    for line in lines_of(folder, pc, WRITTEN):
        cells = {cell.key: cell.new for cell in line.cells}
        if WRITTEN in cells:
            had = _Had(int(cells[WRITTEN]), frozenset(map(int, cells.get(LEFT, "").split())))
            yield _Write(line.record, line.operation.removeprefix(FLUSH), had)


def _had(workbook: str, stamp: Stamp, writes: Iterable[_Write], pc: str) -> _Had:
    """Return what of a PC's entries a workbook of this stamp has.

    One whose stamp was lost altogether (some programs drop it) is believed to have all; one that
    says whose it is, but bears no generation, was never written.
    """
    own = [write for write in writes if write.workbook == workbook]
    if stamp.desk or stamp.generation:
        last = stamp.writes.get(pc, 0)
        # A number is given twice only if a mirror was lost in between; the nonce tells them apart.
        own = [
            write
            for write in own
            if write.number < last
            or write.generation == stamp.generation
            or _is_alone(write, own, last)
        ]
    return max((write.had for write in own), key=lambda had: had.upto, default=_Had())


def _is_alone(write: _Write, others: Iterable[_Write], number: int) -> bool:
    return write.number == number and sum(one.number == number for one in others) == 1


# --- what a PC entered ----------------------------------------------------------------------------


class _Entered:
    """Goes through the lines of one PC, oldest first, and keeps what is not in its workbook."""

    def __init__(self, forms: Forms, had: Mapping[str, _Had]) -> None:
        self.forms = forms
        self.had = had
        self.found: dict[_Key, UnwrittenRecord] = {}

    def take(self, line: Line) -> None:
        """Take one line into account."""
        if not line.ledger:
            self._note(line)
            return
        form = self.forms.forms.get(line.ledger)
        if form is None or form.workbook not in self.had:
            return
        key = (line.ledger, line.record)
        renamed = next((cell.old for cell in line.cells if cell.key == "id"), "")
        if renamed:
            self._rename((line.ledger, renamed), key)
        elif any(cell.key == GONE for cell in line.cells):
            self._take_out(key, line, form)
        elif line.source in _IN_EXCEL:
            self._give_way(key, line)
        elif not self.had[form.workbook].has(line.number):
            self._enter(key, line, form)

    def _note(self, line: Line) -> None:
        for cell in line.cells:
            what, _, place = cell.key.partition(" ")
            ledger, _, key = place.partition(" ")
            form = self.forms.forms.get(ledger)
            if form is None or form.workbook not in self.had or key not in form.by_key:
                continue
            if what == CLASH:
                both = (_value(cell.old, form, key), _value(cell.new, form, key))
                self._of((ledger, line.record), line).clashes[key] = both
            elif what == SETTLED and (ledger, line.record) in self.found:
                self.found[ledger, line.record].clashes.pop(key, None)

    def _of(self, key: _Key, line: Line) -> UnwrittenRecord:
        return self.found.setdefault(key, UnwrittenRecord(*key, line.at, line.by))

    def _rename(self, old: _Key, new: _Key) -> None:
        if old in self.found:
            record = self.found.pop(old)
            record.record = new[1]
            self.found[new] = record
        for (ledger, _), record in self.found.items():
            for column in self.forms[ledger].columns:
                values = record.cells.get(column.key)
                if column.links == new[0] and values and values[-1] == old[1]:
                    record.cells[column.key] = (*values, new[1])

    def _take_out(self, key: _Key, line: Line, form: Form) -> None:
        self.found.pop(key, None)
        undone = line.source not in _IN_EXCEL
        if undone and not self.had[form.workbook].has(line.number):
            self._of(key, line).removed = True

    def _give_way(self, key: _Key, line: Line) -> None:
        """Let what people changed in Excel stand: where ours waited then, a conflict was noted."""
        record = self.found.get(key)
        if record is not None:
            for cell in line.cells:
                record.cells.pop(cell.key, None)

    def _enter(self, key: _Key, line: Line, form: Form) -> None:
        cells = [cell for cell in line.cells if cell.key in form.by_key]
        if any(cell.erased for cell in cells):
            return  # on purpose
        record = self._of(key, line)
        record.at, record.by, record.removed = line.at, line.by, False
        record.begun |= any(cell.key == BEGINNING and not cell.old for cell in cells)
        for cell in cells:
            before = record.cells.get(cell.key) or (_value(cell.old, form, cell.key),)
            record.cells[cell.key] = (*before, _value(cell.new, form, cell.key))


def _pass_over_seen(found: Mapping[_Key, UnwrittenRecord], folder: Path, pc: str) -> None:
    """Pass over what another PC had before it and changed, or holds as a conflict."""
    if not found:
        return
    for other in pcs_of(folder):
        for line in lines_of(folder, other) if other != pc else ():
            if line.ledger:
                _pass_over(found.get((line.ledger, line.record)), line)


def _pass_over(record: UnwrittenRecord | None, line: Line) -> None:
    if record is None or not record.cells:
        return
    for cell in line.cells:
        values = record.cells.get(cell.key)
        if values and cell.old and cell.old == _told(values[-1]):
            del record.cells[cell.key]


def _told(value: Value) -> str:
    cell = stored(value)
    return "" if cell is None else str(cell)


def _value(told: str, form: Form, key: str) -> Value:
    return value_of(told, form[key].type)
