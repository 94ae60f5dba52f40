"""Reading and changing records of any ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from storedesk.domain.changes import Change, Edit
from storedesk.domain.errors import NotWritable, UnknownRecord
from storedesk.domain.forms import Form, Forms
from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.domain.values import Value, same, shown
from storedesk.mirror import HistoryEntry
from storedesk.mirror.whole_history import told_in_files
from storedesk.mirror.whole_history import whole_history as merged_history
from storedesk.operations import entries, writing
from storedesk.operations.desk import HISTORY, Desk

Happened = HistoryEntry
"""One cell's change, for faces."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found by words.

    Attributes:
        title: what names it to people; the id comes last and grey.
        line: the most telling further cells, in one line.
    """

    ledger: str
    id: str
    title: str
    line: str


def add(desk: Desk, ledger: str, values: Mapping[str, Value], by: str) -> Change:
    """Begin a record. Values by column key or Chinese header; texts are read as typed.

    Raises:
        Misuse: a header is unknown.
        Refused: the record would be meaningless, or a text means nothing in its column.
    """
    entries.check_typed(desk.forms[ledger], values)
    # One transaction: the number of a refused record is given again, and one commit is enough.
    with desk.mirror.transaction():
        edit = entries.new_record(desk, ledger, values, by)
        return writing.write(desk, (edit,), by=by, note=f"add {ledger}")


def set_values(desk: Desk, record_id: str, values: Mapping[str, Value], by: str) -> Change:
    """Change cells of a record; an empty text empties a cell. What is equal is not written.

    Raises:
        UnknownRecord, Misuse, Refused: as ``add``.
    """
    record = get(desk, record_id)
    form = desk.forms[record.ledger]
    entries.check_typed(form, values)
    entered = entries.read_entry(desk, form, values)
    differing = {
        key: value
        for key, value in entered.items()
        if not same(record[key], value, form[key].type) or key in record.raw
    }
    if not differing:
        return Change()
    edit = Edit(record.ledger, record.id, differing)
    return writing.write(desk, (edit,), by=by, note=f"set {record.ledger}")


def get(desk: Desk, record_id: str) -> Record:
    """Return a record by its id, whatever its ledger.

    Raises:
        UnknownRecord: there is none.
    """
    likely = desk.forms.by_prefix(record_id)
    order = ([likely] if likely else []) + [form for form in desk.forms if form is not likely]
    for form in order:
        found = desk.mirror.get(form.ledger, record_id)
        if found is not None:
            return found
    raise UnknownRecord(record_id)


def ids(desk: Desk, select: Select) -> list[str]:
    """Return the ids a Select means, in its order."""
    return desk.mirror.ids(select)


def page(desk: Desk, ledger: str, record_ids: Sequence[str]) -> list[Record]:
    """Return the records of these ids, in their order; ids that are gone are left out."""
    found = {record.id: record for record in desk.mirror.records(ledger, list(record_ids))}
    return [found[one] for one in record_ids if one in found]


def count(desk: Desk, select: Select) -> int:
    """Return how many records a Select means."""
    return desk.mirror.count(select)


def find(desk: Desk, words: str, limit: int = 50) -> list[Hit]:
    """Find records by words: part of a name, pinyin, initials, digits, address, plate."""
    hits = []
    for hit in desk.mirror.search(words, limit=limit):
        record = desk.mirror.get(hit.ledger, hit.id)
        if record is not None:
            form = desk.forms[hit.ledger]
            hits.append(Hit(hit.ledger, hit.id, title(form, record), line(form, record)))
    return hits


def find_ids(desk: Desk, ledger: str, words: str, limit: int = 2000) -> list[str]:
    """Return the ids of the records of one ledger that have all the words."""
    return [hit.id for hit in desk.mirror.search(words, limit, ledger)]


def history(desk: Desk, record_id: str) -> list[HistoryEntry]:
    """Return who changed what, newest first."""
    record = get(desk, record_id)
    return desk.mirror.history(record.ledger, record.id)


def told_elsewhere(folder: Path, forms: Forms, ledger: str, record_id: str) -> list[HistoryEntry]:
    """Return what the history files of all PCs tell of a record, for ``with_told``.

    It needs no desk, so that it may run on any thread; it may take a second on a share.

    Args:
        folder: the desk's folder.
        forms: the desk's forms.
        ledger: where the record stands.
        record_id: its id.

    Raises:
        NotWritable: the folder of the history files is out of reach.
    """
    files = folder / HISTORY
    try:
        return told_in_files(files, forms, ledger, record_id)
    except OSError as error:
        raise NotWritable(str(files)) from error


def with_told(desk: Desk, record_id: str, told: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """Return the history of a record with what the files tell: each thing once, newest first.

    Raises:
        UnknownRecord: the record left the ledger meanwhile.
    """
    record = get(desk, record_id)
    return merged_history(desk.mirror.history(record.ledger, record.id), told, desk.pc)


def whole_history(desk: Desk, record_id: str) -> list[HistoryEntry]:
    """Return who changed what on any PC, newest first; of a record that is gone as well.

    It reads the history files, which may take a second on a share.

    Raises:
        UnknownRecord: nothing is known of such an id.
        NotWritable: the folder of the history files is out of reach.
    """
    form = desk.forms.by_prefix(record_id)
    try:
        ledger = get(desk, record_id).ledger
    except UnknownRecord:
        if form is None:
            raise
        ledger = form.ledger
    told = told_elsewhere(desk.folder, desk.forms, ledger, record_id)
    found = merged_history(desk.mirror.history(ledger, record_id), told, desk.pc)
    if not found and not desk.mirror.exists(ledger, record_id):
        raise UnknownRecord(record_id)
    return found


def title(form: Form, record: Record) -> str:
    """Return what names a record to people: its title column, else its id."""
    return record.text(form.title) if form.title and record.text(form.title) else record.id


def line(form: Form, record: Record) -> str:
    """Return the cells people recognise a record by, in one line."""
    keys = [key for key in form.search if key != form.title and record[key] is not None]
    return " · ".join(shown(record[key], form[key].type) for key in keys[:4])


def cells(form: Form, record: Record) -> dict[str, str]:
    """Return every workbook column of a record by header, as its cell shows it.

    What people typed stands as typed; people's own columns follow under their own headers.
    """
    found = {
        column.label: record.raw.get(column.key) or shown(record[column.key], column.type)
        for column in form.in_workbook()
    }
    return {**found, **record.extras}
