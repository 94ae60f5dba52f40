"""Entering again what was saved on a PC and reached neither a workbook nor this mirror.

A mirror may be lost while Excel holds a workbook; the history files in the desk folder still know
what waited (decision 21). Entering it twice does no harm: a value that already stands is left.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from storedesk.domain.changes import Edit, Operation
from storedesk.domain.errors import NotWritable
from storedesk.domain.merge import STAMPS, Conflict
from storedesk.domain.records import Record
from storedesk.domain.values import Type, Value, same
from storedesk.mirror import LOST
from storedesk.mirror.lines import pcs_of
from storedesk.mirror.unwritten import UnwrittenRecord, unwritten_records
from storedesk.mirror.whole_history import REPLAY, whole_history
from storedesk.operations import records
from storedesk.operations.desk import HISTORY, Desk
from storedesk.operations.writing import new_operation_id

log = logging.getLogger(__name__)


def replay_lost(desk: Desk) -> int:
    """Enter what this PC's mirror had lost, once each workbook was read; return how many records.

    It does nothing unless the mirror is new, or was damaged.

    Raises:
        NotWritable: the folder of the history files is out of reach.
    """
    lost = desk.mirror.get_meta(LOST).split("/")
    read = [book for book in lost if book and desk.mirror.file_state(book) is not None]
    if not read:
        return 0
    with desk.mirror.transaction():
        count = replay(desk, read, (desk.pc,))
        desk.mirror.set_meta(LOST, "/".join(book for book in lost if book not in read))
    return count


def replay(desk: Desk, workbooks: Collection[str], pcs: Collection[str]) -> int:
    """Enter what some PCs had saved and the workbooks do not have; return how many records.

    What a workbook meanwhile holds otherwise becomes a conflict: both values are kept.

    Args:
        desk: the desk.
        workbooks: those that have been read.
        pcs: letters of the PCs. One that is still in use writes its own entries itself.

    Raises:
        NotWritable: the folder of the history files is out of reach.
    """
    missing = missing_from(desk, workbooks, pcs)
    with desk.mirror.transaction():
        count = sum(_replay(desk, entered) for entered in missing)
    log.info("replayed from history: %d of %d records", count, len(missing))
    return count


def other_pcs(desk: Desk) -> list[str]:
    """Return the letters of the other PCs that have worked on this desk."""
    return [pc for pc in pcs_of(desk.folder / HISTORY) if pc != desk.pc]


def waiting_elsewhere(desk: Desk) -> dict[str, tuple[int, datetime]]:
    """Return by the letter of another PC how many of its entries no workbook has, and since when.

    Raises:
        NotWritable: the folder of the history files is out of reach.
    """
    found: dict[str, tuple[int, datetime]] = {}
    for pc in other_pcs(desk):
        missing = missing_from(desk, desk.forms.workbooks(), (pc,))
        entries = [one for one in missing if _lacks(desk, one)]
        if entries:
            found[pc] = (len(entries), min(one.at for one in entries))
    return found


def missing_from(
    desk: Desk, workbooks: Collection[str], pcs: Collection[str]
) -> list[UnwrittenRecord]:
    """Return what the history files of some PCs tell and the workbooks do not have."""
    states = {book: desk.mirror.file_state(book) for book in workbooks}
    stamps = {book: state.stamp for book, state in states.items() if state}
    folder = desk.folder / HISTORY
    try:
        return unwritten_records(folder, desk.forms, stamps, pcs)
    except OSError as error:
        raise NotWritable(str(folder)) from error


def _lacks(desk: Desk, entered: UnwrittenRecord) -> bool:
    """Whether anything of what a PC entered is missing here."""
    record = desk.mirror.get(entered.ledger, entered.record)
    if record is None:
        return entered.begun
    form = desk.forms[entered.ledger]
    return any(
        not same(record[key], values[-1], form[key].type) for key, values in entered.cells.items()
    )


def _replay(desk: Desk, entered: UnwrittenRecord) -> bool:
    """Enter one record's missing cells; return whether there were any."""
    record = desk.mirror.get(entered.ledger, entered.record)
    if record is None and not entered.begun:
        return _hold(desk, entered)
    operation_id = f"{REPLAY}{new_operation_id(desk.clock.now())}"
    if entered.removed:
        undone = Operation(operation_id, entered.at, entered.by, (), note="replay undo")
        desk.mirror.remove(entered.ledger, entered.record, undone)
        return True
    values = _missing(desk, entered, record or Record(entered.ledger, entered.record))
    if not values or (record is None and not any(v is not None for v in values.values())):
        return False
    edit = Edit(entered.ledger, entered.record, values, new=record is None)
    operation = Operation(operation_id, entered.at, entered.by, (edit,), note="replay")
    return desk.mirror.apply(operation)


def _hold(desk: Desk, entered: UnwrittenRecord) -> bool:
    """Ask about a record whose row is gone although something was entered of it (``deletions``).

    What else it held is what the history files tell of it; cells that nobody ever changed since
    the row was first read are told nowhere.
    """
    if not entered.cells:
        return False
    ledger, now = entered.ledger, desk.clock.now()
    told = records.told_elsewhere(desk.folder, desk.forms, ledger, entered.record)
    by_key = desk.forms[ledger].by_key
    before = {one.key: one.new for one in reversed(whole_history((), told, desk.pc))}
    values = {key: value for key, value in before.items() if key in by_key and key != "id"}
    values |= {key: newest for key, (*_, newest) in entered.cells.items()}
    if not any(value is not None for value in values.values()):
        return False
    edit = Edit(ledger, entered.record, values, new=True)
    operation_id = f"{REPLAY}{new_operation_id(now)}"
    entered_again = Operation(operation_id, entered.at, entered.by, (edit,), note="replay")
    desk.mirror.apply(entered_again)
    desk.mirror.held.add(ledger, entered.record, now)
    return True


def _missing(desk: Desk, entered: UnwrittenRecord, record: Record) -> dict[str, Value]:
    """Return the values to enter; note a conflict where the workbook went another way."""
    values: dict[str, Value] = {}
    for key, (*before, newest) in entered.cells.items():
        now, kind = record[key], desk.forms[entered.ledger][key].type
        if key not in record.raw and same(now, newest, kind):
            continue
        if key not in record.raw and _among(now, before, kind):
            values[key] = newest
        elif key not in STAMPS:
            _note_conflict(desk, record, Conflict(key, before[0], newest, now))
    for key, (base, ours) in entered.clashes.items():
        now, kind = record[key], desk.forms[entered.ledger][key].type
        if not same(now, ours, kind):
            _note_conflict(desk, record, Conflict(key, base, ours, now))
    return values


def _note_conflict(desk: Desk, record: Record, conflict: Conflict) -> None:
    listed = ((one.ledger, one.record, one.key) for one in desk.mirror.conflicts())
    if (record.ledger, record.id, conflict.key) not in listed:
        desk.mirror.add_conflict(record.ledger, record.id, conflict, desk.clock.now())


def _among(value: Value, others: Sequence[Value], kind: Type) -> bool:
    return any(same(value, other, kind) for other in others)
