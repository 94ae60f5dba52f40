"""Checking a desk: every problem in the workbooks, with cells (``storedesk check``)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.forms import Form
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.rules import checks
from storedesk.domain.select import Select
from storedesk.domain.sheets import SheetContent, WorkbookContent
from storedesk.domain.values import Type, label_key
from storedesk.operations import conflict_copies, replaying
from storedesk.operations.desk import HISTORY, SETTINGS_WORKBOOK, Desk
from storedesk.operations.references import References
from storedesk.operations.rows import RowReader, cell_name
from storedesk.workbooks import reader

_AHEAD = 14
"""Days ahead for which limits are computed today."""
_PATIENCE = timedelta(days=1)


def check(desk: Desk) -> tuple[Problem, ...]:
    """Read every workbook whole and return what is wrong in it, in the order of the sheets.

    Nothing is changed. A workbook that cannot be read is itself a problem.
    """
    found: list[Problem] = list(desk.settings.problems)
    for workbook in desk.forms.workbooks():
        forms = desk.sheets_of(workbook)
        try:
            content = reader.read_workbook(desk.path(workbook), forms)
        except StoreDeskError as error:
            found.append(Problem(Kind.NOT_READ, str(error).rstrip("。"), workbook=workbook))
            continue
        found += content.problems
        for form in forms:
            sheet = content.sheets.get(form.ledger)
            if sheet is not None:
                found += _check_sheet(desk, content, form, sheet)
    found += _chain_problems(desk)
    found += _elsewhere_problems(desk)
    found += conflict_copies.listed(desk)
    found += _calendar_problems(desk)
    return tuple(dict.fromkeys(found))


def _check_sheet(
    desk: Desk, content: WorkbookContent, form: Form, sheet: SheetContent
) -> list[Problem]:
    references = References(desk.mirror, desk.forms)
    row_reader = RowReader(content.workbook, form, sheet, desk.settings, references.resolve)
    found: list[Problem] = []
    ids: dict[str, int] = {}
    uniques: dict[str, dict[str, int]] = {
        c.key: {} for c in form.columns if c.unique and c.key in sheet.columns
    }
    for row in sheet.rows:
        reading = row_reader.read(row)
        found += reading.problems
        record = Record(form.ledger, reading.id, reading.values)
        verdict = checks.check(form, reading.values, desk.settings)
        trouble = {(p.column, p.kind) for p in reading.problems}
        found += [
            _placed(problem, content, sheet, record, row.number)
            for problem in (*verdict.refusals, *verdict.remarks)
            if (problem.column, problem.kind) not in trouble and problem.column not in reading.raw
        ]
        found += _missing_references(desk, content, form, sheet, record, row.number)
        found += _doubled(content, form, sheet, record, row.number, ids, uniques)
    return found


def _placed(
    problem: Problem, content: WorkbookContent, sheet: SheetContent, record: Record, row: int
) -> Problem:
    position = sheet.columns.get(problem.column, 0)
    cell = cell_name(position, row) if position else cell_name(1, row)
    return replace(
        problem, workbook=content.workbook, sheet=sheet.name, cell=cell, record=record.id
    )


def _missing_references(  # where the row stands, and the row
    desk: Desk,
    content: WorkbookContent,
    form: Form,
    sheet: SheetContent,
    record: Record,
    row: int,
) -> list[Problem]:
    """List ids that point to nothing (decision 15: perhaps it has not arrived yet)."""
    found = []
    for column in form.columns:
        meant = record.values.get(column.key)
        if column.type is not Type.RECORD or not column.links or not isinstance(meant, str):
            continue
        if not desk.mirror.exists(column.links, meant):
            what = f"「{desk.forms[column.links].label}」里没有「{meant}」"
            problem = Problem(
                Kind.UNKNOWN_REFERENCE,
                what,
                "可能还没有到；一直没有的话请改正编号",
                ledger=form.ledger,
                column=column.key,
            )
            found.append(_placed(problem, content, sheet, record, row))
    return found


def _doubled(  # as above
    content: WorkbookContent,
    form: Form,
    sheet: SheetContent,
    record: Record,
    row: int,
    ids: dict[str, int],
    uniques: dict[str, dict[str, int]],
) -> list[Problem]:
    """List ids, and values meant to be unique, that stand in two rows."""
    found = []
    if record.id and ids.setdefault(record.id, row) != row:
        what = f"编号「{record.id}」与第 {ids[record.id]} 行重复"
        problem = Problem(Kind.DUPLICATE_ID, what, "请清空这一格，会自动给新编号", column="id")
        found.append(_placed(problem, content, sheet, record, row))
    for key, seen in uniques.items():
        value = record.text(key)
        if value and seen.setdefault(label_key(value), row) != row:
            what = f"{form[key].label}与第 {seen[label_key(value)]} 行相同"
            problem = Problem(
                Kind.DUPLICATE_RECORD, what, "是同一位就合并，是家人就不用管", column=key
            )
            found.append(_placed(problem, content, sheet, record, row))
    return found


def _chain_problems(desk: Desk) -> list[Problem]:
    """List history files whose chain does not hold."""
    return list(desk.mirror.verify_history(desk.folder / HISTORY))


def _elsewhere_problems(desk: Desk) -> list[Problem]:
    """List PCs whose entries have reached no workbook for a day: perhaps they are gone for good."""
    try:
        waiting = replaying.waiting_elsewhere(desk)
    except StoreDeskError:
        return []  # the folder cannot be read, which is said elsewhere
    return [
        Problem(
            Kind.NOT_WRITTEN,
            f"另一台电脑（{pc}）有 {count} 条登记一直没有写进工作簿，最早 {since:%m-%d %H:%M}",
            f"在那台电脑上打开店务台就会写入；那台电脑不再用了，请运行 rebuild --take-over {pc}",
        )
        for pc, (count, since) in waiting.items()
        if desk.clock.now() - since >= _PATIENCE
    ]


def _calendar_problems(desk: Desk) -> list[Problem]:
    """Say that the days off of the year that matters now are not announced yet (decision 27)."""
    today = desk.clock.now().date()
    years = desk.settings.calendar.unknown_years((today, today + timedelta(days=_AHEAD)))
    return [
        Problem(
            Kind.CALENDAR,
            f"{year} 年的放假安排还没有，先按周一到周五算工作日",
            "公布后请在「工作日历」里填上放假和调休的日子",
            workbook=SETTINGS_WORKBOOK,
            sheet=desk.forms["calendar"].label,
        )
        for year in years
    ]


def open_problems(desk: Desk) -> list[Problem]:
    """Return the problems known since the last reading, without reading any file."""
    return [
        problem for workbook in desk.forms.workbooks() for problem in desk.mirror.problems(workbook)
    ]


def lost_headers(desk: Desk) -> list[Problem]:
    """Return the sheets that cannot be read or written until a person mends their header."""
    lost = (Kind.MISSING_SHEET, Kind.MISSING_COLUMN)
    return [problem for problem in open_problems(desk) if problem.kind in lost]


def ledger_sizes(desk: Desk) -> dict[str, int]:
    """Return how many records each ledger holds."""
    return {form.ledger: desk.mirror.count(Select(form.ledger)) for form in desk.forms}
