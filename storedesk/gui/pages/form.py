"""Adding or changing a record: the generated form, its draft, and the buttons that save."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from storedesk.domain.changes import Change
from storedesk.domain.errors import Refused, StoreDeskError
from storedesk.domain.records import Record
from storedesk.domain.values import Type
from storedesk.gui import messages
from storedesk.gui.drafts import Draft, Drafts
from storedesk.gui.page import Page, scrolling
from storedesk.gui.places import Place, group_of
from storedesk.gui.record_form import RecordForm
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.cards import page_title
from storedesk.gui.widgets.labels import label
from storedesk.gui.widgets.notices import Banner
from storedesk.operations import records
from storedesk.operations.desk import Desk

_DRAFT_MS = 2_000
_WIDEST = 1120
_AROUND = 80
"""Pixels above and below the field in sight: its label and what is wrong with it."""
_OFFERED = 8


class FormPage(Page):
    """One form at a time; what is not saved stays as a draft.

    Signals:
        done: the page has nothing more to do; the window goes back.
    """

    done = Signal()

    def __init__(self, session: Session, drafts: Drafts) -> None:
        super().__init__(session, tr("登记表"))
        self._drafts = drafts
        self._record: Record | None = None
        self._form: RecordForm | None = None
        self._again = False
        self._early: list[QKeyEvent] | None = None
        self._rest = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._rest.timeout.connect(self._keep_draft)

    def visit(self, place: Place) -> None:
        """Show an empty form, or a record to change."""
        self._show_form(place.ledger)
        self._record = None
        if place.record:
            self.session.clerk.ask(_with_names, place.record).then(
                lambda found: self._show_record(found, place.values), owner=self, latest="form"
            )
            return
        self._begin(dict(place.values))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Keep what is typed before the first field can take it."""
        if self._early is not None and event.text() and event.text().isprintable():
            self._early.append(event.clone())
        else:
            super().keyPressEvent(event)

    def touches(self, change: Change) -> bool:
        """Never: what a person types is not overwritten under their hands."""
        del change
        return False

    # --- building -------------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make head, room for the form, and foot."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(24, 20, 24, 12)
        head.setSpacing(12)
        back = button(tr("返回"), self.done.emit, icon_name="chevron-left", variant="ghost")
        row, self._title, self._subtitle = page_title("", tr("带 * 的要填，其余以后慢慢补"), back)
        head.addLayout(row)
        self.banner = Banner()
        head.addWidget(self.banner)
        column.addLayout(head)
        yield
        self._body = QWidget()
        self._room = QHBoxLayout(self._body)
        self._room.setContentsMargins(24, 4, 24, 20)
        # On a wide screen the form begins below the title, not somewhere in the middle.
        self._room.addStretch(1)
        self._area = scrolling(self._body)
        column.addWidget(self._area, 1)
        yield
        self._buttons = self._foot()
        column.addWidget(self._buttons)
        for keys, do in (
            ("Ctrl+S", self.save),
            ("Ctrl+Return", self.save),
            ("Ctrl+Enter", self.save),
            ("Esc", self.done.emit),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(do)

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setObjectName("footer")
        row = QHBoxLayout(foot)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(8)
        self._state = label("", "caption")
        row.addWidget(self._state, 1)
        row.addWidget(button(tr("取消"), self._give_up, variant="ghost"))
        self._save_again = button(tr("保存并再录一条"), self._save_and_again)
        row.addWidget(self._save_again)
        self._save = button(
            tr("保存"), self.save, icon_name="check", variant="primary", tip="Ctrl+S"
        )
        row.addWidget(self._save)
        return foot

    def _show_form(self, ledger: str) -> None:
        facts = self.session.facts
        if self._form is not None:
            self._rest.stop()
            self._form.hide()
            self._form.deleteLater()
        self._form = RecordForm(facts.forms[ledger], facts.settings, self._look)
        self._form.setMaximumWidth(_WIDEST)
        self._form.edited.connect(self._rest.start)
        self._form.left.connect(self._check_duplicate)
        self._form.cursor_placed.connect(self._cursor_placed)
        self._early = []
        self._room.insertWidget(0, self._form, _WIDEST)
        self._form.let_follow(self._buttons)
        self.banner.say("")
        self._state.setText("")

    def _cursor_placed(self) -> None:
        """Show the field the cursor went to, and type into it what came before it."""
        self._area.ensureWidgetVisible(self.window().focusWidget(), 0, _AROUND)
        keys, self._early = self._early or [], None
        for key in keys:
            QCoreApplication.sendEvent(self.window().focusWidget(), key)

    def _begin(self, values: dict[str, str]) -> None:
        assert self._form is not None  # noqa: S101  # visit made it
        name = self._form.form.label
        self._title.setText(tr("新增{name}").format(name=name))
        self._save_again.show()
        self._form.begin(values)
        self._form.focus_first()
        if not values:
            ledger = self._form.form.ledger
            self.session.worker.run(self._drafts.load, lambda d: self._offer(d, ledger), owner=self)

    def _show_record(self, found: tuple[Record, dict[str, str]], values: Mapping[str, str]) -> None:
        assert self._form is not None  # noqa: S101  # visit made it
        self._record, names = found
        title = self._form.form.title
        name = self._record.text(title) or self._record.id
        self._title.setText(tr("修改 {name}").format(name=name))
        self._save_again.hide()
        self._form.show_record(self._record, names)
        self._form.fill_in(values)
        self._form.focus_first()

    # --- saving ---------------------------------------------------------------------------------

    def save(self) -> None:
        """Save what was entered; the page is left when it is safe."""
        if self._form is None or not self._save.isEnabled():
            return
        form, who = self._form, self.session.me
        self._save.setEnabled(False)
        clerk = self.session.clerk
        if self._record is not None:
            asked = clerk.ask(records.set_values, self._record.id, form.changes(), who)
        else:
            asked = clerk.ask(records.add, form.form.ledger, form.entered(), who)
        asked.then(self._saved, refused=self._refused, owner=self)

    def _save_and_again(self) -> None:
        self._again = True
        self.save()

    def _saved(self, change: Change) -> None:
        assert self._form is not None  # noqa: S101  # it was saved from there
        self._save.setEnabled(True)
        self._drop_draft()
        ledger, record = self._form.form.ledger, change.first
        place = Place(group_of(ledger), ledger, record)
        see = (tr("查看"), lambda: self.session.open(place)) if record else None
        remark = "；".join(problem.what for problem in change.problems)
        self.session.say(remark or tr("已保存"), "warn" if remark else "ok", see)
        if self._again:
            self._again = False
            self._form.begin({})
            self._form.focus_first()
        else:
            self.done.emit()

    def _refused(self, error: StoreDeskError) -> None:
        self._save.setEnabled(True)
        self._again = False
        others = [str(error)]
        if isinstance(error, Refused) and self._form is not None:
            others = [problem.sentence() for problem in self._form.show_problems(error.problems)]
        self.banner.say("；".join(others), "danger")

    # --- drafts ---------------------------------------------------------------------------------

    def _keep_draft(self) -> None:
        if self._form is None:
            return
        draft = Draft(
            self._form.form.ledger,
            self._record.id if self._record else "",
            self._form.changes(),
        )
        self.session.worker.run(lambda: self._drafts.keep(draft), self._say_kept, owner=self)

    def _say_kept(self, _none: None) -> None:
        now = self.session.facts.now()
        self._state.setText(tr("草稿已存好 {at}").format(at=f"{now:%H:%M}"))

    def _drop_draft(self) -> None:
        if self._form is None:
            return
        self._rest.stop()
        ledger, record = self._form.form.ledger, self._record.id if self._record else ""
        self.session.worker.run(lambda: self._drafts.drop(ledger, record))

    def _give_up(self) -> None:
        self._drop_draft()
        self.done.emit()

    def _offer(self, drafts: list[Draft], ledger: str) -> None:
        """Offer what was left unfinished, unless something was typed meanwhile."""
        draft = next((one for one in drafts if one.ledger == ledger and not one.record), None)
        if draft is None or self._form is None or self._form.form.ledger != ledger:
            return
        if self._record is not None or self._form.changes():
            return
        self.banner.say(
            tr("上次有一份没填完。"),
            "info",
            (
                (tr("接着填"), lambda: self._resume(draft)),
                (tr("不要了"), self._forget_offer),
            ),
        )

    def _resume(self, draft: Draft) -> None:
        self.banner.say("")
        if self._form is not None:
            self._form.begin(draft.values)

    def _forget_offer(self) -> None:
        self.banner.say("")
        self._drop_draft()

    # --- looking up -----------------------------------------------------------------------------

    def _look(
        self, ledger: str, words: str, answer: Callable[[Sequence[tuple[str, str]]], object]
    ) -> None:
        if not words.strip():
            answer(())
            return

        def take(hits: list[records.Hit]) -> None:
            found = [hit for hit in hits if hit.ledger == ledger][:_OFFERED]
            answer([(f"{hit.title}　{hit.line}", hit.id) for hit in found])

        self.session.clerk.ask(records.find, words).then(take, owner=self._form, latest="look")

    def _check_duplicate(self, key: str) -> None:
        """Say if the phone of a new customer belongs to one already (message 7)."""
        if key != "phone" or self._record is not None or self._form is None:
            return
        phone = self._form.fields["phone"].text()
        if self._form.form.ledger == "customers" and phone:
            self.session.clerk.ask(records.find, phone, 5).then(
                self._tell_duplicate, owner=self._form, latest="duplicate"
            )

    def _tell_duplicate(self, hits: list[records.Hit]) -> None:
        hit = next((one for one in hits if one.ledger == "customers"), None)
        if hit is None:
            return
        told = messages.duplicate(hit.title, hit.line)
        place = Place("customers", "customers", hit.id)
        doings = (lambda: self.session.open(place), lambda: self.banner.say(""))
        self.banner.say(told.text, told.tone, tuple(zip(told.buttons, doings, strict=True)))


def _with_names(desk: Desk, record_id: str) -> tuple[Record, dict[str, str]]:
    """Return a record and what to call the records it points to; runs in the clerk's lane."""
    record = records.get(desk, record_id)
    names: dict[str, str] = {}
    for column in desk.forms[record.ledger].columns:
        target = record.text(column.key)
        if column.type is Type.RECORD and column.links and target:
            found = records.page(desk, column.links, [target])
            if found:
                names[column.key] = records.title(desk.forms[column.links], found[0])
    return record, names
