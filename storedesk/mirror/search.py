"""Finding records by words: characters, pinyin, initials, digits (decision 20).

FTS5 holds what ``phrases`` makes of a record's fields, and not the text itself: whoever changes or
drops a record says what it was found by before. Rows bear the records' own numbers, in one block
per ledger, so that customers come first without sorting.

Records that begin are indexed when next something is looked for or a workbook is written: indexing
takes a third of a save's time. Each ledger remembers up to which number it is indexed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from storedesk.domain.errors import DeskBusy, DiskFull, NotWritable
from storedesk.domain.forms import Form, Forms
from storedesk.domain.records import Record
from storedesk.domain.values import Type
from storedesk.mirror.connection import Connection
from storedesk.mirror.phrases import TOKENIZER, asked, indexed
from storedesk.mirror.pinyin import is_han, spellings
from storedesk.mirror.stored import table
from storedesk.mirror.tables import Tables

log = logging.getLogger(__name__)

_CREATE = (
    "CREATE VIRTUAL TABLE search "
    f"USING fts5(text, tokenize='{TOKENIZER}', content='', columnsize=0)"
)
_ADD = "INSERT INTO search (rowid, text) VALUES (?, ?)"
_TAKE_OUT = "INSERT INTO search (search, rowid, text) VALUES ('delete', ?, ?)"
_BLOCK = 1 << 40
"""Numbers per ledger."""
_AT_ONCE = 2000
_JOINED_AT_ONCE = 100
"""Pages of the index; joining them takes some 10 ms."""
_SPELT = 12
"""Longer texts are no names; they are not spelt in pinyin."""
_FIRST = ("customers", "vehicles", "purchases", "complaints", "parts", "staff")


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A record that has all the words."""

    ledger: str
    id: str


class Search:
    """Keeps the index in step with the records and asks it."""

    def __init__(self, db: Connection, forms: Forms, tables: Tables) -> None:
        self.db = db
        self.forms = forms
        self.tables = tables
        searched = [form.ledger for form in forms if form.search]
        order = [one for one in _FIRST if one in searched]
        self.order = order + [one for one in searched if one not in order]
        self.blocks = {ledger: number * _BLOCK for number, ledger in enumerate(self.order)}
        self._behind_sql = " UNION ALL ".join(
            f"SELECT ledger, upto FROM search_upto WHERE ledger = '{ledger}' "
            f"AND upto < (SELECT max(_number) FROM {table(ledger)})"
            for ledger in self.order
        )

    def create(self) -> None:
        """Make the index anew, empty."""
        for name in ("search", "search_upto"):
            self.db.run(f"DROP TABLE IF EXISTS {name}")
        self.db.run(_CREATE)
        # By default FTS5 merges bit by bit, hundreds of pages in an unlucky save; without, it joins
        # sixteen small pieces at a time.
        self.db.run("INSERT INTO search (search, rank) VALUES ('automerge', 0)")
        self.db.run("CREATE TABLE search_upto (ledger TEXT PRIMARY KEY, upto INTEGER NOT NULL)")
        self.db.run_many("INSERT INTO search_upto VALUES (?, 0)", [(one,) for one in self.order])

    # --- keeping in step ----------------------------------------------------------------------

    def catch_up(self) -> None:
        """Index the records that began since this was last done."""
        for ledger, upto in self._behind():
            with self.db.transaction():
                count = self._catch_up(ledger, upto)
                if count > _AT_ONCE:
                    # Join the pieces many records left behind: one piece is the fastest to ask.
                    self.db.run("INSERT INTO search (search) VALUES ('optimize')")

    def join_some(self) -> None:
        """Join some of the pieces that many small additions leave behind.

        Left to themselves sixteen are joined at once, which takes long where they are large.
        """
        self.db.run(f"INSERT INTO search (search, rank) VALUES ('merge', {_JOINED_AT_ONCE})")

    def change(self, before: Record, after: Record) -> None:
        """Follow a record whose values, or id, changed."""
        self.change_all(before.ledger, [(before, after)])

    def change_all(self, ledger: str, changed: Iterable[tuple[Record, Record]]) -> None:
        """Follow records of one ledger, each as it was and as it is in its table now."""
        if ledger not in self.blocks:
            return
        form = self.forms[ledger]
        texts = {
            after.id: (old, new)
            for before, after in changed
            if (old := indexed_text(form, before)) != (new := indexed_text(form, after))
        }
        numbers = self._indexed_numbers(ledger, texts)
        self.db.run_many(_TAKE_OUT, [(number, texts[one][0]) for one, number in numbers.items()])
        self.db.run_many(_ADD, [(number, texts[one][1]) for one, number in numbers.items()])

    def drop(self, record: Record) -> None:
        """Take a record out of the index, while it is still in its table."""
        if record.ledger not in self.blocks:
            return
        text = indexed_text(self.forms[record.ledger], record)
        for number in self._indexed_numbers(record.ledger, [record.id]).values():
            self.db.run(_TAKE_OUT, (number, text))
        # The last number will be given again, and must be indexed again.
        name = table(record.ledger)
        self.db.run(
            "UPDATE search_upto SET upto = min(upto, "
            f'(SELECT coalesce(max(_number), 0) FROM {name} WHERE "id" <> ?)) WHERE ledger = ?',
            (record.id, record.ledger),
        )

    def _behind(self) -> list[tuple[str, int]]:
        return [(str(ledger), int(str(upto))) for ledger, upto in self.db.rows(self._behind_sql)]

    def _catch_up(self, ledger: str, upto: int) -> int:
        """Index a ledger's records after a number; return how many."""
        form, block, count = self.forms[ledger], self.blocks[ledger], 0
        while found := self.tables.after(ledger, upto, _AT_ONCE):
            rows = [(block + number, indexed_text(form, record)) for number, record in found]
            self.db.run_many(_ADD, rows)
            upto, count = found[-1][0], count + len(found)
        self.db.run("UPDATE search_upto SET upto = ? WHERE ledger = ?", (upto, ledger))
        return count

    def _indexed_numbers(self, ledger: str, ids: Iterable[str]) -> dict[str, int]:
        """Return the index's numbers of those records that are indexed already."""
        sql = (
            f'SELECT "id", _number FROM {table(ledger)} '
            'WHERE "id" IN (SELECT value FROM json_each(?)) '
            "AND _number <= (SELECT upto FROM search_upto WHERE ledger = ?)"
        )
        rows = self.db.rows(sql, (json.dumps(list(ids)), ledger))
        return {str(one): self.blocks[ledger] + int(str(number)) for one, number in rows}

    # --- asking -------------------------------------------------------------------------------

    def find(self, words: str, limit: int = 50, ledger: str = "") -> list[SearchHit]:
        """Return records that have every word, customers first; none for no words.

        With a ledger, only its records.
        """
        wanted = " AND ".join(phrase for word in words.split() if (phrase := asked(word)))
        if not wanted or (ledger and ledger not in self.blocks):
            return []
        try:
            self.catch_up()
        except (DeskBusy, DiskFull, NotWritable):
            log.warning("search index is behind: the mirror cannot be written now")
        begin = self.blocks[ledger] if ledger else 0
        end = begin + _BLOCK if ledger else len(self.order) * _BLOCK
        rows = self.db.rows(
            "SELECT rowid FROM search WHERE search MATCH ? AND rowid >= ? AND rowid < ? "
            "ORDER BY rowid LIMIT ?",
            (wanted, begin, end, limit),
        )
        return self._hits([int(str(row[0])) for row in rows])

    def _hits(self, found: Sequence[int]) -> list[SearchHit]:
        hits: list[SearchHit] = []
        for block, group in groupby(found, key=lambda number: number // _BLOCK):
            ledger, numbers = self.order[block], [number % _BLOCK for number in group]
            sql = (
                f'SELECT "id" FROM {table(ledger)} '
                "WHERE _number IN (SELECT value FROM json_each(?)) ORDER BY _number"
            )
            rows = self.db.rows(sql, (json.dumps(numbers),))
            hits += [SearchHit(ledger, str(row[0])) for row in rows]
        return hits


def indexed_text(form: Form, record: Record) -> str:
    """Return the tokens a record is found by, fields apart."""
    fields: dict[str, None] = {}
    for key in form.search:
        value = record.text(key)
        fields[value] = None
        if _is_name(form, key) and len(value) <= _SPELT and any(map(is_han, value)):
            for spelling in spellings(value):
                fields |= dict.fromkeys(spelling)
    return indexed(record.id, (field for field in fields if field))


def _is_name(form: Form, key: str) -> bool:
    return (key == form.title or key.endswith("name")) and form[key].type is Type.TEXT
