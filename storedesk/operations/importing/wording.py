"""What people read about an import (tone and message 11: shop.md §5)."""

from __future__ import annotations

from storedesk.domain.forms import Forms
from storedesk.operations.importing.plan import ImportPlan, TableReport
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
    sentences += [_table_trouble(table) for table in plan.tables if table.trouble]
    return "。".join(sentences) + "。"


def columns(table: TableReport, forms: Forms) -> list[tuple[str, str]]:
    """Return every column of a table with what became of it."""
    if table.columns is None:
        return []
    return [(use.name, destination(use, forms)) for use in table.columns.uses]


def destination(use: ColumnUse, forms: Forms) -> str:
    """Return in words where a column goes, such as 购买记录·产品型号、车辆档案·车型."""
    if not use.targets:
        return use.how.value
    return "、".join(
        f"{forms[one.ledger].label}·{forms[one.ledger][one.key].label}" for one in use.targets
    )


def skipped(table: TableReport) -> list[str]:
    """Return one line for each kind of row that is no data: what it is, which rows."""
    rows: dict[str, list[int]] = {}
    for one in table.skipped:
        rows.setdefault(one.reason.value, []).append(one.row)
    return [f"{reason}：第 {_numbers(numbers)} 行" for reason, numbers in rows.items()]


def _read(plan: ImportPlan) -> list[TableReport]:
    return [table for table in plan.tables if not table.trouble]


def _table_trouble(table: TableReport) -> str:
    return f"工作表「{table.sheet}」{table.trouble}" if table.sheet else f"这张表{table.trouble}"


_SHOWN = 12


def _numbers(numbers: list[int]) -> str:
    text = "、".join(map(str, numbers[:_SHOWN]))
    return text if len(numbers) <= _SHOWN else f"{text} 等 {len(numbers)}"
