"""From an empty window to a working one: dresses it, opens the desk, joins the parts."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QDeadlineTimer,
    QLibraryInfo,
    QLocale,
    QObject,
    Qt,
    QTimer,
    QTranslator,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from storedesk import resources
from storedesk.domain.errors import StoreDeskError
from storedesk.gui import messages
from storedesk.gui.application import bring_to_front
from storedesk.gui.bell import Bell
from storedesk.gui.contents import Contents
from storedesk.gui.drafts import Draft, Drafts
from storedesk.gui.failures import FailureWatch
from storedesk.gui.flushing import Flusher, SyncState
from storedesk.gui.main_window import MainWindow
from storedesk.gui.makers import page_makers
from storedesk.gui.notifier import Notifier, notifier_for
from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.quick_note import NoteDialog
from storedesk.gui.places import CHECK, FORM, NOTE, Notice, Place
from storedesk.gui.preferences import Preferences
from storedesk.gui.session import DeskFacts, Session, gather
from storedesk.gui.tasks import Clerk, Worker
from storedesk.gui.texts import tr
from storedesk.gui.theme import theme
from storedesk.gui.widgets.notices import Action
from storedesk.operations import questions, syncing
from storedesk.operations.clock import Clock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.due import DueList
from storedesk.operations.syncing import Waiting
from storedesk.operations.taken import Taken

PATIENCE = 10.0
"""So many seconds the end is waited for, behind a window that is gone: a write may be under way."""
_HANGING = 2.0
"""… if the folder is known not to answer."""
_AT_LEAST = 0.5
_FULL_COLLECTION = 500
"""Collections of younger objects between two of all; Python's own choice is 10."""
_SAID_MS = 15_000
_OFFERED = 6
"""So many names fit into a banner; the others are in 设置."""


def dress(app: QApplication, preferences: Preferences) -> None:
    """Put on the look and Chinese words on Qt's own buttons."""
    QLocale.setDefault(QLocale("zh_CN"))
    translator = QTranslator(app)
    words = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load("qtbase_zh_CN", words):
        app.installTranslator(translator)
    theme().apply(app, preferences.look(), preferences.text_size())


def _write_last(desk: Desk) -> None:
    """Write what was entered in the last seconds: who closes the window may open Excel next."""
    if syncing.status(desk).waiting_count:
        syncing.sync(desk)


class Opening(QObject):
    """Owns everything behind one window for as long as it is open."""

    def __init__(
        self,
        app: QApplication,
        window: MainWindow,
        folder: Path,
        preferences: Preferences,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(window)
        dress(app, preferences)
        self.window = window
        self.contents = Contents()
        window.setCentralWidget(self.contents)
        self.failures = FailureWatch()
        self._take_back_hooks: Callable[[], None] = lambda: None
        self.session: Session | None = None
        self.flusher: Flusher | None = None
        self.bell: Bell | None = None
        self._folder, self._preferences, self._clock = folder, preferences, clock
        self._notifier: Notifier | None = None
        self.worker = Worker()
        self.clerk = Clerk(self._open_desk, Desk.close)
        self.clerk.failed.connect(self._tell_failure)
        self.worker.failed.connect(self._tell_failure)
        window.closing.connect(self.close)

    def start(self) -> None:
        """Open the desk in the clerk's lane; from now on bugs are shown."""
        self._take_back_hooks = self.failures.install()
        self.clerk.ask(gather).then(self._opened, refused=self._not_opened, owner=self)

    def close(self) -> None:
        """Finish what was asked for and close the desk; a folder that hangs is not waited for."""
        reachable = self.flusher is None or self.flusher.reachable()
        if self.flusher is not None:
            self.flusher.stop()
        self._preferences.set_geometry(self.window.saveGeometry())
        if self.session is not None:
            self._preferences.set_open_since(self.session.facts.folder, None)
        self._preferences.save()
        patience = PATIENCE if reachable else min(_HANGING, PATIENCE)
        until = QDeadlineTimer(round(patience * 1000))
        finished = self.worker.close(patience)
        if finished and reachable:
            self.clerk.ask(_write_last).then()
        if self.bell is not None:
            self.bell.stop()
        finished = self.clerk.close(max(until.remainingTime() / 1000, _AT_LEAST)) and finished
        self._take_back_hooks()
        if not finished:
            self.window.hangs = True
            self._say_safe()

    def _say_safe(self) -> None:
        """Say what became of the entries, to who closed the window while the folder hung."""
        box = QMessageBox()
        box.setWindowTitle(tr("店务台"))
        box.setText(tr("门店文件夹没有反应，店务台先关了。"))
        box.setInformativeText(
            tr("登记过的都已存在本机，不会丢：下次打开店务台、文件夹连上以后，自动写进表格。")
        )
        QTimer.singleShot(_SAID_MS, box.accept)
        box.exec()

    def _open_desk(self) -> Desk:
        return open_desk(self._folder, clock=self._clock)

    def _opened(self, facts: DeskFacts) -> None:
        self._preferences.set_last_desk(self._folder)
        session = Session(self.clerk, self.worker, facts, self._preferences)
        self.session = session
        drafts = Drafts(resources.user_folder() / "drafts" / f"{facts.desk}.json")
        self._notifier = notifier_for(self.window, lambda: bring_to_front(self.window), self._say)
        self._tell_crash(session, drafts)
        self.flusher = Flusher(session)
        self.flusher.state_changed.connect(self._show_state)
        self.flusher.held.connect(self._tell_held)
        self.flusher.stopped.connect(self._tell_stopped)
        self.flusher.took_in.connect(self._tell_taken)
        self.bell = Bell(session)
        self.bell.looked.connect(self._count_due)
        self.bell.due_now.connect(self._ring)
        self.contents.note_wanted.connect(lambda: NoteDialog(session, drafts, self.window).open())
        self.contents.find_wanted.connect(lambda: FindDialog(session, self.window).open())
        self.contents.attach(
            session, page_makers(self.bell, self.flusher, drafts, self.contents.back)
        )
        if not session.me:
            self._ask_who(session)
        # The bell looks at what is due once the workbooks have been taken in for the first time.
        self.flusher.state_changed.connect(self.bell.start, Qt.ConnectionType.SingleShotConnection)
        self.flusher.start()
        # Everything loaded by now stays: a full collection need not look at it again (a pause of
        # 70 ms in the window's thread otherwise, more than once a minute while scrolling).
        gc.freeze()
        # While a workbook of 100,000 rows is read it would be 300 ms: once in some millions of new
        # objects is often enough, nearly all go without it.
        first, second, _ = gc.get_threshold()
        gc.set_threshold(first, second, _FULL_COLLECTION)

    def _not_opened(self, error: StoreDeskError) -> None:
        self.contents.banner.say(
            str(error), "danger", ((tr("再试"), self._retry), (tr("换一个文件夹"), self._choose))
        )

    def _retry(self) -> None:
        self.contents.banner.say("")
        self.start()

    def _choose(self) -> None:
        found = QFileDialog.getExistingDirectory(self.window, tr("选择门店文件夹"))
        if found:
            self._folder = Path(found)
            self._retry()

    # --- what the parts tell the window ---------------------------------------------------------

    def _show_state(self, state: SyncState) -> None:
        self._count_questions()
        if state.out_of_reach:
            name = tr("文件夹连不上")
            if state.waiting_count:
                name = tr("{count} 条等连上").format(count=state.waiting_count)
            self.contents.say_saved(name, "circle-alert", "danger")
        elif state.errors:
            self.contents.say_saved(tr("有工作簿读不了"), "circle-alert", "danger")
        elif state.waiting_count:
            name = tr("{count} 条等写入").format(count=state.waiting_count)
            self.contents.say_saved(name, "hourglass", "warn")
        elif state.written_at is not None:
            name = tr("已写入 Excel {at}").format(at=f"{state.written_at:%H:%M}")
            self.contents.say_saved(name, "shield-check", "text2")

    def _count_questions(self) -> None:
        """Show on the menu how many things only a person can decide."""
        self.clerk.ask(questions.count_open).then(
            lambda count: self.contents.menu.buttons[CHECK].set_badge(count, "warn"),
            refused=lambda _: None,
            owner=self,
            latest="questions",
        )

    def _tell_taken(self, taken: Taken) -> None:
        """Say what nobody would expect: an old copy, a conflict copy, values on both sides."""
        text = "。".join((*taken.lines(), ""))
        see: Action = (tr("去看看"), self._see_waiting)
        if taken.copy or taken.old_copy:
            known: Action = (tr("知道了"), self._hide_banner)
            self.contents.banner.say(text, "info", (see, known) if taken.conflicts else (known,))
        elif taken.conflicts:
            self.contents.say(Notice(text, "warn", see))

    def _tell_stopped(self, taken: Taken) -> None:
        told = messages.too_much_changed(taken.workbook)
        doings = (self._see_waiting, self._hide_banner)
        self.contents.banner.say(
            told.text, told.tone, tuple(zip(told.buttons, doings, strict=True))
        )

    def _tell_held(self, waiting: Waiting) -> None:
        told = messages.held(waiting.workbook, waiting.holder, waiting.count)
        doings = (self._hide_banner, self._see_waiting)
        self.contents.banner.say(
            told.text, told.tone, tuple(zip(told.buttons, doings, strict=True))
        )

    def _ask_who(self, session: Session) -> None:
        """Ask once on this PC in whose name entries are made."""
        callers = [person.name for person in session.facts.settings.callers()]
        names = callers[:_OFFERED] or list(session.facts.staff[:_OFFERED])
        actions = [(name, partial(self._set_me, session, name)) for name in names]
        text = tr("您是哪一位？选一次就好，以后登记都记在您名下。")
        self.contents.banner.say(text, "info", actions)

    def _set_me(self, session: Session, name: str) -> None:
        self._hide_banner()
        session.set_me(name)

    def _tell_crash(self, session: Session, drafts: Drafts) -> None:
        """Say so if the last time did not end well (message 4), and note that it is open now."""
        facts, preferences = session.facts, self._preferences
        since = preferences.open_since(facts.folder)
        preferences.set_open_since(facts.folder, facts.now())
        if since is not None:
            self.worker.run(
                drafts.load, lambda found: self._offer_drafts(since, drafts, found), owner=self
            )

    def _offer_drafts(self, since: datetime, drafts: Drafts, found: list[Draft]) -> None:
        told = messages.not_closed_properly(since, len(found))
        doings = [self._hide_banner]
        if found:
            doings = [lambda: self._resume(found[0]), lambda: self._forget(drafts, found)]
        actions = tuple(zip(told.buttons, doings, strict=True))
        self.contents.banner.say(told.text, told.tone, actions)

    def _resume(self, draft: Draft) -> None:
        self._hide_banner()
        if draft.ledger == NOTE:
            self.contents.go(Place(NOTE))
            return
        self.contents.go(Place(FORM, draft.ledger, draft.record, draft.values))

    def _forget(self, drafts: Drafts, found: list[Draft]) -> None:
        self._hide_banner()
        for one in found:
            self.worker.run(partial(drafts.drop, one.ledger, one.record))

    def _hide_banner(self) -> None:
        self.contents.banner.say("")

    def _see_waiting(self) -> None:
        self._hide_banner()
        self.contents.go(Place(CHECK))

    def _tell_failure(self, error: StoreDeskError) -> None:
        self.contents.say(Notice(str(error), "danger"))

    def _count_due(self, found: DueList) -> None:
        overdue = sum(1 for item in found.items if item.overdue)
        self.contents.menu.buttons["today"].set_badge(
            len(found.items), "danger" if overdue else "neutral"
        )

    def _ring(self, title: str, text: str) -> None:
        if self._notifier is not None and not self.window.isActiveWindow():
            self._notifier.ring(title, text)

    def _say(self, text: str) -> None:
        self.contents.say(Notice(text, "info"))
