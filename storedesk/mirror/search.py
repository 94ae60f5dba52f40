"""Finding records by words: characters, pinyin, initials, digits (decision 20).

FTS5 over text split into single characters, asked by phrases: two characters or four digits are
found as fast as ten, and no scan is needed. A record's fields are separated, so that no phrase runs
over a border. Rows are numbered by ledger, so that customers come first without sorting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storedesk.domain.forms import Form, Forms
from storedesk.domain.records import Record
from storedesk.domain.values import half_width
from storedesk.mirror.connection import Connection
from storedesk.mirror.pinyin import is_han, spellings

TABLES = (
    "CREATE VIRTUAL TABLE search USING fts5(text, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TABLE search_rows (number INTEGER PRIMARY KEY, ledger TEXT, record TEXT)",
    "CREATE UNIQUE INDEX search_record ON search_rows (record, ledger)",
)
_BLOCK = 1 << 40
"""Numbers per ledger."""
_BORDER = "zzzz"
"""A token no person types: it keeps phrases within one field."""
_LETTERS = re.compile(r"[a-z]+|[0-9]+|[^\Wa-z0-9_]")
_FIRST = ("customers", "vehicles", "purchases", "complaints", "parts", "staff")


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A record that has all the words."""

    ledger: str
    id: str


class Search:
    """Keeps the index in step with the records and asks it."""

    def __init__(self, db: Connection, forms: Forms) -> None:
        self.db = db
        searched = [form.ledger for form in forms if form.search]
        order = [one for one in _FIRST if one in searched]
        order += [one for one in searched if one not in order]
        self.blocks = {ledger: number * _BLOCK for number, ledger in enumerate(order)}
        self.forms = forms

    def create(self) -> None:
        """Make the index anew, empty."""
        self.db.run("DROP TABLE IF EXISTS search")
        self.db.run("DROP TABLE IF EXISTS search_rows")
        for statement in TABLES:
            self.db.run(statement)

    def keep(self, records: Iterable[Record]) -> None:
        """Index records, in place of what was indexed of them before."""
        for record in records:
            form = self.forms[record.ledger]
            if record.ledger not in self.blocks:
                continue
            text = indexed_text(form, record)
            known = self._number(record.ledger, record.id)
            if known is not None:
                self.db.run("UPDATE search SET text = ? WHERE rowid = ?", (text, known))
                continue
            self._add(record.ledger, [(record.id, text)])

    def fill(self, ledger: str, records: Iterable[Record]) -> None:
        """Index many records that were not indexed before."""
        if ledger in self.blocks:
            form = self.forms[ledger]
            self._add(ledger, [(record.id, indexed_text(form, record)) for record in records])

    def drop(self, ledger: str, record_id: str) -> None:
        """Take a record out of the index."""
        number = self._number(ledger, record_id)
        if number is not None:
            self.db.run("DELETE FROM search WHERE rowid = ?", (number,))
            self.db.run("DELETE FROM search_rows WHERE number = ?", (number,))

    def find(self, words: str, limit: int = 50, ledger: str = "") -> list[SearchHit]:
        """Return records that have every word, customers first; none for no words.

        With a ledger, only its records.
        """
        phrases = [phrase(word) for word in half_width(words).casefold().split()]
        wanted = " AND ".join(f'"{one}"' for one in phrases if one)
        if not wanted or (ledger and ledger not in self.blocks):
            return []
        first = self.blocks[ledger] if ledger else 0
        last = first + _BLOCK if ledger else len(self.blocks) * _BLOCK + _BLOCK
        rows = self.db.rows(
            "SELECT ledger, record FROM search JOIN search_rows ON number = search.rowid "
            "WHERE search MATCH ? AND search.rowid BETWEEN ? AND ? "
            "ORDER BY search.rowid LIMIT ?",
            (wanted, first, last, limit),
        )
        return [SearchHit(str(ledger), str(record)) for ledger, record in rows]

    def _number(self, ledger: str, record_id: str) -> int | None:
        sql = "SELECT number FROM search_rows WHERE record = ? AND ledger = ?"
        found = self.db.one(sql, (record_id, ledger))
        return int(str(found[0])) if found else None

    def _add(self, ledger: str, texts: Sequence[tuple[str, str]]) -> None:
        start = self.blocks[ledger]
        last = self.db.one(
            "SELECT max(number) FROM search_rows WHERE number >= ? AND number < ?",
            (start, start + _BLOCK),
        )
        begin = int(str(last[0])) + 1 if last and last[0] is not None else start + 1
        numbered = [(begin + n, record, text) for n, (record, text) in enumerate(texts)]
        self.db.run_many(
            "INSERT INTO search_rows (number, ledger, record) VALUES (?, ?, ?)",
            ((number, ledger, record) for number, record, _ in numbered),
        )
        self.db.run_many(
            "INSERT INTO search (rowid, text) VALUES (?, ?)",
            ((number, text) for number, _, text in numbered),
        )


def indexed_text(form: Form, record: Record) -> str:
    """Return the single characters a record is found by, fields apart."""
    fields: list[str] = []
    for key in form.search:
        value = record.text(key)
        if not value:
            continue
        fields.append(phrase(half_width(value).casefold()))
        if key == form.title and any(map(is_han, value)):
            for full, initials in spellings(value):
                fields += [phrase(full), phrase(initials)]
    fields.append(phrase(record.id.casefold()))
    return f" {_BORDER} ".join(field for field in dict.fromkeys(fields) if field)


def phrase(word: str) -> str:
    """Return a word as single characters with blanks between, signs left out."""
    return " ".join("".join(_LETTERS.findall(word)))
