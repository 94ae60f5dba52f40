"""The history files in the desk folder: one line per change, chained by hashes (decision 21).

``历史/<PC>-<YYYY-MM>.jsonl``. A line's ``head`` is the SHA-256 of the line before and of what
happened, with the values only as SHA-256(salt + value): value and salt stand beside it and can be
erased, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from storedesk.domain.problems import Kind, Problem
from storedesk.mirror import stored
from storedesk.mirror.history import HistoryEntry

_START = "0" * 64
_SEALED = ("n", "at", "by", "source", "op", "ledger", "id", "key", "old_sha", "new_sha")


def append(folder: Path, pc: str, entries: Iterable[HistoryEntry]) -> int:
    """Append changes to this PC's files and fsync them; return the number of the last one.

    Entries a file already has (a crash came between) are not written twice.

    Raises:
        OSError: the folder cannot be reached or is full; what was not written is given again.
    """
    last = 0
    by_month: dict[str, list[HistoryEntry]] = {}
    for entry in entries:
        by_month.setdefault(f"{entry.at:%Y-%m}", []).append(entry)
        last = max(last, entry.seq)
    for month, group in sorted(by_month.items()):
        _append_to(folder / f"{pc}-{month}.jsonl", group)
    return last


def last_number(folder: Path, pc: str) -> int:
    """Return the number of the last change this PC's files hold, 0 if there are none."""
    return max((_tail(path)[0] for path in folder.glob(f"{pc}-????-??.jsonl")), default=0)


def head(folder: Path, pc: str) -> str:
    """Return the hash that seals everything in this PC's newest file, empty if there is none."""
    newest = max(folder.glob(f"{pc}-????-??.jsonl"), default=None)
    return _tail(newest)[1] if newest else ""


def _append_to(path: Path, entries: list[HistoryEntry]) -> None:
    written, head = _tail(path)
    lines = []
    for entry in entries:
        if entry.seq <= written:
            continue
        line = _line(entry, head)
        head = str(line["head"])
        lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    if not lines:
        return
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _line(entry: HistoryEntry, head: str) -> dict[str, object]:
    salt = secrets.token_hex(8)
    old, new = _text(stored.stored(entry.old)), _text(stored.stored(entry.new))
    line: dict[str, object] = {
        "n": entry.seq,
        "at": entry.at.isoformat(" "),
        "by": entry.by,
        "source": entry.source,
        "op": entry.operation,
        "ledger": entry.ledger,
        "id": entry.record,
        "key": entry.key,
        "old_sha": _hash(salt + old),
        "new_sha": _hash(salt + new),
        "old": old,
        "new": new,
        "salt": salt,
    }
    line["head"] = _head(head, line)
    return line


def _head(before: str, line: dict[str, object]) -> str:
    return _hash("\x1f".join([before, *(str(line.get(key)) for key in _SEALED)]))


def _tail(path: Path) -> tuple[int, str]:
    """Return the number and head of the last whole line; a torn last line is cut off."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return 0, _START
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    lines = whole.splitlines()
    if not lines:
        return 0, _START
    line = json.loads(lines[-1])
    return int(line["n"]), str(line["head"])


def verify(folder: Path) -> list[Problem]:
    """Return a problem for every history file whose chain does not hold."""
    return [
        Problem(
            Kind.RULE,
            f"历史文件「{path.name}」第 {number} 行被改动过或损坏",
            "请从备份恢复这个文件；台账本身不受影响",
        )
        for path in sorted(folder.glob("*-????-??.jsonl"))
        if (number := _broken_line(path)) is not None
    ]


def _broken_line(path: Path) -> int | None:
    head = _START
    for number, text in enumerate(path.read_bytes().splitlines(), 1):
        try:
            line = json.loads(text)
            values = [(line["old"], line["old_sha"]), (line["new"], line["new_sha"])]
            erased = line["salt"] is None
        except (ValueError, KeyError, TypeError):
            return number
        kept = erased or all(_hash(f"{line['salt']}{v}") == sha for v, sha in values)
        if not kept or line.get("head") != _head(head, line):
            return number
        head = str(line["head"])
    return None


def _text(cell: str | float | bytes | None) -> str:
    return "" if cell is None else str(cell)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
