"""Editing one sheet: touched rows are rebuilt, new rows follow the last data row.

Everything that stands in the sheet otherwise stays byte for byte (workbooks.md §2.4).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.values import Type
from storedesk.workbooks.addresses import LAST_COLUMN, LAST_ROW, Area, cell, column_letters
from storedesk.workbooks.cells import Stored, cell_xml, has_content, too_long
from storedesk.workbooks.markup import Edit, attributes, opened, without_attribute
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


@dataclass
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

    @property
    def last_data_row(self) -> int:
        """Number of the last row that holds anything of the ledger, at least the header row."""
        row = self._last_data_row
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
        new: dict[int, list[bytes]] = defaultdict(list)
        edits: list[Edit] = []
        for row in rows:
            if row.edit.end > row.edit.start:
                edits.append(row.edit)
            else:
                new[row.edit.start].append(row.edit.new)
        if self.sheet.self_closed and new:
            start, end = self.sheet.opening
            content = b"".join(b"".join(listed) for listed in new.values())
            closing = b"</%ssheetData>" % self.sheet.prefix
            return [Edit(start, end, opened(self.sheet.part[start:end]) + content + closing)]
        return edits + [Edit(at, at, b"".join(listed)) for at, listed in new.items()]

    def _row(self, number: int, cells: Mapping[int, Meant], styled: Styled) -> Edit:
        row = self.sheet.row(number)
        if row is None:
            start = self.sheet.start_after(number)
            return Edit(start, start, self._new_row(number, cells, styled))
        return Edit(row.start, row.end, self._touched_row(row, cells, styled))

    def _touched_row(self, row: RowXml, cells: Mapping[int, Meant], styled: Styled) -> bytes:
        """Return an old row's bytes with the cells set; the others stay as they are."""
        prefix = self.sheet.prefix
        old = {one.column: one for one in row.cells}
        parts = {one.column: self._addressed(one, row.number) for one in row.cells}
        for column, meant in cells.items():
            standing = old.get(column)
            if standing:
                self._check_formula(standing, row.number)
                look = standing.style
            elif meant.value is None:
                continue
            else:
                look = self._look(column, row)
            style = styled(look, meant.kind, meant.value)
            parts[column] = cell_xml(prefix, cell(column, row.number), style, meant.value)
        tag = without_attribute(opened(row.tag), b"spans")
        if b"r" not in attributes(tag):
            tag = _ROW_NAME.sub(lambda name: name[0] + b' r="%d"' % row.number, tag, count=1)
        body = b"".join(parts[column] for column in sorted(parts))
        return tag + body + row.tail + b"</%srow>" % prefix

    def _new_row(self, number: int, cells: Mapping[int, Meant], styled: Styled) -> bytes:
        """Return a row that looks like the last data row; plain if there is no data yet."""
        prefix = self.sheet.prefix
        parts: dict[int, bytes] = {}
        for column, style in self._model_looks.items():
            if style and column not in cells:
                parts[column] = cell_xml(prefix, cell(column, number), style, None)
        for column, meant in cells.items():
            if meant.value is None and not self._model_looks.get(column):
                continue
            style = styled(self._look(column, None), meant.kind, meant.value)
            parts[column] = cell_xml(prefix, cell(column, number), style, meant.value)
        body = b"".join(parts[column] for column in sorted(parts))
        tag = b'<%srow r="%d"%s>' % (prefix, number, self._model_attributes)
        return tag + body + b"</%srow>" % prefix

    def _look(self, column: int, row: RowXml | None) -> int:
        """Return the format of a cell that does not stand yet.

        Below the data it is that of the last data row; else its row's, else its column's.
        """
        model = self._last_data_row
        if model and (row is None or row.number > model.number):
            style = self._model_looks.get(column) or model.style
            if style:
                return style
        return (row.style if row else 0) or self.sheet.column_style(column)

    def _addressed(self, one: CellXml, row: int) -> bytes:
        """Return a cell's bytes with its address, which some producers leave out."""
        if b"r" in one.attributes:
            return one.raw
        name = b"<%sc" % self.sheet.prefix
        return name + b' r="%s"' % cell(one.column, row).encode() + one.raw[len(name) :]

    @cached_property
    def _model_looks(self) -> dict[int, int]:
        """Formats of the last data row by column position."""
        model = self._last_data_row
        return {one.column: one.style for one in model.cells} if model else {}

    @cached_property
    def _model_attributes(self) -> bytes:
        """Height and format of the last data row, as attributes of a row."""
        model = self._last_data_row
        kept = b""
        for name, value in attributes(model.tag).items() if model else ():
            if name in _KEPT_OF_ROW or name.endswith(b"dyDescent"):
                kept += b' %s="%s"' % (name, value)
        return kept

    @cached_property
    def _last_data_row(self) -> RowXml | None:
        for row in self.sheet.rows_upwards():
            if row.number <= self.header_row:
                return None
            if any(one.column in self.columns and has_content(one.raw) for one in row.cells):
                return row
        return None

    def _check_cells(self) -> None:
        rows = sorted(self.meant)
        if not rows:
            return
        if rows[-1] > LAST_ROW:
            raise WorkbookUneditable(self.workbook, f"工作表「{self.name}」已经写满")
        reach = Area(1, rows[0], LAST_COLUMN, rows[-1])
        merged = [area for area in self.sheet.merged() if area.meets(reach)]
        arrays = [area for area in self.sheet.array_areas() if area.meets(reach)]
        for row, cells in self.meant.items():
            for column, meant in cells.items():
                self._check_place(row, column, merged, arrays)
                if too_long(meant.value):
                    where = self._where(row, column)
                    raise WorkbookUneditable(self.workbook, f"{where}的文字超过 32767 个字")

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
