"""The rows of a daily as a plain table for people: attached as xlsx, item scores included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storedesk.domain.figures.daily_rows import FrozenRow
from storedesk.domain.values import Value

_HEADERS = (
    "回访类型",
    "序号",
    "回访编号",
    "客户",
    "电话",
    "产品",
    "送货/完工日",
    "到期日",
    "回访人",
    "回访时间",
    "拨打次数",
    "结果",
    "满意度",
    "推荐分",
    "已解决",
    "抱怨",
    "客户意见",
    "处理",
    "部门",
    "答复期限",
    "回访人是经手人",
)


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table of canonical values under headers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def daily_table(
    sections: Sequence[tuple[str, Sequence[FrozenRow]]], questions: Mapping[str, str]
) -> PlainTable:
    """Return the rows of all sections, one column for each question that was answered.

    Args:
        sections: name of the kind and its rows.
        questions: what is asked, by item number, for the headers.
    """
    items = sorted({item for _, rows in sections for row in rows for item in row.scores})
    asked = tuple(f"{item} {questions.get(item, '')}".strip() for item in items)
    return PlainTable(
        (*_HEADERS, *asked),
        tuple(
            (*_cells(name, row), *(_number(row.scores.get(item)) for item in items))
            for name, rows in sections
            for row in rows
        ),
    )


def _cells(name: str, row: FrozenRow) -> tuple[Value, ...]:
    return (
        name,
        row.sequence,
        row.id,
        row.customer,
        row.phone,
        row.product,
        row.event_on,
        row.due_on,
        row.caller,
        row.called_at,
        row.attempt_count,
        row.result,
        row.overall,
        row.recommend,
        row.solved,
        row.complained,
        row.opinion,
        row.handling,
        row.department,
        row.answer_due_at,
        row.own_customer,
    )


def _number(value: str | None) -> Value:
    """Return a score as a number, so that people can reckon with it."""
    if value is None:
        return None
    return int(value) if value.isdigit() else value
