"""The id column of a sheet: which record a row holds, and where records stand already."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from storedesk.domain.values import half_width
from storedesk.workbooks.markup import escaped
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.strings import SharedStrings, cell_text

_FEW = 8
_PLAIN = re.compile(rb't="inlineStr"><is><t>([0-9A-Za-z\-]+)</t></is></c>$')


@dataclass(frozen=True, slots=True)
class IdColumn:
    """The column that holds the ids of a ledger's sheet, below its header row."""

    sheet: SheetXml
    strings: SharedStrings
    column: int
    header_row: int

    def at(self, number: int) -> str | None:
        """Return the id a row holds, empty if none; None if the row does not stand there."""
        row = self.sheet.row(number)
        if row is None:
            return None
        return "".join(self._text(one.raw) for one in row.cells if one.column == self.column)

    def standing(self, wanted: Collection[str]) -> dict[str, int]:
        """Return the rows where some of the ids stand already; the topmost of each."""
        if len(wanted) <= _FEW and not any(self._may_stand(record) for record in wanted):
            return {}
        standing: dict[str, int] = {}
        for number, raw in self.sheet.column_cells(self.column):
            text = self._text(raw)
            if text in wanted and number > self.header_row:
                standing.setdefault(text, number)
        return standing

    def _may_stand(self, record: str) -> bool:
        """Whether an id's letters occur anywhere: a search far quicker than reading the column."""
        plain = record.encode()
        return escaped(record) != plain or plain in self.sheet.part or plain in self.strings

    def _text(self, raw: bytes) -> str:
        plain = _PLAIN.search(raw)
        if plain:  # as we write it: eight times quicker, which counts for 100,000 rows
            return plain[1].decode()
        return half_width(cell_text(raw, self.strings)).strip()
