"""What happens beside the open window: edits in Excel, files that come and go, commands.

Nobody presses 再看一遍 here: the watch on the folder notices every edit by itself.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from storedesk.gui import flushing
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.operations import records, syncing
from storedesk.operations.desk import open_desk
from tests.gui.hands import (
    CUSTOMERS,
    PERSON,
    SECONDS,
    SHEET,
    at,
    check_page,
    do,
    edit,
    names_of,
    texts_of,
    written,
)
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME


def test_an_edit_shows_by_itself(opened: OpenedWindow, folder: Path) -> None:
    edit(folder, lambda sheet: sheet.cell(2, at(sheet, "客户姓名").column, "王建国（改）"))
    opened.wait(lambda: "王建国（改）" in names_of(opened), SECONDS)


def test_a_workbook_moved_away_is_said_after_a_while_and_forgiven_at_once(
    opened: OpenedWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flushing, "MISSING_MS", 300)
    flusher = opened.opening.flusher
    assert flusher is not None
    told: list[tuple[str, ...]] = []
    flusher.state_changed.connect(lambda state: told.append(state.errors))
    (folder / CUSTOMERS).rename(folder.parent / "拿走.xlsx")
    do(
        opened,
        lambda desk: records.add(desk, "customers", PERSON, ME),
    )
    opened.wait(lambda: any("找不到" in one for one in flusher.state.errors), SECONDS)
    assert told[0] == (), "Excel takes the name away for a moment when it saves"
    assert flusher.state.waiting_count == 1
    assert opened.contents.menu.buttons["saved"].text().strip() == "有工作簿读不了"
    page = check_page(opened)
    gone = next(row for row in page.waiting.rows if "找不到" in row.asked.text)
    assert [one.accessibleName() for one in gone.buttons] == ["再试", "从备份恢复…"]
    (folder.parent / "拿走.xlsx").rename(folder / CUSTOMERS)
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)
    opened.wait(page.waiting.isHidden, SECONDS)


def test_entries_go_in_by_themselves_when_the_folder_comes_back(
    opened: OpenedWindow, folder: Path
) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None
    away = folder.with_name("网线掉了")
    folder.rename(away)
    opened.wait(lambda: flusher.state.out_of_reach, SECONDS)
    do(
        opened,
        lambda desk: records.add(desk, "customers", PERSON, ME),
    )
    flusher.run()
    opened.wait(lambda: flusher.state.waiting_count == 1, SECONDS)
    assert opened.contents.menu.buttons["saved"].text().strip() == "1 条等连上"
    assert not folder.exists(), "nothing is made where the folder was"
    page = check_page(opened)
    assert any("现在连不上" in row.asked.text for row in page.waiting.rows)
    away.rename(folder)
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)
    opened.wait(lambda: "已写入 Excel" in opened.contents.menu.buttons["saved"].text(), SECONDS)


def test_closing_the_workbook_lets_entries_in_at_once(opened: OpenedWindow, folder: Path) -> None:
    owner_file = folder / "~$客户档案.xlsx"
    owner_file.write_bytes(bytes([6]) + "王芳".encode("gbk").ljust(54, b" ") + b"\x00" * 110)
    do(
        opened,
        lambda desk: records.add(desk, "customers", PERSON, ME),
    )
    flusher = opened.opening.flusher
    assert flusher is not None
    opened.wait(lambda: flusher.state.waiting_count == 1, SECONDS)
    owner_file.unlink()
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)


def test_an_old_copy_saved_over_ours_is_said(opened: OpenedWindow, folder: Path) -> None:
    old = (folder / CUSTOMERS).read_bytes()
    do(opened, lambda desk: records.add(desk, "customers", PERSON, ME))
    written(opened)
    (folder / CUSTOMERS).write_bytes(old)
    opened.wait(lambda: "被一份旧副本盖过" in opened.contents.banner.text(), SECONDS)
    opened.wait(lambda: "等" in texts_of(folder / CUSTOMERS, SHEET), SECONDS)


def test_copies_beside_a_workbook_are_merged_or_listed(opened: OpenedWindow, folder: Path) -> None:
    page = check_page(opened)
    shutil.copy(folder / CUSTOMERS, folder / "客户档案-冲突.xlsx")
    shutil.copy(folder / CUSTOMERS, folder / "客户档案 - 副本.xlsx")
    opened.wait(
        lambda: "已合并冲突副本《客户档案-冲突.xlsx》" in opened.contents.banner.text(), SECONDS
    )
    opened.wait(lambda: not (folder / "客户档案-冲突.xlsx").exists(), SECONDS)
    model = page.list.model()
    spoken = Qt.ItemDataRole.AccessibleTextRole
    opened.wait(
        lambda: any(
            "《客户档案 - 副本.xlsx》" in str(model.index(row, 0).data(spoken))
            for row in range(model.rowCount())
        ),
        SECONDS,
    )
    assert (folder / "客户档案 - 副本.xlsx").exists()


def test_what_a_command_enters_shows_by_itself(opened: OpenedWindow, folder: Path) -> None:
    customers = opened.go("customers")
    assert isinstance(customers, LedgerPage)
    opened.wait(lambda: customers.model.rowCount() == 8, SECONDS)
    with open_desk(folder) as desk:
        records.add(desk, "customers", PERSON, ME)
        syncing.sync(desk)
    opened.wait(lambda: customers.model.rowCount() == 9, SECONDS)


def test_a_round_that_hangs_with_the_network_is_said(
    opened: OpenedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    flusher = opened.opening.flusher
    assert flusher is not None
    go_on = threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(syncing, "carry_out", lambda _: go_on.wait(SECONDS) and ())
        flusher.run()
        opened.wait(lambda: flusher._running)
        patch.setattr(flusher._watch, "reachable", lambda: False)
        flusher.run()
        assert flusher.state.out_of_reach
        assert opened.contents.menu.buttons["saved"].text().strip() == "文件夹连不上"
    go_on.set()
    opened.wait(lambda: not flusher.state.out_of_reach, SECONDS)
