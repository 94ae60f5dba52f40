"""How one record reads beside a table: its facts, its history, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from storedesk.domain.changes import Source
from storedesk.domain.forms import Column, Form, Level
from storedesk.domain.records import Record
from storedesk.domain.settings import Settings
from storedesk.domain.values import Type, Unreadable, Value, canonical
from storedesk.gui.texts import cell_text, grouped_phone, moment_name, shortened, tr
from storedesk.gui.tones import PILL_KEYS, tone_of
from storedesk.gui.widgets.detail import Shown

_SIGNED = frozenset({"created_by", "created_at", "updated_by", "updated_at"})
_CODES = frozenset(
    {
        "questionnaire",
        "questionnaire_version",
        "rule",
        "trigger",
        "trigger_record",
        "data_fingerprint",
    }
)
"""Columns the program goes by; nobody in a store knows these numbers (shop.md §4)."""
_HIDDEN = _SIGNED | _CODES | {"id", "customer", "customer_name", "phone"}
_BY_ITSELF = {
    Source.RULE.value: "店务台",
    Source.IMPORT.value: "导入",
    Source.COPY.value: "另一份表格",
    Source.RESTORE.value: "备份",
}
"""Who stands behind a change that no person made here; else it was made in Excel."""
_MARKS = ("status", "level", "kind", "category", "grade", "outcome")
_EVENTS = 12
_NAME_SHOWN, _TEXT_SHOWN = 80, 1_000
"""More would hold up the window; the form shows all of it."""
_CHANGES_NAMED = 3


class HistoryLine(Protocol):
    """One cell's change, as the desk tells it."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def by(self) -> str:
        """Who; empty for an edit made in Excel."""

    @property
    def source(self) -> str:
        """Where it came from, a value of ``Source``."""

    @property
    def key(self) -> str:
        """Which column."""

    @property
    def old(self) -> Value:
        """What stood there."""

    @property
    def new(self) -> Value:
        """What stands there since."""

    @property
    def operation(self) -> str:
        """What it was part of."""


def shown_record(form: Form, record: Record, settings: Settings) -> Shown:
    """Return a record as the panel shows it; its history is added when it comes.

    What everybody has (the usual value of a list or column) is left out: it says nothing.
    """
    return Shown(
        id=record.id,
        name=shortened(
            record.text(form.title) or record.text("customer_name") or record.id, _NAME_SHOWN
        ),
        line=grouped_phone(record.text("phone")),
        pills=tuple(
            (record.text(key), tone_of(record.text(key)) if key in PILL_KEYS else "neutral")
            for key in _MARKS
            if record.text(key)
        ),
        facts=tuple(_facts(form, record, settings)),
    )


def _facts(form: Form, record: Record, settings: Settings) -> Iterable[tuple[str, str]]:
    for column in form.columns:
        if column.key in _HIDDEN or column.key == form.title or column.level is Level.LIVE:
            continue
        if column.key in _MARKS or column.type is Type.RECORD:
            continue
        text = record.raw.get(column.key) or cell_text(record[column.key], column.type)
        if text and text != _usual(column, settings):
            yield column.label, shortened(text, _TEXT_SHOWN)
    for name, text in record.extras.items():
        yield name, shortened(text, _TEXT_SHOWN)


def _usual(column: Column, settings: Settings) -> str:
    default = settings.choice_defaults.get(column.choices) or column.default
    try:
        return cell_text(canonical(default, column.type), column.type)
    except Unreadable:
        return ""


def events_of(
    form: Form, history: Sequence[HistoryLine], now: datetime
) -> tuple[tuple[str, str], ...]:
    """Return what happened to a record, one sentence for each operation, newest first."""
    operations: dict[str, list[HistoryLine]] = {}
    for line in history:
        operations.setdefault(line.operation, []).append(line)
    found = []
    for lines in list(operations.values())[:_EVENTS]:
        who = lines[0].by or tr(_BY_ITSELF.get(lines[0].source, "Excel"))
        found.append((_sentence(form, lines), f"{moment_name(lines[0].at, now)} · {who}"))
    return tuple(found)


def _sentence(form: Form, lines: Sequence[HistoryLine]) -> str:
    changes = [line for line in lines if line.key in form.by_key and line.key not in _SIGNED]
    begins = ("created_at", "_begun")
    if all(line.old is None for line in lines) and any(line.key in begins for line in lines):
        return tr("登记")
    named = [
        tr("{name}改为「{text}」").format(
            name=form[line.key].label,
            text=shortened(cell_text(line.new, form[line.key].type), _NAME_SHOWN) or tr("空"),
        )
        for line in changes[:_CHANGES_NAMED]
    ]
    if len(changes) > _CHANGES_NAMED:
        named.append(tr("等 {count} 项").format(count=len(changes)))
    return "，".join(named) or tr("修改")
