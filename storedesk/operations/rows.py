"""Reading one sheet row as a record: what each cell means, and what to list about it.

References may be typed as a unique phone or name (decision 8); what people typed stays in the cell
and in ``Record.raw``, the record holds the id it means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from storedesk.domain.forms import Column, Form
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.settings import Settings
from storedesk.domain.sheets import SheetContent, SheetRow
from storedesk.domain.values import Raw, Type, Unreadable, Value, canonical, shown, text_of

_ERROR = re.compile(r"#(?:[A-Z]+(?:/0)?[!?]|N/A|GETTING_DATA)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXT_LIMIT = 32_767


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A sheet row with its meaning.

    Attributes:
        id: text of the id cell, empty if there is none.
        values: canonical values by column key, only filled ones.
        raw: what stands in a cell, by key, where it is not how the value is shown.
        extras: texts of people's own columns by header.
        problems: what to look at, with cells.
    """

    row: int
    mark: bytes
    id: str
    values: Mapping[str, Value]
    raw: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


Resolve = Callable[[str, str], "Resolved"]
"""(ledger linked to, text typed) → what it refers to."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a typed reference means: an id, or None and the kind of trouble."""

    id: str | None
    kind: Kind | None = None
    what: str = ""


@dataclass(frozen=True)
class RowReader:
    """Reads the rows of one sheet."""

    workbook: str
    form: Form
    sheet: SheetContent
    settings: Settings
    resolve: Resolve

    def read(self, row: SheetRow) -> ReadRow:
        """Return a row's meaning; nothing is raised for what people typed."""
        values: dict[str, Value] = {}
        raw: dict[str, str] = {}
        problems: list[Problem] = []
        cells = row.values
        for column, index in self._places:
            cell = cells[index] if index < len(cells) else None
            if cell is None:
                continue
            value, trouble = self._meaning(column, cell)
            if value is not None:
                values[column.key] = value
            told = isinstance(cell, str) and cell != value and cell.strip()
            if told and cell != shown(value, column.type):
                raw[column.key] = str(cell)
            if trouble:
                problems.append(self._problem(row, column, index + 1, *trouble))
        customer = self._customer_told(values) if "customer" not in raw else None
        if customer:
            values["customer"] = customer
        extras = {
            header: text_of(cells[position - 1])
            for header, position in self.sheet.extras.items()
            if position <= len(cells) and cells[position - 1] is not None
        }
        return ReadRow(row.number, row.mark, self.id_of(row), values, raw, extras, tuple(problems))

    @cached_property
    def _places(self) -> tuple[tuple[Column, int], ...]:
        """The columns to read, each with its index among a row's values."""
        columns = self.sheet.columns.items()
        return tuple((self.form[key], position - 1) for key, position in columns if key != "id")

    def id_of(self, row: SheetRow) -> str:
        """Return the text of the row's id cell."""
        position = self.sheet.columns.get("id", 0)
        if not position or position > len(row.values):
            return ""
        text = text_of(row.values[position - 1]).strip()
        return "" if _ERROR.fullmatch(text) else text

    def _customer_told(self, values: Mapping[str, Value]) -> str | None:
        """Return the customer a row means by its phone or name alone, if that is unique."""
        if "customer" not in self.form.by_key or "customer" in values:
            return None
        for key in ("phone", "customer_name"):
            told = values.get(key)
            if isinstance(told, str):
                found = self.resolve("customers", told)
                if found.id is not None:
                    return found.id
        return None

    def _meaning(self, column: Column, cell: Raw) -> tuple[Value, tuple[Kind, str, str] | None]:
        """Return what a cell means and what is wrong with it; it is never cleaned unasked."""
        if not isinstance(cell, str):
            return self._understood(column, cell)
        if _ERROR.fullmatch(cell):
            hint = "请检查这一格的公式"
            return None, (Kind.BAD_VALUE, f"公式出错，显示 {cell}", hint)
        value, trouble = self._understood(column, cell)
        return value, trouble or _odd(cell)

    def _understood(self, column: Column, cell: Raw) -> tuple[Value, tuple[Kind, str, str] | None]:
        try:
            value = canonical(cell, column.type)
        except Unreadable as reason:
            return None, (Kind.BAD_VALUE, str(reason), "")
        if value is None or not isinstance(value, str):
            return value, None
        if column.type is Type.RECORD and column.links:
            return self._reference(column, value)
        if column.type is Type.STAFF and self.settings.staff:
            if not self.settings.staff_named(value):
                hint = "请改成《门店设置》「员工」里的姓名，或把这个人加进去"
                return value, (Kind.UNKNOWN_STAFF, f"员工「{value}」不在员工名单里", hint)
        elif column.choices:
            return value, self._choice(column, value)
        return value, None

    def _choice(self, column: Column, value: str) -> tuple[Kind, str, str] | None:
        known = self.settings.choices.get(column.choices, ())
        parts = value.split(";") if column.type is Type.CHOICES else [value]
        unknown = [p for p in parts if not self.settings.knows_choice(column.choices, p)]
        if not unknown:
            return None
        hint = f"可选：{'、'.join(known[:8])}{'……' if len(known) > 8 else ''}"  # noqa: PLR2004
        return (
            Kind.UNKNOWN_CHOICE,
            f"「{'、'.join(unknown)}」不在「{column.choices}」的选项里",
            hint,
        )

    def _reference(self, column: Column, value: str) -> tuple[Value, tuple[Kind, str, str] | None]:
        found = self.resolve(column.links, value)
        if found.kind is None:
            return found.id, None
        return found.id, (found.kind, found.what, "请填编号，或填唯一的电话或姓名")

    def _problem(
        self, row: SheetRow, column: Column, position: int, kind: Kind, what: str, hint: str
    ) -> Problem:
        return Problem(
            kind,
            what,
            hint,
            workbook=self.workbook,
            sheet=self.sheet.name,
            cell=cell_name(position, row.number),
            ledger=self.form.ledger,
            record=self.id_of(row),
            column=column.key,
        )


def _odd(text: str) -> tuple[Kind, str, str] | None:
    """Return what is wrong with a text whatever its column."""
    if _CONTROL.search(text):
        return Kind.BAD_VALUE, "里面有看不见的控制字符", "请在 Excel 里重新输入这一格"
    if len(text) > _TEXT_LIMIT:
        return Kind.BAD_VALUE, f"超过 {_TEXT_LIMIT} 个字，Excel 放不下", "请分成几格，或放进附件"
    return None


def cell_name(position: int, row: int) -> str:
    """Return the address of a cell, such as ``AB12``, from its column position and row."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
