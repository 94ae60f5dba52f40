"""Taking entries along that wait for a workbook: as a table of its own, to be carried elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Form
from storedesk.domain.records import Record
from storedesk.domain.values import Value
from storedesk.operations.deletions import NOT_TOLD
from storedesk.operations.desk import Desk
from storedesk.workbooks import disk

NEW = "新的一行"
CHANGED = "改了："
NUMBERED = "补编号"
WHAT = "要写什么"
WHERE = "原来在第几行"


@dataclass(frozen=True, slots=True)
class WaitingTable:
    """The entries of one ledger that wait, as they should stand in its sheet.

    Attributes:
        title: name of the sheet they belong to.
        headers: what is to be done and where, then the ledger's own headers.
        rows: canonical values below them.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def waiting_tables(desk: Desk, workbook: str) -> tuple[WaitingTable, ...]:
    """Return what waits for a workbook, one table for each of its ledgers concerned.

    Raises:
        Misuse: nothing waits any more.
    """
    found = []
    for form in desk.sheets_of(workbook):
        waiting = desk.mirror.records(form.ledger, desk.mirror.waiting_ids(form.ledger))
        if waiting:
            found.append(_table(desk, form, waiting))
    if not found:
        raise Misuse(f"《{workbook}》已经没有等着写入的登记了。")
    return tuple(found)


def save_waiting(tables: Sequence[WaitingTable], path: Path) -> None:
    """Save the tables as a workbook; file work, needs no Desk.

    Raises:
        DiskFull, NotWritable: nothing was saved.
    """
    # Heavy: openpyxl, which nothing else in the window needs.
    from storedesk.workbooks.export import export_tables  # noqa: PLC0415

    content = export_tables([(one.title, one.headers, one.rows) for one in tables])
    aside = disk.write_aside(path, [content], "export")
    try:
        disk.replace(aside, path)
    finally:
        disk.discard(aside)


def _table(desk: Desk, form: Form, waiting: Sequence[Record]) -> WaitingTable:
    columns = [
        column
        for column in form.in_workbook()
        if column.key == "id" or any(record[column.key] is not None for record in waiting)
    ]
    rows = tuple(
        (
            _what(desk, form, record),
            record.row,
            *(record.id if column.key == "id" else record[column.key] for column in columns),
        )
        for record in waiting
    )
    headers = (WHAT, WHERE, *(column.label for column in columns))
    return WaitingTable(form.label, headers, rows)


def _what(desk: Desk, form: Form, record: Record) -> str:
    if record.row is None:
        return NEW
    base = desk.mirror.base(form.ledger, record.id)
    changed = [
        column.label
        for column in form.in_workbook()
        if column.key not in NOT_TOLD and record[column.key] != base.get(column.key)
    ]
    return CHANGED + "、".join(changed) if changed else NUMBERED
