"""Which pages there are, written out, and how each is made at its first visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from storedesk.gui.bell import Bell
from storedesk.gui.contents import PageMaker
from storedesk.gui.drafts import Drafts
from storedesk.gui.flushing import Flusher
from storedesk.gui.page import Page
from storedesk.gui.pages.call import CallPage
from storedesk.gui.pages.check import CheckPage
from storedesk.gui.pages.form import FormPage
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.reports import ReportsPage
from storedesk.gui.pages.settings import SettingsPage
from storedesk.gui.pages.today import TodayPage
from storedesk.gui.places import (
    CALL,
    CHECK,
    FORM,
    GROUPS,
    REPORTS,
    SETTINGS,
    SETTINGS_LEDGERS,
    STORE_SETTINGS,
    TODAY,
    LedgerGroup,
)
from storedesk.gui.session import Session
from storedesk.gui.texts import tr


def page_makers(
    bell: Bell, flusher: Flusher, drafts: Drafts, go_back: Callable[[], object]
) -> Mapping[str, PageMaker]:
    """Return how each page is made, by its key.

    Args:
        bell: knows what is due.
        flusher: knows what waits for Excel.
        drafts: where unfinished forms are kept.
        go_back: what a page does when it has nothing more to do.
    """

    def call(session: Session) -> Page:
        page = CallPage(session)
        page.done.connect(go_back)
        return page

    def form(session: Session) -> Page:
        page = FormPage(session, drafts)
        page.done.connect(go_back)
        return page

    return {
        TODAY: lambda session: TodayPage(session, bell),
        **{group.key: _ledger_maker(group) for group in GROUPS},
        STORE_SETTINGS: lambda session: LedgerPage(session, tr("门店设置"), SETTINGS_LEDGERS),
        REPORTS: ReportsPage,
        CHECK: lambda session: CheckPage(session, flusher),
        SETTINGS: SettingsPage,
        CALL: call,
        FORM: form,
    }


def _ledger_maker(group: LedgerGroup) -> PageMaker:
    return lambda session: LedgerPage(session, tr(group.label), group.ledgers)
