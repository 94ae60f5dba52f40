"""Reading one foreign row: values for each ledger, who it is about, and what stays text.

A cell that cannot be understood is listed and its text goes to the remark; the row goes in without
it. Whether a row can go in at all is decided in ``planning``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from storedesk.domain.forms import Column, Forms
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.settings import Settings
from storedesk.domain.values import Raw, Type, Unreadable, Value, canonical, half_width, text_of
from storedesk.operations.importing import cells, words
from storedesk.operations.importing.cells import Meaning
from storedesk.operations.importing.layout import DataRow, one_line
from storedesk.operations.importing.tables import address, is_blank
from storedesk.operations.importing.targets import ColumnMap, ColumnUse, How, Target

_PHONE_KEYS = frozenset({"phone", "alt_phone"})
_NAME_LIKE = re.compile(r"[\u3400-\U0003ffff·]{2,6}")

_AFTER: Mapping[Target, Target] = {
    Target("complaints", "closed_at"): Target("complaints", "received_at"),
    Target("complaints", "answered_at"): Target("complaints", "received_at"),
    Target("purchases", "accepted_on"): Target("purchases", "delivered_on"),
    Target("followups", "done_at"): Target("followups", "trigger_on"),
    Target("visits", "finished_at"): Target("visits", "accepted_at"),
}
"""Dates that never lie before another one of the row: settles the year of one written without."""

_BIRTHDAYS = ("birthday", "anniversary")
_UPPER_CASE = ("vin", "plate", "engine_no")
_SEVERAL = re.compile(r"[;；、,，/\s]+")


@dataclass(slots=True)
class Draft:
    """What one row says.

    Attributes:
        sheet, row: where it stands.
        name: the customer's name; empty if there is none.
        phones: the customer's phones, the first being the one to call.
        values: canonical values by ledger and key, without name and phones.
        notes: texts for the remark, in column order.
        problems: cells that were not understood.
        bad_phone: the problem with the phone cell, if it holds no phone.
        said: the notes as the list has them, before planning adds to them.
        differing: where the store holds another value: header, the store's, the list's.
    """

    sheet: str
    row: int
    name: str = ""
    phones: tuple[str, ...] = ()
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bad_phone: Problem | None = None
    said: tuple[str, ...] = ()
    differing: list[tuple[str, str, str]] = field(default_factory=list)

    def of(self, ledger: str) -> dict[str, Value]:
        """Return the values of a ledger, which may be added to."""
        return self.values.setdefault(ledger, {})


class _Task(Enum):
    """What is done with the cells of a column."""

    NAME = 0
    PHONE = 1
    VALUE = 2
    TICK = 3
    REMARK = 4
    NOTE = 5


@dataclass(frozen=True, slots=True)
class _Work:
    """A column with what is done with its cells, and the columns they go to."""

    use: ColumnUse
    task: _Task
    columns: tuple[tuple[Target, Column], ...]


class RowReader:
    """Reads the rows of one table; ``unknown_staff`` counts over all of them."""

    def __init__(self, columns: ColumnMap, forms: Forms, settings: Settings) -> None:
        self.unknown_staff: dict[str, int] = {}
        self._forms = forms
        self._settings = settings
        self._work = [
            self._work_on(use) for use in columns.uses if use.targets or use.how is How.REMARK
        ]
        self._work.sort(key=lambda one: (one.task is not _Task.NAME, _comes_after(one.use)))
        self.has_names = any(one.task is _Task.NAME for one in self._work)

    def read(self, row: DataRow, workbook: str, sheet: str) -> Draft:
        """Return what a row says."""
        draft = Draft(sheet, row.number)
        cell = _CellReader(self, draft, row, workbook)
        for work in self._work:
            raw = row.cell(work.use.heading.position)
            if not is_blank(raw):
                cell.read(work, raw)
        draft.said = tuple(draft.notes)
        return draft

    def column(self, ledger: str, key: str) -> Column | None:
        """Return a column, or None if the ledger has none of this key."""
        return self._forms[ledger].by_key.get(key) if ledger in self._forms else None

    def offered(self, column: Column) -> tuple[str, ...]:
        """Return the values on offer in a choice column; none if it is free."""
        return self._settings.choices.get(column.choices, ())

    def meet(self, name: str) -> None:
        """Count a name of staff whom the store does not know."""
        if not self._settings.staff_named(name):
            self.unknown_staff[name] = self.unknown_staff.get(name, 0) + 1

    def _work_on(self, use: ColumnUse) -> _Work:
        columns = tuple((one, self._forms[one.ledger][one.key]) for one in use.targets)
        return _Work(use, self._task(use), columns)

    def _task(self, use: ColumnUse) -> _Task:
        keys = {target.key for target in use.targets}
        if use.how is How.REMARK:
            return _Task.NOTE
        if "remark" in keys:
            return _Task.REMARK
        if use.ticked is not None:
            return _Task.TICK
        if Target("customers", "name") in use.targets or "customer_name" in keys:
            return _Task.NAME
        about_customers = any(
            target.ledger == "customers" or self.column(target.ledger, "customer")
            for target in use.targets
        )
        return _Task.PHONE if about_customers and keys & _PHONE_KEYS else _Task.VALUE


def _comes_after(use: ColumnUse) -> bool:
    return any(target in _AFTER for target in use.targets)


@dataclass(slots=True)
class _CellReader:
    """Reads the cells of one row into a draft, one after the other."""

    reader: RowReader
    draft: Draft
    row: DataRow
    workbook: str
    work: _Work = field(init=False)

    @property
    def use(self) -> ColumnUse:
        return self.work.use

    def read(self, work: _Work, raw: Raw) -> None:
        self.work = work
        match work.task:
            case _Task.VALUE:
                self.take_values(raw)
            case _Task.NAME:
                self.take_name(raw)
            case _Task.PHONE:
                self.take_phone(raw)
            case _Task.TICK:
                self.take_tick(raw)
            case _Task.REMARK:
                self.take_remark(raw)
            case _:
                self.note(one_line(raw))

    def note(self, text: str) -> None:
        self.draft.notes.append(f"{self.use.name}：{text}")

    def take_remark(self, raw: Raw) -> None:
        text = text_of(raw).strip()
        self.draft.notes.append(
            text if self.use.how is not How.GIVEN else f"{self.use.name}：{text}"
        )

    def take_tick(self, raw: Raw) -> None:
        ((target, column),) = self.work.columns
        values = self.draft.of(target.ledger)
        if not cells.is_tick(raw):
            self.note(one_line(raw))
        elif values.get(target.key) not in (None, self.use.ticked):
            self.complain(column, "打了两个勾，分不清是哪一个", raw)
        else:
            values[target.key] = self.use.ticked

    def take_name(self, raw: Raw) -> None:
        found = cells.contact(raw)
        if not self.draft.name:
            self.draft.name = cells.person_name(found.rest)
        elif found.rest and found.rest != self.draft.name:
            self.note(found.rest)
        self.add_phones(found.phones)

    def take_phone(self, raw: Raw) -> None:
        found = cells.contact(raw)
        if not found.phones:
            try:
                self.add_phones((str(canonical(raw, Type.PHONE)),))
            except Unreadable as reason:
                problem = self.complain(self.work.columns[0][1], str(reason), raw)
                self.draft.bad_phone = self.draft.bad_phone or problem
            return
        self.add_phones(found.phones)
        if not self.reader.has_names and not self.draft.name and _NAME_LIKE.fullmatch(found.rest):
            self.draft.name = found.rest
        elif found.rest and found.rest != self.draft.name:
            self.note(found.rest)

    def add_phones(self, phones: tuple[str, ...]) -> None:
        known = tuple(dict.fromkeys((*self.draft.phones, *phones)))
        self.draft.phones = known[:2]
        for phone in known[2:]:
            self.note(phone)

    def take_values(self, raw: Raw) -> None:
        read: tuple[Column, Meaning | None] | None = None
        for target, column in self.work.columns:
            if read is None or (read[0].type, read[0].choices) != (column.type, column.choices):
                read = (column, self.meaning(target, column, raw))
            meaning = read[1]
            if meaning is None or meaning.value is None:
                continue
            values = self.draft.of(target.ledger)
            if target.key not in values:
                values[target.key] = meaning.value
                self.keep_beside(target, meaning)
            elif values[target.key] != meaning.value:
                self.note(one_line(raw))

    def meaning(self, target: Target, column: Column, raw: Raw) -> Meaning | None:
        """Return what the cell means in a column; None once the trouble with it is listed."""
        try:
            found = self._meaning(target, column, raw)
        except Unreadable as reason:
            self.complain(column, str(reason), raw)
            return None
        low = column.low
        if low is not None and isinstance(found.value, int | float) and found.value < low:
            self.complain(column, f"「{one_line(raw)}」太小", raw)
            return None
        return found

    def _meaning(self, target: Target, column: Column, raw: Raw) -> Meaning:
        match column.type:
            case Type.DATE:
                return cells.day(raw, self.row.year, self.earliest(target))
            case Type.MOMENT:
                return cells.when(raw, self.row.year, self.earliest(target))
            case Type.MONEY:
                return cells.amount(raw)
            case Type.NUMBER:
                scale = words.SATISFACTION.get(one_line(raw)) if column.key == "overall" else None
                return cells.count(raw) if scale is None else Meaning(scale)
            case Type.CHOICE:
                return self.choice(column, raw)
            case Type.CHOICES:
                parts = [self.choice(column, one).value for one in _SEVERAL.split(one_line(raw))]
                return Meaning(";".join(str(part) for part in parts))
            case Type.STAFF:
                self.reader.meet(one_line(raw))
                return Meaning(one_line(raw))
            case _:
                return self.text(column, raw)

    def text(self, column: Column, raw: Raw) -> Meaning:
        if column.key in _BIRTHDAYS:
            return Meaning(cells.month_and_day(raw))
        if column.key in _UPPER_CASE:
            return Meaning(half_width(text_of(raw)).strip().upper())
        value = canonical(raw, column.type)
        if isinstance(value, str):
            value = value.strip() if column.type is Type.LONG_TEXT else one_line(value)
        return Meaning(value)

    def choice(self, column: Column, raw: Raw) -> Meaning:
        text = one_line(raw)
        value = words.choice(text, column.choices, self.reader.offered(column))
        if value is None:
            raise Unreadable(f"没有「{text}」这一项")
        plain = text.casefold() in words.PLAIN_MARKS or text in value
        return Meaning(value, "" if plain else text)

    def earliest(self, target: Target) -> date | None:
        base = _AFTER.get(target)
        value = self.draft.values.get(base.ledger, {}).get(base.key) if base else None
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else None

    def keep_beside(self, target: Target, meaning: Meaning) -> None:
        """Keep a unit behind a number, and a text behind a value."""
        if meaning.note:
            self.note(meaning.note)
        if not meaning.unit or meaning.unit == "分":
            return
        ledger = "parts" if target.ledger == "stock_moves" else target.ledger
        column = self.reader.column(ledger, "unit")
        unit = None
        if column is not None:
            unit = words.choice(meaning.unit, column.choices, self.reader.offered(column))
        if unit is None:
            self.note(f"{meaning.value}{meaning.unit}")
        else:
            self.draft.of(ledger).setdefault("unit", unit)

    def complain(self, column: Column, reason: str, raw: Raw) -> Problem:
        """List a cell and keep its text."""
        self.note(one_line(raw))
        kind = Kind.UNKNOWN_CHOICE if column.type in (Type.CHOICE, Type.CHOICES) else Kind.BAD_VALUE
        problem = Problem(
            kind,
            f"{self.use.name}：{reason}",
            "这一格没有导入，原文放进了备注",
            workbook=self.workbook,
            sheet=self.draft.sheet,
            cell=address(self.row.number, self.use.heading.position),
            ledger=self.use.targets[0].ledger,
            column=column.key,
        )
        self.draft.problems.append(problem)
        return problem
