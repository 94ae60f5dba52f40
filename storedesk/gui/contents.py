"""What the window holds: the menu, the pages, the toast and the banner.

It is there before the desk is open; ``attach`` fills it with pages then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from storedesk.gui.page import Page
from storedesk.gui.pieces import Pieces
from storedesk.gui.places import (
    CALL,
    CHECK,
    FIND,
    FORM,
    GROUPS,
    NOTE,
    REPORTS,
    SETTINGS,
    STORE_SETTINGS,
    TODAY,
    Notice,
    Place,
    group_of,
)
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.theme import theme
from storedesk.gui.widgets.notices import Banner, Toast
from storedesk.gui.widgets.side_menu import MenuEntry, SideMenu

_FOLD_BELOW = 1120
SAVED = "saved"
"""Key of the line that says whether everything is in Excel; it leads to 需核对."""

_SHOWN_UNDER = {CALL: "followups", STORE_SETTINGS: SETTINGS}
"""Pages without a menu line of their own."""

PageMaker = Callable[[Session], Page]


class Contents(QWidget):
    """Everything inside the one window of a desk.

    Signals:
        note_wanted: 记一笔 was asked for.
        find_wanted: 找客户 was asked for.
    """

    note_wanted = Signal()
    find_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("root")
        self.session: Session | None = None
        self._makers: Mapping[str, PageMaker] = {}
        self._pages: dict[str, Page] = {}
        self._trail: list[Place] = []
        self._going: Place | None = None
        self._pieces = Pieces(self)
        self._begun: set[str] = set()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        self.menu = SideMenu(_entries(), _foot_entries())
        across.addWidget(self.menu)
        column = QVBoxLayout()
        column.setSpacing(0)
        across.addLayout(column, 1)
        self.banner = Banner()
        column.addWidget(self.banner.with_margins(theme().sizes.margin))
        self._stack = QStackedWidget()
        # The first widget is shown at once; pages are shown when they are complete.
        self._stack.addWidget(QWidget())
        column.addWidget(self._stack, 1)
        self.toast = Toast(self)
        self._connect()

    def attach(self, session: Session, makers: Mapping[str, PageMaker]) -> None:
        """Fill the window once the desk is open.

        Args:
            session: what the pages share.
            makers: how each page is made, by its key; called at its first visit.
        """
        self.session = session
        self._makers = makers
        session.go.connect(self.go)
        session.said.connect(self.say)
        session.facts_changed.connect(self._name_store)
        self._name_store()
        self.go(Place(TODAY))

    def go(self, place: Place) -> None:
        """Show a page, or one of the two small windows above it."""
        if place.page in {NOTE, FIND}:
            (self.note_wanted if place.page == NOTE else self.find_wanted).emit()
            return
        if self.session is None or place.page not in self._makers:
            return
        self._going = place
        if place.page in self._pages:
            self._show(place)
        elif place.page not in self._begun or not self._pieces.busy():
            # Not begun yet, or it failed and nothing is under way: a bug need not cost the page.
            self._begun.add(place.page)
            self._pieces.add(lambda: self._build_page(place.page))

    def _show(self, place: Place) -> None:
        page = self._pages[place.page]
        self._stack.setCurrentWidget(page)
        self.menu.mark(_line_of(place))
        if not self._trail or self._trail[-1] != place:
            self._trail = [*self._trail[-20:], place]
        self._name_window()
        page.setFocus()
        page.visit(place)

    def back(self) -> None:
        """Return to where one came from, else to 今天."""
        if self._trail:
            here = self._trail.pop().page
            while self._trail and self._trail[-1].page == here:
                self._trail.pop()
        self.go(self._trail.pop() if self._trail else Place(TODAY))

    def current(self) -> QWidget | None:
        """Return the page in sight."""
        return self._stack.currentWidget()

    def page(self, key: str) -> Page | None:
        """Return a page that was visited already."""
        return self._pages.get(key)

    def say_saved(self, line: str, icon_name: str, color: str) -> None:
        """Say in the menu whether everything is in Excel."""
        self.menu.buttons[SAVED].set_name(line, icon_name, color)

    def say(self, notice: Notice) -> None:
        """Say a sentence at the foot."""
        self.toast.say(notice.text, notice.tone, notice.action)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Fold the menu on a narrow window and keep the toast in the middle."""
        super().resizeEvent(event)
        self.menu.fold(folded=self.width() < _FOLD_BELOW)
        if not self.toast.isHidden():
            self.toast.place()

    def _build_page(self, key: str) -> None:
        """Build a page in events to come: as a whole it would take more than a blink."""
        if self.session is None:
            return
        page = self._makers[key](self.session)
        # While it is empty: what is added to a whole tree is dressed once, a tree twice.
        self._stack.addWidget(page)

        def complete() -> None:
            self._pages[key] = page
            if self._going is not None and self._going.page == key:
                self._show(self._going)

        self._pieces.walk(page.build(), complete)

    def _connect(self) -> None:
        self.menu.chosen.connect(self._choose)
        self.menu.new_note.connect(self.note_wanted)
        self.menu.find_wanted.connect(self.find_wanted)
        for keys, do in (
            ("Ctrl+N", self.note_wanted.emit),
            ("Ctrl+K", self.find_wanted.emit),
            ("Alt+Left", self.back),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(do)
        for entry in (*_entries(), *_foot_entries()):
            if entry.shortcut:
                shortcut = QShortcut(QKeySequence(entry.shortcut), self)
                shortcut.activated.connect(lambda key=entry.key: self._choose(key))

    def _choose(self, key: str) -> None:
        self.go(Place(CHECK if key == SAVED else key))

    def _name_store(self) -> None:
        if self.session is not None:
            facts = self.session.facts
            self.menu.set_store(" · ".join(filter(None, (facts.store, self.session.me))))
            self._name_window()

    def _name_window(self) -> None:
        """Say in the window's title which store and page it shows: for the task bar, and aloud."""
        page, store = self._stack.currentWidget(), self.session.facts.store if self.session else ""
        names = (store, page.accessibleName() if page else "", tr("店务台"))
        self.window().setWindowTitle(" · ".join(filter(None, names)))


def _line_of(place: Place) -> str:
    """Return the menu line a place belongs to."""
    if place.page == FORM:
        return _SHOWN_UNDER.get(group_of(place.ledger), group_of(place.ledger))
    return _SHOWN_UNDER.get(place.page, place.page)


def _entries() -> tuple[MenuEntry, ...]:
    ledgers = tuple(MenuEntry(one.key, tr(one.label), one.icon) for one in GROUPS)
    lines = (
        MenuEntry(TODAY, tr("今天"), "sun"),
        *ledgers[:-1],
        MenuEntry(REPORTS, tr("报表"), "chart-column"),
        ledgers[-1],
    )
    return tuple(
        MenuEntry(one.key, one.name, one.icon, f"Ctrl+{at}") for at, one in enumerate(lines, 1)
    )


def _foot_entries() -> tuple[MenuEntry, ...]:
    return (
        MenuEntry(CHECK, tr("需核对"), "list-checks", "Ctrl+9"),
        MenuEntry(SAVED, tr("正在打开…"), "hourglass"),
        MenuEntry(SETTINGS, tr("设置"), "settings", "Ctrl+0"),
    )
