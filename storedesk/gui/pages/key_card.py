"""签名 in 设置: who may sign, whose key counts, and making one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QWidget

from storedesk.domain.errors import StoreDeskError
from storedesk.gui.asking import AskDialog, Question
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.cards import Card
from storedesk.gui.widgets.labels import Pill, label
from storedesk.operations import keys
from storedesk.operations.keys import VALID, KeyMade, StaffLine


class KeyCard(Card):
    """One line for each person who signs reports."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("签名"))
        self._session = session
        self._rows: list[QWidget] = []
        hint = label(tr("日报由这些人依次签字，每人一把钥匙、一个口令。"), "sub", wrap=True)
        hint.setContentsMargins(16, 0, 16, 8)
        self.body.addWidget(hint)

    def reload(self) -> None:
        """Ask who signs and with which key."""
        self._session.clerk.ask(keys.list_staff).then(self._show, owner=self, latest="keys")

    def _show(self, staff: tuple[StaffLine, ...]) -> None:
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self._rows = [self._row(line) for line in staff]
        for row in self._rows:
            self.body.addWidget(row)

    def _row(self, line: StaffLine) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(12)
        row.addWidget(label(line.name, "strong"))
        row.addWidget(label(line.signs_as, "sub"), 1)
        state = line.key.state if line.key else tr("还没有钥匙")
        if line.key and line.key.trial:
            state = tr("{state}（试用）").format(state=state)
        valid = line.key is not None and line.key.state == VALID
        row.addWidget(Pill(state, "ok" if valid else "warn"))
        word = tr("重办") if line.key else tr("办钥匙")
        row.addWidget(button(word, lambda: self._ask(line)))
        return made

    def _ask(self, line: StaffLine) -> None:
        def make(texts: Mapping[str, str]) -> str:
            if texts["first"] != texts["second"]:
                return tr("两次输入的口令不一样，请再输一次。")
            self._session.clerk.ask(
                keys.make_key,
                line.name,
                (),
                texts["first"],
                by=self._session.me,
                renew=line.key is not None,
            ).then(self._made, refused=self._refused, owner=self)
            return ""

        hint = tr("至少 8 个字符。忘了口令只能重办，谁也查不到。")
        questions = (
            Question("first", tr("签名口令"), hint=hint, secret=True),
            Question("second", tr("再输一次"), secret=True),
        )
        AskDialog(tr("{name} 的签名钥匙").format(name=line.name), questions, make, self).open()

    def _made(self, made: KeyMade) -> None:
        self._session.say(tr("{name} 的钥匙办好了").format(name=made.name))
        self.reload()

    def _refused(self, error: StoreDeskError) -> None:
        self._session.say(str(error), "danger")
