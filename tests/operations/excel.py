"""A person at a workbook, played by openpyxl: opens it, edits it, saves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change a workbook: open, edit, save."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    book.close()


def setting(sheet: str, row: int, **cells: object) -> Callable[[Any], None]:
    """Return the edit that sets cells of a row by their headers."""

    def change(book: Any) -> None:
        columns = headers(book[sheet])
        for label, value in cells.items():
            book[sheet].cell(row, columns[label]).value = value

    return change


def typing(sheet: str, **cells: object) -> Callable[[Any], None]:
    """Return the edit that types cells into the first empty row."""

    def change(book: Any) -> None:
        row = 2
        while any(cell.value is not None for cell in book[sheet][row]):
            row += 1
        setting(sheet, row, **cells)(book)

    return change


def deleting(sheet: str, row: int, count: int = 1) -> Callable[[Any], None]:
    """Return the edit that deletes rows."""
    return lambda book: book[sheet].delete_rows(row, count)


def headers(sheet: Any) -> dict[str, int]:
    """Return the column positions by header."""
    return {cell.value: cell.column for cell in sheet[1] if cell.value}


def rows_of(path: Path, sheet: str) -> list[dict[str, object]]:
    """Return the filled cells of every row that holds anything, by header."""
    book = openpyxl.load_workbook(path)
    labels = [cell.value for cell in book[sheet][1]]
    found = [
        {str(k): v for k, v in zip(labels, row, strict=False) if v is not None}
        for row in book[sheet].iter_rows(min_row=2, values_only=True)
        if any(value is not None for value in row)
    ]
    book.close()
    return found
