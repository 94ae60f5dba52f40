"""Ranges that grow when rows are appended: those that ended with the last data row.

A range that reaches further, into rows kept empty, grows once the new rows pass its end.

Charts, pivots, print areas and other people's ranges are left alone (decision 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from storedesk.workbooks.addresses import Area, cell, with_last_row
from storedesk.workbooks.markup import Edit, attributes, unescaped
from storedesk.workbooks.sheet_xml import SheetXml

_REFERENCE = re.compile(rb"""\sref\s*=\s*["']([^"']*)["']""")
_SEQUENCE = re.compile(rb"""\ssqref\s*=\s*["']([^"']*)["']""")
_NEWER_RULE = re.compile(
    rb"<([\w.\-]+:(?:conditionalFormatting|dataValidation))(?=[\s>])[^>]*(?<!/)>"
    rb"(?:(?!</\1\s*>).)*?<[\w.\-]+:sqref\s*>([^<]*)<",
    re.DOTALL,
)
_FILTER_NAME = re.compile(
    rb"(<(?:[\w.\-]+:)?definedName(?=\s)[^>]*>)([^<]*)</(?:[\w.\-]+:)?definedName\s*>"
)


@dataclass(frozen=True, slots=True)
class Growth:
    """How far a sheet's data reached and reaches now.

    Attributes:
        header_row: row of the headers.
        old_last: last row that held data (the header row if there was none).
        new_last: the last row now; equal to ``old_last`` if nothing was appended.
        columns: positions written to.
    """

    header_row: int
    old_last: int
    new_last: int
    columns: frozenset[int]

    @property
    def appended(self) -> bool:
        """Whether rows were appended."""
        return self.new_last > self.old_last

    def grown(self, reference: str) -> str:
        """Return a range with its last row moved, or as it is if it did not end with the data."""
        area = Area.of(reference)
        if not area or area.top > self.old_last + 1:
            return reference
        passed = self.old_last <= area.bottom < self.new_last
        return with_last_row(reference, self.new_last) if passed else reference

    def grown_below(self, reference: str) -> str:
        """Return a range as ``grown`` does, but one that ends with the headers as it is."""
        area = Area.of(reference)
        return self.grown(reference) if area and area.bottom > self.header_row else reference


def sheet_edits(sheet: SheetXml, growth: Growth, last_row: int) -> Iterator[Edit]:
    """Yield the edits of a sheet's own ranges: dimension, filter, formats and validations.

    ``last_row`` is the highest row number that stands in the sheet afterwards.
    """
    yield from _dimension(sheet, growth, last_row)
    if not growth.appended:
        return
    yield from _filter(sheet, growth)
    for name in (b"conditionalFormatting", b"dataValidation"):
        for tag in sheet.elements(name):
            found = _SEQUENCE.search(tag[0])
            if found:
                yield from _grown_sequence(found[1], tag.start() + found.start(1), growth)
    for found in _NEWER_RULE.finditer(sheet.part, sheet.outside):
        yield from _grown_sequence(found[2], found.start(2), growth)


def table_edits(part: bytes, growth: Growth) -> Iterator[Edit]:
    """Yield the edits of a table's part: its range and its filter's."""
    for name in (b"table", b"autoFilter"):
        found = re.search(rb"<(?:[\w.\-]+:)?%s(?=\s)[^>]*>" % name, part)
        reference = _REFERENCE.search(found[0]) if found else None
        if found and reference:
            old = unescaped(reference[1])
            new = growth.grown(old)
            if new != old:
                start = found.start() + reference.start(1)
                yield Edit(start, start + len(reference[1]), new.encode())


def filter_name_edits(workbook_part: bytes, position: int, growth: Growth) -> Iterator[Edit]:
    """Yield the edit of the hidden name that repeats a sheet's filter range."""
    for found in _FILTER_NAME.finditer(workbook_part):
        tag = attributes(found[1])
        if tag.get(b"name") != b"_xlnm._FilterDatabase":
            continue
        if tag.get(b"localSheetId") != b"%d" % position:
            continue
        _, _, reference = unescaped(found[2]).rpartition("!")
        new = growth.grown(reference)
        if new != reference:
            start = found.end(2) - len(reference.encode())
            yield Edit(start, found.end(2), new.encode())


def _dimension(sheet: SheetXml, growth: Growth, last_row: int) -> Iterator[Edit]:
    tag = next(sheet.elements(b"dimension"), None)
    found = _REFERENCE.search(tag[0]) if tag else None
    area = Area.of(unescaped(found[1])) if found else None
    if not (tag and found and area):
        return
    right = max(area.right, *growth.columns) if growth.columns else area.right
    bottom = max(area.bottom, last_row)
    if (right, bottom) != (area.right, area.bottom):
        start = tag.start() + found.start(1)
        new = f"{cell(area.left, area.top)}:{cell(right, bottom)}"
        yield Edit(start, start + len(found[1]), new.encode())


def _filter(sheet: SheetXml, growth: Growth) -> Iterator[Edit]:
    """Yield the edit of the sheet's own filter.

    A ``customSheetView`` holds a filter of its own that is somebody's private view and must stay
    (seen in LoadFileWithCustomSheetViews.xlsx).
    """
    private = [
        (found.start(), found.end())
        for found in re.finditer(
            rb"<((?:[\w.\-]+:)?customSheetViews)(?=[\s>]).*?</\1\s*>",
            sheet.part[sheet.outside :],
            re.DOTALL,
        )
    ]
    for tag in sheet.elements(b"autoFilter"):
        at = tag.start() - sheet.outside
        found = _REFERENCE.search(tag[0])
        if not found or any(start <= at < end for start, end in private):
            continue
        old = unescaped(found[1])
        new = growth.grown(old)
        if new != old:
            start = tag.start() + found.start(1)
            yield Edit(start, start + len(found[1]), new.encode())
        return


def _grown_sequence(references: bytes, start: int, growth: Growth) -> Iterator[Edit]:
    old = unescaped(references)
    new = " ".join(growth.grown_below(one) for one in old.split())
    if new != " ".join(old.split()):
        yield Edit(start, start + len(references), new.encode())
