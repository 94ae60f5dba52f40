"""Records as the import sees them: those of the store and those it is about to begin, side by side.

A row is compared with both in the same way, so that the same list imported twice changes nothing
and two rows of one list about one person make one customer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from storedesk.domain.forms import Form, Forms
from storedesk.domain.records import Record
from storedesk.domain.select import OneOf, Select
from storedesk.domain.values import Value, half_width, same
from storedesk.operations.importing.plan import PlannedRecord

Find = Callable[[Select], Iterable[Record]]
"""Returns the store's records that a Select means; backed by the mirror."""

CHUNK = 400
"""So many values are asked for at once (SQLite takes far more; memory stays small)."""


@dataclass(frozen=True, slots=True)
class Said:
    """Everything a row says of a record: two rows alike may still be one that comes twice.

    Attributes:
        told: values by key.
        notes: what stays text, as the list has it.
    """

    told: Mapping[str, Value]
    notes: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Entry:
    """A record that exists or is about to begin.

    Attributes:
        ref: its id, or its temporary name.
        values: as they will be after the import.
        changes: what of it the import sets.
        parents: entries it refers to, by column key.
        existing: whether the store has it already.
        met: whether a row of this import is about it.
        said: what the row about it said, word for word.
    """

    ledger: str
    ref: str
    values: dict[str, Value]
    changes: dict[str, Value] = field(default_factory=dict)
    parents: dict[str, Entry] = field(default_factory=dict)
    existing: bool = False
    met: bool = False
    said: Said | None = None

    def text(self, key: str) -> str:
        """Return a text value, or an empty string."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def set(self, key: str, value: Value) -> None:
        """Set a value."""
        self.values[key] = value
        self.changes[key] = value

    def refer(self, key: str, parent: Entry) -> None:
        """Refer to another entry."""
        self.parents[key] = parent
        if parent.existing:
            self.set(key, parent.ref)

    def planned(self) -> PlannedRecord | None:
        """Return it as part of the plan, or None if nothing is to be written."""
        links = {key: one.ref for key, one in self.parents.items() if not one.existing}
        if self.existing and not self.changes and not links:
            return None
        return PlannedRecord(self.ledger, self.ref, not self.existing, dict(self.changes), links)


class Known:
    """Entries of all ledgers, found by what stands in a column."""

    def __init__(self, forms: Forms, find: Find) -> None:
        self.forms = forms
        self._find = find
        self._entries: dict[str, dict[str, Entry]] = defaultdict(dict)
        self._index: dict[str, dict[str, dict[Value, list[Entry]]]] = defaultdict(dict)
        self._numbers: dict[str, int] = defaultdict(int)

    def load(self, ledger: str, key: str, values: Iterable[Value]) -> None:
        """Fetch the store's records that hold one of these values in a column."""
        wanted = list(dict.fromkeys(value for value in values if value is not None))
        for start in range(0, len(wanted), CHUNK):
            chunk = tuple(wanted[start : start + CHUNK])
            for record in self._find(Select(ledger, (OneOf(key, chunk),))):
                if record.id not in self._entries[ledger]:
                    entry = Entry(ledger, record.id, dict(record.values), existing=True)
                    self._entries[ledger][record.id] = entry
                    self._enter(entry)

    def load_children(self, ledger: str, key: str, parents: str) -> None:
        """Fetch the store's records that refer to any existing entry of another ledger."""
        self.load(ledger, key, [one.ref for one in self.all(parents) if one.existing])

    def begin(
        self, ledger: str, values: Mapping[str, Value], parents: Mapping[str, Entry] | None = None
    ) -> Entry:
        """Begin a record that refers to others, which begin before it or exist."""
        self._numbers[ledger] += 1
        filled: dict[str, Value] = {key: one for key, one in values.items() if one is not None}
        entry = Entry(ledger, f"@{ledger}-{self._numbers[ledger]}", filled, dict(filled), met=True)
        for key, parent in (parents or {}).items():
            entry.refer(key, parent)
        self._entries[ledger][entry.ref] = entry
        self._enter(entry)
        return entry

    def set(self, entry: Entry, key: str, value: Value) -> None:
        """Set a value by which the entry may be looked for."""
        entry.set(key, value)
        index = self._index[entry.ledger].get(key)
        if index is not None:
            _put(index, entry, key)

    def refer(self, entry: Entry, key: str, parent: Entry) -> None:
        """Let an entry refer to another one by which it may be looked for."""
        entry.refer(key, parent)
        index = self._index[entry.ledger].get(key)
        if index is not None:
            _put(index, entry, key)

    def fill(self, entry: Entry, told: Mapping[str, Value]) -> list[str]:
        """Fill what is empty in an entry, keep what is filled; return the keys that differ."""
        for key, value in told.items():
            if value is not None and entry.values.get(key) is None:
                self.set(entry, key, value)
        return differences(self.forms[entry.ledger], entry, told)

    def all(self, ledger: str) -> Iterator[Entry]:
        """Yield every entry of a ledger, in order of arrival."""
        yield from self._entries[ledger].values()

    def by_id(self, ledger: str, ref: str) -> Entry | None:
        """Return an entry by its id, or None."""
        return self._entries[ledger].get(ref)

    def holding(self, ledger: str, key: str, value: Value) -> Sequence[Entry]:
        """Return the entries that hold a value in a column, in order of arrival."""
        if value is None:
            return ()
        index = self._index[ledger].get(key)
        if index is None:
            index = self._index[ledger][key] = defaultdict(list)
            for entry in self.all(ledger):
                _put(index, entry, key)
        return index.get(_compared(value), ())

    def children(self, ledger: str, key: str, parent: Entry) -> list[Entry]:
        """Return the entries that refer to another one."""
        return list(self.holding(ledger, key, parent.ref))

    def _enter(self, entry: Entry) -> None:
        for key, index in self._index[entry.ledger].items():
            _put(index, entry, key)


def _put(index: dict[Value, list[Entry]], entry: Entry, key: str) -> None:
    value = entry.values.get(key)
    if value is None and key in entry.parents:
        value = entry.parents[key].ref
    if value is not None:
        index[_compared(value)].append(entry)


def _compared(value: Value) -> Value:
    """Return a canonical value as the indexes hold it; full-width letters do not count."""
    return half_width(value).strip() if isinstance(value, str) and not value.isascii() else value


def differences(form: Form, entry: Entry, values: Mapping[str, Value]) -> list[str]:
    """Return the keys whose filled values differ from what the entry holds."""
    return [
        key
        for key, value in values.items()
        if value is not None
        and entry.values.get(key) is not None
        and not _equal(form, key, entry.values[key], value)
    ]


def match(
    form: Form, candidates: Iterable[Entry], said: Said, decisive: Sequence[str]
) -> Entry | None:
    """Return the entry that a row speaks of, or None.

    What this list has told of already is meant again only by a row that says exactly the same; a
    record of the store is meant by one row, even if people have corrected what is not decisive.
    """
    free = []
    for entry in candidates:
        if entry.met and entry.said == said:
            return entry
        if entry.existing and not entry.met and agree(form, entry, said.told, decisive):
            free.append(entry)
    return min(free, key=lambda one: _distance(form, one, said), default=None)


def _distance(form: Form, entry: Entry, said: Said) -> tuple[int, int]:
    unknown = sum(note not in entry.text("remark") for note in said.notes)
    return len(differences(form, entry, said.told)), unknown


def agree(form: Form, entry: Entry, values: Mapping[str, Value], keys: Sequence[str]) -> bool:
    """Whether an entry may be what a row speaks of: no decisive value differs, and one is equal.

    Of moments only the day counts: lists seldom tell the time.
    """
    equal = False
    for key in keys:
        mine, theirs = _day(entry.values.get(key)), _day(values.get(key))
        if mine is None or theirs is None:
            continue
        if not _equal(form, key, mine, theirs):
            return False
        equal = True
    return equal


def _equal(form: Form, key: str, one: Value, other: Value) -> bool:
    return one == other or same(one, other, form[key].type)


def _day(value: Value) -> Value:
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value
