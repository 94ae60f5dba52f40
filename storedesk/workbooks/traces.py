"""What the rows of a workbook looked like as bytes when it was last read or written.

A person who changes one cell of 100,000 rows leaves all other rows as they were, byte for byte. So
only rows whose bytes differ are read again. A trace is a cache on this PC: where it does not fit
the workbook that the desk knows, or anything that rows lean on has changed (formats, shared texts,
headers), the whole sheet is read.
"""

from __future__ import annotations

import json
import logging
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from storedesk.domain.sheets import Fingerprint, SheetContent, Since, Stamp
from storedesk.domain.values import Raw, text_of
from storedesk.workbooks.finder import Place
from storedesk.workbooks.markup import Edit
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, anatomy
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.safety import check_xml
from storedesk.workbooks.sheet_edit import RowEdit
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.splice import Splice
from storedesk.workbooks.strings import SharedStrings

log = logging.getLogger(__name__)

_FORMAT = 1
"""Raised when traces are laid out anew; older ones then fit no workbook."""
_HASH_BYTES = 8
_NUMBERED = b' r="'


@dataclass(frozen=True, slots=True)
class SheetTrace:
    """The rows of a ledger's sheet.

    Attributes:
        part: name of the sheet's part.
        header_row: number of its header row.
        id_column: position of its id column.
        head: hash of its rows down to the header.
        hashes: of the bytes of every row below, by number, in order.
        ids: texts of the id cells of the rows that hold anything of the ledger, by number.
        totals: numbers of the rows that hold a table's totals.
    """

    part: str
    header_row: int
    id_column: int
    head: str
    hashes: Mapping[int, str]
    ids: Mapping[int, str]
    totals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What a workbook's rows looked like.

    Attributes:
        sha256: of the file.
        generation: the stamp in it.
        formats: hash of what numbers mean: formats, and where days are counted from.
        strings: length and hash of the shared texts.
        sheets: by ledger.
    """

    sha256: str
    generation: str
    formats: str
    strings: tuple[int, str]
    sheets: Mapping[str, SheetTrace]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where the trace of a workbook is kept, and of which state the desk knows the rows.

    ``base`` is the hash of that state of the file; empty: none is known, the whole is read.
    """

    path: Path
    base: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The rows of a sheet that differ from its trace: the part without the others, and which."""

    patch: Patch
    since: Since


class Rows:
    """The rows of a ledger's sheet as bytes, as they stand now.

    Attributes:
        head: hash of those down to the header.
        hashes: of every row below it, by number.
        are_told_apart: their numbers rise, as those of nearly all programs do.
    """

    def __init__(self, package: Package, place: Place, totals: frozenset[int]) -> None:
        self.place = place
        self.totals = tuple(sorted(totals))
        self._part = package.read(place.sheet.part)
        check_xml(package.workbook, place.sheet.part, self._part)
        self._extents: dict[int, tuple[int, int]] = {}
        self.hashes: dict[int, str] = {}
        self.are_told_apart = True
        sheet, view = SheetXml(self._part, package.workbook), memoryview(self._part)
        head = sheet.inside
        last = 0
        for number, start, end in sheet.extents():
            self.are_told_apart &= number > last
            last = number
            if number <= place.header_row:
                head = end
            else:
                self._extents[number] = start, end
                self.hashes[number] = _hash(view[start:end])
        self.head = _hash(view[sheet.inside : head])

    def changed(self, before: SheetTrace) -> Changed | None:
        """Return what differs from a trace, or None if the whole sheet must be read."""
        place = self.place
        was = (before.part, before.header_row, before.head, before.totals)
        if was != (place.sheet.part, place.header_row, self.head, self.totals):
            return None
        old = before.hashes
        same = [number for number, hashed in self.hashes.items() if old.get(number) == hashed]
        fresh = self.hashes.keys() - set(same)
        if not self.are_told_apart or not all(map(self._tells_its_number, fresh)):
            return None
        edits = [Edit(*self._extents[number], b"") for number in same]
        return Changed(Patch(self._part, _joined(edits)), _since(before, same, fresh))

    def _tells_its_number(self, row: int) -> bool:
        """Whether a row may stand without those above it."""
        start, end = self._extents[row]
        return _NUMBERED in self._part[start : self._part.find(b">", start, end)]


def _since(before: SheetTrace, same: Sequence[int], fresh: Iterable[int]) -> Since:
    standing = set(same)
    differing = {number: id_ for number, id_ in before.ids.items() if number not in standing}
    filled = [number for number in same if number in before.ids]
    above: dict[int, str] = {}
    for number in {*differing, *fresh}:
        at = bisect_left(filled, number)
        if at:
            above[filled[at - 1]] = before.ids[filled[at - 1]]
    return Since(differing, above, len(before.ids), max(filled, default=0))


def _joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return deletions with those that touch made one."""
    joined: list[Edit] = []
    for edit in edits:
        if joined and joined[-1].end == edit.start:
            joined[-1] = Edit(joined[-1].start, edit.end, b"")
        else:
            joined.append(edit)
    return tuple(joined)


# --- making ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Looks:
    """A workbook as it stands, to be compared with a trace and to leave the next one."""

    package: Package
    anatomy: Anatomy
    generation: str
    strings: SharedStrings
    rows: Mapping[str, Rows]

    def changed(self, before: Trace) -> dict[str, Changed]:
        """Return what differs from a trace, by ledger; the other sheets must be read whole."""
        length, hashed = before.strings
        if (before.generation, before.formats) != (self.generation, self._formats):
            return {}
        if before.sheets.keys() != self.rows.keys():
            return {}
        if hashed != _hash(self.strings.items[:length]):
            return {}
        found = {ledger: rows.changed(before.sheets[ledger]) for ledger, rows in self.rows.items()}
        return {ledger: one for ledger, one in found.items() if one is not None}

    def trace(
        self, sha256: str, sheets: Mapping[str, SheetContent], before: Trace | None
    ) -> Trace | None:
        """Return the trace of this workbook, or None if its rows cannot be told apart.

        Args:
            sha256: hash of the file.
            sheets: what was read: whole sheets, or what changed since ``before``.
            before: the trace that was compared with.
        """
        if not all(rows.are_told_apart for rows in self.rows.values()):
            return None
        traces = {
            ledger: _sheet_trace(
                rows, sheets[ledger], before.sheets.get(ledger) if before else None
            )
            for ledger, rows in self.rows.items()
        }
        items = self.strings.items
        return Trace(sha256, self.generation, self._formats, (len(items), _hash(items)), traces)

    @property
    def _formats(self) -> str:
        styles = self.anatomy.styles
        return _formats(self.package.read(styles) if styles else b"", self.anatomy)


def _sheet_trace(rows: Rows, content: SheetContent, before: SheetTrace | None) -> SheetTrace:
    place = rows.place
    id_column = place.columns[place.form.id_column.key]
    ids = {row.number: _id(row.values, id_column) for row in content.rows}
    if content.since is not None and before is not None:
        gone = content.since.before
        ids |= {number: id_ for number, id_ in before.ids.items() if number not in gone}
        ids = dict(sorted(ids.items()))
    return SheetTrace(
        place.sheet.part, place.header_row, id_column, rows.head, rows.hashes, ids, rows.totals
    )


def _id(values: Sequence[Raw], column: int) -> str:
    return text_of(values[column - 1]).strip() if column <= len(values) else ""


def _formats(styles: bytes, anatomy: Anatomy) -> str:
    """Return the hash of what the numbers in a workbook mean."""
    return f"{_hash(styles)}{int(anatomy.date1904)}"


def follow(
    keeping: Keeping, now: Fingerprint, stamp: Stamp, splice: Splice, package: Package
) -> None:
    """Keep the trace of a workbook after a write of ours, if there was one of it before.

    Args:
        keeping: where it is kept, and the state of the file that was written over.
        now: the state of the file.
        stamp: the stamp in it.
        splice: what was changed.
        package: the workbook before.
    """
    before = load(keeping.path, keeping.base)
    if before is None:
        return
    found = anatomy(package)
    formats = before.formats
    if found.styles in splice.patches:
        formats = _formats(splice.patches[found.styles].whole(), found)
    sheets: dict[str, SheetTrace] = {}
    for ledger, sheet in before.sheets.items():
        rows = splice.rows.get(sheet.part, ())
        if any(row.number <= sheet.header_row for row in rows):
            return
        sheets[ledger] = _followed(sheet, rows)
    trace = Trace(now.sha256, stamp.generation, formats, before.strings, sheets)
    keep(keeping.path, trace)


def _followed(sheet: SheetTrace, rows: Sequence[RowEdit]) -> SheetTrace:
    hashes = {**sheet.hashes, **{row.number: _hash(row.edit.new) for row in rows}}
    ids = dict(sheet.ids)
    for row in rows:
        if sheet.id_column in row.cells:
            ids[row.number] = text_of(row.cells[sheet.id_column].value)
    return replace(sheet, hashes=dict(sorted(hashes.items())), ids=dict(sorted(ids.items())))


def _hash(content: bytes | memoryview) -> str:
    return blake2b(content, digest_size=_HASH_BYTES).hexdigest()


# --- keeping --------------------------------------------------------------------------------------


def load(path: Path, sha256: str) -> Trace | None:
    """Return the trace kept in a file if it is of this state of the workbook."""
    try:
        kept = json.loads(path.read_bytes())
        if kept["format"] != _FORMAT or kept["sha256"] != sha256:
            return None
        length, hashed = kept["strings"]
        sheets = {ledger: _unpacked(sheet) for ledger, sheet in kept["sheets"].items()}
        return Trace(sha256, kept["generation"], kept["formats"], (length, hashed), sheets)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # none yet, or torn


def keep(path: Path, trace: Trace | None) -> None:
    """Keep a trace; a torn one is none."""
    if trace is None:
        return
    kept = {
        "format": _FORMAT,
        "sha256": trace.sha256,
        "generation": trace.generation,
        "formats": trace.formats,
        "strings": trace.strings,
        "sheets": {ledger: _packed(sheet) for ledger, sheet in trace.sheets.items()},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept, ensure_ascii=False), "utf-8", "surrogatepass")
    except OSError:
        log.warning("trace not kept", exc_info=True)


def _packed(sheet: SheetTrace) -> dict[str, object]:
    return {
        "part": sheet.part,
        "header_row": sheet.header_row,
        "id_column": sheet.id_column,
        "head": sheet.head,
        "numbers": list(sheet.hashes),
        "hashes": "".join(sheet.hashes.values()),
        "filled": list(sheet.ids),
        "ids": list(sheet.ids.values()),
        "totals": sheet.totals,
    }


def _unpacked(kept: Mapping[str, object]) -> SheetTrace:
    numbers, hashes, filled, ids = kept["numbers"], kept["hashes"], kept["filled"], kept["ids"]
    if not (isinstance(numbers, list) and isinstance(hashes, str)):
        raise TypeError("rows")
    if not (isinstance(filled, list) and isinstance(ids, list)):
        raise TypeError("ids")
    totals = kept["totals"]
    if not isinstance(totals, list):
        raise TypeError("totals")
    digits = 2 * _HASH_BYTES
    pieces = [hashes[at : at + digits] for at in range(0, len(hashes), digits)]
    return SheetTrace(
        str(kept["part"]),
        int(str(kept["header_row"])),
        int(str(kept["id_column"])),
        str(kept["head"]),
        dict(zip(numbers, pieces, strict=True)),
        dict(zip(filled, ids, strict=True)),
        tuple(totals),
    )
