"""Reading the tables of a foreign file: rows become drafts, and what is no list is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Forms
from storedesk.domain.settings import Settings
from storedesk.domain.values import label_key
from storedesk.operations.importing.carry import carry_people, fill_groups
from storedesk.operations.importing.drafts import Draft, RowReader
from storedesk.operations.importing.layout import Layout, detect
from storedesk.operations.importing.mapping import known_headings, map_columns
from storedesk.operations.importing.plan import TableReport
from storedesk.operations.importing.tables import Table, is_blank
from storedesk.operations.importing.targets import ColumnMap, family

_SAME_LIST = 0.8
"""A table beside the first is read as well if it has so many of the same headings."""
_DERIVED: Mapping[str, frozenset[str]] = {"followups": frozenset({"kind"})}
"""Needed columns that follow from others, see ``derive``."""


@dataclass(frozen=True)
class Task:
    """What to import, and into what.

    Attributes:
        ledger: the chosen ledger.
        forms: the forms of the ledgers this store has; what is left out is not filled.
        settings: the store's choices, staff and rules.
        at: moment of the import, for opening stock.
        source: name of the foreign file, for the places of problems.
        given: a person's own decisions about columns, see ``mapping.map_columns``.
    """

    ledger: str
    forms: Forms
    settings: Settings
    at: datetime
    source: str = ""
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ForeignList:
    """One foreign table as read."""

    report: TableReport
    drafts: Sequence[Draft] = ()
    titles: tuple[str, ...] = ()
    unknown_staff: Mapping[str, int] = field(default_factory=dict)


def read_tables(tables: Sequence[Table], task: Task) -> list[ForeignList]:
    """Return what each table says, side by side ones apart.

    Raises:
        Misuse: the mapping names a heading or a column that does not exist.
    """
    lists = [one for table in tables for one in _read_table(table, task)]
    _check_given(lists, task)
    return lists


def _check_given(lists: Sequence[ForeignList], task: Task) -> None:
    """Refuse a mapping of headings that no table has: most likely a slip of the pen."""
    here = {
        label_key(use.heading.text)
        for one in lists
        if one.report.columns
        for use in one.report.columns.uses
    }
    unknown = [name for name in task.given if label_key(name) not in here]
    if unknown:
        raise Misuse(f"对照表里写了「{'、'.join(unknown)}」，名单里没有这一列。")


def _read_table(table: Table, task: Task) -> list[ForeignList]:
    layouts = detect(table, known_headings(task.forms, task.ledger, task.given))
    if not layouts:
        empty = all(is_blank(cell) for row in table.rows for cell in row)
        trouble = "是空的" if empty else "没有找到表头，没有导入"
        return [ForeignList(TableReport(table.name, trouble=trouble))]
    return [_read_layout(layout, layouts[0], task) for layout in layouts]


def _read_layout(layout: Layout, first: Layout, task: Task) -> ForeignList:
    columns = map_columns(layout, task.forms, task.ledger, task.settings.choices, task.given)
    trouble = _trouble(layout, first, columns, task)
    report = TableReport(
        layout.sheet, layout.header_rows, columns, layout.skipped, len(layout.rows), trouble
    )
    if trouble:
        return ForeignList(report)
    layout = fill_groups(layout, columns, task.forms)
    reader = RowReader(columns, task.forms, task.settings)
    drafts = [reader.read(row, task.source, layout.sheet) for row in layout.rows]
    carry_people(drafts, layout, columns)
    titles = (task.source, layout.sheet, *layout.titles)
    return ForeignList(report, drafts, titles, reader.unknown_staff)


def _trouble(layout: Layout, first: Layout, columns: ColumnMap, task: Task) -> str:
    """Return why a whole table cannot be imported, or an empty text."""
    if layout is not first:
        mine = {label_key(heading.text) for heading in layout.headings}
        theirs = {label_key(heading.text) for heading in first.headings}
        if len(mine & theirs) < _SAME_LIST * len(mine):
            names = "、".join(heading.text for heading in layout.headings if heading.text)
            return f"旁边的另一张表（{names}）没有导入"
    form = task.forms[task.ledger]
    missing = [
        form[need.split("|")[0]].label
        for need in form.needs
        if not any(_reachable(columns, task, key) for key in need.split("|"))
    ]
    return f"没有找到这些列：{'、'.join(missing)}，整张表没有导入" if missing else ""


def _reachable(columns: ColumnMap, task: Task, key: str) -> bool:
    if columns.feeds(task.ledger, key) or key in _DERIVED.get(task.ledger, ()):
        return True
    if key not in ("customer", "phone") and (task.ledger, key) != ("customers", "name"):
        return False
    return any(  # name and phone may share a cell
        columns.feeds(ledger, told)
        for ledger in family(task.forms, task.ledger)
        for told in ("name", "customer_name", "phone")
    )
