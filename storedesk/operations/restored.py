"""Taking in a backup that was put back: what comes of each record.

What people changed in Excel since the backup is undone; what was entered in the program, on this PC
or another, is kept and written again. Or, where the workbook itself was lost, everything that is
known is kept and written into the backup. What is overwritten stays in the history.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property

from storedesk.domain.changes import Source
from storedesk.domain.records import Record
from storedesk.domain.sheets import SheetContent, Stamp, WorkbookContent
from storedesk.domain.values import Value, same
from storedesk.mirror import GONE, HeldState, HistoryEntry, TakenRow
from storedesk.mirror.others import Entered, logged
from storedesk.operations.bases import Bases
from storedesk.operations.desk import Desk
from storedesk.operations.read_sheet import ReadSheet
from storedesk.operations.rows import ReadRow
from storedesk.operations.steps import finished

_INTENT = "restoring "
_PROGRAM = frozenset(
    source.value for source in (Source.DESK, Source.IMPORT, Source.RULE, Source.COPY)
)


@dataclass(frozen=True, slots=True)
class Intent:
    """A backup that is being put back; noted before the file is touched, so that a crash is safe.

    Attributes:
        generation: what the workbook bears afterwards; by it the file is recognised.
        origin: the generation of the backup.
        at: moment of the backup.
        by: who restores.
        undo_excel: what people changed in Excel since is undone; if not, all is kept.
    """

    workbook: str
    generation: str
    origin: str
    at: datetime
    by: str
    undo_excel: bool


def note(desk: Desk, intent: Intent) -> None:
    """Note that a backup is about to be put back."""
    words = json.dumps({**asdict(intent), "at": intent.at.isoformat(" ")}, ensure_ascii=False)
    desk.mirror.set_meta(_INTENT + intent.workbook, words)


def intended(desk: Desk, workbook: str) -> Intent | None:
    """Return what is noted of a workbook, or None."""
    words = desk.mirror.get_meta(_INTENT + workbook)
    if not words:
        return None
    told = json.loads(words)
    return Intent(**{**told, "at": datetime.fromisoformat(told["at"])})


def clear(desk: Desk, workbook: str) -> None:
    """Forget it: it was taken in, or nothing came of it."""
    desk.mirror.set_meta(_INTENT + workbook, "")


@dataclass(frozen=True)
class Since:
    """What was entered since a backup.

    Attributes:
        others: cells entered on other PCs.
    """

    desk: Desk
    intent: Intent
    others: Entered = frozenset()

    @cached_property
    def state(self) -> HeldState | None:
        """What is known of the workbook as the backup has it; None if nothing is."""
        return self.desk.mirror.held_state(self.intent.workbook, self.intent.origin)

    @cached_property
    def seq(self) -> int:
        """Number of the last change the backup may hold."""
        return self.state.seq if self.state else self.desk.mirror.last_at(self.intent.at)

    def changes(self, ledger: str, record_id: str) -> list[HistoryEntry]:
        """Return what happened to a record's cells since, the newest first."""
        lacked = self.state is not None and self.state.lacks(ledger, record_id)
        unheld = self.state.cells(ledger, record_id) if self.state else {}
        return [
            entry
            for entry in self.desk.mirror.history(ledger, record_id)
            if entry.seq > self.seq or lacked or entry.key in unheld
        ]

    def is_entered(self, entry: HistoryEntry) -> bool:
        """Whether a change was entered in a program, and not made in Excel."""
        if entry.source in _PROGRAM:
            return True
        return (entry.ledger, entry.record, entry.key, logged(entry.new)) in self.others

    def entered(self, record: Record, held: Mapping[str, Value]) -> dict[str, Value]:
        """Return the cells of a record that were entered since, each with its newest value.

        Args:
            record: as the desk has it.
            held: as the backup has it.
        """
        found: dict[str, Value] = {}
        for entry in self.changes(record.ledger, record.id):
            if self.is_entered(entry):
                found.setdefault(entry.key, entry.new)
        return {**self._waited(record, held), **found}

    def _waited(self, record: Record, held: Mapping[str, Value]) -> dict[str, Value]:
        """Return what was entered before the backup and is not in it, where only its time is known.

        The newest change of the cell until then says so: the backup shows something else.
        """
        if self.state is not None:
            return {}
        form = self.desk.forms[record.ledger]
        newest: dict[str, HistoryEntry] = {}
        for entry in self.desk.mirror.history(record.ledger, record.id):
            if entry.seq <= self.seq and entry.key in form.by_key and entry.key != "id":
                newest.setdefault(entry.key, entry)
        return {
            key: entry.new
            for key, entry in newest.items()
            if self.is_entered(entry) and not same(entry.new, held.get(key), form[key].type)
        }


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of one record.

    Attributes:
        now: as the desk has it; without values if it has none.
        values: what it will be.
        reading: its row in the backup; None if it has none.
    """

    now: Record
    values: Mapping[str, Value]
    reading: ReadRow | None = None

    @property
    def differing(self) -> dict[str, tuple[Value, Value]]:
        """Cells that change, from what to what."""
        return {
            key: (self.now[key], self.values.get(key))
            for key in {**self.now.values, **self.values}
            if self.now[key] != self.values.get(key)
        }


@dataclass(slots=True)
class Decisions:
    """What becomes of a sheet's records.

    Attributes:
        matched: records that the backup and the desk have.
        back: records only the backup has.
        kept: records only the desk has, which are written again.
        revived: records entered since that were deleted in Excel.
        going: records only the desk has, typed in Excel since.
        emptied: rows of the backup whose records were taken out in the program since.
    """

    matched: list[Decided] = field(default_factory=list)
    back: list[Decided] = field(default_factory=list)
    kept: list[Decided] = field(default_factory=list)
    revived: list[Decided] = field(default_factory=list)
    going: list[Record] = field(default_factory=list)
    emptied: dict[str, int] = field(default_factory=dict)


class RestoredSheet(ReadSheet):
    """One sheet of a backup that is put back."""

    def __init__(
        self, desk: Desk, content: WorkbookContent, sheet: SheetContent, since: Since
    ) -> None:
        origin = Stamp(content.stamp.desk, since.intent.origin)
        super().__init__(
            desk, content, sheet, Bases(desk.mirror, desk.mirror.origin(content.workbook, origin))
        )
        self.since = since
        self.gone: list[str] = []
        finished(self.recognise())

    def decide(self) -> Decisions:
        """Return what becomes of each record; nothing is changed."""
        self.read_anew()
        found = Decisions(emptied=dict(self.undone))
        matched = self.identity.matched
        for record in self.records(matched):
            number = matched[record.id]
            if self.known[record.id].mark != self.rows[number].mark:
                found.matched.append(self._matched(record, self.reading(number)))
        for row in self.identity.new:
            self._decide_new(found, row.number, row.record)
        for record in self.records([one for one in self.known if one not in matched]):
            self._decide_absent(found, record)
        in_backup = {one.now.id for one in found.back} | set(found.emptied)
        for record_id in self.mirror.gone_since(self.form.ledger, self.since.seq):
            if record_id not in in_backup and not self.mirror.exists(self.form.ledger, record_id):
                self._decide_gone(found, record_id)
        return found

    def _matched(self, record: Record, reading: ReadRow) -> Decided:
        if not self.since.intent.undo_excel:
            return Decided(record, record.values, reading)
        absent = {key: value for key, value in record.values.items() if key not in self.types}
        entered = self.since.entered(record, reading.values)
        return Decided(record, _filled({**absent, **reading.values, **entered}, self), reading)

    def _decide_new(self, found: Decisions, number: int, record_id: str) -> None:
        reading = self.reading(number)
        record = Record(self.form.ledger, record_id)
        gone = self._gone(record_id)
        keeps_deletions = not self.since.intent.undo_excel
        if gone is not None and (keeps_deletions or self.since.is_entered(gone)):
            found.emptied[record_id] = number
            return
        entered = self.since.entered(record, reading.values) if record_id else {}
        if self.since.state is None:
            entered = {}  # it was deleted since: its last entries say nothing
        found.back.append(Decided(record, _filled({**reading.values, **entered}, self), reading))

    def _decide_absent(self, found: Decisions, record: Record) -> None:
        changes = self.since.changes(record.ledger, record.id)
        if not self.since.intent.undo_excel or not changes:
            found.kept.append(Decided(record, record.values))
        elif any(map(self.since.is_entered, changes)):
            found.kept.append(Decided(record, self._entered(record, changes, record.values)))
        else:
            found.going.append(record)

    def _decide_gone(self, found: Decisions, record_id: str) -> None:
        """Bring back what was entered since and deleted in Excel: the history has all of it."""
        gone = self._gone(record_id)
        changes = self.since.changes(self.form.ledger, record_id)
        if not self.since.intent.undo_excel or gone is None or self.since.is_entered(gone):
            return
        before = [one for one in changes if one.seq < gone.seq]
        if any(map(self.since.is_entered, before)):
            record = Record(self.form.ledger, record_id)
            last = {one.key: one.old for one in changes if one.seq == gone.seq}
            values = self._entered(record, before, _filled(last, self))
            found.revived.append(Decided(record, values))

    def _gone(self, record_id: str) -> HistoryEntry | None:
        """Return the change that took a record out last, None if it never was."""
        changes = self.mirror.history(self.form.ledger, record_id) if record_id else []
        return next((one for one in changes if one.key == GONE), None)

    def _entered(
        self, record: Record, changes: Sequence[HistoryEntry], last: Mapping[str, Value]
    ) -> Mapping[str, Value]:
        """Return a record that the backup lacks as it was entered; one typed in Excel as it was.

        Args:
            record: it.
            changes: what happened to it since, the newest first.
            last: what it last held.
        """
        if not self.since.is_entered(changes[-1]):
            return last
        base = self._held(record)
        return _filled({**base, **self.since.entered(record, base)}, self)

    def _held(self, record: Record) -> Mapping[str, Value]:
        state = self.since.state
        return self.mirror.versions(record, state)[0] if state else {}

    def apply(self, found: Decisions) -> None:
        """Bring the mirror to what was decided, and queue what the backup lacks."""
        by, now, ledger = self.since.intent.by, self.desk.clock.now(), self.form.ledger
        why = self.content.fingerprint.sha256
        rows = [self._row(one) for one in (*found.matched, *found.back)]
        absent = (*found.kept, *found.revived)
        rows += [TakenRow(one.now.id, one.values, 0, b"") for one in absent]
        self.mirror.take_in(ledger, rows, now, why, restored_by=by)
        matched = self.identity.matched
        self.mirror.move_rows(ledger, [(one, n) for one, n in matched.items() if self._moved(one)])
        for one, row in zip((*found.matched, *found.back), rows, strict=False):
            self.mirror.write_cells(ledger, row.id, self.waits(one), now)
        for one in absent:
            self.mirror.write_again(ledger, one.now.id, now)
        for record in found.going:
            self.mirror.write_cells(ledger, record.id, {}, now)
            self.mirror.forget(ledger, record.id, now, why, restored_by=by)
        self.mirror.note_removed(ledger, self.undone)
        for record_id, number in found.emptied.items():
            self.mirror.empty_row(ledger, record_id, number)
        self.new = [row.id for row in rows[len(found.matched) : len(rows) - len(absent)]]
        self.new += [one.now.id for one in found.revived]
        self.gone = [record.id for record in found.going]
        self.changed = [one.now.id for one in (*found.matched, *found.kept) if one.differing]

    def _moved(self, record_id: str) -> bool:
        row = self.rows[self.identity.matched[record_id]]
        known = self.known[record_id]
        return known.mark == row.mark and known.row != row.number

    def _row(self, one: Decided) -> TakenRow:
        reading = one.reading
        if reading is None:
            raise ValueError("a row that is taken in was read")
        self.problems += reading.problems
        raw = {
            key: text
            for key, text in reading.raw.items()
            if one.values.get(key) == reading.values.get(key)
        }
        record_id = one.now.id or self.new_id()
        return TakenRow(
            record_id,
            one.values,
            reading.row,
            reading.mark,
            raw,
            reading.extras,
            provisional=not reading.id,
        )

    def waits(self, one: Decided) -> dict[str, tuple[Value, Value]]:
        """Return the cells that the backup has otherwise: as it has them, and as meant."""
        held = one.reading.values if one.reading else {}
        return {
            key: (held.get(key), one.values.get(key))
            for key in {**held, **one.values}
            if key not in self.types
            or not same(held.get(key), one.values.get(key), self.types[key])
        }


def _filled(values: Mapping[str, Value], sheet: ReadSheet) -> dict[str, Value]:
    known = sheet.form.by_key
    return {key: value for key, value in values.items() if value is not None and key in known}
