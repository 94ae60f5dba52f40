"""The history files in the desk folder: one line per change of a record, chained by hashes.

``历史/<PC>-<YYYY-MM>.jsonl`` (decision 21). A line's ``head`` is the SHA-256 of the line before and
of what happened, with the values only as SHA-256(salt + value): value and salt stand beside it and
can be erased, and the chain still holds. A PC's lines are numbered without a gap over its files.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import BinaryIO

from storedesk.domain.problems import Kind, Problem
from storedesk.durable import sync_folder
from storedesk.mirror.history import Event
from storedesk.mirror.stored import stored

_START = "0" * 64
_SEALED = ("n", "at", "by", "source", "op", "ledger", "id")
_BLOCK = 1 << 16
"""Bytes read at once from the end of a file: a month of it may be large, and lie on a share."""


def append(folder: Path, pc: str, events: Sequence[Event]) -> None:
    """Append events to this PC's files and fsync them.

    Events a file already has (a crash came between) are not written twice.

    Raises:
        OSError: the folder cannot be reached or is full; what was not written is given again.
    """
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
    by_month = sorted(events, key=lambda event: (f"{event.at:%Y-%m}", event.seq))
    for month, group in groupby(by_month, key=lambda event: f"{event.at:%Y-%m}"):
        _append_to(folder / f"{pc}-{month}.jsonl", list(group))


def last_number(folder: Path, pc: str) -> int:
    """Return the number of the last event this PC's files hold, 0 if there are none."""
    return max((_tail(path)[0] for path in history_files(folder, pc)), default=0)


def head(folder: Path, pc: str) -> str:
    """Return the hash that seals everything in this PC's newest file, empty if there is none."""
    files = history_files(folder, pc)
    return _tail(files[-1])[1] if files else ""


def verify(folder: Path) -> list[Problem]:
    """Return a problem for every history file whose chain does not hold, or that lost its begin."""
    found: list[Problem] = []
    for _, paths in groupby(
        history_files(folder, "*"), key=lambda path: path.name.split("-", 1)[0]
    ):
        found += _verify_pc(list(paths))
    return found


def _verify_pc(paths: Sequence[Path]) -> list[Problem]:
    """Check the files of one PC, each by itself and their numbers together."""
    found: list[Problem] = []
    holders: dict[int, Path] = {}
    for path in paths:
        numbers, broken = _checked(path)
        holders |= dict.fromkeys(numbers, path)
        if broken is not None:
            found.append(_problem(f"历史文件「{path.name}」第 {broken} 行被改动过或损坏"))
    if found:
        return found
    ordered = sorted(holders)
    return [
        _problem(
            f"历史文件「{holders[after].name}」里第 {after} 号之前少了 {after - before - 1} 条"
        )
        for before, after in pairwise(ordered)
        if after - before > 1
    ]


# --- writing --------------------------------------------------------------------------------------


def _append_to(path: Path, events: Sequence[Event]) -> None:
    written, head = _tail(path)
    lines = []
    for event in events:
        if event.seq <= written:
            continue
        line = _line(event, head)
        head = str(line["head"])
        lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    with path.open("ab") as file:
        file.write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
        file.flush()
        os.fsync(file.fileno())
    if not written or len(lines) < len(events):
        # A new file, or one that a program wrote to which died before it was durable.
        sync_folder(path.parent)


def _line(event: Event, head: str) -> dict[str, object]:
    line: dict[str, object] = {
        "n": event.seq,
        "at": event.at.isoformat(" "),
        "by": event.by,
        "source": event.source,
        "op": event.operation,
        "ledger": event.change.ledger,
        "id": event.change.record,
        "cells": [
            _cell(key, _text(stored(old)), _text(stored(new)))
            for key, (old, new) in event.change.cells.items()
        ],
    }
    line["head"] = _head(head, line)
    return line


def _cell(key: str, old: str, new: str) -> dict[str, str]:
    salt = secrets.token_hex(8)
    return {
        "key": key,
        "old_sha": _hash(salt + old),
        "new_sha": _hash(salt + new),
        "old": old,
        "new": new,
        "salt": salt,
    }


# --- reading --------------------------------------------------------------------------------------


def history_files(folder: Path, pc: str) -> list[Path]:
    """Return the history files of a PC, or of all for ``*``, oldest first."""
    return sorted(folder.glob(f"{pc}-[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def _tail(path: Path) -> tuple[int, str]:
    """Return number and head of the last line that can be read.

    A torn last line (power went while it was written) is cut off.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            whole = _end_of_lines(file, size)
            found = next(_lines_backwards(file, whole), (0, _START))
    except FileNotFoundError:
        return 0, _START
    if whole < size:
        os.truncate(path, whole)
    return found


def _end_of_lines(file: BinaryIO, size: int) -> int:
    """Return where the last line that was written whole ends."""
    for begin, block in _blocks_backwards(file, size):
        end = block.rfind(b"\n")
        if end >= 0:
            return begin + end + 1
    return 0


def _lines_backwards(file: BinaryIO, end: int) -> Iterator[tuple[int, str]]:
    """Yield number and head of the lines before ``end``, the last first."""
    rest = b""
    for begin, block in _blocks_backwards(file, end):
        first, *lines = (block + rest).split(b"\n")
        rest = first
        if begin == 0:
            lines.insert(0, rest)
        for text in reversed(lines):
            try:
                line = json.loads(text)
                yield int(line["n"]), str(line["head"])
            except (ValueError, KeyError, TypeError):
                continue  # blank, or spoilt by an editor: ``verify`` tells


def _blocks_backwards(file: BinaryIO, end: int) -> Iterator[tuple[int, bytes]]:
    while end > 0:
        begin = max(0, end - _BLOCK)
        file.seek(begin)
        yield begin, file.read(end - begin)
        end = begin


# --- verifying ------------------------------------------------------------------------------------


def _checked(path: Path) -> tuple[list[int], int | None]:
    """Return the numbers in a file, and the first line that does not hold, or None."""
    head = _START
    numbers: list[int] = []
    with path.open("rb") as file:
        for position, text in enumerate(file, 1):
            try:
                line = json.loads(text)
                holds = line["head"] == _head(head, line) and all(map(_is_true, line["cells"]))
                numbers.append(int(line["n"]))
            except (ValueError, KeyError, TypeError, AttributeError):
                return numbers, position
            if not holds:
                return numbers, position
            head = str(line["head"])
    return numbers, None


def _is_true(cell: Mapping[str, object]) -> bool:
    """Whether a cell's values are those that were sealed, or erased altogether."""
    salt, old, new = cell["salt"], cell["old"], cell["new"]
    if salt is None and old is None and new is None:
        return True
    return _hash(f"{salt}{old}") == cell["old_sha"] and _hash(f"{salt}{new}") == cell["new_sha"]


def _problem(what: str) -> Problem:
    return Problem(Kind.RULE, what, "请从备份恢复这个文件；台账本身不受影响")


def _head(before: str, line: Mapping[str, object]) -> str:
    cells = line["cells"]
    if not isinstance(cells, list):
        raise TypeError("cells")
    parts = [before, *(str(line[key]) for key in _SEALED)]
    parts += [str(cell[name]) for cell in cells for name in ("key", "old_sha", "new_sha")]
    return _hash("\x1f".join(parts))


def _text(cell: str | float | bytes | None) -> str:
    return "" if cell is None else str(cell)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
