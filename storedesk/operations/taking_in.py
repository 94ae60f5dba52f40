"""Taking in what people changed in a workbook: its sheets, and the consequences.

Runs on the desk's own thread with what ``workbooks.reader`` has read (design.md §5): in one
transaction, or a large workbook piece by piece.
"""

from __future__ import annotations

import logging

from storedesk.domain.problems import Problem
from storedesk.domain.sheets import WorkbookContent
from storedesk.mirror import pinyin
from storedesk.operations import alarms, planning, unfinished
from storedesk.operations.bases import Bases
from storedesk.operations.desk import SETTINGS_WORKBOOK, Desk
from storedesk.operations.merging_sheet import MergingSheet
from storedesk.operations.steps import Steps, finished
from storedesk.operations.taken import Taken
from storedesk.operations.unfinished import Overtaken, Unfinished

log = logging.getLogger(__name__)

PIECE = 30
"""Rows; merging and saving them takes 15 to 30 ms."""


def take_in(desk: Desk, content: WorkbookContent, *, confirmed: bool = False) -> Taken:
    """Merge a workbook as read into the mirror, in one transaction.

    Args:
        desk: the desk.
        content: the workbook.
        confirmed: a person has confirmed that many rows are gone on purpose.
    """
    with desk.mirror.transaction():
        taken = finished(_TakingIn(desk, content, confirmed=confirmed).steps())
    if taken is None:
        raise RuntimeError("nobody can come in between within a transaction")
    return taken


def take_in_pieces(
    desk: Desk, content: WorkbookContent, size: int, *, confirmed: bool = False
) -> Steps[Taken | None]:
    """Merge a large workbook in pieces of so many rows, each in a transaction of its own.

    See ``unfinished`` for what holds in between.

    Returns:
        None if what was found out about it did not hold long enough: it must be read again.
    """
    return _TakingIn(desk, content, confirmed=confirmed, size=size).steps()


class _TakingIn:
    """A workbook on its way into the mirror.

    Attributes:
        size: so many rows at most are taken in at once; 0 for all of them.
        goes_on: pieces of it may have been taken in before.
    """

    def __init__(
        self, desk: Desk, content: WorkbookContent, *, confirmed: bool, size: int = 0
    ) -> None:
        self.desk = desk
        self.content = content
        self.workbook = content.workbook
        self.size = size
        self.goes_on = False
        self.known = desk.mirror.file_state(self.workbook)
        ancestry = desk.mirror.ancestry(self.workbook, content.stamp) if self.known else None
        ours = content.stamp.writes.get(desk.pc, 0)
        unsettled = self.known is not None and ours > self.known.stamp.writes.get(desk.pc, 0)
        bases = Bases(desk.mirror, ancestry, has_our_write=unsettled)
        confirmed = confirmed or alarms.is_meant(desk, content)
        self.sheets = [
            MergingSheet(desk, content, sheet, bases, confirmed=confirmed)
            for form in desk.sheets_of(self.workbook)
            if (sheet := content.sheets.get(form.ledger)) is not None
        ]

    def steps(self) -> Steps[Taken | None]:
        """Find out which row is which record, then take them in, or ask."""
        begin = unfinished.begin if self.size else unfinished.noted
        note = begin(self.desk, self.workbook)
        self.goes_on = note is not None and note.goes_on
        yield from self._recognise()
        asked = tuple(problem for sheet in self.sheets if (problem := sheet.alarm()))
        is_many = bool(self.size) and sum(one.change_count for one in self.sheets) > self.size
        try:
            if note is not None and is_many and not asked:
                yield pinyin.readings  # kept from then on; it takes 50 ms
                yield from self._ahead(note)
            with self.desk.mirror.transaction():
                if note is not None:
                    note.check(self.desk)
                if asked:
                    return self._ask(asked, note)
                taken = self._finish() if is_many else self._take_whole(note)
        except Overtaken:
            log.info("overtaken while taking in %s", self.workbook)
            return None
        if is_many:
            yield self.sheets.clear  # letting go of what 100,000 rows took is long enough a step
        return taken

    def _recognise(self) -> Steps[None]:
        for one in self.sheets:
            yield from one.recognise()

    def _ask(self, asked: tuple[Problem, ...], note: Unfinished | None) -> Taken:
        if note is not None and not note.goes_on:
            unfinished.clear(self.desk, self.workbook)
        self.desk.mirror.set_problems(self.workbook, (*self.content.problems, *asked))
        alarms.note(self.desk, self.content)
        return Taken(self.workbook, problems=asked, stopped=True)

    def _take_whole(self, note: Unfinished | None) -> Taken:
        """Take in all of it, with the follow-ups it causes."""
        for one in self.sheets:
            for _ in one.merging():
                pass
        taken = self._finish()
        if self.known is None:  # the calls there are have not been read either
            return taken
        if note is not None and self.goes_on:
            for _ in planning.follow_excel(self.desk, note.seq, self._why):
                pass
        else:
            planning.follow_taken(self.desk, taken.new, taken.changed, self._why)
        return taken

    def _ahead(self, note: Unfinished) -> Steps[None]:
        """Take in the rows and plan the follow-ups they cause, before the file counts as taken in.

        Raises:
            Overtaken: somebody came in between.
        """
        for one in self.sheets:
            pieces = one.merging(self.size)
            told, goes_on = 0, True
            while goes_on:
                with self.desk.mirror.transaction():
                    note.check(self.desk)
                    goes_on = next(pieces, True) is None
                    self.desk.mirror.add_problems(self.workbook, one.problems[told:])
                told = len(one.problems)
                yield None
        if self.known is not None:
            yield from planning.follow_excel(self.desk, note.seq, self._why)

    def _finish(self) -> Taken:
        """Note that the file has been taken in."""
        desk, content, known = self.desk, self.content, self.known
        alarms.clear(desk, self.workbook)
        unfinished.clear(desk, self.workbook)
        for one in self.sheets:
            one.finish()
        taken = self._summed_up()
        desk.mirror.set_problems(self.workbook, taken.problems)
        # What another PC wrote it has backed up itself.
        in_excel = known is not None and content.stamp.generation == known.stamp.generation
        changed = in_excel or taken.old_copy
        desk.mirror.note_read(content, desk.clock.now(), changed=changed)
        if self.workbook == SETTINGS_WORKBOOK:
            desk.reload_settings()
        log.info("took in %s: %d records", self.workbook, taken.count)
        return taken

    def _summed_up(self) -> Taken:
        """Join what the sheets found; problems of rows that were not looked at stay listed.

        So does all that the pieces before a crash have listed.
        """
        sheets = self.sheets
        before = self.desk.mirror.problems(self.workbook)
        stay = [p for p in before if p.record and not any(p.record in s.looked_at for s in sheets)]
        if not self.goes_on:
            stay = [p for p in stay if p.cell]
        found = (p for sheet in sheets for p in sheet.problems)
        return Taken(
            self.workbook,
            {s.form.ledger: tuple(s.new) for s in sheets if s.new},
            {s.form.ledger: tuple(s.changed) for s in sheets if s.changed},
            {s.form.ledger: tuple(s.gone) for s in sheets if s.gone},
            sum(s.conflicts for s in sheets),
            tuple(dict.fromkeys((*self.content.problems, *stay, *found))),
            old_copy=any(s.bases.of_old_copy for s in sheets),
        )

    @property
    def _why(self) -> str:
        return self.content.fingerprint.sha256[:12]
