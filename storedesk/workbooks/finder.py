"""Which sheet is which ledger: found by its headers, not by its name (decision 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storedesk.domain.forms import Column, Form
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.values import label_key
from storedesk.workbooks.addresses import cell
from storedesk.workbooks.heads import OPTIONS_SHEET, SheetHead
from storedesk.workbooks.parts import Worksheet

__all__ = ["OPTIONS_SHEET", "Place", "find_places"]

_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger stands in a workbook.

    Attributes:
        columns: position by column key.
        extras: position by header of people's own columns (and of doubled ones).
        doubled: positions of further columns whose header means an already found column.
    """

    form: Form
    sheet: Worksheet
    header_row: int
    columns: Mapping[str, int]
    extras: Mapping[str, int] = field(default_factory=dict)
    doubled: Mapping[int, Column] = field(default_factory=dict)

    @property
    def weight(self) -> tuple[float, bool]:
        """How well the sheet fits: headers shared among all headers of both, then its name."""
        shared = len(self.columns)
        either = len(self.form.in_workbook()) + len(self.extras)
        named = label_key(self.sheet.name) == label_key(self.form.label)
        return shared / max(either, 1), named


def find_places(
    heads: Sequence[SheetHead], forms: Sequence[Form], workbook: str
) -> tuple[dict[str, Place], tuple[Problem, ...]]:
    """Return the place of every ledger that was found, by ledger key, and what is amiss.

    A sheet serves one form; where several would do, the better fit wins. A sheet without its id
    column is named as a problem and left out: its rows could not be told apart.
    """
    chosen = recognise(heads, forms)
    problems: list[Problem] = []
    for form in forms:
        problems += _problems(form, chosen.get(form.ledger), workbook)
    usable = {
        form.ledger: chosen[form.ledger]
        for form in forms
        if form.ledger in chosen and form.id_column.key in chosen[form.ledger].columns
    }
    return usable, tuple(problems)


def recognise(heads: Sequence[SheetHead], forms: Sequence[Form]) -> dict[str, Place]:
    """Return the place of every ledger whose headers were found, be it without its id column."""
    candidates = [
        place
        for form in forms
        for head in heads
        if head.sheet.name != OPTIONS_SHEET and (place := _best_row(form, head))
    ]
    candidates.sort(key=lambda place: place.weight, reverse=True)
    chosen: dict[str, Place] = {}
    taken: set[str] = set()
    for place in candidates:
        if place.form.ledger not in chosen and place.sheet.part not in taken:
            chosen[place.form.ledger] = place
            taken.add(place.sheet.part)
    return chosen


def _best_row(form: Form, head: SheetHead) -> Place | None:
    """Return the place with the row that holds most of the form's headers, if they suffice."""
    rows = [_matched(form, head.sheet, number, texts) for number, texts in head.rows.items()]
    best = max(rows, key=lambda place: (len(place.columns), -place.header_row), default=None)
    return best if best and _suffices(best) else None


def _suffices(place: Place) -> bool:
    """Whether the headers are enough to say that this sheet is that ledger."""
    form = place.form
    found, all_columns = len(place.columns), len(form.in_workbook())
    if found < min(_ENOUGH, all_columns):
        return False
    return form.id_column.key in place.columns or found * 2 >= all_columns or place.weight[1]


def _matched(form: Form, sheet: Worksheet, row: int, texts: Mapping[int, str]) -> Place:
    """Return what a row's texts mean as headers: exact labels first, then other names."""
    meant = {at: form.by_label.get(label_key(text)) for at, text in sorted(texts.items())}
    known = {at: column for at, column in meant.items() if column and column.in_workbook}
    columns: dict[str, int] = {}
    for exact in (True, False):
        for at, column in known.items():
            if exact == (label_key(texts[at]) == label_key(column.label)):
                columns.setdefault(column.key, at)
    doubled = {at: column for at, column in known.items() if columns[column.key] != at}
    extras: dict[str, int] = {}
    for at, text in sorted(texts.items()):
        if at not in known or at in doubled:
            extras[_unused(text, extras)] = at
    return Place(form, sheet, row, columns, extras, doubled)


def _unused(name: str, taken: Mapping[str, int]) -> str:
    """Return the name, numbered if it is taken."""
    number = 2
    unused = name
    while unused in taken:
        unused = f"{name} {number}"
        number += 1
    return unused


def _problems(form: Form, place: Place | None, workbook: str) -> list[Problem]:
    if place is None:
        what = f"没有找到「{form.label}」的工作表"
        hint = f"请检查表头：至少要有「{form.id_column.label}」和几列原来的表头"
        return [Problem(Kind.MISSING_SHEET, what, hint, workbook, ledger=form.ledger)]
    return _missing(place, workbook) + [
        Problem(
            Kind.DUPLICATE_COLUMN,
            f"有两列都是「{column.label}」，只认{_which(place, column)}那一列",
            "请把多余的一列改名或删去",
            workbook,
            place.sheet.name,
            cell(at, place.header_row),
            form.ledger,
            column=column.key,
        )
        for at, column in place.doubled.items()
    ]


def _which(place: Place, column: Column) -> str:
    return f" {cell(place.columns[column.key], place.header_row)} "


def _missing(place: Place, workbook: str) -> list[Problem]:
    """Return one problem that names all columns that are not there."""
    gone = [column for column in place.form.in_workbook() if column.key not in place.columns]
    if not gone:
        return []
    if gone[0] is place.form.id_column:
        gone = gone[:1]
        what, hint = f"少了编号列「{gone[0].label}」，这张表没有读取", "请在表头加回这一列"
    else:
        names = "、".join(f"「{column.label}」" for column in gone)
        what, hint = f"少了{names}", "这些内容没有地方写；需要时请在表头加回去"
    only = gone[0].key if len(gone) == 1 else ""
    return [
        Problem(
            Kind.MISSING_COLUMN,
            what,
            hint,
            workbook,
            place.sheet.name,
            ledger=place.form.ledger,
            column=only,
        )
    ]
