"""Many rows pasted into a workbook beside the open window: nobody there waits for them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storedesk.domain.select import Select
from storedesk.operations import records
from storedesk.operations.desk import Desk
from tests.gui.hands import CUSTOMERS, SECONDS, SHEET, ask, at, do, edit, texts_of, written
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME

COUNT = 250


def paste(sheet: Any) -> None:
    """Type customers without ids below those there are."""
    name, phone = at(sheet, "客户姓名").column, at(sheet, "联系电话").column
    first = sheet.max_row + 1
    for number in range(COUNT):
        sheet.cell(first + number, name, f"团购{number:03d}")
        sheet.cell(first + number, phone, f"1370000{number:04d}")


@pytest.mark.timeout(180)
def test_an_entry_is_saved_between_the_rows(opened: OpenedWindow, folder: Path) -> None:
    """It would come after all of them if they were taken in at once."""
    counts: list[int] = []

    def enter(desk: Desk) -> None:
        there = desk.mirror.count(Select("customers"))
        if counts and counts[-1] < there < counts[0] + COUNT:
            customer = desk.mirror.ids(Select("customers"))[0]
            records.set_values(desk, customer, {"微信": f"wx{there}"}, ME)
        counts.append(there)

    do(opened, enter)
    edit(folder, paste)
    while counts[-1] < counts[0] + COUNT:
        answered: list[None] = []
        opened.session.clerk.ask(enter).then(answered.append)
        opened.wait(partial(bool, answered), SECONDS)
    between = [one for one in counts if counts[0] < one < counts[0] + COUNT]
    assert between, "nobody came in between"
    opened.wait(lambda: len(ask(opened, "customers")) == counts[0] + COUNT, SECONDS)
    written(opened)
    held = texts_of(folder / CUSTOMERS, SHEET)
    assert f"wx{between[-1]}" in held
    assert "团购249" in held
