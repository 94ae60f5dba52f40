"""Edits that are saved and not yet in their workbook: one row per record an operation changed.

The base of a merge is the current value with these undone (decision 14): the oldest old value of
each cell. Rows bear the number of their history entry, so that a plan says by one number which
edits it includes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from storedesk.domain.forms import Form, Forms
from storedesk.domain.records import Record
from storedesk.domain.sheets import RowWrite, WriteOutcome, WritePlan
from storedesk.domain.values import Value
from storedesk.mirror import stored
from storedesk.mirror.changes import Cells, RecordChange, cells_of, packed, raw_cells
from storedesk.mirror.connection import Cell, Connection
from storedesk.mirror.held import Held
from storedesk.mirror.history import Logged
from storedesk.mirror.schema import TYPED
from storedesk.mirror.tables import Tables

Layouts = Mapping[str, frozenset[str]]
"""Keys of the columns found in each ledger's sheet, for the ledgers found."""
Unheld = Mapping[str, Cell] | None
"""Cells of a record as its workbook holds them; None: it does not have the record."""


class Pending:
    """The queue of cells to write."""

    def __init__(self, db: Connection, forms: Forms, tables: Tables) -> None:
        self.db = db
        self.forms = forms
        self.tables = tables
        self.held = Held(db, forms)

    def add(self, logged: Sequence[Logged]) -> None:
        """Queue what has just been logged."""
        self.db.run_many(
            "INSERT INTO pending (seq, ledger, record, cells, at) VALUES (?, ?, ?, ?, ?)", logged
        )

    def base(self, record: Record) -> dict[str, Value]:
        """Return what record and workbook last agreed on."""
        form = self.forms[record.ledger]
        values = dict(record.values)
        sql = "SELECT cells FROM pending WHERE ledger = ? AND record = ? ORDER BY seq DESC"
        for (cells,) in self.db.rows(sql, (record.ledger, record.id)):
            values |= {key: old for key, (old, _) in cells_of(cells, form).items()}
        return {k: v for k, v in values.items() if k in form.by_key and v is not None}

    def entered(self, record: Record) -> dict[str, list[Value]]:
        """Return every value that was entered and waits, by column key, the oldest first."""
        form, found = self.forms[record.ledger], dict[str, list[Value]]()
        sql = "SELECT cells FROM pending WHERE ledger = ? AND record = ? ORDER BY seq"
        for (cells,) in self.db.rows(sql, (record.ledger, record.id)):
            for key, (_, new) in cells_of(cells, form).items():
                found.setdefault(key, []).append(new)
        return found

    def has(self, ledger: str, record_id: str) -> bool:
        """Whether anything of a record waits."""
        sql = "SELECT 1 FROM pending WHERE ledger = ? AND record = ? LIMIT 1"
        return self.db.one(sql, (ledger, record_id)) is not None

    def records(self, ledger: str) -> list[str]:
        """Return the ids of the records of which anything waits."""
        sql = "SELECT DISTINCT record FROM pending WHERE ledger = ?"
        return [str(row[0]) for row in self.db.rows(sql, (ledger,))]

    def numbers(self, forms: Iterable[Form], upto: int) -> list[int]:
        """Return the numbers of what still waits of some ledgers, up to a number."""
        sql = "SELECT DISTINCT seq FROM pending WHERE ledger = ? AND seq <= ?"
        rows = (row for form in forms for row in self.db.rows(sql, (form.ledger, upto)))
        return sorted(int(str(row[0])) for row in rows)

    def unheld(self, forms: Iterable[Form], upto: int) -> dict[str, dict[str, Unheld]]:
        """Return what a workbook does not hold, by ledger and record, of all up to a number.

        Either cells as they stand in it, or None if it does not have the record at all.
        """
        return {form.ledger: found for form in forms if (found := self._unheld(form.ledger, upto))}

    def _unheld(self, ledger: str, upto: int) -> dict[str, Unheld]:
        found: dict[str, Unheld] = {}
        old: dict[str, dict[str, Cell]] = {}
        sql = "SELECT record, cells FROM pending WHERE ledger = ? AND seq <= ? ORDER BY seq DESC"
        for record, cells in self.db.rows(sql, (ledger, upto)):
            before = {key: then for key, (then, _) in raw_cells(cells).items()}
            old.setdefault(str(record), {}).update(before)
        found.update(old)
        sql = (
            f'SELECT "id" FROM {stored.table(ledger)} WHERE _row IS NULL '
            'AND "id" IN (SELECT value FROM json_each(?))'
        )
        found.update({str(row[0]): None for row in self.db.rows(sql, (json.dumps([*old]),))})
        for record in self._typed(self.forms[ledger]):
            found[record] = {**(found.get(record) or {}), "id": None}
        return found

    def write_anew(
        self, ledger: str, record_id: str, cells: Cells, seq: int, now: datetime
    ) -> None:
        """Let only these cells of a record wait: as they are in its workbook, and should be."""
        since = self._since(ledger, record_id) or now.isoformat(" ")
        self.drop(ledger, record_id)
        if cells:
            whole = RecordChange(ledger, record_id, cells).packed()
            self.add([Logged(seq, ledger, record_id, whole, since)])

    def _since(self, ledger: str, record_id: str) -> str | None:
        sql = "SELECT min(at) FROM pending WHERE ledger = ? AND record = ?"
        found = self.db.one(sql, (ledger, record_id))
        return str(found[0]) if found and found[0] is not None else None

    def keep(self, ledger: str, record_id: str, keys: frozenset[str]) -> None:
        """Drop what waits of a record, but for these cells: the workbook has the rest."""
        sql = "SELECT seq, cells FROM pending WHERE ledger = ? AND record = ?"
        for seq, cells in self.db.rows(sql, (ledger, record_id)):
            waiting = raw_cells(cells)
            kept = {key: cell for key, cell in waiting.items() if key in keys}
            if kept != waiting:
                self._set(ledger, record_id, int(str(seq)), kept)

    def drop(self, ledger: str, record_id: str) -> None:
        """Drop all that waits of a record; nothing holds it back any more."""
        self.db.run("DELETE FROM held WHERE ledger = ? AND record = ?", (ledger, record_id))
        self.db.run("DELETE FROM pending WHERE ledger = ? AND record = ?", (ledger, record_id))

    def rename(self, ledger: str, old: str, new: str) -> None:
        """Follow a record that got another id."""
        sql = "UPDATE pending SET record = ? WHERE ledger = ? AND record = ?"
        self.db.run(sql, (new, ledger, old))

    def waiting(self, layouts: Layouts) -> dict[str, tuple[int, datetime | None]]:
        """Return how many records wait for each workbook, and since when.

        Cells whose column a person removed wait for the column, not for the workbook.
        """
        counts: dict[str, tuple[int, datetime | None]] = {}
        for form in self.forms:
            found = self._waiting(form, layouts.get(form.ledger))
            if found is None:
                continue
            count, since = found
            before, earliest = counts.get(form.workbook, (0, None))
            moments = [moment for moment in (earliest, since) if moment]
            counts[form.workbook] = (before + count, min(moments, default=None))
        return counts

    def _waiting(
        self, form: Form, present: frozenset[str] | None
    ) -> tuple[int, datetime | None] | None:
        """Return how many records of a ledger wait and since when, or None."""
        rows = self.db.rows(
            "SELECT record, cells, at FROM pending WHERE ledger = ?", (form.ledger,)
        )
        if held := self.held.of(form.ledger):
            rows = [row for row in rows if row[0] not in held]
        if present is not None and rows:
            rows = [row for row in rows if not present.isdisjoint(raw_cells(row[1]))]
        records = {str(row[0]) for row in rows}
        # A row typed in Excel waits for its id; there may be very many.
        sql = (
            f"SELECT count(*) FROM {stored.table(form.ledger)} WHERE {TYPED} "
            'AND "id" NOT IN (SELECT value FROM json_each(?))'
        )
        found = self.db.one(sql, (json.dumps([*records]),))
        count = len(records) + (int(str(found[0])) if found else 0)
        if not count:
            return None
        since = min((datetime.fromisoformat(str(row[2])) for row in rows), default=None)
        return count, since

    def rows_to_write(self, forms: Iterable[Form], layouts: Layouts) -> list[RowWrite]:
        """Return the rows to write into one workbook, in the order of entry.

        A cell whose column a person removed stays queued.
        """
        rows: list[RowWrite] = []
        for form in forms:
            present = layouts.get(form.ledger)
            if present is None:
                continue
            keys = self._keys(form)
            standing = self._lacking_only_ids(form, keys)
            others = [one for one in keys if one not in standing]
            found = {one.id: one for one in self.tables.records(form.ledger, others)}
            for one, wanted in keys.items():
                if one in standing:
                    rows.append(RowWrite(form.ledger, one, standing[one], {"id": one}))
                elif one in found and (row := _row_write(found[one], wanted, present)) is not None:
                    rows.append(row)
        return rows

    def _lacking_only_ids(self, form: Form, keys: Mapping[str, set[str]]) -> dict[str, int]:
        """Return the rows typed in Excel that want nothing but their ids: there may be many."""
        sql = f'SELECT "id", _row FROM {stored.table(form.ledger)} WHERE {TYPED}'
        rows = {str(record): int(str(row)) for record, row in self.db.rows(sql)}
        return {one: row for one, row in rows.items() if keys.get(one, set()) == {"id"}}

    def settle(self, plan: WritePlan, outcome: WriteOutcome) -> None:
        """Take written cells off the queue and note where their rows stand."""
        unplaced = frozenset(outcome.unplaced)
        sql = "SELECT seq, cells FROM pending WHERE ledger = ? AND record = ? AND seq <= ?"
        ledgers = {row.ledger for row in plan.rows}
        waiting = {(ledger, record) for ledger in ledgers for record in self.records(ledger)}
        for row in plan.rows:
            if (row.ledger, row.record) not in waiting:
                continue  # typed in Excel, and only its id was written
            for seq, cells in self.db.rows(sql, (row.ledger, row.record, plan.upto)):
                left = {
                    key: cell
                    for key, cell in raw_cells(cells).items()
                    if key not in row.cells or (row.ledger, row.record, key) in unplaced
                }
                self._set(row.ledger, row.record, int(str(seq)), left)
        placed: dict[str, list[tuple[str, int]]] = {}
        for (ledger, record), number in outcome.placed.items():
            placed.setdefault(ledger, []).append((record, number))
        for ledger, rows in placed.items():
            self.tables.place(ledger, rows)

    def to_write(self, form: Form) -> list[str]:
        """Return the ids of the records that are to be written, in the order of entry."""
        return list(self._keys(form))

    def _keys(self, form: Form) -> dict[str, set[str]]:
        """Return the keys that wait, by record, in the order of entry."""
        keys: dict[str, set[str]] = {}
        sql = "SELECT record, cells FROM pending WHERE ledger = ? ORDER BY seq"
        for record, cells in self.db.rows(sql, (form.ledger,)):
            keys.setdefault(str(record), set()).update(raw_cells(cells))
        for record in self._typed(form):
            keys.setdefault(record, set()).add("id")
        for record in self.held.of(form.ledger):
            keys.pop(record, None)
        return keys

    def _typed(self, form: Form) -> list[str]:
        """Return the provisional ids of rows typed in Excel."""
        sql = f'SELECT "id" FROM {stored.table(form.ledger)} WHERE {TYPED}'
        return [str(row[0]) for row in self.db.rows(sql)]

    def _set(
        self, ledger: str, record_id: str, seq: int, cells: Mapping[str, tuple[Cell, Cell]]
    ) -> None:
        if cells:
            sql = "UPDATE pending SET cells = ? WHERE ledger = ? AND record = ? AND seq = ?"
            self.db.run(sql, (packed(cells), ledger, record_id, seq))
        else:
            sql = "DELETE FROM pending WHERE ledger = ? AND record = ? AND seq = ?"
            self.db.run(sql, (ledger, record_id, seq))


def _row_write(record: Record, keys: set[str], present: frozenset[str]) -> RowWrite | None:
    if record.row is None:
        cells = {key: value for key, value in record.values.items() if key in present}
        # Cells emptied before the first write are taken off the queue with the rest.
        cells |= {key: None for key in keys & present if record[key] is None}
        cells["id"] = record.id
        return RowWrite(record.ledger, record.id, None, cells)
    written = {key: record[key] for key in keys if key in present or key == "id"}
    return RowWrite(record.ledger, record.id, record.row, written) if written else None
