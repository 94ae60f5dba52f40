"""A follow-up call: whom, what to know, what to ask, and how it ended; by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from storedesk.domain.changes import Change
from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.domain.forms import Column
from storedesk.domain.questionnaires import Questionnaire
from storedesk.domain.records import Record
from storedesk.domain.values import Type, Unreadable, canonical
from storedesk.gui import messages
from storedesk.gui.customer_card import CustomerCard, worded
from storedesk.gui.doings import Doings
from storedesk.gui.editors import DateEditor, MemoEditor
from storedesk.gui.fields import Field
from storedesk.gui.page import Page, scrolling
from storedesk.gui.pages.call_card import CallCard
from storedesk.gui.places import Place
from storedesk.gui.question_list import QuestionList, items_of
from storedesk.gui.session import Session
from storedesk.gui.texts import grouped_phone, tr
from storedesk.gui.widgets.buttons import Chip, Segments, button
from storedesk.gui.widgets.cards import Card, page_title
from storedesk.gui.widgets.flow import flow_box
from storedesk.gui.widgets.labels import label
from storedesk.gui.widgets.lengths import too_long
from storedesk.gui.widgets.notices import Banner
from storedesk.operations import cards, followups, records
from storedesk.operations.desk import Desk
from storedesk.operations.followups import CallLogged

_RESULTS = "拨打结果"
_REACHED = ("成功", "部分成功")
_APPOINTED = "改约"
_DIGITS = tuple("123456789")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a call begins with."""

    followup: Record
    hint: str
    questionnaire: Questionnaire | None
    card: CustomerCard | None


def prepare(desk: Desk, followup: str) -> Prepared:
    """Return what to know before dialling; runs in the clerk's lane."""
    record = records.get(desk, followup)
    customer = record.text("customer")
    try:
        questionnaire = followups.questionnaire_for(desk, followup)
    except Misuse:
        questionnaire = None
    return Prepared(
        record,
        followups.call_hint(desk, followup),
        questionnaire,
        worded(cards.card(desk, customer)) if customer else None,
    )


class CallPage(Page):
    """One call at a time.

    Signals:
        done: the call is recorded or given up; the window goes back.
    """

    done = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session, tr("回访通话"))
        self._prepared: Prepared | None = None
        self._doings = Doings(session, self)

    def visit(self, place: Place) -> None:
        """Prepare the call of a follow-up."""
        self._prepared = None
        self._save.setEnabled(False)
        self.session.clerk.ask(prepare, place.record).then(
            self._show, refused=self._refused, owner=self, latest="call"
        )

    def touches(self, change: Change) -> bool:
        """Never: what is being answered stays."""
        del change
        return False

    # --- building -------------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make head, cards, foot and the customer's card."""
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(0)
        across.addLayout(left, 1)
        head = QVBoxLayout()
        head.setContentsMargins(24, 20, 24, 12)
        head.setSpacing(12)
        copy = button(tr("复制号码"), self._copy, icon_name="copy")
        back = button(tr("返回"), self.done.emit, icon_name="chevron-left", variant="ghost")
        row, self._title, self._subtitle = page_title("", "", copy, back)
        head.addLayout(row)
        self.banner = Banner()
        head.addWidget(self.banner)
        left.addLayout(head)
        yield
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 4, 24, 20)
        column.setSpacing(16)
        # Still empty: an area that is given a full body lays it out at once, and again when shown.
        left.addWidget(scrolling(body), 1)
        yield
        for make in (self._result_card, self._question_card, self._words_card):
            column.addWidget(make())
            yield
        column.addStretch()
        left.addWidget(self._foot())
        yield
        self.card = CallCard()
        across.addWidget(self.card)
        for keys, do in (
            ("Ctrl+Return", self.save),
            ("Ctrl+Enter", self.save),
            ("Ctrl+S", self.save),
            ("Esc", self.done.emit),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(do)

    def _result_card(self) -> Card:
        card = Card(tr("打通了吗"))
        box, flow = flow_box()
        self._results: list[Chip] = []
        self._group = QButtonGroup(self)
        for at, name in enumerate(self.session.facts.settings.choices.get(_RESULTS, ()), 1):
            chip = Chip(name)
            if at < 10:  # noqa: PLR2004  # as many as there are digit keys
                chip.setText(f"{at}　{name}")
            chip.clicked.connect(lambda _=False, one=name: self.choose_result(one))
            self._results.append(chip)
            self._group.addButton(chip)
            flow.addWidget(chip)
        holder = QHBoxLayout()
        holder.setContentsMargins(16, 0, 16, 8)
        holder.addWidget(box)
        card.body.addLayout(holder)
        self._appointed = Field(
            Column("at", tr("客户约的时间"), Type.MOMENT), DateEditor("", with_time=True)
        )
        self._appointed.hide()
        holder = QHBoxLayout()
        holder.setContentsMargins(16, 0, 16, 8)
        holder.addWidget(self._appointed)
        card.body.addLayout(holder)
        return card

    def _question_card(self) -> Card:
        self._questions_card = Card(tr("问卷"))
        self._length = Segments((tr("快速版"), tr("全部")), tr("快速版"), tr("问卷长短"))
        self._length.chosen.connect(lambda _: self._show_questions())
        self._questions_card.head.addWidget(self._length)
        self._opening = label("", "sub", wrap=True)
        self._opening.setContentsMargins(16, 0, 16, 8)
        self._questions_card.body.addWidget(self._opening)
        self.questions = QuestionList()
        self.questions.finished.connect(self._opinion_focus)
        self.questions.refused.connect(lambda: self.banner.say(too_long(), "warn"))
        self._questions_card.body.addWidget(self.questions)
        return self._questions_card

    def _words_card(self) -> Card:
        card = Card()
        card.body.setContentsMargins(16, 12, 16, 16)
        card.body.setSpacing(12)
        self._opinion = Field(
            Column("opinion", tr("意见或建议（客户原话）"), Type.LONG_TEXT,
                   hint=tr("写了就自动建档，两个工作日内要答复")),
            MemoEditor(height=64),
        )  # fmt: skip
        self._note = Field(Column("note", tr("备注"), Type.TEXT), MemoEditor(height=44))
        card.body.addWidget(self._opinion)
        card.body.addWidget(self._note)
        return card

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setObjectName("footer")
        row = QHBoxLayout(foot)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(8)
        row.addWidget(label(tr("数字键作答　↑↓ 换题　Ctrl+Enter 保存　Esc 返回"), "caption"), 1)
        self._save = button(
            tr("登记结果"), self.save, icon_name="check", variant="primary", tip="Ctrl+Enter"
        )
        row.addWidget(self._save)
        return foot

    # --- showing --------------------------------------------------------------------------------

    def _show(self, prepared: Prepared) -> None:
        self._prepared = prepared
        record = prepared.followup
        self._title.setText(f"{record.text('customer_name')} · {record.text('kind')}")
        due = record.day("due_on")
        parts = (
            grouped_phone(record.text("phone")),
            record.text("product"),
            tr("{day} 到期").format(day=f"{due:%m-%d}") if due else "",
        )
        self._subtitle.setText(" · ".join(part for part in parts if part))
        told = messages.call_window(prepared.hint)
        doings = (lambda: self._doings.postpone(record), self._hide_banner)
        actions = tuple(zip(told.buttons, doings, strict=True))
        self.banner.say(told.text, told.tone, actions)
        self.card.show_customer(prepared.card, self.session.facts)
        self._show_questions()
        self._clear()
        self._save.setEnabled(True)
        self.setFocus()

    def _show_questions(self) -> None:
        questionnaire = self._prepared.questionnaire if self._prepared else None
        self._questions_card.setVisible(questionnaire is not None)
        if questionnaire is None:
            return
        self._opening.setText(self._spoken(questionnaire.opening))
        self._length.setVisible(bool(questionnaire.short))
        short = self._length.value() != tr("全部")
        self.questions.show_items(items_of(questionnaire, short=short))

    def _spoken(self, opening: str) -> str:
        facts = self.session.facts
        return opening.replace("（门店）", facts.store).replace("（姓名）", self.session.me)

    def _clear(self) -> None:
        self._group.setExclusive(False)
        for chip in self._results:
            chip.setChecked(False)
        self._group.setExclusive(True)
        for field in (self._opinion, self._note, self._appointed):
            field.set_text("")
        self._appointed.hide()

    # --- working --------------------------------------------------------------------------------

    def result(self) -> str:
        """Return the chosen result, or an empty string."""
        chip = self._group.checkedButton()
        return chip.plain if isinstance(chip, Chip) else ""

    def choose_result(self, name: str) -> None:
        """Say how the call went and go where that leads."""
        for chip in self._results:
            if chip.plain == name:
                chip.setChecked(True)
        self._appointed.setVisible(name == _APPOINTED)
        if name in _REACHED and self._prepared and self._prepared.questionnaire:
            self.questions.setFocus()
        elif name == _APPOINTED:
            self._appointed.focus()
        else:
            self._note.focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Choose the result by a digit until there is one; then digits answer questions."""
        key = event.text()
        if not self.result() and key in _DIGITS and int(key) <= len(self._results):
            self.choose_result(self._results[int(key) - 1].plain)
        elif not self.questions.press(key):
            super().keyPressEvent(event)

    def save(self) -> None:
        """Record the call."""
        if self._prepared is None or not self._save.isEnabled():
            return
        if not self.result():
            self.banner.say(tr("先选打通了没有（数字键 1–9）。"), "info")
            self.setFocus()
            return
        appointed = self._appointment()
        if self._appointed.error():
            self._appointed.focus()
            return
        self._save.setEnabled(False)
        asked = self.session.clerk.ask(
            followups.log_call,
            self._prepared.followup.id,
            self.result(),
            by=self.session.me,
            answers=self.questions.answers() if self.result() in _REACHED else {},
            opinion=self._opinion.text(),
            note=self._note.text(),
            appointed_at=appointed,
        )
        asked.then(self._saved, refused=self._refused, owner=self)

    def _appointment(self) -> datetime | None:
        if self.result() != _APPOINTED:
            return None
        try:
            at = canonical(self._appointed.text(), Type.MOMENT)
        except Unreadable as reason:
            self._appointed.set_error(str(reason))
            return None
        if not isinstance(at, datetime):
            self._appointed.set_error(tr("请填客户约的时间，如 2026-11-23 14:30"))
            return None
        return at

    def _saved(self, logged: CallLogged) -> None:
        self.session.say("".join((logged.sentence, *logged.remarks)), _tone(logged))
        self.done.emit()

    def _refused(self, error: StoreDeskError) -> None:
        self._save.setEnabled(self._prepared is not None)
        self.banner.say(str(error), "danger")

    def _hide_banner(self) -> None:
        self.banner.say("")
        self.setFocus()

    def _opinion_focus(self) -> None:
        self._opinion.focus()

    def _copy(self) -> None:
        if self._prepared is not None:
            QGuiApplication.clipboard().setText(self._prepared.followup.text("phone"))
            self.session.say(tr("已复制号码"))


def _tone(logged: CallLogged) -> str:
    return "warn" if logged.remarks else "ok"
