"""Importing a foreign list: read, plan, save in one go, and undo it again.

What is decided about headers and cells is in ``operations.importing``; here it meets the desk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storedesk.domain.changes import Edit, Operation, Source
from storedesk.domain.errors import Misuse
from storedesk.domain.problems import Problem
from storedesk.domain.select import Condition, Equal, OneOf, Select
from storedesk.domain.values import Type, Value, label_key
from storedesk.operations import entries, planning, writing
from storedesk.operations.desk import Desk
from storedesk.operations.importing.intake import Incoming, Intake, Taker
from storedesk.operations.importing.layout import Layout, detect
from storedesk.operations.importing.routes import FAMILIES, described, routes
from storedesk.operations.importing.tables import Table
from storedesk.workbooks import foreign

_SHOWN = 12
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do.

    Attributes:
        batch: names it for ``undo``; empty if nothing was saved.
        counts: records begun, by ledger.
        columns: every column of the list and where it went.
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
    left_out: tuple[Problem, ...]
    remarked: tuple[Problem, ...]
    hints: tuple[Problem, ...]
    new_staff: tuple[str, ...]
    too_old: int
    followups: int
    sentence: str

    @property
    def remarks(self) -> list[str]:
        """What is worth a look, in sentences."""
        lines = [f"没导入：{p.sentence()}" for p in self.left_out[:_SHOWN]]
        lines += [f"没看懂：{p.what}，这一格放进了备注" for p in self.remarked[:_SHOWN]]
        hidden = len(self.left_out) + len(self.remarked) - 2 * _SHOWN
        if hidden > 0:
            lines.append("……还有更多，用 --json 看全部")
        lines += [f"可能重复：{p.what}。{p.hint}" for p in self.hints]
        if self.new_staff:
            lines.append(f"员工表里新加了 {'、'.join(self.new_staff)}（名单里的导购），岗位请核对")
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
    tables = foreign.read_table(file)
    told = _mapping(mapping) if mapping else {}
    known = _KnownHere(desk)
    intake = Intake()
    columns: list[tuple[str, str]] = []
    for layout in _layouts(desk, tables, ledger, told):
        found = routes(
            layout.headings, desk.forms, ledger, hidden=desk.profile.hidden, mapping=told
        )
        columns += [(route.name, described(route, desk.forms)) for route in found]
        taker = Taker(
            desk.forms, ledger, found, known, desk.profile.biz_type, file.name, layout.sheet, intake
        )
        for row in layout.rows:
            taker.take(row)
    if not columns:
        raise Misuse(f"《{file.name}》里没有找到表头。请确认第一张表有一行列名。")
    if preview:
        return _imported(desk, intake, columns, "", (), (0, 0))
    return _save(desk, intake, columns, by)


def undo(desk: Desk, batch: str, *, by: str) -> Undone:
    """Take back an import: what it began goes, unless somebody has worked on it since.

    The rows in the workbooks are emptied, not deleted; the history keeps everything.

    Raises:
        Misuse: there is no such import, or it was undone before.
    """
    made = desk.mirror.batch_history(batch)
    begun = dict.fromkeys((entry.ledger, entry.record) for entry in made)
    here = [(ledger, one) for ledger, one in begun if desk.mirror.exists(ledger, one)]
    if not here:
        raise Misuse(f"没有编号为「{batch}」的导入，或者已经撤销过了。")
    mine = {entry.operation for entry in made}
    now = desk.clock.now()
    operation = Operation(writing.new_operation_id(now), now, by, (), note="undo import")
    with desk.mirror.transaction():
        removed = [one for one in here if one[0] != "staff" and not _worked_on(desk, *one, mine)]
        removed = _unneeded(desk, removed)
        removed += _calls_for(desk, removed)
        for ledger, record in removed:
            desk.mirror.remove(ledger, record, operation)
    kept = len(here) - sum(ledger != "followups" for ledger, _ in removed)
    tail = f"，{kept} 条后来改过或用过，保留着" if kept else ""
    return Undone(len(removed), kept, f"已撤销这次导入：去掉 {len(removed)} 条{tail}。")


def _worked_on(desk: Desk, ledger: str, record: str, mine: set[str]) -> bool:
    return any(
        entry.operation not in mine and entry.source != Source.RULE.value
        for entry in desk.mirror.history(ledger, record)
    )


def _unneeded(desk: Desk, records: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those nothing that stays refers to, until nothing more must stay."""
    while True:
        going = {record for _, record in records}
        going |= {record for _, record in _calls_for(desk, records)}
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


def _calls_for(desk: Desk, removed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the untouched calls that what is removed had caused."""
    ids = tuple(record for _, record in removed)
    calls = desk.mirror.ids(Select("followups", (OneOf("trigger_record", ids),)))
    return [
        ("followups", call)
        for call in calls
        if all(e.source == Source.RULE.value for e in desk.mirror.history("followups", call))
    ]


def _layouts(
    desk: Desk, tables: tuple[foreign.Table, ...], ledger: str, told: Mapping[str, str]
) -> list[Layout]:
    family = [desk.forms[one] for one in FAMILIES.get(ledger, (ledger,))]
    known = {key for form in family for key in form.by_label} | {label_key(n) for n in told}
    return [
        layout
        for table in tables
        for layout in _about_the_ledger(detect(Table(table.name, table.rows), known), known)
    ]


def _about_the_ledger(layouts: list[Layout], known: set[str]) -> list[Layout]:
    """Leave out a table that only stands beside the list (tools on loan next to the stock)."""
    shares = [
        sum(label_key(h.text) in known for h in layout.headings) / len(layout.headings)
        for layout in layouts
    ]
    best = max(shares, default=0.0)
    return [
        layout
        for layout, share in zip(layouts, shares, strict=True)
        if share > 0 and (share == best or share >= _MOSTLY)
    ]


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


@dataclass(frozen=True, slots=True)
class _KnownHere:
    """What the desk holds, for the planner."""

    desk: Desk

    def customers_by_phone(self, phone: str) -> list[tuple[str, str]]:
        """Return (id, name) of the customers with this phone."""
        ids = self.desk.mirror.find_by("customers", "phone", phone)
        return [(r.id, r.text("name")) for r in self.desk.mirror.records("customers", ids)]

    def has_purchase(self, customer: str, delivered_on: Value, model: Value) -> bool:
        """Whether a customer has such a purchase."""
        where = (
            Equal("customer", customer), Equal("delivered_on", delivered_on), Equal("model", model),
        )  # fmt: skip
        return bool(self.desk.mirror.ids(Select("purchases", where, limit=1)))

    def has_vehicle(self, vin: str) -> bool:
        """Whether a car is known by its VIN."""
        return bool(self.desk.mirror.find_by("vehicles", "vin", vin))

    def has_row(self, ledger: str, values: Mapping[str, Value]) -> bool:
        """Whether a ledger holds a record with all these values."""
        where: tuple[Condition, ...] = tuple(Equal(k, v) for k, v in values.items())
        return bool(self.desk.mirror.ids(Select(ledger, where, limit=1)))


def _save(desk: Desk, intake: Intake, columns: list[tuple[str, str]], by: str) -> Imported:
    if not intake.records:
        return _imported(desk, intake, columns, "", (), (0, 0))
    now = desk.clock.now()
    batch = f"DR-{now:%Y%m%d-%H%M%S}"
    with desk.mirror.transaction():
        staff = _new_staff(desk, intake, by)
        edits = [*staff, *_edits(desk, intake, by)]
        change = writing.write(desk, edits, by=by, note="import", source=Source.IMPORT, batch=batch)
    names = tuple(str(edit.values["name"]) for edit in staff)
    too_old = planning.too_old_after_import(desk, change.records)
    made = len(change.records.get("followups", ()))
    return _imported(desk, intake, columns, batch, names, (too_old, made))


def _edits(desk: Desk, intake: Intake, by: str) -> list[Edit]:
    ids: list[str] = []
    edits = []
    for one in intake.records:
        values = {**one.values, **_links(one, ids)}
        edit = entries.complete(desk, one.ledger, values, by)
        ids.append(edit.record)
        edits.append(edit)
    return edits


def _links(one: Incoming, ids: list[str]) -> dict[str, Value]:
    """Return the ids a record refers to; ``#n`` has its id by now, for references go backwards."""
    links: dict[str, Value] = {}
    for key, meant in (("customer", one.customer), ("purchase", one.purchase)):
        if meant:
            links[key] = ids[int(meant[1:])] if meant.startswith("#") else meant
    return links


def _new_staff(desk: Desk, intake: Intake, by: str) -> list[Edit]:
    """Enter the salespeople a list names and 员工 does not know yet."""
    named: dict[str, None] = {}
    for one in intake.records:
        for key, value in one.values.items():
            if desk.forms[one.ledger][key].type is Type.STAFF and isinstance(value, str):
                named[value] = None
    unknown = [name for name in named if not desk.settings.staff_named(name)]
    role = desk.profile.roles.get("sales", "")
    return [
        entries.complete(desk, "staff", {"name": name, "roles": role or None}, by)
        for name in unknown
    ]


def _imported(  # what the answer is made of
    desk: Desk,
    intake: Intake,
    columns: list[tuple[str, str]],
    batch: str,
    staff: tuple[str, ...],
    calls: tuple[int, int],
) -> Imported:
    counts: dict[str, int] = {}
    for one in intake.records:
        counts[one.ledger] = counts.get(one.ledger, 0) + 1
    unknown = len({name for name, where in columns if where.startswith("没认出")})
    told = "，".join(f"{desk.forms[ledger].label} {count}" for ledger, count in counts.items())
    sentence = (
        f"共 {intake.row_count:,} 行：新增 {intake.added:,}，更新 {intake.changed:,}，"
        f"没变 {intake.unchanged:,}，没导入 {len(intake.left_out):,}。"
    )
    sentence += f"记下了{told}。" if told else ""
    sentence += f"{unknown} 列没认出，已放进备注。" if unknown else ""
    sentence += f"{len(intake.hints)} 处可能重复。" if intake.hints else ""
    too_old, made = calls
    sentence += f"安排了 {made} 个回访。" if made else ""
    return Imported(
        batch, intake.row_count, intake.added, intake.changed, intake.unchanged, counts,
        tuple(dict.fromkeys(columns)), tuple(intake.left_out), tuple(intake.remarks),
        tuple(intake.hints), staff, too_old, made, sentence,
    )  # fmt: skip
