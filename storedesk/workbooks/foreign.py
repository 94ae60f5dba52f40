"""Tables from files that are not ours, for imports: .xlsx, .xlsm, .xls, .csv, .tsv, .txt."""

from __future__ import annotations

import csv
import io
import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from python_calamine import CalamineWorkbook

from storedesk.domain.errors import (
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookError,
    WorkbookUnsafe,
)
from storedesk.domain.values import Raw
from storedesk.workbooks.disk import read_whole
from storedesk.workbooks.extent import COLUMN_LIMIT
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.reader import open_values, raw_rows
from storedesk.workbooks.safety import FILE_LIMIT, check_parts, check_sizes

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ENCRYPTED_OLE = "EncryptedPackage".encode("utf-16-le")
_TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_ENCODINGS = ("utf-8", "gb18030")
_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_DELIMITERS = ",\t;|，"
_SAMPLE_LINES = 50
_OLD_SECONDS = 60
_ROW_LIMIT = 1_048_576


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or a text file: its name and its rows from the first on, cells as they came.

    Rows are as long as their last filled cell; empty rows are kept so that numbers are right.
    """

    name: str
    rows: tuple[tuple[Raw, ...], ...]


def read_table(path: Path) -> tuple[Table, ...]:
    """Return the tables of a file, empty sheets left out. Nothing of it is run or followed.

    Raises:
        WorkbookMissing, WorkbookHeld, WorkbookError: it cannot be read now.
        WorkbookEncrypted, WorkbookDamaged, WorkbookUnsafe: it cannot be read at all.
    """
    content, _ = read_whole(path)
    if len(content) > FILE_LIMIT:
        raise WorkbookUnsafe(path.name, f"文件超过 {FILE_LIMIT >> 20} MB")
    if content.startswith(_ZIP):
        package = Package(content, path.name)
        check_sizes(package)
        found = anatomy(package)
        check_parts(package, found, found.sheets)
        return _sheets(content, path.name, [sheet.name for sheet in found.sheets])
    if content.startswith(_OLE):
        return _old_workbook(content, path.name)
    if path.suffix.lower() in _TEXT_ENDINGS:
        return _text_table(content, path)
    raise WorkbookDamaged(path.name, "不是 Excel 表格，也不是文本表格")


def _sheets(content: bytes, name: str, sheets: Iterable[str]) -> tuple[Table, ...]:
    return _read_sheets(open_values(content, name), sheets, name)


def _read_sheets(values: CalamineWorkbook, sheets: Iterable[str], name: str) -> tuple[Table, ...]:
    tables = (Table(sheet, _dense(raw_rows(values, sheet, name))) for sheet in sheets)
    return tuple(table for table in tables if table.rows)


def _old_workbook(content: bytes, name: str) -> tuple[Table, ...]:
    """Return the tables of an old .xls, read in a process of its own.

    The old format cannot be measured by a scan as .xlsx can, and calamine aborts its process when
    a cell lies too far away.
    """
    if _ENCRYPTED_OLE in content:
        raise WorkbookEncrypted(name)
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send_tables, args=(sender, content, name), daemon=True)
    child.start()
    sender.close()
    try:
        tables = receiver.recv() if receiver.poll(_OLD_SECONDS) else None
    except EOFError:
        raise WorkbookUnsafe(name, "读取时出了意外") from None
    finally:
        child.kill()
        child.join()
        receiver.close()
    if tables is None:
        raise WorkbookDamaged(name)
    found: tuple[Table, ...] = tables
    return found


def _send_tables(sender: Connection, content: bytes, name: str) -> None:
    """Send the tables of an old workbook, None if it cannot be read; runs in the child."""
    try:
        values = open_values(content, name)
        sender.send(_read_sheets(values, values.sheet_names, name))
    except WorkbookError:
        sender.send(None)


def _dense(rows: Iterator[tuple[int, list[Raw]]]) -> tuple[tuple[Raw, ...], ...]:
    dense: list[tuple[Raw, ...]] = []
    for number, row in rows:
        dense.extend([()] * (number - 1 - len(dense)))
        dense.append(tuple(row))
    return tuple(dense)


def _text_table(content: bytes, path: Path) -> tuple[Table, ...]:
    text = _decoded(content, path.name)
    rows: list[tuple[Raw, ...]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            rows.append(_trimmed(cells))
            if len(cells) > COLUMN_LIMIT or len(rows) > _ROW_LIMIT:
                raise WorkbookUnsafe(path.name, "行或列太多")
    except csv.Error as error:
        raise WorkbookDamaged(path.name, f"第 {reader.line_num} 行读不出来") from error
    while rows and not rows[-1]:
        rows.pop()
    return (Table(path.stem, tuple(rows)),) if rows else ()


def _trimmed(cells: list[str]) -> tuple[Raw, ...]:
    row: list[Raw] = [cell if cell.strip() else None for cell in cells]
    while row and row[-1] is None:
        row.pop()
    return tuple(row)


def _decoded(content: bytes, name: str) -> str:
    """Return the text of a file: by its byte order mark, else UTF-8, else GB18030 (Excel, WPS)."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return _decoded_as(content, encoding, name)
    if b"\x00" in content[:200]:
        even_zeros = content[0:200:2].count(0) > content[1:200:2].count(0)
        return _decoded_as(content, "utf-16-be" if even_zeros else "utf-16-le", name)
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookDamaged(name, "文字编码认不出来，请另存为「CSV UTF-8」后再试")


def _decoded_as(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise WorkbookDamaged(name, "文字编码认不出来，请另存为「CSV UTF-8」后再试") from error


def _delimiter(text: str) -> str:
    """Return the sign that splits the first lines most evenly; a comma if none does."""
    lines = [line for line in text.splitlines()[:_SAMPLE_LINES] if line.strip()]
    best, best_score = ",", 0
    for sign in _DELIMITERS:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        score = counts.count(usual) * 100 + usual if usual else 0
        if score > best_score:
            best, best_score = sign, score
    return best
