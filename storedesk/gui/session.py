"""What all pages share: the clerk, who works here, the facts of the desk, one bus of signals.

Pages ask the clerk, say where to go, and listen for changes; they know neither window nor desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from storedesk.domain.changes import Change
from storedesk.domain.forms import Forms
from storedesk.domain.questionnaires import Questionnaires
from storedesk.domain.settings import Settings
from storedesk.gui.places import Notice, Place
from storedesk.gui.preferences import Preferences
from storedesk.gui.tasks import Clerk, Worker

if TYPE_CHECKING:
    from storedesk.operations.desk import Desk


class Now(Protocol):
    """Tells the store's time."""

    def now(self) -> datetime:
        """Return the wall clock."""


@dataclass(frozen=True)
class DeskFacts:
    """What the window knows of the desk without asking: frozen, renewed when 门店设置 changes."""

    desk: str
    folder: Path
    store: str
    profile: str
    forms: Forms
    settings: Settings
    questionnaires: Questionnaires
    clock: Now
    staff: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def now(self) -> datetime:
        """Return the store's wall clock."""
        return self.clock.now()

    def kept(self, ledgers: Iterable[str]) -> tuple[str, ...]:
        """Return those ledgers that a store of this kind keeps."""
        return tuple(one for one in ledgers if one in self.forms and one not in self.hidden)


def gather(desk: Desk) -> DeskFacts:
    """Return the facts; runs in the clerk's lane."""
    settings = desk.settings
    return DeskFacts(
        desk=desk.uuid,
        folder=desk.folder,
        store=settings.store,
        profile=desk.profile.key,
        forms=desk.forms,
        settings=settings,
        questionnaires=desk.questionnaires,
        clock=desk.clock,
        hidden=desk.profile.hidden,
        staff=tuple(person.name for person in settings.active_staff()),
    )


class Session(QObject):
    """The shared part of all pages.

    Signals:
        go: a page asks for another ``Place``.
        said: a page has a ``Notice`` for the toast.
        changed: records changed, here or in Excel; carries a ``Change``.
        facts_changed: names, lists or rules of the desk are new.
    """

    go = Signal(object)
    said = Signal(object)
    changed = Signal(object)
    facts_changed = Signal()

    def __init__(
        self,
        clerk: Clerk[Desk],
        worker: Worker,
        facts: DeskFacts,
        preferences: Preferences,
    ) -> None:
        super().__init__()
        self.clerk = clerk
        self.worker = worker
        self.facts = facts
        self.preferences = preferences
        self.me = _who(facts, preferences)
        clerk.changed.connect(self._spread)

    def open(self, place: Place) -> None:
        """Ask the window to go somewhere."""
        if place.ledger == "customers" and place.record:
            self.preferences.add_seen(self.facts.desk, place.record)
        self.go.emit(place)

    def say(
        self, text: str, tone: str = "ok", action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """Ask the window to say a sentence."""
        self.said.emit(Notice(text, tone, action))

    def set_me(self, name: str) -> None:
        """Say who works here from now on."""
        self.me = name
        self.preferences.set_me(self.facts.folder, name)
        self.facts_changed.emit()

    def spread(self, change: Change) -> None:
        """Tell the pages of a change that came from outside."""
        self._spread(change)

    def _spread(self, change: Change) -> None:
        self.changed.emit(change)
        if any(self._is_setting(ledger) for ledger in change.records):
            self.clerk.ask(gather).then(self._renew, owner=self, latest="facts")

    def _is_setting(self, ledger: str) -> bool:
        return (
            ledger in self.facts.forms
            and self.facts.forms[ledger].workbook == self.facts.forms["staff"].workbook
        )

    def _renew(self, facts: DeskFacts) -> None:
        self.facts = facts
        if self.me not in facts.staff:
            self.me = _who(facts, self.preferences)
        self.facts_changed.emit()


def _who(facts: DeskFacts, preferences: Preferences) -> str:
    """Return who works here: as chosen, else the only one it can be, else nobody yet."""
    chosen = preferences.me(facts.folder)
    if chosen in facts.staff:
        return chosen
    found = facts.settings.default_actor()
    return found.name if found else ""
