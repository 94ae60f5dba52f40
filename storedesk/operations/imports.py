"""Importing a foreign list: read, plan, save in one go, and undo it again.

What is decided about headers and cells is in ``operations.importing``; here it meets the desk.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storedesk.domain.changes import Edit, Operation, Source
from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Forms
from storedesk.domain.problems import Problem
from storedesk.domain.select import OneOf, Select
from storedesk.domain.values import Type, Value, same
from storedesk.mirror import HistoryEntry
from storedesk.operations import entries, planning, writing
from storedesk.operations.desk import Desk
from storedesk.operations.importing import wording
from storedesk.operations.importing.plan import DuplicateHint, Fate, ImportPlan
from storedesk.operations.importing.planning import plan_import
from storedesk.operations.importing.reading import Task
from storedesk.operations.importing.tables import Table
from storedesk.workbooks import foreign

_SHOWN = 12
_BEGINNING = "created_at"
"""A record that got this cell from an import began with it."""
_STAMPS = frozenset({"created_by", "created_at", "updated_by", "updated_at"})


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do.

    Attributes:
        batch: names it for ``undo``; empty if nothing was saved.
        counts: records begun, by ledger.
        columns: every column of the list and where it went.
        skipped: rows that are no data (titles, totals …), in words.
        left_out: rows that were not imported.
        hints: records that may be the same.
        too_old: follow-ups not created because their latest day has passed (decision 26).
        sentence: all of it in one line (shop.md §5 message 11).
    """

    batch: str
    row_count: int
    added: int
    changed: int
    unchanged: int
    counts: Mapping[str, int]
    columns: tuple[tuple[str, str], ...]
    skipped: tuple[str, ...]
    left_out: tuple[Problem, ...]
    remarked: tuple[Problem, ...]
    hints: tuple[DuplicateHint, ...]
    new_staff: tuple[str, ...]
    too_old: int
    followups: int
    sentence: str

    @property
    def remarks(self) -> list[str]:
        """What is worth a look, in sentences."""
        lines = [f"没导入：{p.sentence()}" for p in self.left_out[:_SHOWN]]
        lines += [f"没看懂：{p.sentence()}" for p in self.remarked[:_SHOWN]]
        hidden = len(self.left_out) + len(self.remarked) - 2 * _SHOWN
        if hidden > 0:
            lines.append("……还有更多，用 --json 看全部")
        lines += [f"可能重复：第 {one.row} 行，{one.what}" for one in self.hints]
        lines += [f"不是数据，跳过：{line}" for line in self.skipped]
        if self.new_staff:
            lines.append(f"员工表里新加了 {'、'.join(self.new_staff)}，岗位请核对")
        if self.too_old:
            lines.append(f"{self.too_old} 个回访已过最迟日，没有创建")
        return lines


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did."""

    count: int
    kept: int
    sentence: str


def run(  # what is asked for on the command line
    desk: Desk,
    file: Path,
    ledger: str,
    *,
    by: str,
    mapping: Path | None = None,
    preview: bool = False,
) -> Imported:
    """Import a list (.xlsx, .csv …) into a ledger and its family.

    Args:
        desk: the desk.
        file: the list.
        ledger: form key of what the list is a list of.
        by: who imports.
        mapping: JSON file, foreign heading → 表头, ``ledger.key`` or 忽略.
        preview: plan only, save nothing.

    Raises:
        Misuse: no header was found, or the mapping is wrong.
        WorkbookError: the file cannot be read.
    """
    tables = [Table(one.name, one.rows) for one in foreign.read_table(file)]
    task = Task(
        ledger,
        _forms_here(desk),
        desk.settings,
        desk.clock.now(),
        file.name,
        _mapping(mapping) if mapping else {},
    )
    plan = plan_import(tables, task, desk.mirror.select)
    if all(table.columns is None for table in plan.tables):
        raise Misuse(f"《{file.name}》里没有找到表头。请确认第一张表有一行列名。")
    if preview or not plan.records:
        return _imported(desk, plan, "", (), (0, 0))
    return _save(desk, plan, by)


def undo(desk: Desk, batch: str, *, by: str) -> Undone:
    """Take back an import, unless somebody has worked on its records since.

    What it began goes: the rows in the workbooks are emptied, not deleted. What it changed gets its
    old values back. The history keeps everything.

    Raises:
        Misuse: there is no such import, or it was undone before.
    """
    made = desk.mirror.batch_history(batch)
    begun = {(one.ledger, one.record) for one in made if one.key == _BEGINNING}
    here = [
        one
        for one in dict.fromkeys((e.ledger, e.record) for e in made if _is_of(e, begun))
        if desk.mirror.exists(*one)
    ]
    restored = _old_values(desk, [one for one in made if not _is_of(one, begun)])
    if not here and not restored:
        raise Misuse(f"没有编号为「{batch}」的导入，或者已经撤销过了。")
    mine = {entry.operation for entry in made}
    now = desk.clock.now()
    operation = Operation(writing.new_operation_id(now), now, by, (), note="undo import")
    with desk.mirror.transaction():
        removed = [one for one in here if one[0] != "staff" and not _worked_on(desk, *one, mine)]
        removed = _unneeded(desk, removed)
        removed += planning.untouched_calls(desk, removed)
        for ledger, record in removed:
            desk.mirror.remove(ledger, record, operation)
        if restored:
            writing.write(desk, restored, by=by, note="undo import")
    kept = len(here) - sum(ledger != "followups" for ledger, _ in removed)
    tail = f"，{kept} 条后来改过或用过，保留着" if kept else ""
    back = f"，{len(restored)} 条改回原样" if restored else ""
    return Undone(len(removed), kept, f"已撤销这次导入：去掉 {len(removed)} 条{back}{tail}。")


def _is_of(entry: HistoryEntry, records: set[tuple[str, str]]) -> bool:
    return (entry.ledger, entry.record) in records


def _old_values(desk: Desk, made: list[HistoryEntry]) -> list[Edit]:
    """Return the edits that put back what an import changed and nobody has changed since."""
    found: dict[tuple[str, str], dict[str, Value]] = {}
    for entry in made:
        record = desk.mirror.get(entry.ledger, entry.record)
        if record is None or entry.key in _STAMPS:
            continue
        kind = desk.forms[entry.ledger][entry.key].type
        if same(record[entry.key], entry.new, kind):
            found.setdefault((entry.ledger, entry.record), {})[entry.key] = entry.old
    return [Edit(ledger, record, values) for (ledger, record), values in found.items()]


def _worked_on(desk: Desk, ledger: str, record: str, mine: set[str]) -> bool:
    return any(
        entry.operation not in mine and entry.source != Source.RULE.value
        for entry in desk.mirror.history(ledger, record)
    )


def _unneeded(desk: Desk, records: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those nothing that stays refers to, until nothing more must stay."""
    while True:
        going = {record for _, record in records}
        going |= {record for _, record in planning.untouched_calls(desk, records)}
        needed = {
            str(meant)
            for form in desk.forms
            for column in form.in_workbook()
            if column.type is Type.RECORD and column.links
            for referring in desk.mirror.select(
                Select(form.ledger, (OneOf(column.key, tuple(going)),))
            )
            if referring.id not in going and (meant := referring[column.key])
        }
        left = [one for one in records if one[1] not in needed]
        if len(left) == len(records):
            return left
        records = left


def _forms_here(desk: Desk) -> Forms:
    """Return the forms of the ledgers this store has."""
    hidden = desk.profile.hidden
    return Forms({form.ledger: form for form in desk.forms if form.ledger not in hidden})


def _mapping(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError:
        raise Misuse(f"列的对应关系「{path}」读不到。") from None
    except ValueError:
        raise Misuse(f"列的对应关系「{path}」不是 JSON。") from None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Misuse('列的对应关系应写成 {"原来的列": "表头"}。')
    return {str(name): meant for name, meant in found.items()}


def _save(desk: Desk, plan: ImportPlan, by: str) -> Imported:
    batch = _free_batch(desk)
    with desk.mirror.transaction():
        staff = _new_staff(desk, plan, by)
        edits = [*staff, *_edits(desk, plan, by)]
        change = writing.write(desk, edits, by=by, note="import", source=Source.IMPORT, batch=batch)
    names = tuple(str(edit.values["name"]) for edit in staff)
    too_old = planning.too_old_after_import(desk, change.records)
    made = len(change.records.get("followups", ())) - sum(
        one.ledger == "followups" for one in plan.records
    )
    return _imported(desk, plan, batch, names, (too_old, made))


def _free_batch(desk: Desk) -> str:
    """Return the name of a new import; two within one second are told apart."""
    plain = f"DR-{desk.clock.now():%Y%m%d-%H%M%S}"
    names = itertools.chain([plain], (f"{plain}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not desk.mirror.batch_history(name))


def _edits(desk: Desk, plan: ImportPlan, by: str) -> list[Edit]:
    """Give new records their ids, what refers to them following; changes keep theirs."""
    ids: dict[str, str] = {}
    edits = []
    for one in plan.records:
        values: dict[str, Value] = {
            **one.values,
            **{key: ids[ref] for key, ref in one.links.items()},
        }
        if not one.new:
            edits.append(Edit(one.ledger, one.ref, values))
            continue
        own = values.pop("id", None)
        edit = entries.complete(desk, one.ledger, values, by, str(own) if own else "")
        ids[one.ref] = edit.record
        edits.append(edit)
    return edits


def _new_staff(desk: Desk, plan: ImportPlan, by: str) -> list[Edit]:
    """Enter the people a list names and 员工 does not know yet; a list of deals names sellers."""
    deals = plan.ledger in ("customers", "purchases", "vehicles")
    role = desk.profile.roles.get("sales", "") if deals else ""
    return [
        entries.complete(desk, "staff", {"name": name, "roles": role or None}, by)
        for name in plan.unknown_staff
    ]


def _imported(
    desk: Desk, plan: ImportPlan, batch: str, staff: tuple[str, ...], calls: tuple[int, int]
) -> Imported:
    counts = Counter(record.ledger for record in plan.records if record.new)
    told = "，".join(f"{desk.forms[ledger].label} {count}" for ledger, count in counts.items())
    too_old, made = calls
    sentence = wording.result(plan)
    sentence += f"记下了{told}。" if told else ""
    sentence += f"安排了 {made} 个回访。" if made else ""
    columns = [pair for table in plan.tables for pair in wording.columns(table, desk.forms)]
    fates = plan.counts
    return Imported(
        batch=batch,
        row_count=len(plan.rows),
        added=fates[Fate.NEW],
        changed=fates[Fate.UPDATED],
        unchanged=fates[Fate.UNCHANGED],
        counts=dict(counts),
        columns=tuple(dict.fromkeys(columns)),
        skipped=tuple(line for table in plan.tables for line in wording.skipped(table)),
        left_out=plan.left_out,
        remarked=plan.problems,
        hints=plan.hints,
        new_staff=staff,
        too_old=too_old,
        followups=made,
        sentence=sentence,
    )
