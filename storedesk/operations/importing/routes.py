"""Where each column of a foreign list goes: one or several columns of the ledgers, or 备注.

A list of customers usually holds what they bought, and a dealer's list their cars: the columns of a
row are shared out over the ledgers of a family. Nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Form, Forms, Level
from storedesk.domain.values import label_key
from storedesk.operations.importing.layout import Heading

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "customers": ("customers", "purchases", "vehicles"),
    "purchases": ("customers", "purchases", "vehicles"),
    "vehicles": ("customers", "purchases", "vehicles"),
    "complaints": ("customers", "complaints"),
    "visits": ("customers", "visits"),
    "issues": ("customers", "issues"),
}
"""Ledgers a row of a list is shared out over, the one it belongs to first."""

IGNORE = "忽略"
_NUMBERING = frozenset(label_key(text) for text in ("序号", "序", "NO.", "编号", "行号"))
_TAIL = frozenset({"remark", "created_by", "created_at", "updated_by", "updated_at"})


@dataclass(frozen=True, slots=True)
class Target:
    """A column of a ledger."""

    ledger: str
    key: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where one foreign column goes; no targets: into 备注, or left out if it only numbers rows."""

    heading: Heading
    targets: tuple[Target, ...] = ()
    left_out: bool = False

    @property
    def name(self) -> str:
        """The foreign heading, or the letter-less place of a column without one."""
        return self.heading.text or f"第 {self.heading.position} 列"


def routes(
    headings: Sequence[Heading],
    forms: Forms,
    ledger: str,
    *,
    hidden: Sequence[str] = (),
    mapping: Mapping[str, str] | None = None,
) -> tuple[Route, ...]:
    """Return where each column goes.

    Args:
        headings: of the foreign table.
        forms: all forms.
        ledger: what the list is a list of.
        hidden: ledgers this store does not have.
        mapping: foreign heading → 表头, ``ledger.key`` or 忽略; wins over what is recognised.

    Raises:
        Misuse: the mapping names a heading or column that does not exist.
    """
    family = [forms[one] for one in FAMILIES.get(ledger, (ledger,)) if one not in hidden]
    told = {label_key(name): meant for name, meant in (mapping or {}).items()}
    unknown = set(told) - {label_key(heading.text) for heading in headings}
    if unknown:
        names = "、".join(name for name in (mapping or {}) if label_key(name) in unknown)
        raise Misuse(f"列的对应关系里写了「{names}」，名单里没有这一列。")
    taken: set[Target] = set()
    found = []
    for heading in headings:
        meant = told.get(label_key(heading.text))
        route = (
            _told_route(heading, family, meant) if meant else _recognised(heading, family, taken)
        )
        taken.update(route.targets)
        found.append(route)
    return tuple(found)


def described(route: Route, forms: Forms) -> str:
    """Return in words where a column goes."""
    if route.left_out:
        return "只是序号，没有导入"
    if not route.targets:
        return "没认出，已放进备注"
    return "、".join(
        f"{forms[target.ledger].label}·{forms[target.ledger][target.key].label}"
        for target in route.targets
    )


def _told_route(heading: Heading, family: Sequence[Form], meant: str) -> Route:
    if meant == IGNORE:
        return Route(heading, left_out=True)
    ledger, _, key = meant.partition(".")
    for form in family:
        if form.ledger == ledger and key in form.by_key:
            return Route(heading, (Target(ledger, key),))
        column = form.by_label.get(label_key(meant))
        if column is not None:
            return Route(heading, (Target(form.ledger, column.key),))
    raise Misuse(f"列的对应关系里，「{heading.text}」写成「{meant}」，没有这样一列。")


def _recognised(heading: Heading, family: Sequence[Form], taken: set[Target]) -> Route:
    key = label_key(heading.text)
    if key in _NUMBERING:
        return Route(heading, left_out=True)
    targets = [
        target
        for form in family
        if (target := _target(form, key, first=form is family[0])) and target not in taken
    ]
    return Route(heading, tuple(targets))


def _target(form: Form, key: str, *, first: bool) -> Target | None:
    """Return the column a heading means in a form, if it may be filled from a list."""
    column = form.by_label.get(key)
    if column is None or not column.in_workbook or column.key == "id":
        return None
    if not first and column.key in {"customer", "customer_name", "phone", "contact", *_TAIL}:
        # Taken over from the customer the row is about.
        return None
    if column.level is Level.AUTO and column.key in _TAIL:
        return None
    return Target(form.ledger, column.key)
