"""Pictures of every page, to be looked at: ``python -m tests.gui.screenshots FOLDER [NAME …]``.

Each name is a scene: ``light dark small scaled large big long empty``; all by default. Uses the
platform of the environment (``QT_QPA_PLATFORM=offscreen`` or a display).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from storedesk.gui.pages.call import CallPage
from storedesk.gui.pages.find import FindDialog
from storedesk.gui.pages.form import FormPage
from storedesk.gui.pages.ledger import LedgerPage
from storedesk.gui.pages.reports import ReportsPage
from storedesk.gui.places import GROUPS, STORE_SETTINGS
from storedesk.gui.preferences import Preferences
from storedesk.gui.tokens import Look
from storedesk.operations import records
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk
from tests.gui import hands
from tests.gui.opened import OpenedWindow, spin
from tests.gui.sample_desk import ME, NOW, fill_desk, fill_with_long_names, make_desk


@dataclass(frozen=True)
class Scene:
    """How a series of pictures is taken."""

    fill: Callable[[Desk], None]
    look: Look = Look.LIGHT
    size: tuple[int, int] = (1366, 768)
    text: float = 1.0
    ratio: str = "1"


SCENES = {
    "light": Scene(fill_desk),
    "dark": Scene(fill_desk, Look.DARK),
    "small": Scene(fill_desk, size=(911, 512)),
    "scaled": Scene(fill_desk, size=(911, 512), ratio="1.5"),
    "large": Scene(fill_desk, size=(1920, 1080)),
    "big": Scene(fill_desk, size=(1366, 700), text=1.25),
    "long": Scene(fill_with_long_names),
    "empty": Scene(lambda _: None),
}


def take(folder: Path, name: str, scene: Scene) -> None:
    """Take all pictures of a scene."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        os.environ["STOREDESK_HOME"] = str(home / "home")
        with make_desk(home / "幸福路店") as desk:
            scene.fill(desk)
        preferences = Preferences(home / "window.ini")
        preferences.set_look(scene.look)
        preferences.set_text_size(scene.text)
        preferences.set_me(home / "幸福路店", ME)
        opened = OpenedWindow(app, home / "幸福路店", preferences, FixedClock(NOW), scene.size)
        opened.ready()
        for page, widget in _scenes(opened):
            spin(200)
            picture = widget.grab()
            assert picture.save(str(folder / f"{name}-{page}.png"))
        opened.close()


def _scenes(opened: OpenedWindow) -> Iterator[tuple[str, QWidget]]:
    window = opened.window
    opened.go("today")
    yield "today", window
    for group in GROUPS:
        page = opened.go(group.key)
        if isinstance(page, LedgerPage) and page.model.rowCount():
            page.table.selectRow(min(1, page.model.rowCount() - 1))
            opened.settled()
        yield group.key, window
    followups = opened.contents.page("followups")
    if isinstance(followups, LedgerPage) and followups.model.rowCount():
        call = opened.go("call", record=followups.model.id_at(0))
        assert isinstance(call, CallPage)
        yield "call", window
        call.choose_result("成功")
        yield "call-questions", window
    form = opened.go("form", "purchases")
    assert isinstance(form, FormPage)
    form.save()
    opened.settled()
    yield "form", window
    for ledger in ("customers", "complaints"):
        opened.go("form", ledger)
        yield f"form-{ledger}", window
    reports = opened.go("reports")
    assert isinstance(reports, ReportsPage)
    reports.make()
    opened.wait(lambda: reports.pages.page_count() > 0, seconds=60)
    yield "reports", window
    for key in ("check", "settings", STORE_SETTINGS):
        opened.go(key)
        yield key, window
    yield from _dialogs(opened)


def _dialogs(opened: OpenedWindow) -> Iterator[tuple[str, QWidget]]:
    find = FindDialog(opened.session, opened.window)
    with _open(find):
        opened.settled()
        yield "find-empty", find
        find.box.setText("王")
        opened.settled()
        spin(200)
        yield "find", find
    note = opened.note()
    yield "note", note
    note.close()
    opened.session.say("已登记：王建国，成功。客户意见已建档，请在 11-24 18:00 前答复。")
    yield "toast", opened.window
    yield from _questions(opened)


def _questions(opened: OpenedWindow) -> Iterator[tuple[str, QWidget]]:
    """Lose a header, delete a row and change a cell in Excel while both were changed here."""
    customers = hands.ask(opened, "customers")
    if len(customers) < 2:  # nothing to ask about
        return
    folder = opened.session.facts.folder
    lock = folder / ".~lock.客户档案.xlsx#"
    lock.write_text(",王芳,shop-pc,22.11.2026 10:24,;", "utf-8")
    gone, changed = customers[:2]
    for record, address in ((gone, "滨河湾 8幢 1202"), (changed, "江南里 12-2-302")):
        opened.session.clerk.ask(records.set_values, record.id, {"address": address}, ME).then()
    opened.settled()

    def in_excel(sheet: Any) -> None:
        labels = {cell.value: cell for cell in sheet[1]}
        sheet.cell(changed.row, labels["地址"].column, "江南里 12-2-303")
        labels["联系电话"].value = "打这个"
        sheet.delete_rows(gone.row)

    hands.edit(folder, in_excel)
    page = hands.check_page(opened)
    opened.wait(lambda: bool(page.repairs.rows and page.deletions.rows and page.clashes.rows), 60)
    yield "questions", opened.window
    page.repairs.rows[0].press("修复…")
    yield from _top("repair")
    lock.unlink()
    page._restore()
    opened.settled()
    yield from _top("restore")


def _top(name: str) -> Iterator[tuple[str, QWidget]]:
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        yield name, dialog
        dialog.close()


@contextmanager
def _open(dialog: QDialog) -> Iterator[None]:
    dialog.open()
    spin(100)
    yield
    dialog.close()


def main() -> None:
    """Take the pictures that are asked for."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or SCENES:
        ratio = SCENES[name].ratio
        if os.environ.setdefault("QT_SCALE_FACTOR", "1") == ratio:
            take(folder, name, SCENES[name])
        else:  # read when the process starts
            command = [sys.executable, "-m", "tests.gui.screenshots", str(folder), name]
            subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": ratio}, check=True)


if __name__ == "__main__":
    main()
