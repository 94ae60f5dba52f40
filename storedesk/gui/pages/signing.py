"""Signing: who, with which words, and one passphrase for all ticked reports."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.forms import Column
from storedesk.domain.paper_errors import WrongPassphrase
from storedesk.domain.values import Type
from storedesk.gui import messages
from storedesk.gui.editors import ComboEditor, LineEditor, MemoEditor
from storedesk.gui.fields import Field
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import label
from storedesk.gui.widgets.notices import Banner
from storedesk.gui.widgets.report_list import heading
from storedesk.operations import keys, signing
from storedesk.operations.keys import StaffLine
from storedesk.operations.reports import ReportLine
from storedesk.operations.signing import Order, SheetSigned, SigningDone, SigningPlan

_WIDTH = 480
_NAMED = 6


class SignDialog(QDialog):
    """Asks once and signs all; stays open when the passphrase is wrong.

    Signals:
        signed: carries the ``SigningDone``.
    """

    signed = Signal(object)

    def __init__(self, session: Session, lines: Sequence[ReportLine], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("签字"))
        self.setMinimumWidth(_WIDTH)
        self._session, self._lines = session, tuple(lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        title = tr("签 {count} 份报表").format(count=len(lines))
        column.addWidget(label(title, "section"))
        named = "、".join(heading(line) for line in lines[:_NAMED])
        column.addWidget(label(named + ("…" if len(lines) > _NAMED else ""), "sub", wrap=True))
        self.banner = Banner()
        column.addWidget(self.banner)
        self.who = Field(Column("who", tr("签字人"), Type.STAFF), ComboEditor(()))
        self.comment = Field(
            Column("comment", tr("批示"), Type.LONG_TEXT, hint=tr("最后一位签字时写，可以不写")),
            MemoEditor(height=60),
        )
        self._line = LineEditor()
        self._line.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase = Field(Column("passphrase", tr("签名口令")), self._line)
        for field in (self.who, self.comment, self.passphrase):
            column.addWidget(field)
        row = QHBoxLayout()
        row.addWidget(label(tr("Ctrl+Enter 签字"), "caption"), 1)
        row.addWidget(button(tr("取消"), self.reject, variant="ghost"))
        self._sign = button(tr("签字"), self.sign, icon_name="pen-line", variant="primary")
        row.addWidget(self._sign)
        column.addLayout(row)
        for combination in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(combination), self).activated.connect(self.sign)
        session.clerk.ask(keys.list_staff).then(self._show_staff, owner=self)
        self.passphrase.focus()

    def sign(self) -> None:
        """Plan (clerk), sign (worker), settle (clerk)."""
        if not self._sign.isEnabled():
            return
        if not self.who.text() or not self._line.text():
            self.banner.say(tr("请选签字人，并输入签名口令。"), "info")
            return
        self._sign.setEnabled(False)
        self.banner.say(tr("正在签字…"), "info")
        numbers = [line.report_no for line in self._lines]
        order = Order(self.comment.text())
        self._session.clerk.ask(signing.plan_signing, numbers, self.who.text(), order=order).then(
            self._carry_out, refused=self._refused, owner=self
        )

    def _show_staff(self, staff: tuple[StaffLine, ...]) -> None:
        names = [one.name for one in staff]
        editor = self.who.editor
        assert isinstance(editor, ComboEditor)  # noqa: S101  # made so above
        editor.combo.addItems(names)
        me = self._session.me
        self.who.set_text(me if me in names else "")

    def _carry_out(self, plan: SigningPlan) -> None:
        passphrase = self._line.text()
        self._session.worker.run(
            lambda: signing.carry_out(plan, passphrase),
            lambda outcome: self._settle(plan, outcome),
            refused=self._refused,
            owner=self,
        )

    def _settle(self, plan: SigningPlan, outcome: tuple[SheetSigned, ...]) -> None:
        self._session.clerk.ask(signing.settle, plan, outcome).then(
            self._done, refused=self._refused, owner=self
        )

    def _done(self, done: SigningDone) -> None:
        self.signed.emit(done)
        self.accept()

    def _refused(self, error: StoreDeskError) -> None:
        self._sign.setEnabled(True)
        wrong = isinstance(error, WrongPassphrase)
        self.banner.say(messages.wrong_passphrase().text if wrong else str(error), "danger")
        if wrong:
            self._line.set_text("")
            self.passphrase.focus()
