"""Record tables: one per ledger, a cache of what the workbooks hold plus what waits for them.

They are dropped and read anew when a form changes (decision 18). Besides the form's columns each
row has ``_number`` (lasting row number, by which search finds it), ``_row`` (sheet row; NULL = not
in the workbook yet), ``_mark`` (hash of the row as last read; NULL = written by us since), ``_own``
(1 = its id is not in the workbook yet), ``_raw`` and ``_extras`` (JSON, or NULL) and ``_sort``
(pinyin of the title, for sorting names).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storedesk.domain.forms import Forms
from storedesk.domain.records import Record
from storedesk.domain.select import Equal, Select
from storedesk.domain.values import Type, Value
from storedesk.mirror import stored
from storedesk.mirror.connection import Cell, Connection, Row
from storedesk.mirror.pinyin import sort_key
from storedesk.mirror.schema import TYPED

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a record stands in its sheet and how its row looked when last read."""

    row: int | None
    mark: bytes | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A record as read from its workbook."""

    id: str
    values: Mapping[str, Value]
    row: int
    mark: bytes
    raw: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    provisional: bool = False


class Tables:
    """Reads and writes record tables; knows nothing of pending edits or history."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        self.forms = forms
        self._columns = {form.ledger: form.in_workbook() for form in forms}
        self._names = {
            ledger: ", ".join(f'"{column.key}"' for column in columns)
            for ledger, columns in self._columns.items()
        }

    # --- carrying over ------------------------------------------------------------------------

    def whole_rows(self, ledger: str, waiting: Iterable[str]) -> list[dict[str, Cell]]:
        """Return the rows a workbook cannot give back, by column; the table may be of another form.

        These are the ones that wait, and those whose id stands nowhere else.
        """
        name = stored.table(ledger)
        columns = [str(row[1]) for row in self.db.rows(f"PRAGMA table_info({name})")]
        if not columns:
            return []
        sql = (
            f"SELECT * FROM {name} WHERE _own = 1 "
            'OR "id" IN (SELECT value FROM json_each(?)) ORDER BY rowid'
        )
        found = self.db.rows(sql, (json.dumps(list(waiting)),))
        return [dict(zip(columns, row, strict=True)) for row in found]

    def put_back(self, ledger: str, rows: Iterable[Mapping[str, Cell]]) -> None:
        """Insert carried rows; whatever their sheet holds now counts as changed there."""
        own = [column.key for column in self._columns[ledger]]
        for row in rows:
            kept = [key for key in (*own, "_row", "_own", "_raw", "_extras") if key in row]
            names, marks = ", ".join(f'"{key}"' for key in kept), ", ".join("?" * len(kept))
            title = row.get(self.forms[ledger].title)
            self.db.run(
                f"INSERT INTO {stored.table(ledger)} ({names}, _sort) VALUES ({marks}, ?)",
                [*(row[key] for key in kept), sort_key(title) if isinstance(title, str) else None],
            )

    # --- reading ------------------------------------------------------------------------------

    def get(self, ledger: str, record_id: str) -> Record | None:
        """Return one record, or None."""
        found = self.db.one(self._select_sql(ledger) + ' WHERE "id" = ?', (record_id,))
        return None if found is None else self._record(ledger, found)

    def records(self, ledger: str, ids: Sequence[str]) -> list[Record]:
        """Return the records of these ids, in the order asked; unknown ids are left out."""
        found: dict[str, Record] = {}
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            sql = self._select_sql(ledger) + f' WHERE "id" IN ({", ".join("?" * len(chunk))})'
            for row in self.db.rows(sql, chunk):
                record = self._record(ledger, row)
                found[record.id] = record
        return [found[one] for one in ids if one in found]

    def after(self, ledger: str, number: int, limit: int) -> list[tuple[int, Record]]:
        """Return the first records after a lasting number, with theirs, in order."""
        sql = (
            f"SELECT _number, {self._names[ledger]}, _row, _raw, _extras "
            f"FROM {stored.table(ledger)} WHERE _number > ? ORDER BY _number LIMIT ?"
        )
        rows = self.db.rows(sql, (number, limit))
        return [(int(str(row[0])), self._record(ledger, row[1:])) for row in rows]

    def first_rows(self, ledger: str, last: int) -> list[Record]:
        """Return the records that stand in the rows up to ``last``, in their order."""
        sql = self._select_sql(ledger) + " WHERE _row BETWEEN 1 AND ? ORDER BY _row"
        return [self._record(ledger, row) for row in self.db.rows(sql, (last,))]

    def select(self, select: Select) -> list[Record]:
        """Return the records a Select means."""
        what = self._names[select.ledger] + ", _row, _raw, _extras"
        sql, values = stored.query(select, self.forms[select.ledger], what)
        return [self._record(select.ledger, row) for row in self.db.rows(sql, values)]

    def ids(self, select: Select) -> list[str]:
        """Return the ids a Select means."""
        sql, values = stored.query(select, self.forms[select.ledger], '"id"')
        return [str(row[0]) for row in self.db.rows(sql, values)]

    def count(self, select: Select) -> int:
        """Return how many records a Select means."""
        sql, values = stored.count_query(select, self.forms[select.ledger])
        found = self.db.one(sql, values)
        count = int(str(found[0])) if found else 0
        return count if select.limit is None else min(count, select.limit)

    def exists(self, ledger: str, record_id: str) -> bool:
        """Whether a ledger has this id."""
        sql = f'SELECT 1 FROM {stored.table(ledger)} WHERE "id" = ?'
        return self.db.one(sql, (record_id,)) is not None

    def find_by(self, ledger: str, key: str, value: Value) -> list[str]:
        """Return the ids whose column holds exactly this value; none for an empty one."""
        return [] if value is None else self.ids(Select(ledger, (Equal(key, value),)))

    def marks(self, ledger: str, ids: Iterable[str] | None = None) -> dict[str, Mark]:
        """Return where every record stands, by id, in the order of the sheet.

        Of some ``ids`` only, together with those that have no id in the sheet yet.
        """
        sql = f'SELECT "id", _row, _mark, _own FROM {stored.table(ledger)}'
        values: tuple[Cell, ...] = ()
        if ids is not None:
            sql += f' WHERE "id" IN (SELECT value FROM json_each(?)) OR {TYPED}'
            values = (json.dumps(list(ids)),)
        rows = self.db.rows(f'{sql} ORDER BY _row, "id"', values)
        return {str(record): _mark(*place) for record, *place in rows}

    def marks_after(self, ledger: str, number: int, limit: int) -> tuple[int, dict[str, Mark]]:
        """Return where the first records after a lasting number stand, by id, and the last number.

        In no order; none are returned when there are no more.
        """
        sql = (
            f'SELECT _number, "id", _row, _mark, _own FROM {stored.table(ledger)} '
            "WHERE _number > ? ORDER BY _number LIMIT ?"
        )
        rows = self.db.rows(sql, (number, limit))
        last = int(str(rows[-1][0])) if rows else number
        return last, {str(record): _mark(*place) for _, record, *place in rows}

    # --- writing ------------------------------------------------------------------------------

    def insert(self, ledger: str, record_id: str, values: Mapping[str, Value]) -> None:
        """Begin a record that is not in the workbook yet."""
        form = self.forms[ledger]
        keys = [key for key, value in values.items() if key != "id" and value is not None]
        names = ", ".join(f'"{form[key].key}"' for key in ("id", *keys))
        cells = [record_id, *(stored.stored(values[key]) for key in keys)]
        marks = ", ".join("?" * len(cells))
        self.db.run(
            f"INSERT INTO {stored.table(ledger)} ({names}, _own, _sort) VALUES ({marks}, 1, ?)",
            [*cells, self._sort(ledger, values)],
        )

    def update(self, record: Record, values: Mapping[str, Value]) -> None:
        """Change cells of a record; what a person had typed there is no longer shown."""
        form = self.forms[record.ledger]
        terms = [f'"{form[key].key}" = ?' for key in values]
        cells: list[Cell] = [stored.stored(value) for value in values.values()]
        raw = {key: text for key, text in record.raw.items() if key not in values}
        if raw != dict(record.raw):
            terms.append("_raw = ?")
            cells.append(_json(raw))
        if form.title in values:
            terms.append("_sort = ?")
            cells.append(self._sort(record.ledger, values))
        self.db.run(
            f'UPDATE {stored.table(record.ledger)} SET {", ".join(terms)} WHERE "id" = ?',
            [*cells, record.id],
        )

    def put(self, ledger: str, rows: Iterable[TakenRow]) -> None:
        """Write records as their workbook holds them, whole; their numbers last."""
        keys = [column.key for column in self._columns[ledger][1:]]
        names = [*(f'"{key}"' for key in keys), "_row", "_mark", "_own", "_raw", "_extras", "_sort"]
        anew = ", ".join(f"{name} = excluded.{name}" for name in names)
        places = {key: place for place, key in enumerate(keys)}
        self.db.run_many(
            f'INSERT INTO {stored.table(ledger)} ({", ".join(names)}, "id") '
            f'VALUES ({", ".join("?" * (len(names) + 1))}) ON CONFLICT ("id") DO UPDATE SET {anew}',
            (self._whole(ledger, row, places) for row in rows),
        )

    def _whole(self, ledger: str, row: TakenRow, places: Mapping[str, int]) -> list[Cell]:
        """Return the cells of a row in the order ``put`` names them."""
        cells: list[Cell] = [None] * len(places)
        for key, value in row.values.items():
            cells[places[key]] = stored.stored(value)
        own, sort = int(row.provisional), self._sort(ledger, row.values)
        return [*cells, row.row, row.mark, own, _json(row.raw), _json(row.extras), sort, row.id]

    def move(self, ledger: str, rows: Iterable[tuple[str, int]]) -> None:
        """Note that records stand in other rows now, unchanged."""
        sql = f'UPDATE {stored.table(ledger)} SET _row = ? WHERE "id" = ?'
        self.db.run_many(sql, ((row, record) for record, row in rows))

    def place(self, ledger: str, rows: Iterable[tuple[str, int]]) -> None:
        """Note that records have been written into these rows, id included."""
        sql = f'UPDATE {stored.table(ledger)} SET _row = ?, _own = 0, _mark = NULL WHERE "id" = ?'
        self.db.run_many(sql, ((row, record) for record, row in rows))

    def unplace(self, ledger: str, record_id: str) -> None:
        """Note that a record is not in its workbook and must be written again."""
        sql = f'UPDATE {stored.table(ledger)} SET _row = NULL, _own = 1 WHERE "id" = ?'
        self.db.run(sql, (record_id,))

    def delete(self, ledger: str, record_id: str) -> None:
        """Remove a record from the cache; it cannot be held any more."""
        self.db.run("DELETE FROM held WHERE ledger = ? AND record = ?", (ledger, record_id))
        self.db.run(f'DELETE FROM {stored.table(ledger)} WHERE "id" = ?', (record_id,))

    def rename(self, ledger: str, old: str, new: str) -> None:
        """Give a record another id; what ``referring`` finds still bears the old one."""
        self.db.run(f'UPDATE {stored.table(ledger)} SET "id" = ? WHERE "id" = ?', (new, old))

    def refer(self, record: Record, key: str, to: str) -> None:
        """Let a record refer to another id; what a person typed there stays shown."""
        column = self.forms[record.ledger][key].key
        sql = f'UPDATE {stored.table(record.ledger)} SET "{column}" = ? WHERE "id" = ?'
        self.db.run(sql, (to, record.id))

    def referring(self, ledger: str, record_id: str) -> list[tuple[Record, str]]:
        """Return the records that refer to a record, each with the key that does."""
        return [
            (record, column.key)
            for form in self.forms
            for column in self._columns[form.ledger]
            if column.type is Type.RECORD and column.links == ledger
            for record in self.select(Select(form.ledger, (Equal(column.key, record_id),)))
        ]

    def _select_sql(self, ledger: str) -> str:
        return f"SELECT {self._names[ledger]}, _row, _raw, _extras FROM {stored.table(ledger)}"

    def _record(self, ledger: str, row: Row) -> Record:
        columns = self._columns[ledger]
        values = {
            column.key: stored.meant(cell, column.type)
            for column, cell in zip(columns[1:], row[1:], strict=False)
            if cell is not None
        }
        place, raw, extras = row[len(columns) :]
        return Record(
            ledger,
            str(row[0]),
            values,
            json.loads(str(extras)) if extras else {},
            json.loads(str(raw)) if raw else {},
            place if isinstance(place, int) else None,
        )

    def _sort(self, ledger: str, values: Mapping[str, Value]) -> str | None:
        title = self.forms[ledger].title
        value = values.get(title) if title else None
        return sort_key(value) if isinstance(value, str) else None


def _mark(row: Cell, mark: Cell, own: Cell) -> Mark:
    return Mark(
        row if isinstance(row, int) else None,
        mark if isinstance(mark, bytes) else None,
        bool(own),
    )


def _json(texts: Mapping[str, str]) -> str | None:
    return json.dumps(texts, ensure_ascii=False) if texts else None
