"""需核对: what waits for Excel, what both sides changed, and what looks wrong in the workbooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from storedesk.domain.changes import Change
from storedesk.domain.problems import Problem
from storedesk.gui import messages
from storedesk.gui.asking import AskDialog, Question
from storedesk.gui.flushing import Flusher, SyncState
from storedesk.gui.page import Page, scrolling
from storedesk.gui.places import Place, group_of
from storedesk.gui.session import Session
from storedesk.gui.tasks import Asked
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.cards import Card, Empty, page_title
from storedesk.gui.widgets.labels import IconLabel, hairline, label
from storedesk.gui.widgets.notices import Action
from storedesk.gui.widgets.problem_list import ProblemView
from storedesk.operations import checking, conflicts
from storedesk.operations.conflicts import Clash
from storedesk.operations.desk import Desk
from storedesk.operations.syncing import Waiting, waiting_line

_CLASHES_SHOWN = 20
_LONG = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to check."""

    clashes: tuple[Clash, ...]
    problems: tuple[Problem, ...]


def find(desk: Desk) -> Findings:
    """Return what there is to check; runs in the clerk's lane."""
    return Findings(
        tuple(conflicts.open_clashes(desk)),
        (*desk.settings.problems, *checking.open_problems(desk)),
    )


class CheckPage(Page):
    """Three cards; an empty one is not shown."""

    def __init__(self, session: Session, flusher: Flusher) -> None:
        super().__init__(session, tr("需核对"))
        self._flusher = flusher
        self._rows: list[QWidget] = []
        self._build()
        flusher.state_changed.connect(self._show_waiting)
        flusher.took_in.connect(lambda _: self._note_facts())

    def visit(self, place: Place) -> None:
        """Look again."""
        del place
        self.reload()

    def reload(self) -> None:
        """Ask for clashes and problems; show what waits."""
        self._show_waiting(self._flusher.state)
        self.session.clerk.ask(find).then(self._show, owner=self, latest="check")

    # --- building -------------------------------------------------------------------------------

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        outer.addWidget(scrolling(body))
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        again = button(tr("再看一遍工作簿"), self._flusher.run, icon_name="refresh-cw")
        head, _, self._subtitle = page_title(tr("需核对"), "", again)
        column.addLayout(head)
        self.waiting = Card(tr("等写入 Excel"))
        self.clashes = Card(tr("两边都改过"))
        self.problems = Card(tr("工作簿里要看一下的"))
        self.list = ProblemView(tr("工作簿里要看一下的"))
        self.list.opened.connect(self._open)
        self.problems.body.addWidget(self.list)
        self.empty = Empty(
            "circle-check", tr("都对得上"), tr("没有等写入的，也没有要核对的。"), "ok"
        )
        for card in (self.waiting, self.clashes, self.problems):
            card.hide()
            column.addWidget(card)
        column.addWidget(self.empty, 1)
        column.addStretch()
        self._waiting_rows: list[QWidget] = []

    # --- showing --------------------------------------------------------------------------------

    def _show(self, found: Findings) -> None:
        self._rows = _replaced(self._rows)
        for clash in found.clashes[:_CLASHES_SHOWN]:
            row = _row("triangle-alert", "warn", clash.sentence(), self._choices(clash))
            self.clashes.body.addWidget(row)
            self._rows.append(row)
        self.clashes.set_count(len(found.clashes), "warn")
        self.clashes.setVisible(bool(found.clashes))
        self.list.show_problems(found.problems)
        self.problems.set_count(len(found.problems), "info")
        self.problems.setVisible(bool(found.problems))
        self._show_emptiness()

    def _show_waiting(self, state: SyncState) -> None:
        self._waiting_rows = _replaced(self._waiting_rows)
        now = self.session.facts.now()
        for one in state.waiting:
            told = _told(one, now)
            again: Action = (tr("再试"), self._flusher.run)
            row = _row("hourglass", told.tone, told.text, (again,))
            self._waiting_rows.append(row)
        self._waiting_rows += [_row("circle-alert", "danger", text, ()) for text in state.errors]
        for row in self._waiting_rows:
            self.waiting.body.addWidget(row)
        self.waiting.set_count(state.waiting_count, "warn")
        self.waiting.setVisible(bool(self._waiting_rows))
        self._show_emptiness()

    def _show_emptiness(self) -> None:
        cards = (self.waiting, self.clashes, self.problems)
        self.empty.setVisible(all(card.isHidden() for card in cards))
        state = self._flusher.state
        written = f"{state.written_at:%H:%M}" if state.written_at else tr("还没有")
        self._subtitle.setText(tr("最近写入 Excel：{at}").format(at=written))

    # --- deciding -------------------------------------------------------------------------------

    def _choices(self, clash: Clash) -> tuple[Action, ...]:
        words = messages.conflict(clash.sentence()).buttons
        clerk, me = self.session.clerk, self.session.me
        return (
            (words[0], lambda: self._decide(clerk.ask(conflicts.use_ours, clash.number, by=me))),
            (words[1], lambda: self._decide(clerk.ask(conflicts.use_theirs, clash.number, by=me))),
            (words[2], lambda: self._fill_in(clash)),
        )

    def _decide(self, asked: Asked[Change]) -> None:
        asked.then(self._decided, owner=self)

    def _decided(self, _change: Change) -> None:
        self.session.say(tr("已核对"))
        self.reload()

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


def _told(waiting: Waiting, now: datetime) -> messages.Message:
    """Return message 1, or message 2 when it waits for long."""
    waited = now - waiting.since if waiting.since else timedelta()
    if waited < _LONG:
        return messages.Message(waiting_line(waiting), "warn")
    hours = int(waited.total_seconds() // 3600)
    days = hours // 24
    since = tr("{count} 天").format(count=days) if days else tr("{count} 小时").format(count=hours)
    return messages.waiting(waiting.workbook, waiting.count, since)


def _row(icon_name: str, tone: str, text: str, actions: tuple[Action, ...]) -> QWidget:
    frame = QWidget()
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 4, 16, 4)
    column.setSpacing(8)
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(IconLabel(icon_name, tone, 18))
    words: QLabel = label(text, wrap=True)
    row.addWidget(words, 1)
    for name, do in actions:
        row.addWidget(button(name, do))
    column.addWidget(hairline())
    column.addLayout(row)
    return frame


def _replaced(rows: list[QWidget]) -> list[QWidget]:
    for old in rows:
        old.hide()
        old.deleteLater()
    return []
