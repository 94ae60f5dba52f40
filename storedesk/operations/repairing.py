"""Repairing lost headers: a proposal by what stands in the columns, confirmed by a person.

Only header cells are written, through the same verified splice as everything else. In three steps,
so that files are never touched in the desk's lane: ``survey`` (desk) → ``propose`` (files) →
``carry_out`` (files); what comes of it is taken in by the next sync.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from storedesk.domain.errors import StoreDeskError, WorkbookError
from storedesk.domain.forms import Column, Form
from storedesk.domain.lost_headers import Guess, SheetColumn, aligned, find_ids, guess
from storedesk.domain.problems import Kind
from storedesk.domain.records import Record
from storedesk.domain.sheets import Fingerprint, HeaderWrite, Stamp, WritePlan, Written
from storedesk.domain.values import label_key, text_of
from storedesk.operations.desk import Desk
from storedesk.operations.rows import cell_name
from storedesk.workbooks import backups, sheet_looks, writer
from storedesk.workbooks.sheet_looks import SAMPLE_ROWS, SheetLook

log = logging.getLogger(__name__)

_LOST = (Kind.MISSING_SHEET, Kind.MISSING_COLUMN)
_BACKUPS = 8
"""So many backups are asked what the headers were; older ones say little."""
_DEPTH = 20
"""A header row is looked for in rows 1 to 20 (decision 6)."""


@dataclass(frozen=True, slots=True)
class BookSurvey:
    """A workbook with lost headers, and what is remembered of its records, by ledger."""

    workbook: str
    forms: tuple[Form, ...]
    records: Mapping[str, tuple[Record, ...]]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a proposal needs to know, as plain data.

    Attributes:
        key: what it was made from; while ``survey_key`` is the same, so is the survey.
    """

    folder: Path
    now: datetime
    books: tuple[BookSurvey, ...] = ()
    key: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A column of the sheet that may be the lost one."""

    position: int
    words: str
    header: str = ""


@dataclass(frozen=True, slots=True)
class LostColumn:
    """A column whose header was lost; ``position`` is the proposal, 0 if there is none."""

    key: str
    label: str
    position: int = 0
    why: str = ""

    def placed(self, position: int) -> LostColumn:
        """Return the column at the place a person names."""
        return LostColumn(self.key, self.label, position)


@dataclass(frozen=True, slots=True)
class Proposal:
    """How the headers of one sheet can be repaired.

    Attributes:
        row: where the headers stand or stood.
        whole: the whole row was lost.
        columns: what was lost, in the form's order.
        choices: the columns of the sheet that may be chosen for them.
        others: headers of people's own columns that were lost with the row, by position.
        obstacle: what a person has to do first; the program cannot do it without harm.
    """

    workbook: str
    ledger: str
    sheet: str
    row: int
    base: Fingerprint
    whole: bool = False
    columns: tuple[LostColumn, ...] = ()
    choices: tuple[Choice, ...] = ()
    others: Mapping[int, str] = field(default_factory=dict)
    obstacle: str = ""

    def with_columns(self, columns: Sequence[LostColumn]) -> Proposal:
        """Return the proposal with other places."""
        return replace(self, columns=tuple(columns))

    @property
    def proposed(self) -> dict[str, int]:
        """Positions by column key, as proposed."""
        return {one.key: one.position for one in self.columns if one.position}

    def sentence(self) -> str:
        """Return what was lost and what is proposed."""
        where = f"《{self.workbook}》「{self.sheet}」"
        if self.whole:
            if self.obstacle:
                return f"{where}的表头那一行没有了，这张表先没有读。{self.obstacle}"
            count = len(self.proposed)
            return f"{where}第 {self.row} 行的表头没有了：认出 {count} 列，可以把表头写回去。"
        found = [one for one in self.columns if one.position]
        names = "、".join(f"「{one.label}」" for one in self.columns)
        if not found:
            return f"{where}找不到{names}这一列。它在哪一列，请指一下。"
        words = {one.position: one.words for one in self.choices}
        told = "；".join(
            f"{words[one.position]}应该就是「{one.label}」{f'（{one.why}）' if one.why else ''}"
            for one in found
        )
        return f"{where}的表头找不到了：{told}。"


def survey_key(desk: Desk) -> tuple[object, ...]:
    """Return what is lost in which state of which workbook; cheap to ask again and again."""
    found: list[object] = []
    for workbook in desk.forms.workbooks():
        lost = [one for one in desk.mirror.problems(workbook) if one.kind in _LOST]
        if lost:
            state = desk.mirror.file_state(workbook)
            found.append((workbook, state.fingerprint if state else None, *lost))
    return tuple(found)


def survey(desk: Desk) -> Survey:
    """Return which workbooks have lost headers, and what is remembered of their first rows."""
    books = []
    for workbook in desk.forms.workbooks():
        if any(problem.kind in _LOST for problem in desk.mirror.problems(workbook)):
            forms = desk.sheets_of(workbook)
            records = {form.ledger: _remembered(desk, form) for form in forms}
            books.append(BookSurvey(workbook, forms, records))
    return Survey(desk.folder, desk.clock.now(), tuple(books), survey_key(desk))


def propose(found: Survey) -> tuple[Proposal, ...]:
    """Read the workbooks and return what can be done about their lost headers.

    A column that is gone with everything in it is no matter of headers and not among them.

    Raises:
        WorkbookError: a workbook cannot be read now.
    """
    return tuple(proposal for book in found.books for proposal in _Book(found, book).proposals())


def carry_out(folder: Path, now: datetime, proposal: Proposal, chosen: Mapping[str, int]) -> None:
    """Write the headers of the columns a person has chosen; nothing else changes in the workbook.

    Args:
        folder: the desk's folder.
        now: the moment, for the backup that is made first.
        proposal: as proposed.
        chosen: positions by column key.

    Raises:
        StoreDeskError: somebody has it open, it changed meanwhile, or it cannot be written safely;
            it is as it was.
    """
    labels = {one.key: one.label for one in proposal.columns}
    cells = {**proposal.others, **{at: labels[key] for key, at in chosen.items() if at}}
    header = HeaderWrite(proposal.sheet, proposal.row, cells)
    plan = WritePlan(proposal.workbook, proposal.base, (), Stamp(), backup=True, headers=(header,))
    outcome = writer.apply(folder, plan, (), desk="", now=now)
    log.info("headers of %s: %s", proposal.workbook, outcome.result.value)
    if outcome.result is Written.STALE:
        raise WorkbookError(proposal.workbook, "刚刚又被改过，这次没有写")
    if outcome.result is Written.HELD:
        raise StoreDeskError(
            f"《{proposal.workbook}》正被{outcome.holder or '别的程序'}打开，表头没有写。"
            "请关掉表格后再修复一次。"
        )
    if outcome.result is Written.FAILED:
        raise StoreDeskError(outcome.problem)


def _remembered(desk: Desk, form: Form) -> tuple[Record, ...]:
    return tuple(desk.mirror.first_rows(form.ledger, SAMPLE_ROWS + _DEPTH))


class _Book:
    """One workbook, as it stands and as its last good backup had it."""

    def __init__(self, found: Survey, book: BookSurvey) -> None:
        self.book = book
        self.folder = found.folder
        self.base, self.looks = sheet_looks.look(found.folder / book.workbook, book.forms)

    def proposals(self) -> list[Proposal]:
        by_ledger = {look.ledger: look for look in self.looks if self._has_headers(look)}
        found = []
        for form in self.book.forms:
            look = by_ledger.get(form.ledger)
            one = self._for_columns(form, look) if look else self._for_row(form)
            if one is not None:
                found.append(one)
        return found

    def _has_headers(self, look: SheetLook) -> bool:
        """Whether a sheet was recognised by headers, and not by a row of data that reads alike."""
        if not look.ledger:
            return False
        known = {record.id for record in self.book.records[look.ledger]}
        values = look.rows.get(look.header_row, ())
        return not any(text_of(value).strip() in known for value in values)

    # --- single columns ---------------------------------------------------------------------

    def _for_columns(self, form: Form, look: SheetLook) -> Proposal | None:
        """Return a proposal for the columns a recognised sheet lacks."""
        lost = [column for column in form.in_workbook() if column.key not in look.columns]
        if not lost:
            return None
        known = frozenset(look.columns.values())
        columns = [c for c in self._columns(form, look, look.header_row) if c.position not in known]
        guesses = self._guesses(form, look, lost, columns)
        if not guesses and form.id_column not in lost:
            return None
        # What is not proposed may still be chosen by hand, if anything is there to choose.
        return Proposal(
            self.book.workbook,
            form.ledger,
            look.name,
            look.header_row,
            self.base,
            columns=tuple(_lost(column, guesses.get(column.key)) for column in lost),
            choices=tuple(_choice(column) for column in columns),
        )

    def _guesses(
        self,
        form: Form,
        look: SheetLook,
        lost: Sequence[Column],
        columns: Sequence[SheetColumn],
    ) -> dict[str, Guess]:
        records = self.book.records[form.ledger]
        guesses: dict[str, Guess] = {}
        ids = _column(look, look.columns.get(form.id_column.key, 0), look.header_row)
        if ids is None:
            told = find_ids(records, columns)
            if told is not None:
                guesses[form.id_column.key] = told
                ids = next(one for one in columns if one.position == told.position)
        rest = [column for column in lost if column is not form.id_column]
        left = [one for one in columns if one is not ids]
        return {**guesses, **guess(rest, left, aligned(records, ids))}

    def _columns(self, form: Form, look: SheetLook, row: int) -> list[SheetColumn]:
        """Return the columns of a sheet that have a header or hold anything."""
        before = self._before(form, look.name)
        heads = look.heads.get(row, {})
        last = max([*(len(values) for values in look.rows.values()), *heads, 0])
        found = (_column(look, at, row, before.get(at, "")) for at in range(1, last + 1))
        return [one for one in found if one is not None]

    def _before(self, form: Form, sheet: str) -> Mapping[int, str]:
        """Return the headers by position as the newest backup that had them all knows them."""
        wanted = {column.key for column in form.in_workbook()}
        best: tuple[int, Mapping[int, str]] = (0, {})
        with suppress(StoreDeskError):
            for backup in backups.backups_of(self.folder, self.book.workbook)[:_BACKUPS]:
                with suppress(StoreDeskError):
                    _, looks = sheet_looks.look(backup.path, self.book.forms, values=False)
                    for look in looks:
                        fits = look.ledger == form.ledger and look.name == sheet
                        if fits and len(look.columns) > best[0]:
                            best = len(look.columns), look.heads[look.header_row]
                if best[0] == len(wanted):
                    break
        return best[1]

    # --- the whole row ----------------------------------------------------------------------

    def _for_row(self, form: Form) -> Proposal | None:
        """Return a proposal for a ledger of which no sheet has the headers any more."""
        records = self.book.records[form.ledger]
        for look in self.looks:
            if self._has_headers(look):
                continue
            first = _first_data_row(look, records)
            if first is None:
                continue
            return self._row_proposal(form, look, first)
        return None

    def _row_proposal(self, form: Form, look: SheetLook, first: int) -> Proposal:
        row = first - 1
        standing, before = look.heads.get(row, {}), self._before(form, look.name)
        # A single text that was no header is a title: headers do not belong into its row.
        titled = len(standing) == 1 and not standing.items() <= before.items()
        free = row >= 1 and not titled
        columns = self._columns(form, look, row if free else 0)
        guesses = self._guesses(form, look, form.in_workbook(), columns)
        guesses = {**_as_before(form, before, guesses), **guesses}
        ours = {one.position for one in guesses.values()}
        obstacle = ""
        if not free:
            obstacle = (
                f"请在 Excel 里第 {first} 行上面插入一个空行并保存，再回到这里，表头会写进那一行。"
            )
        return Proposal(
            self.book.workbook,
            form.ledger,
            look.name,
            row,
            self.base,
            whole=True,
            columns=tuple(_lost(column, guesses.get(column.key)) for column in form.in_workbook()),
            choices=tuple(_choice(column) for column in columns),
            others={
                at: text for at, text in before.items() if at not in ours and at not in standing
            },
            obstacle=obstacle,
        )


def _first_data_row(look: SheetLook, records: Sequence[Record]) -> int | None:
    """Return the first row that holds the id of a record we know, None if no row does."""
    known = {record.id for record in records}
    for number, values in look.rows.items():
        if number > _DEPTH + 1:
            return None
        if any(text_of(value).strip() in known for value in values):
            return number
    return None


def _as_before(
    form: Form, before: Mapping[int, str], guesses: Mapping[str, Guess]
) -> dict[str, Guess]:
    """Return where the backup had the columns that hold nothing to be recognised by.

    Only if the backup agrees with everything that was recognised: no column was moved since.
    """
    meant = {at: form.by_label.get(label_key(text)) for at, text in before.items()}
    places = {column.key: at for at, column in meant.items() if column is not None}
    if any(places.get(key) != one.position for key, one in guesses.items()):
        return {}
    return {key: Guess(at, 0, 0, 0.0) for key, at in places.items()}


def _column(look: SheetLook, at: int, row: int, before: str = "") -> SheetColumn | None:
    """Return a column below a row, None if it has neither header nor anything in it."""
    cells = {
        number: values[at - 1]
        for number, values in look.rows.items()
        if number > row and 0 < at <= len(values) and values[at - 1] is not None
    }
    header = look.heads.get(row, {}).get(at, "")
    if not cells and not header:
        return None
    return SheetColumn(at, header, before, cells)


def _lost(column: Column, found: Guess | None) -> LostColumn:
    if found is None:
        return LostColumn(column.key, column.label)
    why = f"{found.compared} 行里 {found.equal} 行内容一样" if found.equal else ""
    return LostColumn(column.key, column.label, found.position, why)


def _choice(column: SheetColumn) -> Choice:
    letters = cell_name(column.position, 1).rstrip("0123456789")
    if column.header:
        return Choice(column.position, f"{letters} 列「{column.header}」", column.header)
    first = next(iter(column.cells.values()), None)
    told = f"，如「{text_of(first)}」" if first is not None else ""
    return Choice(column.position, f"{letters} 列（没有表头{told}）")
