"""What a new row takes over from the rows above it: looks, height and formulas, as Excel does.

Looks: what at least three of the last five data rows share, else what the last one has; so a row
that somebody marked red does not make all later ones red. A height is taken over only if people set
it: others follow the text.

Formulas: a table's calculated column always; outside a table a formula that at least four of the
last five data rows hold alike, that is, with relative references. Arrays are left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from storedesk.workbooks.formulas import moved
from storedesk.workbooks.markup import attributes, storable, unescaped
from storedesk.workbooks.sheet_xml import CellXml, RowXml, SheetXml

DEPTH = 5
"""Data rows above a new one that are looked at."""
_ALIKE_LOOKS = 3
_ALIKE_FORMULAS = 4

_FORMULA = re.compile(rb"<(?:[\w.\-]+:)?f(?=[\s/>])([^>]*?)(?:/>|>([^<]*)<)")
_MASTER = re.compile(rb"<(?:[\w.\-]+:)?f(?=\s)([^>]*\sref\s*=[^>]*[^>/])>([^<]+)<")
_CELL_ROW = re.compile(
    rb"<(?:[\w.\-]+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"'][A-Za-z]{1,3}([0-9]{1,7})[\"']"
)
_LONGEST_CELL_TAG = 300
_KEPT_OF_ROW = (b"s", b"customFormat")
_SET_BY_PEOPLE = (b"ht", b"customHeight")
_ON = (b"1", b"true")

_T = TypeVar("_T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Source:
    """A formula and the row it stands in, None if it reads the same in every row."""

    formula: str
    row: int | None


@dataclass(frozen=True)
class Above:
    """The last data rows of a sheet, the lowest first.

    Attributes:
        sheet: the sheet.
        rows: at most ``DEPTH`` of them.
        calculated: formulas of a table's calculated columns, by column position.
    """

    sheet: SheetXml
    rows: Sequence[RowXml]
    calculated: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def looks(self) -> dict[int, int]:
        """Formats of a new row's cells by column position; columns without one left out."""
        styles = [{one.column: one.style for one in row.cells} for row in self.rows]
        columns = {column for row in styles for column in row}
        chosen = {column: _usual([row.get(column) for row in styles]) for column in columns}
        return {column: style for column, style in chosen.items() if style is not None}

    @cached_property
    def attributes(self) -> bytes:
        """Format and height of a new row, as attributes of its start tag."""
        return _usual([_kept(row.tag) for row in self.rows]) or b""

    @cached_property
    def style(self) -> int:
        """Number of a new row's own format, 0 if it has none."""
        return next((row.style for row in self.rows if _kept(row.tag) == self.attributes), 0)

    def formulas(self, number: int) -> dict[int, str]:
        """Return the formulas of a new row by column position."""
        found = {
            column: one.formula if one.row is None else moved(one.formula, number - one.row)
            for column, one in self._sources.items()
        }
        return {column: formula for column, formula in found.items() if formula}

    @cached_property
    def _sources(self) -> dict[int, _Source]:
        held = [
            {one.column: found for one in row.cells if (found := self._formula(one, row.number))}
            for row in self.rows
        ]
        columns = {column for row in held for column in row}
        sources: dict[int, _Source] = {}
        for column in columns | self.calculated.keys():
            found = self._source(column, [row[column] for row in held if column in row])
            if found:
                sources[column] = found
        return sources

    def _source(self, column: int, held: Sequence[_Source]) -> _Source | None:
        if column in self.calculated:
            formula = self.calculated[column]
            if formula == moved(formula, 1):
                return _Source(formula, None)
            return held[0] if held else None
        below = self.rows[0].number + 1
        read = (moved(one.formula, below - (one.row or 0)) for one in held)
        usual, count = Counter(read).most_common(1)[0]
        return _Source(usual, below) if usual and count >= _ALIKE_FORMULAS else None

    def _formula(self, one: CellXml, row: int) -> _Source | None:
        """Return a cell's formula, that of the group for a shared one; None for none or arrays."""
        found = _FORMULA.search(one.raw)
        if not found or b"cm" in one.attributes:
            return None
        tag = attributes(found[1])
        kind = tag.get(b"t", b"normal")
        if kind == b"normal" or (kind == b"shared" and found[2]):
            return _source(found[2], row) if found[2] else None
        return self._masters.get(tag.get(b"si", b"")) if kind == b"shared" else None

    @cached_property
    def _masters(self) -> dict[bytes, _Source]:
        """The formulas of groups that share one, by the group's number."""
        masters: dict[bytes, _Source] = {}
        part, inside = self.sheet.part, self.sheet.inside
        for found in _MASTER.finditer(part, inside, self.sheet.outside):
            tag = attributes(found[1])
            before = part[max(inside, found.start() - _LONGEST_CELL_TAG) : found.start()]
            rows = _CELL_ROW.findall(before)
            source = _source(found[2], int(rows[-1])) if rows else None
            if source and tag.get(b"t") == b"shared":
                masters[tag.get(b"si", b"")] = source
        return masters


def _source(raw: bytes, row: int) -> _Source | None:
    """Return a formula as a parser reads it, None if it cannot be written again."""
    formula = unescaped(raw).replace("\r\n", "\n").replace("\r", "\n")
    return _Source(formula, row) if formula == storable(formula) else None


def _usual(values: Sequence[_T]) -> _T | None:
    """Return what most rows share, else what the lowest has; None if there are no rows."""
    if not values:
        return None
    value, count = Counter(values).most_common(1)[0]
    return value if count >= _ALIKE_LOOKS else values[0]


def _kept(tag: bytes) -> bytes:
    """Return the attributes of a row that a new one takes over."""
    found = attributes(tag)
    names: Iterable[bytes] = _KEPT_OF_ROW
    if found.get(b"customHeight") in _ON:
        names = (*_KEPT_OF_ROW, *_SET_BY_PEOPLE)
    return b"".join(
        b' %s="%s"' % (name, value)
        for name, value in found.items()
        if name in names or name.endswith(b"dyDescent")
    )
