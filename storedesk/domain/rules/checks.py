"""Checks of one record about to be saved.

Refused is only what would make the record meaningless (design.md §4); everything else is listed
and saved. Values are canonical already: what means nothing in its column was refused at entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from storedesk.domain.forms import Column, Form
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.settings import Settings
from storedesk.domain.values import Type, Value, shown

_SUGGESTIONS = 3
_UNSATISFIED = 2
LONGEST_TEXT = 32_767
"""Excel's limit of a cell."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking found: ``refusals`` stop the save, ``remarks`` are listed beside it."""

    refusals: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A record about to be saved.

    Attributes:
        values: the whole record as it would be.
        changed: keys this save changes; only they are remarked upon.
    """

    form: Form
    values: Mapping[str, Value]
    settings: Settings
    changed: frozenset[str]

    def text(self, key: str) -> str:
        """Return a text value, or an empty string."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    @cached_property
    def changed_columns(self) -> tuple[tuple[Column, Value], ...]:
        """The filled columns this save changes, in the order of the form."""
        return tuple(
            (column, value)
            for column in self.form.columns
            if column.key in self.changed and (value := self.values.get(column.key)) is not None
        )

    def remark(self, kind: Kind, what: str, hint: str = "", column: str = "") -> Problem:
        """Return a problem of this record."""
        return Problem(kind, what, hint, ledger=self.form.ledger, column=column)


def check(
    form: Form,
    values: Mapping[str, Value],
    settings: Settings,
    *,
    changed: frozenset[str] | None = None,
) -> Verdict:
    """Check one record.

    Args:
        form: its form.
        values: the whole record as it would be saved, canonical, by column key.
        settings: the store's settings.
        changed: keys the save changes; None (or every filled key) means a new record. An old
            record that already lacks something may be changed elsewhere without being refused.
    """
    keys = frozenset(key for key, value in values.items() if value is not None)
    if changed is None or keys <= changed:
        changed = keys | frozenset(part for need in form.needs for part in need.split("|"))
    entry = Entry(form, values, settings, changed)
    remarks = tuple(problem for one in CHECKS for problem in one(entry))
    return Verdict((*needs(entry), *too_long(entry)), remarks)


def needs(entry: Entry) -> Iterator[Problem]:
    """Yield what the record is meaningless without."""
    for need in entry.form.needs:
        keys = need.split("|")
        if any(entry.values.get(key) is not None for key in keys):
            continue
        if entry.changed.isdisjoint(keys):
            continue
        labels = [f"「{entry.form[key].label}」" for key in keys]
        what = f"{labels[0]}没有填" if len(labels) == 1 else f"{''.join(labels)}都没有填"
        hint = f"「{entry.form.label}」至少要有它" if len(labels) == 1 else "至少填一个"
        yield entry.remark(Kind.MISSING_VALUE, what, hint, keys[0])


def too_long(entry: Entry) -> Iterator[Problem]:
    """Yield texts that no cell can hold; one would keep its whole workbook from being written."""
    for column, value in entry.changed_columns:
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            what = f"{column.label}有 {len(value)} 个字，一格最多写 {LONGEST_TEXT} 个"
            yield entry.remark(Kind.BAD_VALUE, what, "请分开写，或放进附件", column.key)


def incomplete(form: Form, values: Mapping[str, Value]) -> tuple[Column, ...]:
    """Return the required columns that are empty, which lower a record's completeness."""
    return tuple(
        column for column in form.columns if column.required and values.get(column.key) is None
    )


# --- cells ------------------------------------------------------------------------------------


def patterns(entry: Entry) -> Iterator[Problem]:
    """Yield texts that do not have the shape their column asks for."""
    for column, value in entry.changed_columns:
        if column.pattern and not re.fullmatch(column.pattern, shown(value, column.type)):
            what = f"{column.label}「{shown(value, column.type)}」的写法不对"
            yield entry.remark(Kind.BAD_VALUE, what, column.hint, column.key)


def bounds(entry: Entry) -> Iterator[Problem]:
    """Yield numbers outside the bounds of their column."""
    for column, value in entry.changed_columns:
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        low, high = column.low, column.high
        if (low is None or value >= low) and (high is None or value <= high):
            continue
        limits = [f"不小于 {low:g}"] if low is not None else []
        limits += [f"不大于 {high:g}"] if high is not None else []
        what = f"{column.label} {shown(value, column.type)} 超出了范围"
        yield entry.remark(Kind.BAD_VALUE, what, f"应{'、'.join(limits)}", column.key)


def choices(entry: Entry) -> Iterator[Problem]:
    """Yield values that are not in their choice list."""
    for column, value in entry.changed_columns:
        if column.choices and isinstance(value, str):
            yield from _unknown_choices(column, value, entry)


def _unknown_choices(column: Column, value: str, entry: Entry) -> Iterator[Problem]:
    problem = unknown_choice(column, value, entry.settings)
    if problem:
        yield entry.remark(problem.kind, problem.what, problem.hint, column.key)


def unknown_choice(column: Column, value: str, settings: Settings) -> Problem | None:
    """Return what is wrong with a value of a column with a choice list, or None."""
    parts = value.split(";") if column.type is Type.CHOICES else [value]
    unknown = [part for part in parts if not settings.knows_choice(column.choices, part)]
    if not unknown:
        return None
    what = f"「{'、'.join(unknown)}」不在「{column.choices}」的选项里"
    offered = settings.choices[column.choices]
    hint = _did_you_mean(unknown[0], offered) or f"可选：{'、'.join(offered[:8])}"
    return Problem(Kind.UNKNOWN_CHOICE, what, hint, column=column.key)


def staff(entry: Entry) -> Iterator[Problem]:
    """Yield names of staff that nobody, or more than one person, bears."""
    for column, value in entry.changed_columns:
        if column.type is not Type.STAFF or not isinstance(value, str) or not entry.settings.staff:
            continue
        people = entry.settings.staff_named(value)
        if not people:
            problem = unknown_staff(value, entry.settings)
        elif len(people) > 1:
            problem = ambiguous_staff(value, len(people))
        else:
            continue
        yield entry.remark(
            problem.kind, f"{column.label}：{problem.what}", problem.hint, column.key
        )


def unknown_staff(name: str, settings: Settings) -> Problem:
    """Return the problem of a name that is not in 员工."""
    names = tuple(person.name for person in settings.active_staff())
    hint = _did_you_mean(name, names) or "请填《门店设置》「员工」里的姓名，或先把这个人加进去"
    return Problem(Kind.UNKNOWN_STAFF, f"员工「{name}」不在员工名单里", hint)


def ambiguous_staff(name: str, count: int) -> Problem:
    """Return the problem of a name that several people bear."""
    hint = "请在《门店设置》「员工」里把姓名改成能分清的，比如加上岗位"
    return Problem(Kind.UNKNOWN_STAFF, f"员工里有 {count} 个「{name}」，分不清是谁", hint)


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    shared = {one: len(set(one) & set(word)) for one in known}
    near = [one for one in sorted(known, key=lambda one: -shared[one]) if shared[one]]
    return f"是不是：{'、'.join(near[:_SUGGESTIONS])}" if near else ""


# --- several cells together ---------------------------------------------------------------------

ORDERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "purchases": (("delivered_on", "accepted_on"), ("delivered_on", "returned_on")),
    "vehicles": (("delivered_on", "first_service_on"),),
    "visits": (
        ("accepted_at", "appointed_from"),
        ("appointed_from", "appointed_to"),
        ("departed_at", "arrived_at"),
        ("arrived_at", "finished_at"),
        ("accepted_at", "finished_at"),
        ("entered_shop_at", "left_shop_at"),
    ),
    "inbound": (("called_at", "callback_at"),),
    "complaints": (
        ("received_at", "responded_at"),
        ("received_at", "answered_at"),
        ("received_at", "closed_at"),
    ),
    "followups": (("from_on", "due_on"), ("due_on", "last_on"), ("trigger_on", "done_at")),
    "issues": (("raised_at", "acted_at"), ("raised_at", "answered_at")),
    "staff": (("hired_on", "left_on"),),
}
"""Pairs of dates or moments by ledger, the earlier one first."""


def orders(entry: Entry) -> Iterator[Problem]:
    """Yield dates that stand in the wrong order."""
    for first, then in ORDERS.get(entry.form.ledger, ()):
        begin, end = entry.values.get(first), entry.values.get(then)
        if entry.changed.isdisjoint((first, then)) or not _is_later(begin, end):
            continue
        one, other = entry.form[first], entry.form[then]
        what = f"{other.label} {shown(end, other.type)} 早于{one.label} {shown(begin, one.type)}"
        yield entry.remark(Kind.BAD_VALUE, what, "请看一下哪个日期填错了", then)


def _is_later(begin: Value, end: Value) -> bool:
    if isinstance(begin, datetime) and isinstance(end, datetime):
        return begin > end
    if isinstance(begin, date) and isinstance(end, date):
        return _day(begin) > _day(end)
    return False


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def delivered_without_a_day(entry: Entry) -> Iterator[Problem]:
    """Yield deliveries and finished jobs without their day: no call would come of them."""
    state = (entry.form.ledger, entry.text("status"))
    if state not in _DAY_OF_STATE or "status" not in entry.changed:
        return
    keys = _DAY_OF_STATE[state]
    if all(entry.values.get(key) is None for key in keys):
        label = entry.form[keys[0]].label
        what = f"状态是「{state[1]}」，但没有填{label}，不会安排回访"
        yield entry.remark(Kind.MISSING_VALUE, what, f"请补上{label}", keys[0])


_DAY_OF_STATE = {
    ("purchases", "已交付"): ("delivered_on", "accepted_on"),
    ("visits", "已完成"): ("finished_at", "left_shop_at"),
}


def own_customer(entry: Entry) -> Iterator[Problem]:
    """Yield follow-ups called by who sold or repaired: warned and printed, never refused."""
    if entry.form.ledger != "followups" or "caller" not in entry.changed:
        return
    caller = entry.text("caller")
    if caller and caller in (entry.text("sales_owner"), entry.text("worker")):
        what = f"回访人{caller}就是这单的经手人"
        yield entry.remark(Kind.RULE, what, "最好换一个人打", "caller")


def low_score_without_reason(entry: Entry) -> Iterator[Problem]:
    """Yield low scores without the customer's words (domain.md §7)."""
    if entry.form.ledger != "followups" or entry.changed.isdisjoint({"overall", "solved"}):
        return
    overall = entry.values.get("overall")
    low = isinstance(overall, int | float) and 0 < overall <= _UNSATISFIED
    if (low or entry.values.get("solved") is False) and not entry.text("opinion"):
        what = "客户不满意或还有问题没解决，但没有写原话"
        yield entry.remark(Kind.MISSING_VALUE, what, "请记下客户说了什么", "opinion")


CHECKS: tuple[Callable[[Entry], Iterator[Problem]], ...] = (
    patterns,
    bounds,
    choices,
    staff,
    orders,
    delivered_without_a_day,
    own_customer,
    low_score_without_reason,
)
"""Everything that is remarked upon; a new check is a function and its name here."""
