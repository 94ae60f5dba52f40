"""Planning an import: rows of foreign tables in, new and changed records out. Nothing is written.

Data in, data out: the tables were read by ``workbooks``, the store's records come through a
``Find``; ``operations.imports`` turns the plan into one operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storedesk.domain.problems import Kind, Problem
from storedesk.operations.importing import people
from storedesk.operations.importing.deals import DealPlacer
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.known import Find, Known
from storedesk.operations.importing.matters import FollowUpPlacer, MatterPlacer
from storedesk.operations.importing.places import Place, Placer
from storedesk.operations.importing.plan import (
    DuplicateHint,
    Fate,
    ImportPlan,
    PlannedRecord,
    RowResult,
)
from storedesk.operations.importing.reading import ForeignList, Task, read_tables
from storedesk.operations.importing.tables import Table, address
from storedesk.operations.importing.targets import family
from storedesk.operations.importing.things import PartPlacer, PlainPlacer


def plan_import(tables: Sequence[Table], task: Task, find: Find) -> ImportPlan:
    """Return what importing these tables would do.

    Args:
        tables: sheets of the foreign file, in order.
        task: what to import, and into what.
        find: the store's records.

    Raises:
        Misuse: the mapping names a heading or a column that does not exist.
    """
    lists = read_tables(tables, task)
    known = Known(task.forms, find)
    _load(known, task, [draft for one in lists for draft in one.drafts])
    tally = _Tally()
    for one in lists:
        placer = _placer(Place(task.ledger, known, task.settings, task.at, one.titles))
        for draft in one.drafts:
            tally.place(placer, draft, task)
    return ImportPlan(
        task.ledger,
        tuple(_records(known, task)),
        tuple(tally.rows),
        tuple(one.report for one in lists),
        tuple(tally.problems),
        tuple(tally.hints),
        _unknown_staff(lists),
    )


def _placer(place: Place) -> Placer:
    match place.ledger:
        case "customers" | "purchases" | "vehicles":
            return DealPlacer(place)
        case "followups":
            return FollowUpPlacer(place)
        case "parts":
            return PartPlacer(place)
        case _ if "customer" in place.form().by_key:
            return MatterPlacer(place)
        case _:
            return PlainPlacer(place)


def _load(known: Known, task: Task, drafts: Sequence[Draft]) -> None:
    """Fetch what the store has about the people and things of the list."""
    ledgers = family(task.forms, task.ledger)
    phones = [phone for draft in drafts for phone in draft.phones]
    if "customers" in ledgers:
        known.load("customers", "id", (ref for draft in drafts for ref in people.ids_told(draft)))
        known.load("customers", "phone", phones)
        known.load("customers", "alt_phone", phones)
        known.load("customers", "name", (draft.name for draft in drafts if draft.name))
    for ledger in ledgers:
        form = task.forms[ledger]
        if ledger == "customers":
            continue
        if "customer" in form.by_key and "customers" in ledgers:
            known.load_children(ledger, "customer", "customers")
            if "phone" in form.by_key:
                known.load(ledger, "phone", phones)
        for column in form.columns:
            if column.unique or column.key in ("id", form.title):
                values = [draft.values.get(ledger, {}).get(column.key) for draft in drafts]
                known.load(ledger, column.key, values)
    if task.ledger == "parts":
        known.load_children("stock_moves", "part", "parts")


def _records(known: Known, task: Task) -> list[PlannedRecord]:
    """Return what is to be written; what others refer to comes first."""
    ledgers = family(task.forms, task.ledger)
    order = [one for one in task.forms.forms if one in ledgers]
    found = (entry.planned() for ledger in order for entry in known.all(ledger))
    return [record for record in found if record is not None]


class _Tally:
    """Keeps count of what became of the rows."""

    def __init__(self) -> None:
        self.rows: list[RowResult] = []
        self.problems: list[Problem] = []
        self.hints: list[DuplicateHint] = []

    def place(self, placer: Placer, draft: Draft, task: Task) -> None:
        """Place one row."""
        reason = placer.refusal(draft)
        if reason:
            why = _why_left_out(draft, reason, task)
            self.rows.append(RowResult(draft.sheet, draft.row, Fate.LEFT_OUT, why))
            return
        placed = placer.place(draft)
        found = [*draft.problems, *_conflicts(draft, task)]
        self.problems += [replace(problem, workbook=task.source) for problem in found]
        if placed.hint:
            self.hints.append(placed.hint)
        self.rows.append(RowResult(draft.sheet, draft.row, placed.fate))


def _why_left_out(draft: Draft, reason: str, task: Task) -> Problem:
    """Return the problem of a row that cannot go in: at its phone cell, else where it begins."""
    hint = "这一行没有导入"
    if draft.bad_phone and draft.bad_phone.what == reason:
        return replace(draft.bad_phone, hint=hint)
    return Problem(
        Kind.MISSING_VALUE,
        reason,
        hint,
        workbook=task.source,
        sheet=draft.sheet,
        cell=address(draft.row, 1),
        ledger=task.ledger,
    )


def _conflicts(draft: Draft, task: Task) -> list[Problem]:
    """Return where the store holds another value than the list; the store's is kept."""
    return [
        Problem(
            Kind.CONFLICT,
            f"第 {draft.row} 行的{label}是「{theirs}」，台账里是「{ours}」，保留了台账里的",
            "要改的话，请在客户的页面上改",
            workbook=task.source,
            sheet=draft.sheet,
            ledger=task.ledger,
        )
        for label, ours, theirs in draft.differing
    ]


def _unknown_staff(lists: Sequence[ForeignList]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in lists:
        for name, count in one.unknown_staff.items():
            found[name] = found.get(name, 0) + count
    return found
