"""A plain workbook for lists that leave the desk: one sheet, texts never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from storedesk.domain.values import Value
from storedesk.workbooks.markup import storable

_FONT = "微软雅黑"
_TEXT = Font(name=_FONT, size=10)
_HEADER = Font(name=_FONT, size=10, bold=True, color="0B5F5C")
_HEADER_FILL = PatternFill("solid", fgColor="E3F1F0")
_NARROWEST, _WIDEST = 8, 40
_LOOKED_AT = 200
"""Rows looked at for the width of the columns."""
_NOT_IN_SHEET_NAME = str.maketrans(dict.fromkeys(r"\/?*[]:", " "))
_SHEET_NAME_LIMIT = 31


def export_table(title: str, headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return an .xlsx file with one sheet.

    Args:
        title: name of the sheet; what Excel does not allow in it is left out.
        headers: texts of the first row.
        rows: canonical values; dates become real dates, yes/no 是/否, None an empty cell.
    """
    return export_tables([(title, headers, rows)])


def export_tables(
    tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Value]]]],
) -> bytes:
    """Return an .xlsx file with a sheet for each table; see ``export_table``."""
    workbook = Workbook(write_only=True)
    for title, headers, rows in tables:
        _fill(workbook.create_sheet(_sheet_name(title)), headers, rows)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _fill(
    sheet: WriteOnlyWorksheet, headers: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    listed = [list(row) for row in rows]
    for position, header in enumerate(headers):
        sample = [row[position] for row in listed[:_LOOKED_AT] if position < len(row)]
        sheet.column_dimensions[get_column_letter(position + 1)].width = _width(header, sample)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(headers), 1))}{len(listed) + 1}"
    sheet.append([_header(sheet, text) for text in headers])
    for row in listed:
        sheet.append([_cell(sheet, value) for value in row])


def _header(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text)
    cell.font, cell.fill = _HEADER, _HEADER_FILL
    cell.alignment = Alignment(horizontal="center", vertical="center")
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> WriteOnlyCell:
    if isinstance(value, bool):
        value = "是" if value else "否"
    cell = WriteOnlyCell(sheet, storable(value) if isinstance(value, str) else value)
    cell.font = _TEXT
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes text beginning with = for a formula
        cell.number_format = "@"
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _width(header: str, values: Sequence[Value]) -> float:
    texts = [header, *("" if value is None else str(value) for value in values)]
    widest = max(sum(2 if ord(sign) > 0xFF else 1 for sign in text) for text in texts)  # noqa: PLR2004  # wide signs
    return float(min(max(widest + 2, _NARROWEST), _WIDEST))


def _sheet_name(title: str) -> str:
    plain = storable(title).translate(_NOT_IN_SHEET_NAME).strip(" '")
    return plain[:_SHEET_NAME_LIMIT] or "表"
