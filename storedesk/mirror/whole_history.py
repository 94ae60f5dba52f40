"""The history of a record over all PCs, and over all mirrors this PC ever had.

A mirror knows what was done on this PC since it was made; the history files know the rest. What
another PC's program entered looks in this mirror like an edit made in Excel, because it came in
with the workbook; and an edit in Excel is logged by every PC that reads it. Here each is told once,
with who did it, if anybody knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from storedesk.domain.changes import Source
from storedesk.domain.forms import Forms
from storedesk.domain.values import Value
from storedesk.mirror.history import HistoryEntry
from storedesk.mirror.lines import Line, lines_of, pcs_of, value_of
from storedesk.mirror.stored import stored

REPLAY = "replay-"
"""Operations begin with this that enter again what a lost mirror knew."""

_READ = frozenset({Source.EXCEL.value, Source.COPY.value})
"""Sources of what came in from a file: whoever entered it may have told of it elsewhere."""


def told_in_files(folder: Path, forms: Forms, ledger: str, record: str) -> list[HistoryEntry]:
    """Return what all history files tell of a record, under whatever ids it had.

    Needs no mirror, so that it may run on any thread.

    Raises:
        OSError: the folder is out of reach.
    """
    names = {record}
    lines = _about(folder, ledger, names)
    while True:
        found = {cell.old for line in lines for cell in line.cells if cell.key == "id" and cell.old}
        if found <= names:
            return [entry for line in lines for entry in _entries(line, forms, record)]
        names |= found
        lines = _about(folder, ledger, names)


def whole_history(
    ours: Iterable[HistoryEntry], told: Iterable[HistoryEntry], pc: str
) -> list[HistoryEntry]:
    """Return everything once, newest first.

    Args:
        ours: what this mirror knows.
        told: what the history files tell.
        pc: letter of this PC.
    """
    entries = {(pc, one.seq, one.key): replace(one, pc=pc) for one in ours}
    for one in told:
        entries.setdefault((one.pc, one.seq, one.key), one)
    first = sorted(entries.values(), key=lambda one: (one.pc, one.seq))
    once = _without_echoes(_without_replays(first))
    turns = _turns(first)
    return sorted(once, key=lambda one: (turns[one.pc, one.seq], one.seq), reverse=True)


def _turns(entries: Iterable[HistoryEntry]) -> dict[tuple[str, int], datetime]:
    """Return by PC and number the moment to sort by: on one PC a later number is never earlier.

    A clock may have been set back between two entries.
    """
    latest: dict[str, datetime] = {}
    turns: dict[tuple[str, int], datetime] = {}
    for one in entries:
        latest[one.pc] = max(one.at, latest.get(one.pc, one.at))
        turns[one.pc, one.seq] = latest[one.pc]
    return turns


def _about(folder: Path, ledger: str, names: Iterable[str]) -> list[Line]:
    return [
        line
        for pc in pcs_of(folder)
        for name in sorted(names)
        for line in lines_of(folder, pc, name)
        if line.ledger == ledger and line.record == name
    ]


def _entries(line: Line, forms: Forms, record: str) -> Iterable[HistoryEntry]:
    form = forms.forms.get(line.ledger)
    for cell in line.cells:
        if cell.erased:
            continue
        values: tuple[Value, Value] = (cell.old or None, cell.new or None)
        if form is not None and cell.key in form.by_key:
            kind = form[cell.key].type
            values = (value_of(cell.old, kind), value_of(cell.new, kind))
        yield HistoryEntry(
            line.number,
            line.at,
            line.by,
            line.source,
            line.ledger,
            record,
            cell.key,
            *values,
            line.operation,
            line.pc,
        )


def _without_replays(entries: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """Leave out what was entered again after a mirror was lost, where the first time is told."""
    told = {(one.key, one.new) for one in entries if not one.operation.startswith(REPLAY)}
    return [
        one
        for one in entries
        if not one.operation.startswith(REPLAY) or (one.key, one.new) not in told
    ]


def _without_echoes(entries: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """Leave out what one PC read from a workbook and another one tells of.

    The clocks of PCs differ, so not the moment says which belong together but the turn: the first
    time a cell becomes a value on one PC is the first time it does on the other.
    """
    turns: dict[tuple[str, str, int], list[HistoryEntry]] = defaultdict(list)
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in entries:
        value = str(stored(one.new))
        turn = counts[one.pc, one.key, value]
        counts[one.pc, one.key, value] += 1
        turns[one.key, value, turn].append(one)
    kept: list[HistoryEntry] = []
    for same in turns.values():
        entered = [one for one in same if one.source not in _READ]
        kept += entered or [min(same, key=lambda one: (one.at, one.pc))]
    return kept
