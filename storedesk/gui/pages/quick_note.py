"""记一笔: a call or a visitor in twenty seconds, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from storedesk.domain.changes import Change
from storedesk.domain.errors import StoreDeskError
from storedesk.domain.forms import Column
from storedesk.domain.values import Type
from storedesk.gui.drafts import Draft, Drafts
from storedesk.gui.editors import ChipsEditor, MemoEditor
from storedesk.gui.fields import Field
from storedesk.gui.places import NOTE, Place, group_of
from storedesk.gui.record_editor import RecordEditor
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import label
from storedesk.gui.widgets.notices import Banner
from storedesk.operations import inbound, records

_DRAFT_MS = 2_000
_WIDTH = 560
_OFFERED = 8
_KINDS = "来电类型"


class NoteDialog(QDialog):
    """Who, what kind, one line, two ticks; Ctrl+Enter saves.

    Esc puts it aside: what was typed is there when it is opened again, also after a crash.
    """

    def __init__(self, session: Session, drafts: Drafts, parent: QWidget, who: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("记一笔"))
        self.setMinimumWidth(_WIDTH)
        self._session, self._drafts = session, drafts
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(tr("记一笔"), "section"))
        self.banner = Banner()
        column.addWidget(self.banner)
        self.who = self._who_field(who)
        kinds = session.facts.settings.choices.get(_KINDS, ())
        self.kind = Field(
            Column("kind", tr("类型")), ChipsEditor(kinds or (tr("咨询"),), single=True)
        )
        self.kind.set_text(kinds[0] if kinds else tr("咨询"))
        self.content = Field(Column("content", tr("说了什么"), Type.LONG_TEXT), MemoEditor())
        for field in (self.who, self.kind, self.content):
            column.addWidget(field)
        column.addLayout(self._ticks())
        column.addStretch(1)
        column.addLayout(self._foot())
        # The types wrap: how high the dialog must be follows from its width.
        self.resize(_WIDTH, column.totalHeightForWidth(_WIDTH))
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)
        (self.content if who else self.who).focus()
        self._blank = self._typed()
        self._rest = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._rest.timeout.connect(self._keep)
        for edited in (self.who.edited, self.kind.edited, self.content.edited):
            edited.connect(self._rest.start)
        session.worker.run(drafts.load, self._find_draft, owner=self)

    def save(self) -> None:
        """Keep the note; the window says so and offers what may come next."""
        asked = self._session.clerk.ask(
            inbound.take_call,
            who=self.who.text(),
            kind=self.kind.text(),
            content=self.content.text(),
            by=self._session.me,
            restated=self._restated.isChecked(),
            callback_needed=self._callback.isChecked(),
        )
        asked.then(self._saved, refused=self._refused, owner=self)

    def reject(self) -> None:
        """Put it aside: what was typed is kept and offered again."""
        if self._typed() != self._blank:
            self._keep()
            self._session.say(tr("没记完的留着，再打开「记一笔」就在。"), "info")
        super().reject()

    def give_up(self) -> None:
        """Close without keeping anything."""
        self._forget()
        super().reject()

    # --- what is not noted yet ------------------------------------------------------------------

    def _typed(self) -> dict[str, str]:
        ticks = {"restated": self._restated, "callback": self._callback}
        return {
            "who": self.who.text(),
            "name": self._who.line.text(),
            "kind": self.kind.text(),
            "content": self.content.text(),
            **{key: tr("是") for key, tick in ticks.items() if tick.isChecked()},
        }

    def _keep(self) -> None:
        self._rest.stop()
        draft = Draft(NOTE, "", self._typed())
        self._session.worker.run(lambda: self._drafts.keep(draft))

    def _forget(self) -> None:
        self._rest.stop()
        self._session.worker.run(lambda: self._drafts.drop(NOTE))

    def _find_draft(self, found: list[Draft]) -> None:
        """Go on with what was put aside; ask first if something else stands here."""
        draft = next((one for one in found if one.ledger == NOTE), None)
        if draft is None:
            return
        if self._typed() == self._blank and not self.who.text():
            self._resume(draft)
            text = tr("上次没记完的在这里。")
            self.banner.say(text, "info", ((tr("不要了"), self._start_anew),))
        else:
            text = tr("上次有一笔没记完。")
            self.banner.say(text, "info", ((tr("接着记"), lambda: self._resume(draft)),))

    def _resume(self, draft: Draft) -> None:
        self.banner.say("")
        self._fill(draft.values)

    def _start_anew(self) -> None:
        self.banner.say("")
        self._fill(self._blank)
        self._forget()
        self.who.focus()

    def _fill(self, texts: Mapping[str, str]) -> None:
        for key, field in (("who", self.who), ("kind", self.kind), ("content", self.content)):
            field.set_text(texts.get(key, ""))
        self._who.show_record(texts.get("name", ""), texts.get("who", ""))
        self._restated.setChecked("restated" in texts)
        self._callback.setChecked("callback" in texts)

    # --- building -------------------------------------------------------------------------------

    def _who_field(self, who: str) -> Field:
        self._who = RecordEditor("customers", self._look, tr("四位尾号、姓名或电话"))
        field = Field(Column("who", tr("谁")), self._who)
        field.set_text(who)
        return field

    def _ticks(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(24)
        self._restated = QCheckBox(tr("已复述确认"))
        self._callback = QCheckBox(tr("需回电（24 小时内）"))
        for tick in (self._restated, self._callback):
            row.addWidget(tick)
        row.addStretch()
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(tr("Ctrl+Enter 保存　Esc 先放着"), "caption"), 1)
        row.addWidget(button(tr("不记了"), self.give_up, variant="ghost"))
        row.addWidget(button(tr("记下"), self.save, icon_name="check", variant="primary"))
        return row

    # --- asking ---------------------------------------------------------------------------------

    def _look(
        self, ledger: str, words: str, answer: Callable[[Sequence[tuple[str, str]]], object]
    ) -> None:
        if not words.strip():
            answer(())
            return

        def take(hits: list[records.Hit]) -> None:
            found = [hit for hit in hits if hit.ledger == ledger][:_OFFERED]
            answer([(f"{hit.title}　{hit.line}", hit.id) for hit in found])

        self._session.clerk.ask(records.find, words).then(take, owner=self, latest="note")

    def _saved(self, change: Change) -> None:
        self._forget()
        session, record = self._session, change.first
        place = Place(group_of("inbound"), "inbound", record)
        session.say(tr("已记下"), "ok", (tr("转客诉 / 上门"), lambda: session.open(place)))
        self.accept()

    def _refused(self, error: StoreDeskError) -> None:
        empty = not self.who.text() and not self.content.text()
        text = tr("「谁」和「说了什么」至少填一个。") if empty else str(error)
        self.banner.say(text, "danger")
        self.who.focus()
