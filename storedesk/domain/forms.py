"""Forms: what is recorded. One form per ledger sheet, one column per field.

A form is read from ``forms/<ledger>.toml`` by ``resources`` and built here from the plain table,
so that this floor opens no file. Code reads columns only through the views in ``domain.ledgers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from storedesk.domain.plain_tables import BadForm, number, only, tables, text, texts
from storedesk.domain.values import Type, label_key

__all__ = ["FLUSH_ORDER", "BadForm", "Column", "Form", "Forms", "Level", "form_from_table"]


class Level(Enum):
    """How much a column asks of people."""

    QUICK = "quick"
    """Asked at first entry; at most 8 per ledger."""
    FULL = "full"
    """In a folded section."""
    AUTO = "auto"
    """Set by the program, never typed; in the workbook."""
    LIVE = "live"
    """Computed on read and shown; not in the workbook (decision 9)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form.

    Attributes:
        key: English name used in code and in the mirror.
        label: Chinese header in the workbook and label on screen.
        also: further headers recognised as this column (older names, other shops' names).
        type: see ``values.Type``.
        required: without it the record is incomplete (listed, never refused unless in ``needs``).
        unique: two records with the same value are worth a hint.
        pattern: regular expression the whole text must match.
        low, high: bounds of a number (TOML keys ``min`` and ``max``).
        choices: name of a choice list in 门店设置.xlsx; empty if free.
        default: value of a new record, as typed; ``now``, ``today`` and ``me`` are understood.
        hint: one line shown beside the field.
        width: width of the workbook column in characters; 0 = by type.
        paper: width share on printed forms; 0 = not printed.
        links: ledger key a ``record`` column points to.
        level: see ``Level``.
        section: Chinese title of the block it stands in.
        profiles: profiles that show it; empty = all. In others it is folded away.
    """

    key: str
    label: str
    type: Type = Type.TEXT
    also: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    pattern: str = ""
    low: float | None = None
    high: float | None = None
    choices: str = ""
    default: str = ""
    hint: str = ""
    width: int = 0
    paper: float = 0
    links: str = ""
    level: Level = Level.FULL
    section: str = ""
    profiles: tuple[str, ...] = ()

    @property
    def in_workbook(self) -> bool:
        """Whether the column stands in the workbook (live columns are computed instead)."""
        return self.level is not Level.LIVE

    def names(self) -> tuple[str, ...]:
        """Return every header this column answers to, the label first."""
        return (self.label, *self.also)


@dataclass(frozen=True)
class Form:
    """One ledger sheet.

    Attributes:
        ledger: key such as ``customers``.
        label: Chinese name of the ledger and default sheet name.
        workbook: file name such as ``客户档案.xlsx``.
        prefix: prefix of its ids, such as ``KH``.
        columns: in workbook order; the first is the id column ``id``.
        needs: keys without which a record is meaningless and a save is refused. A key written
            ``a|b`` is satisfied by either.
        title: key of the column that names a record to people.
        search: keys found by 找客户.
        tip: one line telling people what the sheet is for.
        append_only: rows are added, never changed (logs).
    """

    ledger: str
    label: str
    workbook: str
    prefix: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...] = ()
    title: str = ""
    search: tuple[str, ...] = ()
    tip: str = ""
    append_only: bool = False
    also: tuple[str, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Columns by key."""
        return {column.key: column for column in self.columns}

    @cached_property
    def by_label(self) -> Mapping[str, Column]:
        """Columns by compared header; an exact label beats an ``also`` (decision 6)."""
        found: dict[str, Column] = {}
        for column in self.columns:
            for name in column.also:
                found.setdefault(label_key(name), column)
        found.update({label_key(column.label): column for column in self.columns})
        return found

    @property
    def id_column(self) -> Column:
        """The ledger's first column."""
        return self.columns[0]

    def in_workbook(self) -> tuple[Column, ...]:
        """Return the columns that stand in the workbook, in order."""
        return self._in_workbook

    @cached_property
    def _in_workbook(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.in_workbook)

    def __getitem__(self, key: str) -> Column:
        return self.by_key[key]

    def __hash__(self) -> int:
        return hash(self.ledger)


@dataclass(frozen=True)
class Forms:
    """All forms of a desk, by ledger key, in flush order of their workbooks (decision 15)."""

    forms: Mapping[str, Form] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Form]:
        return iter(self.forms.values())

    def __getitem__(self, ledger: str) -> Form:
        return self.forms[ledger]

    def __contains__(self, ledger: object) -> bool:
        return ledger in self.forms

    def named(self, name: str) -> Form | None:
        """Return the form whose key, Chinese name or other name this is, or None."""
        if name in self.forms:
            return self.forms[name]
        wanted = label_key(name)
        return next((f for f in self if wanted in {label_key(n) for n in (f.label, *f.also)}), None)

    def of_workbook(self, workbook: str) -> tuple[Form, ...]:
        """Return the forms whose sheets stand in this workbook, in order."""
        return tuple(form for form in self if form.workbook == workbook)

    def workbooks(self) -> tuple[str, ...]:
        """Return the workbook names in flush order: settings first, then what others refer to."""
        present = dict.fromkeys(form.workbook for form in self)
        return tuple(name for name in FLUSH_ORDER if name in present) + tuple(
            name for name in present if name not in FLUSH_ORDER
        )

    def by_prefix(self, record_id: str) -> Form | None:
        """Return the form that mints ids with this id's prefix, or None."""
        prefix = record_id.split("-", 1)[0]
        return next((form for form in self if prefix and form.prefix == prefix), None)


FLUSH_ORDER = (
    "门店设置.xlsx",
    "客户档案.xlsx",
    "配件台账.xlsx",
    "客诉台账.xlsx",
    "回访台账.xlsx",
    "服务管理.xlsx",
)
"""Decision 15: references arrive before what refers to them."""

_COLUMN_KEYS = frozenset(
    [
        "key",
        "label",
        "also",
        "type",
        "required",
        "unique",
        "pattern",
        "min",
        "max",
        "choices",
        "default",
        "hint",
        "width",
        "paper",
        "links",
        "level",
        "profiles",
    ]
)
_FORM_KEYS = frozenset(
    [
        "ledger",
        "label",
        "also",
        "workbook",
        "prefix",
        "needs",
        "title",
        "search",
        "tip",
        "append_only",
        "section",
    ]
)


def form_from_table(table: Mapping[str, object], source: str) -> Form:
    """Build a form from a parsed TOML table.

    Args:
        table: top-level keys of the file; ``section`` is a list of blocks, each with ``title``
            and a list ``column``.
        source: file name, for messages.

    Raises:
        BadForm: an unknown key, a missing one, or a value out of its set.
    """
    only(table, _FORM_KEYS, source)
    columns: list[Column] = []
    for block in tables(table.get("section", ()), source):
        only(block, frozenset({"title", "column"}), source)
        title = str(block.get("title", ""))
        columns += [
            _column(entry, title, f"{source} [{title}]")
            for entry in tables(block.get("column", ()), source)
        ]
    form = Form(
        ledger=text(table, "ledger", source),
        label=text(table, "label", source),
        workbook=text(table, "workbook", source),
        prefix=text(table, "prefix", source),
        columns=tuple(columns),
        needs=texts(table, "needs", source),
        title=str(table.get("title", "")),
        search=texts(table, "search", source),
        tip=str(table.get("tip", "")),
        append_only=table.get("append_only") is True,
        also=texts(table, "also", source),
    )
    _check(form, source)
    return form


def _check(form: Form, source: str) -> None:
    keys = [column.key for column in form.columns]
    if not keys or keys[0] != "id":
        raise BadForm(f"{source}: the first column must have the key 'id'")
    twice = {key for key in keys if keys.count(key) > 1}
    labels = [label_key(column.label) for column in form.columns]
    twice |= {label for label in labels if labels.count(label) > 1}
    if twice:
        raise BadForm(f"{source}: used twice: {', '.join(sorted(twice))}")
    named = {part for need in form.needs for part in need.split("|")}
    named |= {*form.search, form.title} - {""}
    unknown = named - set(keys)
    if unknown:
        raise BadForm(f"{source}: no such column: {', '.join(sorted(unknown))}")


def _column(entry: Mapping[str, object], section: str, source: str) -> Column:
    only(entry, _COLUMN_KEYS, source)
    key = text(entry, "key", source)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
        raise BadForm(f"{source}: key {key!r} is not a plain lower-case name")
    try:
        kind = Type(str(entry.get("type", "text")))
        level = Level(str(entry.get("level", "full")))
        re.compile(str(entry.get("pattern", "")))
    except (ValueError, re.error) as error:
        raise BadForm(f"{source} {key}: {error}") from None
    return Column(
        key=key,
        label=text(entry, "label", source),
        type=kind,
        also=texts(entry, "also", source),
        required=entry.get("required") is True,
        unique=entry.get("unique") is True,
        pattern=str(entry.get("pattern", "")),
        low=number(entry, "min"),
        high=number(entry, "max"),
        choices=str(entry.get("choices", "")),
        default=str(entry.get("default", "")),
        hint=str(entry.get("hint", "")),
        width=int(number(entry, "width") or 0),
        paper=number(entry, "paper") or 0,
        links=str(entry.get("links", "")),
        level=level,
        section=section,
        profiles=texts(entry, "profiles", source),
    )
