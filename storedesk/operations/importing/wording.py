"""What people read about an import (tone and message 11: shop.md §5)."""

from __future__ import annotations

from storedesk.domain.forms import Forms
from storedesk.operations.importing.plan import ImportPlan, RowResult, TableReport
from storedesk.operations.importing.tables import letters
from storedesk.operations.importing.targets import ColumnUse


def result(plan: ImportPlan) -> str:
    """Return the sentence about the whole import, with its true numbers."""
    counts = "，".join(f"{fate.value} {number:,}" for fate, number in plan.counts.items())
    sentences = [f"共 {len(plan.rows):,} 行：{counts}"]
    unknown = {
        use.name for table in _read(plan) if table.columns for use in table.columns.unrecognised
    }
    if unknown:
        sentences.append(f"{len(unknown)} 列没认出，已放进备注")
    if plan.hints:
        sentences.append(f"{len(plan.hints)} 处可能重复，请看一下")
    if plan.unknown_staff:
        names = "、".join(plan.unknown_staff)
        sentences.append(f"{len(plan.unknown_staff)} 个人名不在员工里：{names}")
    sentences += [_table_trouble(table) for table in plan.tables if table.trouble]
    return "。".join(sentences) + "。"


def columns(table: TableReport, forms: Forms) -> list[str]:
    """Return one line for each column of a table: what became of it."""
    return [_column(use, forms) for use in table.columns.uses] if table.columns else []


def skipped(table: TableReport) -> list[str]:
    """Return one line for each kind of row that is no data: what it is, which rows."""
    rows: dict[str, list[int]] = {}
    for one in table.skipped:
        rows.setdefault(one.reason.value, []).append(one.row)
    return [f"{reason}：第 {_numbers(numbers)} 行" for reason, numbers in rows.items()]


def left_out(row: RowResult) -> str:
    """Return the line about a row that is not imported."""
    sheet = f"「{row.sheet}」" if row.sheet else ""
    return f"{sheet}第 {row.row} 行没导入：{row.reason}"


def _read(plan: ImportPlan) -> list[TableReport]:
    return [table for table in plan.tables if not table.trouble]


def _table_trouble(table: TableReport) -> str:
    return f"工作表「{table.sheet}」{table.trouble}" if table.sheet else f"这张表{table.trouble}"


def _column(use: ColumnUse, forms: Forms) -> str:
    place = f"{use.name}（{letters(use.heading.position)} 列）" if use.heading.text else use.name
    if not use.targets:
        return f"{place}：{use.how.value}"
    names = [f"{forms[one.ledger].label}·{forms[one.ledger][one.key].label}" for one in use.targets]
    return f"{place} → {'、'.join(names)}（{use.how.value}）"


_SHOWN = 12


def _numbers(numbers: list[int]) -> str:
    text = "、".join(map(str, numbers[:_SHOWN]))
    return text if len(numbers) <= _SHOWN else f"{text} 等 {len(numbers)}"
