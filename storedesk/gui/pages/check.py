"""需核对: what only a person can decide, what waits for Excel, what looks wrong in workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from storedesk.domain.problems import Kind, Problem
from storedesk.gui import messages
from storedesk.gui.asking import AskDialog, Question
from storedesk.gui.flushing import Flusher, SyncState
from storedesk.gui.page import Page, scrolling
from storedesk.gui.pages.repair import RepairDialog
from storedesk.gui.pages.restore import RestoreDialog
from storedesk.gui.places import Place, group_of
from storedesk.gui.session import Session
from storedesk.gui.tasks import Asked as Request
from storedesk.gui.texts import tr
from storedesk.gui.widgets.asked import Asked, AskedCard
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.cards import Card, Empty, page_title
from storedesk.gui.widgets.notices import Action
from storedesk.gui.widgets.problem_list import ProblemView
from storedesk.operations import (
    alarms,
    checking,
    conflict_copies,
    conflicts,
    deletions,
    questions,
    repairing,
    waiting,
)
from storedesk.operations.alarms import OpenAlarm
from storedesk.operations.conflicts import Clash
from storedesk.operations.deletions import Deletion
from storedesk.operations.desk import Desk
from storedesk.operations.questions import Questions
from storedesk.operations.repairing import Proposal, Survey
from storedesk.operations.syncing import Waiting, waiting_line
from storedesk.operations.waiting import WaitingTable

_CLASHES_SHOWN = 20
_LONG = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to check."""

    questions: Questions
    survey: Survey
    problems: tuple[Problem, ...]


def find(desk: Desk, surveyed: Survey | None = None) -> Findings:
    """Return what there is to check; runs in the clerk's lane.

    Args:
        desk: the desk.
        surveyed: the last survey of lost headers; the same again if nothing of it is new.
    """
    if surveyed is None or surveyed.key != repairing.survey_key(desk):
        surveyed = repairing.survey(desk)
    asked = questions.open_questions(desk)
    held = {one.record for one in asked.deletions}
    # What is asked as a question need not be listed as well.
    listed = (
        one
        for one in checking.open_problems(desk)
        if one.kind is not Kind.ROWS_GONE and not (one.kind is Kind.CONFLICT and one.record in held)
    )
    problems = (*desk.settings.problems, *listed, *conflict_copies.listed(desk))
    return Findings(asked, surveyed, problems)


class CheckPage(Page):
    """Questions first, then what waits, then what looks wrong; an empty card is not shown."""

    def __init__(self, session: Session, flusher: Flusher) -> None:
        super().__init__(session, tr("需核对"))
        self._flusher = flusher
        self._surveyed: Survey | None = None

    def visit(self, place: Place) -> None:
        """Look again."""
        del place
        self._surveyed = None
        self.reload()

    def reload(self) -> None:
        """Ask what there is to check; show what waits."""
        self._show_waiting(self._flusher.state)
        self.session.clerk.ask(find, self._surveyed).then(self._show, owner=self, latest="check")

    # --- building -------------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make the cards, and follow the flusher from then on."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        outer.addWidget(scrolling(body))
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        again = button(tr("再看一遍工作簿"), self._flusher.run, icon_name="refresh-cw")
        back = button(tr("从备份恢复…"), self._restore)
        head, _, self._subtitle = page_title(tr("需核对"), "", back, again)
        column.addLayout(head)
        yield
        self.alarms = AskedCard(tr("一次改了很多行"))
        self.repairs = AskedCard(tr("表头找不到了"))
        self.deletions = AskedCard(tr("在 Excel 里删掉了，这里刚改过"))
        self.clashes = AskedCard(tr("两边都改过"))
        self.waiting = AskedCard(tr("等写入 Excel"), beside=True)
        yield
        self.problems = Card(tr("工作簿里要看一下的"))
        self.list = ProblemView(tr("工作簿里要看一下的"))
        self.list.opened.connect(self._open)
        self.problems.body.addWidget(self.list)
        self.empty = Empty(
            "circle-check", tr("都对得上"), tr("没有等写入的，也没有要核对的。"), "ok"
        )
        self.problems.hide()
        yield
        for card in self._cards():
            column.addWidget(card)
        column.addWidget(self.empty, 1)
        column.addStretch()
        self._flusher.state_changed.connect(self._follow)

    def _cards(self) -> tuple[Card, ...]:
        asked = (self.alarms, self.repairs, self.deletions, self.clashes, self.waiting)
        return (*asked, self.problems)

    # --- showing --------------------------------------------------------------------------------

    def _follow(self, state: SyncState) -> None:
        """Every round of the flusher may have brought or settled something."""
        if self.isVisible():
            self.reload()
        else:
            self._show_waiting(state)
            self._stale = True

    def _show(self, found: Findings) -> None:
        asked = found.questions
        self.alarms.show_asked([self._alarm(one) for one in asked.alarms])
        self.deletions.show_asked([self._deletion(one) for one in asked.deletions])
        shown = [self._clash(one) for one in asked.clashes[:_CLASHES_SHOWN]]
        more = len(asked.clashes) - len(shown)
        if more > 0:
            text = tr("还有 {count} 处，核对完上面的就会列出来。").format(count=more)
            shown.append(Asked("more", "info", "info", text))
        self.clashes.show_asked(shown, len(asked.clashes))
        self.list.show_problems(found.problems)
        self.problems.set_count(len(found.problems), "info")
        self.problems.setVisible(bool(found.problems))
        self._propose(found.survey)
        self._show_emptiness()

    def _show_waiting(self, state: SyncState) -> None:
        now = self.session.facts.now()
        rows = [self._waits(one, now) for one in state.waiting]
        rows += [self._error(text, state) for text in state.errors]
        self.waiting.show_asked(rows, state.waiting_count)
        self._show_emptiness()

    def _show_emptiness(self) -> None:
        self.empty.setVisible(all(card.isHidden() for card in self._cards()))
        state = self._flusher.state
        written = f"{state.written_at:%H:%M}" if state.written_at else tr("还没有")
        self._subtitle.setText(tr("最近写入 Excel：{at}").format(at=written))

    # --- what waits -----------------------------------------------------------------------------

    def _waits(self, one: Waiting, now: datetime) -> Asked:
        told = _told(one, now)
        words = messages.waiting(one.workbook, one.count, "").buttons
        actions: tuple[Action, ...] = (
            (words[0], self._flusher.run),
            (words[1], partial(self._save_waiting, one.workbook)),
        )
        return Asked(one.workbook, "hourglass", told.tone, told.text, actions)

    def _error(self, text: str, state: SyncState) -> Asked:
        actions: tuple[Action, ...] = ((tr("再试"), self._flusher.run),)
        gone = next((one for one in state.missing if f"《{one}》" in text), "")
        if gone:
            actions += ((tr("从备份恢复…"), partial(self._restore, gone)),)
        return Asked(text, "circle-alert", "danger", text, actions)

    def _save_waiting(self, workbook: str) -> None:
        """Save what waits as a workbook of its own, where a person says."""
        name = tr("{workbook} 等写入 {day}.xlsx").format(
            workbook=workbook.removesuffix(".xlsx"), day=f"{self.session.facts.now():%Y-%m-%d}"
        )
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("另存等写入的登记"), str(Path(documents) / name), tr("Excel 工作簿 (*.xlsx)")
        )
        if chosen:
            path = Path(chosen)
            path = path if path.suffix else path.with_suffix(".xlsx")
            self.session.clerk.ask(waiting.waiting_tables, workbook).then(
                partial(self._write_waiting, path), owner=self
            )

    def _write_waiting(self, path: Path, tables: Sequence[WaitingTable]) -> None:
        self.session.worker.run(
            lambda: waiting.save_waiting(tables, path),
            lambda _: self.session.say(tr("已另存：{name}").format(name=path.name)),
            owner=self,
        )

    # --- questions ------------------------------------------------------------------------------

    def _alarm(self, alarm: OpenAlarm) -> Asked:
        told = messages.meant_like_that(alarm.sentence())
        clerk = self.session.clerk
        actions: tuple[Action, ...] = (
            (told.buttons[0], lambda: self._decide(clerk.ask(alarms.confirm, alarm.workbook))),
            (told.buttons[1], partial(self._restore, alarm.workbook)),
            (told.buttons[2], self._leave_to_excel),
        )
        return Asked(alarm.workbook, "triangle-alert", told.tone, told.text, actions)

    def _restore(self, workbook: str = "") -> None:
        RestoreDialog(self.session, self._flusher, workbook, self).open()

    def _leave_to_excel(self) -> None:
        self.session.say(tr("好的。在 Excel 里撤销并保存，这里就会自己读入。"), "info")

    def _deletion(self, gone: Deletion) -> Asked:
        told = messages.row_deleted(gone.sentence())
        clerk, me, about = self.session.clerk, self.session.me, (gone.ledger, gone.record)
        place = Place(group_of(gone.ledger), gone.ledger, gone.record)
        doings = (
            lambda: self._decide(clerk.ask(deletions.write_back, *about, by=me)),
            lambda: self._decide(clerk.ask(deletions.delete, *about, by=me)),
            lambda: self.session.open(place),
        )
        actions = tuple(zip(told.buttons, doings, strict=True))
        return Asked(about, "triangle-alert", told.tone, told.text, actions)

    def _clash(self, clash: Clash) -> Asked:
        told = messages.conflict(clash.sentence(), entered_here=bool(clash.by))
        clerk, me = self.session.clerk, self.session.me
        doings = (
            lambda: self._decide(clerk.ask(conflicts.use_ours, clash.number, by=me)),
            lambda: self._decide(clerk.ask(conflicts.use_theirs, clash.number, by=me)),
            lambda: self._fill_in(clash),
        )
        actions = tuple(zip(told.buttons, doings, strict=True))
        return Asked(clash.number, "triangle-alert", told.tone, told.text, actions)

    def _decide(self, asked: Request[object]) -> None:
        asked.then(lambda _: self._decided(), owner=self)

    def _decided(self) -> None:
        """Take in or write what was decided at once; what is shown follows."""
        self.session.say(tr("已核对"))
        self._flusher.run()

    def _fill_in(self, clash: Clash) -> None:
        def save(texts: Mapping[str, str]) -> str:
            clerk, me = self.session.clerk, self.session.me
            self._decide(clerk.ask(conflicts.use_other, clash.number, texts["value"], by=me))
            return ""

        question = Question("value", clash.label, text=clash.ours)
        AskDialog(clash.title, (question,), save, self).open()

    def _open(self, problem: Problem) -> None:
        if problem.ledger and problem.record:
            place = Place(group_of(problem.ledger), problem.ledger, problem.record)
            self.session.open(place)

    # --- lost headers ---------------------------------------------------------------------------

    def _propose(self, survey: Survey) -> None:
        """Let the worker look at the workbooks again if anything of them is new."""
        if survey is self._surveyed:
            return
        self._surveyed = survey
        if not survey.books:
            self._show_repairs(survey, ())
            return
        self.session.worker.run(
            lambda: repairing.propose(survey),
            partial(self._show_repairs, survey),
            refused=lambda _: self._show_repairs(survey, ()),  # the page says already why
            owner=self,
            latest="repairs",
        )

    def _show_repairs(self, survey: Survey, proposals: Sequence[Proposal]) -> None:
        self.repairs.show_asked(
            [
                Asked(
                    (one.workbook, one.ledger, one.base),
                    "triangle-alert",
                    "warn",
                    one.sentence(),
                    (
                        (tr("修复…"), partial(self._ask_repair, survey, one)),
                        (tr("从备份恢复…"), partial(self._restore, one.workbook)),
                    ),
                )
                for one in proposals
            ]
        )
        self._show_emptiness()

    def _ask_repair(self, survey: Survey, proposal: Proposal) -> None:
        RepairDialog(proposal, partial(self._repair, survey, proposal), self).open()

    def _repair(self, survey: Survey, proposal: Proposal, chosen: Mapping[str, int]) -> None:
        def look_again(_: object = None) -> None:
            self._surveyed = None
            self._flusher.run()

        def refused(error: Exception) -> None:
            self.session.say(str(error), "danger")
            look_again()

        def written(_: object) -> None:
            self.session.say(tr("表头已写回，正在读入"))
            look_again()

        self.session.worker.run(
            lambda: repairing.carry_out(survey.folder, survey.now, proposal, chosen),
            written,
            refused=refused,
            owner=self,
        )


def _told(one: Waiting, now: datetime) -> messages.Message:
    """Return message 1, or message 2 when it waits for long."""
    waited = now - one.since if one.since else timedelta()
    if waited < _LONG or one.why:
        return messages.Message(waiting_line(one), "warn")
    hours = int(waited.total_seconds() // 3600)
    days = hours // 24
    since = tr("{count} 天").format(count=days) if days else tr("{count} 小时").format(count=hours)
    return messages.waiting(one.workbook, one.count, since)
