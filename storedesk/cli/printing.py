"""Printing: sentences for people, one JSON document for scripts."""

from __future__ import annotations

import dataclasses
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TextIO

_PLAIN = (str, int, float, bool, type(None))


def as_json(value: object) -> object:
    """Return a value as plain JSON types: ISO dates, dataclasses as objects, sets as lists."""
    if isinstance(value, Enum):
        return as_json(value.value)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path | Exception):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [entry.name for entry in dataclasses.fields(value)]
        return {name: as_json(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, Iterable):
        return [as_json(entry) for entry in value]
    raise TypeError(f"no JSON for {type(value).__name__}")


def put_json(value: object, out: TextIO | None = None) -> None:
    """Print one JSON document, Chinese readable as it is."""
    print(json.dumps(as_json(value), ensure_ascii=False, indent=1), file=out or sys.stdout)


def put_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns lined up, Chinese characters counting two places."""
    body = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(headers, *body, strict=True)]
    for row in (headers, *body):
        padded = (cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
