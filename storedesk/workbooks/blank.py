"""New workbooks: the only place where openpyxl writes a ledger, and never over an existing one.

Ordinary sheets, no Excel tables; whole-column formats and validations; drop-downs from a hidden
sheet; validation warns and never blocks (decision 7).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.forms import Column, Form, Level
from storedesk.domain.values import Type, Value
from storedesk.workbooks.addresses import LAST_ROW, column_letters
from storedesk.workbooks.cells import stored
from storedesk.workbooks.columns import arranged, number_format, width
from storedesk.workbooks.disk import put
from storedesk.workbooks.extent import COLUMN_LIMIT
from storedesk.workbooks.finder import OPTIONS_SHEET
from storedesk.workbooks.markup import Edit
from storedesk.workbooks.options import LIST_LAST_ROW, STAFF_LIST
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.patch import Patch
from storedesk.workbooks.stamp import BOOK, GENERATION

Row = Mapping[str, Value]


_FONT = "微软雅黑"
_TEXT = Font(name=_FONT, size=10, color="17212B")
_HEADER = Font(name=_FONT, size=10, bold=True, color="0B5F5C")
_HEADER_FOLDED = Font(name=_FONT, size=10, color="5B6874")
_HEADER_FILL = PatternFill("solid", fgColor="E3F1F0")
_FOLDED_FILL = PatternFill("solid", fgColor="EDF0F2")
_HEADER_LINE = Border(bottom=Side("thin", color="0F6B68"), right=Side("hair", color="B3BEC8"))
_HEADER_HEIGHT = 26
_ROW_HEIGHT = 19
_NOTE_SIZE = (60, 260)  # height, width in pixels
_TEXTS_ARE_MEANT = (
    b'<ignoredErrors><ignoredError sqref="A2:%s%d" numberStoredAsText="1"/></ignoredErrors>'
    % (column_letters(COLUMN_LIMIT).encode(), LAST_ROW)
)
_FROZEN_TITLE = 4
"""The title column stays in sight while scrolling if it is among so many first columns."""


def create_workbook(  # noqa: PLR0913  # what a new workbook is made of
    path: Path,
    forms: Sequence[Form],
    *,
    desk: str,
    choices: Mapping[str, Sequence[str]],
    store: str,
    profile: str,
    generation: str = "",
    rows: Mapping[str, Sequence[Row]] | None = None,
) -> None:
    """Create a workbook with one sheet per form.

    Args:
        path: where; nothing may stand there.
        forms: the forms of this workbook, in order.
        desk: the desk's UUID (stamp).
        choices: values of every choice list by its name; ``STAFF_LIST`` for staff columns.
        store: the store's name, for the file's properties.
        profile: key of the store's profile; columns of other profiles are folded.
        generation: the first generation name, if any (stamp).
        rows: first rows by ledger, canonical values by column key.

    Raises:
        StoreDeskError: a file of that name is already there.
        DiskFull, NotWritable, WorkbookError: the folder cannot be written.
    """
    if path.exists():
        raise StoreDeskError(f"已经有《{path.name}》，没有改动它。请先改名或移走。")
    workbook = Workbook()
    workbook.remove(workbook.active)
    lists = {name: values for name, values in choices.items() if values}
    for form in forms:
        sheet = workbook.create_sheet(form.label)
        _fill_sheet(sheet, form, profile, tuple(lists))
        _fill_rows(sheet, form, profile, (rows or {}).get(form.ledger, ()))
    _add_options(workbook, lists)
    _add_stamp(workbook, desk, generation)
    workbook.properties.creator = store
    workbook.properties.title = path.stem
    file = io.BytesIO()
    workbook.save(file)
    package = Package(file.getvalue(), path.name)
    content = package.rewritten(_without_warnings(package))
    put(path, content, "new")


def _fill_sheet(sheet: Worksheet, form: Form, profile: str, lists: Sequence[str]) -> None:
    shown, folded = arranged(form, profile)
    columns = [*shown, *folded]
    for position, column in enumerate(columns, 1):
        _add_column(sheet, position, column, is_folded=position > len(shown))
        _add_validation(sheet, position, column, lists)
    after = get_column_letter(len(columns) + 1)
    sheet.column_dimensions[after].collapsed = bool(folded)
    sheet.row_dimensions[1].height = _HEADER_HEIGHT
    sheet.sheet_format.defaultRowHeight = _ROW_HEIGHT
    sheet.sheet_format.customHeight = True
    sheet.sheet_format.outlineLevelCol = 1 if folded else 0
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}1"
    sheet.freeze_panes = f"{get_column_letter(_frozen(shown, form) + 1)}2"
    sheet.sheet_view.zoomScale = 100
    _set_page(sheet)
    if form.tip:
        sheet["A1"].comment = _note(form.tip)


def _add_column(sheet: Worksheet, position: int, column: Column, *, is_folded: bool) -> None:
    letter = get_column_letter(position)
    look = sheet.column_dimensions[letter]
    look.width = width(column)
    look.number_format = number_format(column)
    look.font = _TEXT
    look.alignment = _alignment(column)
    if is_folded:
        look.outlineLevel, look.hidden = 1, True
    header = sheet.cell(1, position, column.label)
    header.font = _HEADER_FOLDED if is_folded or column.level is Level.AUTO else _HEADER
    header.fill = _FOLDED_FILL if is_folded or column.level is Level.AUTO else _HEADER_FILL
    header.border = _HEADER_LINE
    header.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    if column.hint:
        header.comment = _note(column.hint)


def _alignment(column: Column) -> Alignment:
    centred = column.type in (Type.DATE, Type.MOMENT, Type.YES_NO)
    wrapped = column.type is Type.LONG_TEXT
    return Alignment(
        horizontal="center" if centred else None, vertical="center", wrap_text=wrapped or None
    )


def _add_validation(sheet: Worksheet, position: int, column: Column, lists: Sequence[str]) -> None:
    """Offer a drop-down or check a date or number; other input is warned of and kept."""
    rule = _validation(column, lists)
    if rule is None:
        return
    rule.allow_blank = True
    rule.errorStyle = "warning"
    rule.errorTitle = "请核对"
    letter = get_column_letter(position)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _validation(column: Column, lists: Sequence[str]) -> DataValidation | None:
    name = STAFF_LIST if column.type is Type.STAFF else column.choices
    if name in lists:
        at = get_column_letter(lists.index(name) + 1)
        values = f"{OPTIONS_SHEET}!${at}$2:${at}${LIST_LAST_ROW}"
        first = f"{OPTIONS_SHEET}!${at}$2"
        rule = DataValidation("list", formula1=f"OFFSET({first},0,0,MAX(1,COUNTA({values})),1)")
        # Several parts joined by ; are not in the list and yet right.
        rule.showErrorMessage = column.type is not Type.CHOICES
        rule.error = f"「{column.label}」一般从下拉表里选。"
        return rule
    match column.type:
        case Type.YES_NO:
            rule = DataValidation("list", formula1='"是,否"', error="请填 是 或 否。")
        case Type.DATE | Type.MOMENT:
            rule = DataValidation(
                "date", operator="greaterThan", formula1="1", error="请写成日期，如 2026-11-22。"
            )
        case Type.NUMBER | Type.MONEY:
            rule = _number_rule(column)
        case _:
            return None
    rule.showErrorMessage = True
    return rule


def _number_rule(column: Column) -> DataValidation:
    low, high = column.low, column.high
    lowest, highest = -1e15 if low is None else low, 1e15 if high is None else high
    said = "请填数字。" if low is None and high is None else f"一般在 {_span(low, high)}。"
    return DataValidation(
        "decimal", operator="between", formula1=f"{lowest:g}", formula2=f"{highest:g}", error=said
    )


def _span(low: float | None, high: float | None) -> str:
    if high is None:
        return f"{low:g} 以上"
    return f"{high:g} 以内" if low is None else f"{low:g} 到 {high:g}"


def _fill_rows(sheet: Worksheet, form: Form, profile: str, rows: Sequence[Row]) -> None:
    shown, folded = arranged(form, profile)
    for number, row in enumerate(rows, 2):
        for position, column in enumerate((*shown, *folded), 1):
            value = stored(row.get(column.key), column.type)
            if value is None:
                continue
            cell = sheet.cell(number, position, value)
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl takes text beginning with = for a formula
            cell.number_format = number_format(column)
            cell.font = _TEXT
            cell.alignment = _alignment(column)
    if rows:
        last = get_column_letter(len(shown) + len(folded))
        sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"


def _add_options(workbook: Workbook, lists: Mapping[str, Sequence[str]]) -> None:
    """Add the hidden sheet of lists: one column per list, its name on top."""
    sheet = workbook.create_sheet(OPTIONS_SHEET)
    sheet.sheet_state = "hidden"
    for position, (name, values) in enumerate(lists.items(), 1):
        look = sheet.column_dimensions[get_column_letter(position)]
        look.number_format, look.width = "@", 16
        for number, text in enumerate([name, *values], 1):
            cell = sheet.cell(number, position, text)
            cell.data_type = "s"
            cell.number_format = "@"
            cell.font = _HEADER if number == 1 else _TEXT


def _add_stamp(workbook: Workbook, desk: str, generation: str) -> None:
    workbook.custom_doc_props.append(StringProperty(name=BOOK, value=desk))
    if generation:
        name = DefinedName(GENERATION, attr_text=f'"{generation}"', hidden=True)
        workbook.defined_names[GENERATION] = name


def _without_warnings(package: Package) -> dict[str, Patch]:
    """Return the patches that stop Excel from marking every phone number and code with a triangle.

    WORKAROUND: Excel 2007 to 365 flag digits in text cells as "number stored as text"; openpyxl
    3.1 cannot write the element that says they are meant.
    """
    patches: dict[str, Patch] = {}
    for sheet in anatomy(package).sheets:
        part = package.read(sheet.part)
        before = part.find(b"<legacyDrawing")
        at = before if before >= 0 else part.rfind(b"</worksheet>")
        patches[sheet.part] = Patch.of(part, [Edit(at, at, _TEXTS_ARE_MEANT)])
    return patches


def _set_page(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.page_margins.left = sheet.page_margins.right = 0.4


def _note(text: str) -> Comment:
    note = Comment(text, "店务台")
    note.height, note.width = _NOTE_SIZE
    return note


def _frozen(shown: Sequence[Column], form: Form) -> int:
    """Return how many columns stay in sight while scrolling: up to the title, at least the id."""
    keys = [column.key for column in shown[:_FROZEN_TITLE]]
    return keys.index(form.title) + 1 if form.title in keys else 1
