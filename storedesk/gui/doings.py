"""What can be done with a record, wherever it is in sight: the words and what they do.

One place, so that a ledger, 今天 and a card offer the same things in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from storedesk.domain.changes import Change
from storedesk.domain.ledgers.followups import OPEN
from storedesk.domain.records import Record
from storedesk.domain.values import Type, Unreadable, Value, canonical
from storedesk.gui.asking import AskDialog, Question, Saver
from storedesk.gui.places import CALL, FORM, Place, group_of
from storedesk.gui.session import Session
from storedesk.gui.tasks import Asked
from storedesk.gui.texts import tr
from storedesk.gui.widgets.notices import Action
from storedesk.operations import followups, inbound, records


class Doings:
    """Offers actions on records; dialogs open above ``parent``."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        self._session, self._parent = session, parent

    def offers(self, record: Record) -> list[Action]:
        """Return what can be done with a record, the first being the one to do."""
        own = {
            "followups": self._followup,
            "issues": self._issue,
            "complaints": self._complaint,
            "inbound": self._inbound,
            "customers": self._customer,
        }.get(record.ledger)
        found = own(record) if own else []
        if phone := record.text("phone"):
            found.append((tr("复制号码"), lambda: self._copy(phone)))
        if record.ledger != "customers" and record.text("customer"):
            found.append((tr("看客户"), lambda: self.see("customers", record.text("customer"))))
        if not self._session.facts.forms[record.ledger].append_only:
            found.append((tr("修改"), lambda: self.edit(record)))
        return found

    def offer(self, record: Record, at: QPoint) -> None:
        """Offer the same as a menu, for the right mouse button or the menu key."""
        menu = QMenu(self._parent)
        for name, do in self.offers(record):
            # Ampersands of a word would mark a letter.
            menu.addAction(name.replace("&", "&&"), do)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def open(self, record: Record) -> None:
        """Do what Enter does on a record."""
        if record.ledger == "followups" and _is_open(record):
            self._session.open(Place(CALL, record=record.id))
        elif record.ledger == "issues" and not record["answered_at"]:
            self._answer(record)
        elif not self._session.facts.forms[record.ledger].append_only:
            self.edit(record)

    def edit(self, record: Record) -> None:
        """Open the form of a record."""
        self._session.open(Place(FORM, record.ledger, record.id))

    def see(self, ledger: str, record_id: str) -> None:
        """Show a record in its ledger."""
        self._session.open(Place(group_of(ledger), ledger, record_id))

    # --- by ledger ------------------------------------------------------------------------------

    def _followup(self, record: Record) -> list[Action]:
        if not _is_open(record):
            return []
        return [
            (tr("登记结果"), lambda: self._session.open(Place(CALL, record=record.id))),
            (tr("改约"), lambda: self.postpone(record)),
            (tr("免访"), lambda: self._skip(record)),
        ]

    def _issue(self, record: Record) -> list[Action]:
        if record["answered_at"]:
            return []
        return [(tr("登记答复"), lambda: self._answer(record))]

    def _complaint(self, record: Record) -> list[Action]:
        found: list[Action] = []
        if not record["answered_at"]:
            found.append((tr("登记答复"), lambda: self._answer_complaint(record)))
        if not record["closed_at"]:
            found.append((tr("写下一步"), lambda: self._plan_next(record)))
        return found

    def _inbound(self, record: Record) -> list[Action]:
        if record.text("transferred_to"):
            return []
        found: list[Action] = []
        if record.yes("callback_needed") and not record["callback_at"]:
            found.append((tr("已回电"), lambda: self._called_back(record)))
        found.append((tr("转客诉"), lambda: self._to_complaint(record)))
        found.append((tr("转上门"), lambda: self._to_visit(record)))
        return found

    def _customer(self, record: Record) -> list[Action]:
        start = {"customer": record.id}
        return [
            (tr("新成交"), lambda: self._begin("purchases", start)),
            (tr("新客诉"), lambda: self._begin("complaints", start)),
            (tr("新上门"), lambda: self._begin("visits", start)),
        ]

    # --- one by one -----------------------------------------------------------------------------

    def _copy(self, phone: str) -> None:
        QGuiApplication.clipboard().setText(phone)
        self._session.say(tr("已复制号码"))

    def _begin(self, ledger: str, values: Mapping[str, str]) -> None:
        self._session.open(Place(FORM, ledger, values=values))

    def postpone(self, record: Record) -> None:
        """Ask when the customer wants to be called instead."""

        def save(texts: Mapping[str, str]) -> str:
            try:
                at = canonical(texts["at"], Type.MOMENT)
            except Unreadable as reason:
                return str(reason)
            if not isinstance(at, datetime):
                return tr("请填客户约的时间，如 2026-11-23 14:30。")
            clerk, me = self._session.clerk, self._session.me
            self._send(clerk.ask(followups.reschedule, record.id, at, by=me), tr("已改约"))
            return ""

        title = tr("改约：{name}").format(name=record.text("customer_name"))
        self._open(title, Question("at", tr("客户约的时间"), Type.MOMENT), save)

    def _skip(self, record: Record) -> None:
        def save(texts: Mapping[str, str]) -> str:
            if not texts["reason"]:
                return tr("请写上为什么免访。")
            clerk, me = self._session.clerk, self._session.me
            asked = clerk.ask(followups.skip, record.id, texts["reason"], by=me)
            self._send(asked, tr("已免访"))
            return ""

        title = tr("免访：{name}").format(name=record.text("customer_name"))
        self._open(title, Question("reason", tr("免访原因")), save)

    def _answer(self, record: Record) -> None:
        def save(texts: Mapping[str, str]) -> str:
            if not texts["answer"]:
                return tr("请写上怎么答复客户的。")
            clerk, me = self._session.clerk, self._session.me
            asked = clerk.ask(followups.answer_issue, record.id, texts["answer"], by=me)
            self._send(asked, tr("答复已登记"))
            return ""

        title = tr("答复 {name}：{what}").format(
            name=record.text("customer_name"), what=record.text("content")
        )
        self._open(title, Question("answer", tr("怎么答复客户的"), Type.LONG_TEXT), save)

    def _answer_complaint(self, record: Record) -> None:
        def save(texts: Mapping[str, str]) -> str:
            if not texts["answer"]:
                return tr("请写上怎么答复客户的。")
            clerk, me = self._session.clerk, self._session.me
            values: dict[str, Value] = {
                "answer": texts["answer"],
                "answered_at": self._session.facts.now(),
                "answered_by": me,
            }
            asked = clerk.ask(records.set_values, record.id, values, me)
            self._send(asked, tr("答复已登记"))
            return ""

        title = tr("答复 {name}").format(name=record.text("customer_name"))
        self._open(title, Question("answer", tr("怎么答复客户的"), Type.LONG_TEXT), save)

    def _plan_next(self, record: Record) -> None:
        def save(texts: Mapping[str, str]) -> str:
            if not texts["next_action"]:
                return tr("请写上下一步做什么。")
            clerk, me = self._session.clerk, self._session.me
            values: dict[str, Value] = {"next_action": texts["next_action"], "next_owner": me}
            self._send(clerk.ask(records.set_values, record.id, values, me), tr("已记下"))
            return ""

        title = tr("下一步：{name}").format(name=record.text("customer_name"))
        text = record.text("next_action")
        question = Question("next_action", tr("下一步"), Type.LONG_TEXT, text=text)
        self._open(title, question, save)

    def _called_back(self, record: Record) -> None:
        asked = self._session.clerk.ask(inbound.call_back, record.id, by=self._session.me)
        self._send(asked, tr("已登记回电"))

    def _to_complaint(self, record: Record) -> None:
        asked = self._session.clerk.ask(inbound.turn_into_complaint, record.id, by=self._session.me)
        asked.then(self._show_turned, owner=self._parent)

    def _to_visit(self, record: Record) -> None:
        asked = self._session.clerk.ask(inbound.turn_into_visit, record.id, by=self._session.me)
        asked.then(self._show_turned, owner=self._parent)

    def _show_turned(self, change: Change) -> None:
        for ledger in ("complaints", "visits"):
            for record in change.records.get(ledger, ()):
                self.see(ledger, record)

    def _send(self, asked: Asked[Change], said: str) -> None:
        asked.then(lambda _: self._session.say(said), owner=self._parent)

    def _open(self, title: str, question: Question, save: Saver) -> None:
        AskDialog(title, (question,), save, self._parent).open()


def _is_open(record: Record) -> bool:
    return record.text("status") in OPEN or not record.text("status")
