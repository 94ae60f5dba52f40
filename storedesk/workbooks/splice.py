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
from storedesk.domain.sheets import HeaderWrite, RowWrite, WritePlan
from storedesk.domain.values import Type
from storedesk.workbooks.addresses import cell
from storedesk.workbooks.cells import stored
from storedesk.workbooks.finder import OPTIONS_SHEET, Place, find_places
from storedesk.workbooks.growth import (
    Growth,
    filter_name_edits,
    sheet_edits,
    table_edits,
)
from storedesk.workbooks.heads import read_heads
from storedesk.workbooks.ids import IdColumn
from storedesk.workbooks.markup import Edit
from storedesk.workbooks.options import HEADER_ROW, option_cells
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, Worksheet, anatomy
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.recalculation import holds_formulas, recalculation_edits, without_chain
from storedesk.workbooks.restrictions import check_may_write, check_sheet_open
from storedesk.workbooks.safety import check_xml
from storedesk.workbooks.sheet_edit import Meant, RowEdit, SheetEdit
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.stamp import adoption, generation_edit
from storedesk.workbooks.strings import SharedStrings
from storedesk.workbooks.styles import Styles, needed
from storedesk.workbooks.tables import Room, room, sheet_tables, totals_rows

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
        unplaced: (ledger, record, key) of values that were not written: their column is not in the
            sheet, or the cell must be left alone.
        refusals: why cells were left alone.
    """

    patches: dict[str, Patch] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    rows: dict[str, tuple[RowEdit, ...]] = field(default_factory=dict)
    placed: dict[tuple[str, str], int] = field(default_factory=dict)
    unplaced: list[tuple[str, str, str]] = field(default_factory=list)
    refusals: list[WorkbookUneditable] = field(default_factory=list)


def splice(package: Package, plan: WritePlan, forms: Sequence[Form], desk: str) -> Splice:
    """Return the changes that carry out a plan.

    A cell that must be left alone holds up no other: its value stays unplaced.

    Raises:
        RowMoved: the plan is out of date.
        WorkbookUneditable: all of it would disturb something people made; nothing is written.
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
            try:
                self._write_ledger(self._place(ledger), rows)
            except WorkbookUneditable as error:
                self._leave(ledger, rows, error)
        for header in plan.headers:
            self._write_header(header)
        if plan.choices:
            self._write_options(plan.choices)
        if self._splice.refusals and not self._splice.placed:
            raise self._splice.refusals[0]
        self._finish(plan.stamp.generation, plan.stamp.desk or desk)
        return self._splice

    def _leave(self, ledger: str, rows: Iterable[RowWrite], why: WorkbookUneditable) -> None:
        """Leave a ledger's sheet as it is; its rows wait."""
        done = self._splice
        done.refusals.append(why)
        done.unplaced += [(ledger, row.record, key) for row in rows for key in row.cells]
        done.placed = {at: row for at, row in done.placed.items() if at[0] != ledger}

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
        tables = sheet_tables(self._package, place.sheet.part)
        ours = tuple(table for table in tables if table.covers(place))
        editor = self._editor(place.sheet, columns, place.header_row)
        editor.totals = totals_rows(ours)
        for table in ours:
            editor.calculated |= table.calculated(self._package.workbook)
        new_last = self._fill(editor, place, rows, room(tables, ours, editor.last_data_row))
        if not editor.meant:
            return
        growth = self._write_sheet(place.sheet, editor, new_last)
        for table in ours:
            edits = list(table_edits(table.part, growth))
            if edits:
                self._splice.patches[table.name] = Patch.of(table.part, edits)

    def _write_header(self, header: HeaderWrite) -> None:
        """Set header cells; a table's are left to Excel, which names its columns by them."""
        workbook = self._package.workbook
        sheet = next((one for one in self._anatomy.sheets if one.name == header.sheet), None)
        if sheet is None:
            raise WorkbookUneditable(workbook, f"工作表「{header.sheet}」找不到了")
        for table in sheet_tables(self._package, sheet.part):
            held = [at for at in header.cells if table.area.left <= at <= table.area.right]
            if held and table.area.top <= header.row <= table.area.bottom:
                told = "、".join(f"{cell(at, header.row)} 格「{header.cells[at]}」" for at in held)
                raise WorkbookUneditable(
                    workbook, f"「{header.sheet}」的表头在 Excel 的表格里，请在 Excel 里改：{told}"
                )
        editor = self._editor(sheet, frozenset(header.cells), header.row)
        editor.set(
            header.row,
            {at: Meant(stored(text, Type.TEXT), Type.TEXT) for at, text in header.cells.items()},
        )
        self._write_sheet(sheet, editor, editor.last_data_row)

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
        written = frozenset(column for row in row_edits for column in (*row.cells, *row.formulas))
        growth = Growth(editor.header_row, editor.last_data_row, new_last, written)
        last_row = max([part.last_row, *(row.number for row in row_edits)])
        edits = editor.joined(row_edits) + list(sheet_edits(part, growth, last_row))
        self._splice.patches[sheet.part] = Patch.of(part.part, edits)
        self._splice.rows[sheet.part] = row_edits
        self._formulas |= part.has_formulas() or any(row.formulas for row in row_edits)
        self._formula_replaced |= editor.formula_replaced
        self._workbook_edits += filter_name_edits(
            self._part(self._anatomy.workbook), sheet.position, growth
        )
        return growth

    def _fill(self, editor: SheetEdit, place: Place, rows: Iterable[RowWrite], space: Room) -> int:
        """Note every cell of the plan; return the number of the last row that holds data then."""
        rows = list(rows)
        position = place.columns[place.form.id_column.key]
        ids = IdColumn(editor.sheet, self._strings, position, place.header_row)
        standing = ids.standing({row.record for row in rows if row.row is None})
        last = editor.last_data_row
        for row in rows:
            try:
                number = standing.get(row.record) if row.row is None else _checked(ids, row)
                target = self._below(editor, last, space) if number is None else number
                self._set(editor, place, row, target, known=ids.at(target) == row.record)
            except WorkbookUneditable as error:
                self._splice.refusals.append(error)
                self._splice.unplaced += [(row.ledger, row.record, key) for key in row.cells]
                continue
            if number is None:
                last = standing[row.record] = target
        return last

    def _below(self, editor: SheetEdit, last: int, space: Room) -> int:
        """Return where the next row goes; raises ``WorkbookUneditable`` if there is no room."""
        if last >= space.last:
            what = f"工作表「{editor.name}」{space.why}"
            raise WorkbookUneditable(self._package.workbook, what)
        return last + 1

    def _set(
        self, editor: SheetEdit, place: Place, row: RowWrite, number: int, *, known: bool
    ) -> None:
        """Note the cells of one row, but for those that must be left alone.

        Raises:
            WorkbookUneditable: its id is among them, or nothing else is left.
        """
        cells = self._cells(place, row, known=known)
        keys = {column: key for key, column in place.columns.items()}
        refused = {
            column: why
            for column, meant in cells.items()
            if (why := editor.refusal(number, column, meant.value))
        }
        why = refused.get(place.columns[place.form.id_column.key], "")
        if why or (refused and len(refused) == len(cells)):
            raise WorkbookUneditable(self._package.workbook, why or next(iter(refused.values())))
        for column, reason in refused.items():
            del cells[column]
            self._splice.refusals.append(WorkbookUneditable(self._package.workbook, reason))
            self._splice.unplaced.append((row.ledger, row.record, keys[column]))
        editor.set(number, cells)
        self._splice.placed[row.ledger, row.record] = number

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
