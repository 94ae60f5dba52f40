"""Reading the history files in the desk folder, those of other PCs too, line by line.

Spoilt lines are passed over: ``chain.verify`` tells of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from storedesk.domain.ids import parse
from storedesk.domain.values import Type, Unreadable, Value, canonical
from storedesk.mirror.chain import history_files

_TYPED = frozenset({Type.NUMBER, Type.MONEY, Type.DATE, Type.MOMENT, Type.YES_NO})


@dataclass(frozen=True, slots=True)
class LineCell:
    """One cell's change as a line tells it: texts, empty for nothing."""

    key: str
    old: str
    new: str
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history file (``chain``)."""

    pc: str
    number: int
    at: datetime
    by: str
    source: str
    operation: str
    ledger: str
    record: str
    cells: tuple[LineCell, ...]


def pcs_of(folder: Path) -> list[str]:
    """Return the letters of the PCs that have history files."""
    return sorted({_pc(path) for path in history_files(folder, "*")})


def lines_of(folder: Path, pc: str, word: str = "") -> Iterator[Line]:
    """Yield the lines of a PC file by file, or only those that have a word in them.

    Raises:
        OSError: the folder is out of reach.
    """
    wanted = word.encode()
    for path in history_files(folder, pc):
        with path.open("rb") as file:
            for text in file:
                line = _line(_pc(path), text) if wanted in text else None
                if line is not None:
                    yield line


def highest_numbers(folder: Path, pc: str) -> dict[tuple[str, date], int]:
    """Return the highest number of the ids a PC minted that its files tell of, by prefix and day.

    Wherever an id stands: a record typed in Excel may be known by what refers to it alone.

    Raises:
        OSError: the folder is out of reach.
    """
    minted = re.compile(rf"[A-Z]{{1,4}}-\d{{8}}-{pc}\d{{3,}}".encode())
    found: dict[tuple[str, date], int] = {}
    for path in history_files(folder, pc):
        with path.open("rb") as file:
            for text in file:
                for told in minted.findall(text):
                    one = parse(told.decode())
                    if one is not None:
                        before = found.get((one.prefix, one.day), 0)
                        found[one.prefix, one.day] = max(before, one.number)
    return found


def value_of(told: str, kind: Type) -> Value:
    """Return a value from the text a history file holds of it; what means nothing stays a text."""
    if kind in _TYPED and told:
        try:
            return canonical(told, kind)
        except Unreadable:
            return told
    return told or None


def _pc(path: Path) -> str:
    return path.name.split("-", 1)[0]


def _line(pc: str, text: bytes) -> Line | None:
    try:
        told = json.loads(text)
        return Line(
            pc,
            int(told["n"]),
            datetime.fromisoformat(told["at"]),
            str(told["by"]),
            str(told["source"]),
            str(told["op"]),
            str(told["ledger"]),
            str(told["id"]),
            tuple(_cell(cell) for cell in told["cells"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _cell(told: dict[str, object]) -> LineCell:
    key, old, new, salt = told["key"], told["old"], told["new"], told["salt"]
    return LineCell(str(key), str(old or ""), str(new or ""), erased=salt is None)
