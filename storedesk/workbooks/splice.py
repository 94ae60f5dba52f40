"""From a plan to patches: which bytes of which parts change, computed in memory.

The only changes outside the touched rows are those of decision 2.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.forms import Form
from storedesk.domain.sheets import RowWrite, WritePlan
from storedesk.workbooks.cells import stored
from storedesk.workbooks.finder import OPTIONS_SHEET, Place, find_places
from storedesk.workbooks.growth import (
    Growth,
    filter_name_edits,
    sheet_edits,
    table_area,
    table_edits,
)
from storedesk.workbooks.heads import read_heads
from storedesk.workbooks.ids import IdColumn
from storedesk.workbooks.markup import Edit
from storedesk.workbooks.options import HEADER_ROW, option_cells
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, Worksheet, anatomy, relationships
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.recalculation import holds_formulas, recalculation_edits, without_chain
from storedesk.workbooks.restrictions import check_may_write, check_sheet_open
from storedesk.workbooks.safety import check_xml
from storedesk.workbooks.sheet_edit import Meant, RowEdit, SheetEdit
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.stamp import adoption, generation_edit
from storedesk.workbooks.strings import SharedStrings
from storedesk.workbooks.styles import Styles, needed

log = logging.getLogger(__name__)


class RowMoved(Exception):
    """A row of the plan does not hold its record any more: the plan is out of date."""


@dataclass(slots=True)
class Splice:
    """The changes to a package.

    Attributes:
        patches: changed and new parts by name.
        dropped: parts that go.
        rows: rebuilt and new rows by sheet part.
        placed: row number by (ledger, record).
        unplaced: (ledger, record, key) of values whose column is not in the sheet.
    """

    patches: dict[str, Patch] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    rows: dict[str, tuple[RowEdit, ...]] = field(default_factory=dict)
    placed: dict[tuple[str, str], int] = field(default_factory=dict)
    unplaced: list[tuple[str, str, str]] = field(default_factory=list)


def splice(package: Package, plan: WritePlan, forms: Sequence[Form], desk: str) -> Splice:
    """Return the changes that carry out a plan.

    Raises:
        RowMoved: the plan is out of date.
        WorkbookUneditable: something people made would be disturbed; nothing is written.
        WorkbookDamaged, WorkbookUnsafe: the file cannot be read.
    """
    return _Splicer(package, forms).result(plan, desk)


class _Splicer:
    def __init__(self, package: Package, forms: Sequence[Form]) -> None:
        self._package = package
        self._anatomy: Anatomy = anatomy(package)
        check_may_write(package, self._anatomy)
        strings = self._anatomy.strings
        self._strings = SharedStrings(package.read(strings) if strings else b"")
        heads = read_heads(package, self._anatomy, self._strings)
        self._places, _ = find_places(heads, forms, package.workbook)
        styles = self._anatomy.styles
        self._styles_part = self._part(styles) if styles else b""
        self._styles = Styles(self._styles_part, package.workbook)
        self._splice = Splice()
        self._workbook_edits: list[Edit] = []
        self._formula_replaced = False
        self._formulas = False

    def result(self, plan: WritePlan, desk: str) -> Splice:
        by_ledger: dict[str, list[RowWrite]] = defaultdict(list)
        for row in plan.rows:
            by_ledger[row.ledger].append(row)
        for ledger, rows in by_ledger.items():
            self._write_ledger(self._place(ledger), rows)
        if plan.choices:
            self._write_options(plan.choices)
        self._finish(plan.stamp.generation, plan.stamp.desk or desk)
        return self._splice

    def _part(self, name: str) -> bytes:
        content = self._package.read(name)
        check_xml(self._package.workbook, name, content)
        return content

    def _place(self, ledger: str) -> Place:
        if ledger not in self._places:
            raise WorkbookUneditable(self._package.workbook, "表头或编号列找不到了")
        return self._places[ledger]

    def _write_ledger(self, place: Place, rows: Iterable[RowWrite]) -> None:
        columns = frozenset(place.columns.values())
        editor = self._editor(place.sheet, columns, place.header_row)
        new_last = self._fill(editor, place, rows)
        growth = self._write_sheet(place.sheet, editor, new_last)
        self._splice.patches.update(self._tables(place, growth))

    def _write_options(self, choices: Mapping[str, Sequence[str]]) -> None:
        """Let the drop-downs offer these lists; what hinders this convenience is passed over."""
        found = [sheet for sheet in self._anatomy.sheets if sheet.name == OPTIONS_SHEET]
        if not found:
            return
        try:
            editor = self._editor(found[0], frozenset(), HEADER_ROW)
            cells = option_cells(editor.sheet, self._strings, choices)
            for row, meant in cells.items():
                editor.set(row, meant)
            if cells:
                self._write_sheet(found[0], editor, editor.last_data_row)
        except WorkbookUneditable:
            log.info("drop-down lists left as they are", exc_info=True)

    def _editor(self, sheet: Worksheet, columns: frozenset[int], header_row: int) -> SheetEdit:
        part = SheetXml(self._part(sheet.part), self._package.workbook)
        part.check_editable()
        check_sheet_open(part, sheet.name, self._package.workbook)
        return SheetEdit(part, self._package.workbook, sheet.name, columns, header_row)

    def _write_sheet(self, sheet: Worksheet, editor: SheetEdit, new_last: int) -> Growth:
        """Note the changes of a sheet's part; return how far its data reaches."""
        part = editor.sheet
        row_edits = editor.row_edits(
            lambda style, kind, value: self._styles.fitting(style, needed(kind, value))
        )
        written = frozenset(column for row in row_edits for column in row.cells)
        growth = Growth(editor.header_row, editor.last_data_row, new_last, written)
        last_row = max([part.last_row, *(row.number for row in row_edits)])
        edits = editor.joined(row_edits) + list(sheet_edits(part, growth, last_row))
        self._splice.patches[sheet.part] = Patch.of(part.part, edits)
        self._splice.rows[sheet.part] = row_edits
        self._formulas |= part.has_formulas()
        self._formula_replaced |= editor.formula_replaced
        self._workbook_edits += filter_name_edits(
            self._part(self._anatomy.workbook), sheet.position, growth
        )
        return growth

    def _fill(self, editor: SheetEdit, place: Place, rows: Iterable[RowWrite]) -> int:
        """Note every cell of the plan; return the number of the last row that holds data then."""
        rows = list(rows)
        position = place.columns[place.form.id_column.key]
        ids = IdColumn(editor.sheet, self._strings, position, place.header_row)
        standing = ids.standing({row.record for row in rows if row.row is None})
        last = editor.last_data_row
        for row in rows:
            number = standing.get(row.record) if row.row is None else _checked(ids, row)
            if number is None:
                last = number = last + 1
                standing[row.record] = number
            editor.set(number, self._cells(place, row, known=ids.at(number) == row.record))
            self._splice.placed[row.ledger, row.record] = number
        return last

    def _cells(self, place: Place, row: RowWrite, *, known: bool) -> dict[int, Meant]:
        """Return the cells to set; the id is among them unless the row holds it already.

        An id that the plan names is written as named: None empties the cell of a row given up.
        """
        form = place.form
        cells: dict[int, Meant] = {}
        values = row.cells if known else {form.id_column.key: row.record, **row.cells}
        for key, value in values.items():
            column = form[key]
            meant = Meant(stored(value, column.type, date1904=self._anatomy.date1904), column.type)
            if key in place.columns:
                cells[place.columns[key]] = meant
            elif column.in_workbook and meant.value is not None:
                self._splice.unplaced.append((row.ledger, row.record, key))
        return cells

    def _tables(self, place: Place, growth: Growth) -> dict[str, Patch]:
        """Return the patches of the tables that grow with the sheet.

        Raises ``WorkbookUneditable`` if rows would land on or below a table's totals row.
        """
        patches: dict[str, Patch] = {}
        for link in relationships(self._package, place.sheet.part):
            if link.kind != "table" or link.target not in self._package or not growth.appended:
                continue
            part = self._part(link.target)
            area, totals = table_area(part)
            if not area or not any(area.left <= one <= area.right for one in growth.columns):
                continue
            if totals and area.top <= growth.header_row and growth.new_last >= area.bottom:
                raise WorkbookUneditable(
                    self._package.workbook,
                    f"工作表「{place.sheet.name}」的表格带有汇总行，请先在 Excel 里关掉汇总行",
                )
            edits = list(table_edits(part, growth))
            if edits and area.top == growth.header_row:
                patches[link.target] = Patch.of(part, edits)
        return patches

    def _finish(self, generation: str, desk: str) -> None:
        """Add the changes outside the sheets: stamp, recalculation, formats."""
        package, found = self._package, self._anatomy
        workbook_part = self._part(found.workbook)
        skipped = frozenset(self._splice.rows)
        if generation:
            self._workbook_edits.append(
                generation_edit(workbook_part, generation, package.workbook)
            )
        if self._splice.rows and (self._formulas or holds_formulas(package, found, skipped)):
            self._workbook_edits += recalculation_edits(workbook_part)
        if self._workbook_edits:
            patch = Patch.of(workbook_part, self._workbook_edits)
            self._splice.patches[found.workbook] = patch
        if desk:
            self._splice.patches.update(adoption(package, found, desk))
        if self._formula_replaced and found.calc_chain:
            self._drop_chain()
        styles = self._styles.edits()
        if styles:
            self._splice.patches[found.styles] = Patch.of(self._styles_part, styles)

    def _drop_chain(self) -> None:
        """Drop the calculation chain; its edits join those of the adoption."""
        self._splice.dropped.add(self._anatomy.calc_chain)
        for name, patch in without_chain(self._package, self._anatomy).items():
            before = self._splice.patches.get(name)
            edits = (*patch.edits, *before.edits) if before else patch.edits
            self._splice.patches[name] = Patch.of(patch.old, edits)


def _checked(ids: IdColumn, row: RowWrite) -> int | None:
    """Return the number of an old row, which must still hold its record or no id yet.

    A row whose id is to be written may hold another record's: it was copied and pasted.

    Raises:
        RowMoved: it holds another record.
    """
    held = ids.at(row.row or 0)
    if held is None or (held not in ("", row.record) and "id" not in row.cells):
        raise RowMoved
    return row.row
