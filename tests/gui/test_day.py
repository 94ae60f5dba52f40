"""One day in the window, on a real desk: by keyboard where people use one."""

from __future__ import annotations

from storedesk.gui.pages.today import TodayPage
from tests.gui.opened import OpenedWindow


def today(opened: OpenedWindow) -> TodayPage:
    page = opened.contents.page("today")
    assert isinstance(page, TodayPage)
    return page


def test_today_shows_what_is_owed_the_most_urgent_first(opened: OpenedWindow) -> None:
    page = today(opened)
    kinds = [page.model.item_at(row).kind for row in range(page.model.rowCount())]  # type: ignore[union-attr]
    assert kinds[0] == "客诉答复客户"
