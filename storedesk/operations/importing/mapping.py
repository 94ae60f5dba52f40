"""Which foreign column goes where: to columns of the chosen ledger and of those that belong to it.

A list of customers tells of purchases and vehicles as well, so one foreign column may fill several
ledgers (车型 → 购买记录 and 车辆档案). What is not recognised goes to 备注: nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Column, Form, Forms, Level
from storedesk.domain.values import Raw, Type, Value, label_key, text_of
from storedesk.operations.importing import cells, evidence, words
from storedesk.operations.importing.layout import Heading, Layout
from storedesk.operations.importing.targets import (
    IGNORE,
    REMARK,
    ColumnMap,
    ColumnUse,
    How,
    Target,
    family,
)

_ONLY: Mapping[str, frozenset[str]] = {
    "call_attempts": frozenset({"result", "seconds", "channel"}),
    "stock_moves": frozenset({"quantity"}),
}
"""Columns a ledger takes when it is not the chosen one, where these are few."""

_TOO_GENERAL = frozenset(
    label_key(one)
    for one in ("备注", "状态", "类型", "来源", "说明", "日期", "时间", "编号", "类别")
)
"""Headings that speak of the chosen ledger only."""

_TAIL = frozenset({"created_by", "created_at", "updated_by", "updated_at"})
_PROGRESS = re.compile("情况|状态|结果|进度|是否")


class _Rank(IntEnum):
    LABEL = 0
    ALSO = 1
    WORD = 2


_HOW = {_Rank.LABEL: How.LABEL, _Rank.ALSO: How.ALSO, _Rank.WORD: How.WORD}


def known_headings(forms: Forms, ledger: str, given: Iterable[str] = ()) -> frozenset[str]:
    """Return every heading that means something in such a list, as compared."""
    names = {label_key(name) for name in given} | words.ROW_NUMBERS
    for one in family(forms, ledger):
        names |= set(_names(forms[one]))
    return frozenset(names | {label_key(name) for name in words.SATISFACTION})


def map_columns(
    layout: Layout,
    forms: Forms,
    ledger: str,
    choices: Mapping[str, tuple[str, ...]],
    given: Mapping[str, str] | None = None,
) -> ColumnMap:
    """Return what becomes of every column of a table.

    Args:
        layout: the table.
        forms: all forms.
        ledger: the chosen ledger.
        choices: values on offer by list name.
        given: a person's own decisions, heading → Chinese header, ``ledger.key``, 忽略 or 备注.

    Raises:
        Misuse: ``given`` names a column that does not exist.
    """
    mapper = _Mapper(layout, forms, ledger, choices)
    mapper.take_given(given or {})
    mapper.take_ticks()
    for one in family(forms, ledger):
        mapper.take_names(one)
    mapper.take_by_values()
    mapper.tidy()
    return ColumnMap(tuple(mapper.uses()))


def _names(form: Form) -> dict[str, tuple[_Rank, str]]:
    """Return the columns of a form by every compared heading they answer to."""
    found: dict[str, tuple[_Rank, str]] = {}
    for column in form.columns:
        if column.key in _TAIL:
            continue
        ranked = [(column.label, _Rank.LABEL), *((name, _Rank.ALSO) for name in column.also)]
        extra = words.HEADINGS.get(form.ledger, {}).get(column.key, ())
        ranked += [(name, _Rank.WORD) for name in extra]
        for name, rank in ranked:
            key = label_key(name)
            if key and (key not in found or rank < found[key][0]):
                found[key] = (rank, column.key)
    return found


@dataclass
class _Mapper:
    """Collects targets per column; earlier decisions are never taken back by later steps."""

    layout: Layout
    forms: Forms
    ledger: str
    choices: Mapping[str, tuple[str, ...]]
    _targets: dict[int, dict[str, str]] = field(default_factory=dict)
    _how: dict[int, How] = field(default_factory=dict)
    _ticked: dict[int, Value] = field(default_factory=dict)
    _samples: dict[int, list[Raw]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for heading in self.layout.headings:
            self._samples[heading.position] = evidence.sample(self.layout.rows, heading.position)

    def uses(self) -> Iterator[ColumnUse]:
        """Yield the decision about each column."""
        for heading in self.layout.headings:
            at = heading.position
            targets = tuple(Target(*one) for one in self._targets.get(at, {}).items())
            yield ColumnUse(heading, self._how.get(at, How.REMARK), targets, self._ticked.get(at))

    def take_given(self, given: Mapping[str, str]) -> None:
        """Take a person's decisions."""
        wanted = {label_key(heading): where.strip() for heading, where in given.items()}
        for heading in self.layout.headings:
            where = wanted.get(label_key(heading.text))
            if where is None:
                continue
            self._how[heading.position] = How.GIVEN
            if where == IGNORE:
                self._how[heading.position] = How.IGNORED
            elif where == REMARK:
                self._targets[heading.position] = {self.ledger: "remark"}
            else:
                self._targets[heading.position] = dict(self._named(where))

    def _named(self, where: str) -> list[tuple[str, str]]:
        """Return the columns that a person's word means, in all ledgers of the family."""
        ledger, _, key = where.partition(".")
        if key and ledger in self.forms and key in self.forms[ledger].by_key:
            return [(ledger, key)]
        found = []
        for one in family(self.forms, self.ledger):
            column = self.forms[one].by_label.get(label_key(where))
            if column is not None and column.in_workbook:
                found.append((one, column.key))
        if not found:
            label = self.forms[self.ledger].label
            raise Misuse(
                f"对照表里的「{where}」不是「{label}」导入时可用的列。可以写表头、忽略或备注。"
            )
        return found

    def take_ticks(self) -> None:
        """Take columns that hold ticks under a heading which is the value itself."""
        for heading in self.layout.headings:
            values = self._samples[heading.position]
            if heading.position in self._how or not all(cells.is_tick(value) for value in values):
                continue
            found = self._tick(heading.text, empty=not values)
            if found is not None:
                ledger, key, value = found
                self._targets[heading.position] = {ledger: key}
                self._ticked[heading.position] = value
                self._how[heading.position] = How.TICK if values else How.EMPTY

    def _tick(self, text: str, *, empty: bool) -> tuple[str, str, Value] | None:
        if self.ledger == "followups":
            if text in words.SATISFACTION:
                return ("followups", "overall", words.SATISFACTION[text])
            result = self.forms["call_attempts"]["result"].choices
            value = words.choice(text, result, self.choices.get(result, ())) if text else None
            if value and self.choices.get(result) and not empty:
                return ("call_attempts", "result", value)
        for column in self.forms[self.ledger].columns:
            kinds = (Type.CHOICE, Type.CHOICES)
            if column.type in kinds and text in self.choices.get(column.choices, ()) and not empty:
                return (self.ledger, column.key, text)
        return None

    def take_names(self, ledger: str) -> None:
        """Take what the headings say, for one ledger: better names first, then further left."""
        form = self.forms[ledger]
        names = _names(form)
        ranked = sorted(
            (rank, heading.position, key, heading)
            for heading in self.layout.headings
            for rank, key in self._readings(heading, ledger, names)
        )
        taken = {found[ledger] for found in self._targets.values() if ledger in found}
        for rank, position, key, heading in ranked:
            done = ledger in self._targets.get(position, {}) or position in self._ticked
            if done or self._how.get(position) in (How.GIVEN, How.IGNORED):
                continue
            free = "alt_phone" if key == "phone" and key in taken and ledger == "customers" else key
            if free in taken or not self._fits(form[free], ledger, rank, heading):
                continue
            taken.add(free)
            self._targets.setdefault(position, {})[ledger] = free
            self._how.setdefault(position, _HOW[rank])

    def _readings(
        self, heading: Heading, ledger: str, names: Mapping[str, tuple[_Rank, str]]
    ) -> Iterator[tuple[_Rank, str]]:
        """Yield what a heading may mean in a ledger: with the group above it, alone, shortened."""
        plain = label_key(heading.text)
        texts = [(label_key(heading.group + heading.text), _Rank.LABEL)] if heading.group else []
        if ledger == self.ledger or plain not in _TOO_GENERAL:
            texts += [(plain, _Rank.LABEL), (_shortened(plain), _Rank.WORD)]
        for text, least in texts:
            if text in names:
                rank, key = names[text]
                yield max(rank, least), key
                return

    def _fits(self, column: Column, ledger: str, rank: _Rank, heading: Heading) -> bool:
        """Whether a column may be taken, and the values do not speak against it."""
        if ledger != self.ledger and column.key not in _ONLY.get(ledger, {column.key}):
            return False
        opening = ledger == "parts" and column.key in words.OPENING_STOCK_KEYS
        if column.level is Level.LIVE and not opening:
            return False
        values = self._samples[heading.position]
        if (column.key == "id" and ledger != "parts") or column.type is Type.RECORD:
            prefix = self.forms[column.links or ledger].prefix
            return evidence.share(values, lambda raw: text_of(raw).startswith(f"{prefix}-"))
        if rank < _Rank.WORD or not values:
            return True
        return evidence.share(values, evidence.reader(column, self.choices))

    def take_by_values(self) -> None:
        """Take columns by their content: phones under an odd heading, progress of a complaint."""
        if self._lacks("customers", "phone"):
            for heading in self._open_headings():
                values = self._samples[heading.position]
                if evidence.share(values, lambda raw: bool(cells.contact(raw).phones)):
                    self._targets[heading.position] = self._with_copies("phone")
                    self._how[heading.position] = How.VALUES
                    break
        status = self.forms[self.ledger].by_key.get("status")
        if status is not None and status.choices and self._lacks(self.ledger, "status"):
            self._take_progress(status)

    def _take_progress(self, status: Column) -> None:
        offered = self.choices.get(status.choices, ())
        for heading in self.layout.headings:
            at = heading.position
            key = self._targets.get(at, {}).get(self.ledger)
            text_column = key is None or self.forms[self.ledger][key].type is Type.LONG_TEXT
            values = [text_of(raw) for raw in self._samples[at]]
            means = [words.choice(value, status.choices, offered) for value in values]
            if _PROGRESS.search(heading.text) and text_column and values and all(means) and offered:
                self._targets.setdefault(at, {})[self.ledger] = status.key
                self._how[at] = How.VALUES
                return

    def _with_copies(self, key: str) -> dict[str, str]:
        """Return a customer's column in every ledger of the family that copies it."""
        return {
            one: key
            for one in family(self.forms, self.ledger)
            if key in self.forms[one].by_key and one not in _ONLY
        }

    def _lacks(self, ledger: str, key: str) -> bool:
        return ledger in family(self.forms, self.ledger) and not any(
            found.get(ledger) == key for found in self._targets.values()
        )

    def _open_headings(self) -> list[Heading]:
        return [
            heading
            for heading in self.layout.headings
            if heading.position not in self._how and self._samples[heading.position]
        ]

    def tidy(self) -> None:
        """Settle what only the whole shows: doubled meanings, row numbers, empty columns."""
        keys = {found.get("vehicles") for found in self._targets.values()}
        cars = self.ledger == "vehicles" or bool(keys & {"vin", "plate"})
        for found in self._targets.values():
            self._settle(found, cars=cars)
        for heading in self.layout.headings:
            at = heading.position
            if self._targets.get(at) or self._how.get(at) is How.IGNORED:
                continue
            self._how.pop(at, None)
            if not self._samples[at]:
                self._how[at] = How.EMPTY
            elif label_key(heading.text) in words.ROW_NUMBERS or heading.text in ("№", "#"):
                self._how[at] = How.ROW_NUMBER

    def _settle(self, found: dict[str, str], *, cars: bool) -> None:
        """Take back what one column cannot mean beside its other meanings."""
        if found.get("customers") == "name" and self.ledger == "customers":
            for ledger in ("purchases", "vehicles"):  # theirs are copies of the customer's
                if found.get(ledger) == "customer_name":
                    del found[ledger]
        if not cars:
            found.pop("vehicles", None)
        if found.get("parts") in words.OPENING_STOCK_KEYS:
            del found["parts"]
            found["stock_moves"] = "quantity"
        if found.get("call_attempts") == "result" and found.get("followups") == "outcome":
            del found["followups"]


def _shortened(heading: str) -> str:
    """Return a compared heading without the words that say nothing: 客户联系电话号码 → 联系电话."""
    text = heading
    for beginning in words.HARMLESS_BEGINNINGS:
        if len(text) > len(beginning) + 1:
            text = text.removeprefix(beginning)
    for ending in words.HARMLESS_ENDINGS:
        if len(text) > len(ending) + 1:
            text = text.removesuffix(ending)
    return text
