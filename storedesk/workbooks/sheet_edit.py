"""Editing one sheet: touched rows are rebuilt, new rows follow the last data row.

Everything that stands in the sheet otherwise stays byte for byte (workbooks.md §2.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.values import Type
from storedesk.workbooks.addresses import LAST_ROW, Area, cell, column_letters
from storedesk.workbooks.cells import Stored, cell_xml, has_content, too_long
from storedesk.workbooks.markup import Edit, attributes, opened, with_attribute, without_attribute
from storedesk.workbooks.sheet_xml import CellXml, RowXml, SheetXml

Styled = Callable[[int, Type, Stored], int]
"""Returns the format to use for a value, given the format at hand and the column's type."""

_FORMULA = re.compile(rb"<(?:[\w.\-]+:)?f(?=[\s/>])([^>]*)>")
_ROW_NAME = re.compile(rb"<(?:[\w.\-]+:)?row")
_KEPT_OF_ROW = (b"s", b"customFormat", b"ht", b"customHeight")


@dataclass(frozen=True, slots=True)
class Meant:
    """What one cell is to hold."""

    value: Stored
    kind: Type


@dataclass(frozen=True, slots=True)
class RowEdit:
    """A row's bytes before (empty if it is new) and after, and what was meant by it."""

    number: int
    edit: Edit
    cells: Mapping[int, Meant]


@dataclass(slots=True)
class SheetEdit:
    """Collects what is to be written into one sheet, row by row, and builds the edits.

    Attributes:
        sheet: the sheet.
        workbook: its workbook, for messages.
        name: sheet name as people see it.
        columns: positions of the ledger's columns.
        header_row: row of its headers.
    """

    sheet: SheetXml
    workbook: str
    name: str
    columns: frozenset[int]
    header_row: int
    meant: dict[int, dict[int, Meant]] = field(default_factory=dict)
    formula_replaced: bool = False
    _last_data: RowXml | None = None
    _searched: bool = False

    @property
    def last_data_row(self) -> int:
        """Number of the last row that holds anything of the ledger, at least the header row."""
        row = self._last_data_row()
        return row.number if row else self.header_row

    def set(self, row: int, cells: Mapping[int, Meant]) -> None:
        """Note cells of a row to be set, by column position."""
        self.meant.setdefault(row, {}).update(cells)

    def row_edits(self, styled: Styled) -> tuple[RowEdit, ...]:
        """Return the rebuilt and new rows, in order.

        Raises:
            WorkbookUneditable: a cell cannot be written without disturbing what people made.
        """
        self._check_cells()
        return tuple(
            RowEdit(number, self._row(number, cells, styled), cells)
            for number, cells in sorted(self.meant.items())
        )

    def joined(self, rows: tuple[RowEdit, ...]) -> list[Edit]:
        """Return the edits of the part: touched rows in place, new rows where they belong."""
        edits = [row.edit for row in rows if row.edit.end > row.edit.start]
        new = [row.edit for row in rows if row.edit.end == row.edit.start]
        by_place: dict[int, bytes] = {}
        for edit in new:
            by_place[edit.start] = by_place.get(edit.start, b"") + edit.new
        if self.sheet.self_closed and new:
            start, end = self.sheet.opening
            tag = opened(self.sheet.part[start:end])
            closing = b"</%ssheetData>" % self.sheet.prefix
            return [Edit(start, end, tag + b"".join(by_place.values()) + closing)]
        return edits + [Edit(at, at, content) for at, content in by_place.items()]

    def _row(self, number: int, cells: Mapping[int, Meant], styled: Styled) -> Edit:
        row = self.sheet.row(number)
        if row is None:
            row, start = self._blank_row(number), self.sheet.start_after(number)
            return Edit(start, start, self._rebuilt(row, cells, styled))
        return Edit(row.start, row.end, self._rebuilt(row, cells, styled))

    def _rebuilt(self, row: RowXml, cells: Mapping[int, Meant], styled: Styled) -> bytes:
        """Return the row's bytes with the cells set; the others stay as they are."""
        prefix = self.sheet.prefix
        parts: dict[int, bytes] = {one.column: self._addressed(one, row) for one in row.cells}
        for column, meant in cells.items():
            old = row.cell(column)
            if old:
                self._check_formula(old, row.number)
            if meant.value is None and not old:
                continue
            style = styled(self._style_at(row, old, column), meant.kind, meant.value)
            parts[column] = cell_xml(prefix, cell(column, row.number), style, meant.value)
        tag = without_attribute(opened(row.tag), b"spans")
        if b"r" not in attributes(tag):
            tag = _ROW_NAME.sub(lambda name: name[0] + b' r="%d"' % row.number, tag, count=1)
        body = b"".join(parts[column] for column in sorted(parts))
        return tag + body + row.tail + b"</%srow>" % prefix

    def _blank_row(self, number: int) -> RowXml:
        """Return an empty row that looks like the last data row (no data yet: plain)."""
        tag = b'<%srow r="%d">' % (self.sheet.prefix, number)
        model = self._last_data_row()
        if model is None:
            return RowXml(number, 0, 0, tag, ())
        for name, value in attributes(model.tag).items():
            if name in _KEPT_OF_ROW or name.endswith(b"dyDescent"):
                tag = with_attribute(tag, name, value)
        prefix = self.sheet.prefix
        looks = tuple(
            CellXml(one.column, cell_xml(prefix, cell(one.column, number), one.style, None))
            for one in model.cells
            if one.style
        )
        return RowXml(number, 0, 0, tag, looks)

    def _style_at(self, row: RowXml, old: CellXml | None, column: int) -> int:
        """Return the format a cell has or inherits: its own, the last data row's, the column's."""
        if old:
            return old.style
        model = self._last_data_row()
        above = model.cell(column) if model and row.number > model.number else None
        if above and above.style:
            return above.style
        return row.style or self.sheet.column_style(column)

    def _addressed(self, one: CellXml, row: RowXml) -> bytes:
        """Return a cell's bytes with its address, which some producers leave out."""
        if b"r" in one.attributes:
            return one.raw
        name = b"<%sc" % self.sheet.prefix
        address = cell(one.column, row.number).encode()
        return name + b' r="%s"' % address + one.raw[len(name) :]

    def _last_data_row(self) -> RowXml | None:
        if not self._searched:
            self._searched = True
            for row in self.sheet.rows_upwards():
                if row.number <= self.header_row:
                    break
                if any(one.column in self.columns and has_content(one.raw) for one in row.cells):
                    self._last_data = row
                    break
        return self._last_data

    def _check_cells(self) -> None:
        merged, arrays = self.sheet.merged(), self.sheet.array_areas()
        rows = sorted(self.meant)
        if rows and rows[-1] > LAST_ROW:
            raise WorkbookUneditable(self.workbook, f"工作表「{self.name}」已经写满")
        for row, cells in self.meant.items():
            for column, meant in cells.items():
                self._check_place(row, column, merged, arrays)
                if too_long(meant.value):
                    raise WorkbookUneditable(
                        self.workbook, f"{self._where(row, column)}的文字超过 32767 个字"
                    )

    def _check_place(self, row: int, column: int, merged: list[Area], arrays: list[Area]) -> None:
        for area in merged:
            if (row, column) in area and (row, column) != (area.top, area.left):
                raise WorkbookUneditable(
                    self.workbook, f"{self._where(row, column)}被合并单元格盖住了，请先取消合并"
                )
        if any((row, column) in area for area in arrays):
            raise WorkbookUneditable(self.workbook, f"{self._where(row, column)}属于数组公式")

    def _check_formula(self, old: CellXml, row: int) -> None:
        formula = _FORMULA.search(old.raw)
        if not formula:
            return
        tag = attributes(formula[1])
        if tag.get(b"t") == b"shared" and b"ref" in tag:
            raise WorkbookUneditable(
                self.workbook, f"{self._where(row, old.column)}是一组共用公式的第一格"
            )
        self.formula_replaced = True

    def _where(self, row: int, column: int) -> str:
        return f"工作表「{self.name}」{column_letters(column)}{row} 格"
