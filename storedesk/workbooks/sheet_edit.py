"""Editing one sheet: touched rows are rebuilt, new rows follow the last data row.

Everything that stands in the sheet otherwise stays byte for byte (workbooks.md §2.4). What a new
row takes over from those above is said in ``filling``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.values import Type
from storedesk.workbooks.addresses import LAST_ROW, Areas, cell, column_letters
from storedesk.workbooks.cells import Stored, cell_xml, formula_xml, has_content, too_long
from storedesk.workbooks.filling import DEPTH, Above
from storedesk.workbooks.markup import Edit, attributes, opened, without_attribute
from storedesk.workbooks.sheet_xml import CellXml, RowXml, SheetXml

Styled = Callable[[int, Type, Stored], int]
"""Returns the format to use for a value, given the format at hand and the column's type."""

_FORMULA = re.compile(rb"<(?:[\w.\-]+:)?f(?=[\s/>])([^>]*)>")
_ROW_NAME = re.compile(rb"<(?:[\w.\-]+:)?row")
_NEARBY = 50
"""Rows that are looked through for the data rows above the last one."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What one cell is to hold."""

    value: Stored
    kind: Type


@dataclass(frozen=True, slots=True)
class RowEdit:
    """A row's bytes before (empty if it is new) and after, and what was meant by it.

    ``formulas``: those taken over from the rows above, by column position.
    """

    number: int
    edit: Edit
    cells: Mapping[int, Meant]
    formulas: Mapping[int, str] = field(default_factory=dict)


@dataclass
class SheetEdit:
    """Collects what is to be written into one sheet, row by row, and builds the edits.

    Attributes:
        sheet: the sheet.
        workbook: its workbook, for messages.
        name: sheet name as people see it.
        columns: positions of the ledger's columns.
        header_row: row of its headers.
        totals: rows of totals, which are no data.
        calculated: formulas of a table's calculated columns, by column position.
    """

    sheet: SheetXml
    workbook: str
    name: str
    columns: frozenset[int]
    header_row: int
    totals: frozenset[int] = frozenset()
    calculated: dict[int, str] = field(default_factory=dict)
    meant: dict[int, dict[int, Meant]] = field(default_factory=dict)
    formula_replaced: bool = False

    @property
    def last_data_row(self) -> int:
        """Number of the last row that holds anything of the ledger, at least the header row."""
        rows = self._above.rows
        return rows[0].number if rows else self.header_row

    def refusal(self, row: int, column: int, value: Stored) -> str:
        """Return why a cell must not be written, empty if it may be.

        Raises:
            WorkbookUneditable: the row is not made of plain cells.
        """
        if row > LAST_ROW:
            return f"工作表「{self.name}」已经写满"
        why = self._hindrance(row, column, value)
        return f"工作表「{self.name}」{column_letters(column)}{row} 格{why}" if why else ""

    def _hindrance(self, row: int, column: int, value: Stored) -> str:
        for area in self._merged.at(row):
            if (row, column) in area and (row, column) != (area.top, area.left):
                return "被合并单元格盖住了，请先取消合并"
        if any((row, column) in area for area in self._arrays.at(row)):
            return "属于数组公式"
        if too_long(value):
            return "的文字超过 32767 个字"
        found = self.sheet.row(row)
        old = next((one for one in found.cells if one.column == column), None) if found else None
        return "是一组共用公式的第一格" if old and _is_master(old) else ""

    def set(self, row: int, cells: Mapping[int, Meant]) -> None:
        """Note cells of a row to be set, by column position."""
        self.meant.setdefault(row, {}).update(cells)

    def row_edits(self, styled: Styled) -> tuple[RowEdit, ...]:
        """Return the rebuilt and new rows, in order.

        Raises:
            WorkbookUneditable: a cell cannot be written without disturbing what people made.
        """
        return tuple(
            self._row_edit(number, cells, styled) for number, cells in sorted(self.meant.items())
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

    def _row_edit(self, number: int, cells: Mapping[int, Meant], styled: Styled) -> RowEdit:
        for column, meant in cells.items():
            refusal = self.refusal(number, column, meant.value)
            if refusal:
                raise WorkbookUneditable(self.workbook, refusal)
        row = self.sheet.row(number)
        formulas = self._formulas(number, row, cells)
        if row is None:
            start = self.sheet.start_after(number)
            new = self._new_row(number, cells, formulas, styled)
            return RowEdit(number, Edit(start, start, new), cells, formulas)
        new = self._touched_row(row, cells, formulas, styled)
        return RowEdit(number, Edit(row.start, row.end, new), cells, formulas)

    def _formulas(
        self, number: int, row: RowXml | None, cells: Mapping[int, Meant]
    ) -> dict[int, str]:
        """Return the formulas an appended row takes over, where nothing stands or is written."""
        if number <= self.last_data_row:
            return {}
        taken = {one.column for one in row.cells if has_content(one.raw)} if row else set()
        return {
            column: formula
            for column, formula in self._above.formulas(number).items()
            if column not in taken and column not in cells and self._is_free(number, column)
        }

    def _is_free(self, row: int, column: int) -> bool:
        areas = (*self._merged.at(row), *self._arrays.at(row))
        return not any((row, column) in area for area in areas)

    def _touched_row(
        self,
        row: RowXml,
        cells: Mapping[int, Meant],
        formulas: Mapping[int, str],
        styled: Styled,
    ) -> bytes:
        """Return an old row's bytes with the cells set; the others stay as they are."""
        prefix = self.sheet.prefix
        old = {one.column: one for one in row.cells}
        parts = {one.column: self._addressed(one, row.number) for one in row.cells}
        for column, formula in formulas.items():
            look = old[column].style if column in old else self._look(column, row)
            parts[column] = formula_xml(prefix, cell(column, row.number), look, formula)
        for column, meant in cells.items():
            standing = old.get(column)
            if standing:
                self.formula_replaced |= _FORMULA.search(standing.raw) is not None
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

    def _new_row(
        self,
        number: int,
        cells: Mapping[int, Meant],
        formulas: Mapping[int, str],
        styled: Styled,
    ) -> bytes:
        """Return a row that looks like the data rows above; plain if there is no data yet."""
        prefix = self.sheet.prefix
        looks = self._above.looks
        parts: dict[int, bytes] = {}
        for column, style in looks.items():
            if style:
                parts[column] = cell_xml(prefix, cell(column, number), style, None)
        for column, formula in formulas.items():
            look = self._look(column, None)
            parts[column] = formula_xml(prefix, cell(column, number), look, formula)
        for column, meant in cells.items():
            if meant.value is None and not looks.get(column):
                continue
            style = styled(self._look(column, None), meant.kind, meant.value)
            parts[column] = cell_xml(prefix, cell(column, number), style, meant.value)
        body = b"".join(parts[column] for column in sorted(parts))
        tag = b'<%srow r="%d"%s>' % (prefix, number, self._above.attributes)
        return tag + body + b"</%srow>" % prefix

    def _look(self, column: int, row: RowXml | None) -> int:
        """Return the format of a cell that does not stand yet.

        Below the data it is that of the data rows above; else its row's, else its column's.
        """
        if row is None or row.number > self.last_data_row:
            style = self._above.looks.get(column) or self._above.style
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
    def _above(self) -> Above:
        """The last rows that hold anything of the ledger, the lowest first."""
        rows: list[RowXml] = []
        for row in self.sheet.rows_upwards():
            too_far = bool(rows) and row.number < rows[0].number - _NEARBY
            if row.number <= self.header_row or too_far or len(rows) == DEPTH:
                break
            if row.number not in self.totals and self._holds_data(row):
                rows.append(row)
        return Above(self.sheet, rows, self.calculated)

    def _holds_data(self, row: RowXml) -> bool:
        return any(one.column in self.columns and has_content(one.raw) for one in row.cells)

    @cached_property
    def _merged(self) -> Areas:
        return Areas(self.sheet.merged())

    @cached_property
    def _arrays(self) -> Areas:
        return Areas(self.sheet.array_areas())


def _is_master(old: CellXml) -> bool:
    """Whether other cells share this one's formula."""
    formula = _FORMULA.search(old.raw)
    tag = attributes(formula[1]) if formula else {}
    return tag.get(b"t") == b"shared" and b"ref" in tag
