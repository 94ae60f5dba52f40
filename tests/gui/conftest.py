"""Fixtures of the window's tests: offscreen, watched, and nothing left behind."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox, QScrollArea

from storedesk.gui.failures import FailureWatch
from storedesk.gui.preferences import Preferences
from storedesk.gui.theme import theme
from storedesk.gui.tokens import Look
from storedesk.operations.clock import FixedClock
from tests.gui.heartbeat import Heartbeat, WatchedApplication
from tests.gui.opened import OpenedWindow
from tests.gui.sample_desk import ME, NOW, fill_desk, make_desk

# Read when the application is made; a developer's own settings must not change what is measured.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _name in ("QT_FONT_DPI", "QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE"):
    os.environ.pop(_name, None)

_HERE = Path(__file__).parent
_EXPECTED_MESSAGES = (
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise",
    "This plugin does not support grabbing the keyboard",
    "QPlatformNativeInterface::systemTrayWindowChanged",
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "may_block(why): the heartbeat is measured, not judged")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let unannounced Qt messages fail the window's tests."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*_EXPECTED_MESSAGES, extend=True))


@pytest.fixture(scope="session")
def qapp_cls() -> type[WatchedApplication]:
    return WatchedApplication


@pytest.fixture(scope="session")
def qapp(qapp: WatchedApplication) -> WatchedApplication:
    theme().apply(qapp, Look.LIGHT, 1.0)
    qapp.setCursorFlashTime(0)
    # The first styled scroll area of a process sets Qt's style up; in the program that happens
    # while the window still says that it is opening.
    QScrollArea().deleteLater()
    return qapp


@pytest.fixture(autouse=True)
def really_delete(qapp: WatchedApplication) -> Iterator[None]:
    """Delete what tests leave: pytest-qt asks for it, but nobody would process it."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def heartbeat(qapp: WatchedApplication, request: pytest.FixtureRequest) -> Iterator[Heartbeat]:
    """Fail a test that holds the window's thread for more than 50 ms.

    A test marked ``may_block`` is measured but not failed: it says why.
    """
    # What earlier tests and the run itself left: a window has far fewer objects to look through,
    # and puts those it opened with aside in the same way.
    gc.collect()
    gc.freeze()
    beat = qapp.heartbeat = qapp.heartbeat or Heartbeat()
    beat.take()
    yield beat
    blocks = beat.take()
    if request.node.get_closest_marker("may_block") is None:
        assert not blocks, "the window's thread was held: " + ", ".join(map(str, blocks))


@pytest.fixture(autouse=True)
def no_modals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a forgotten modal dialog fail instead of waiting for ever."""

    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("a modal dialog was opened")

    for name in ("question", "warning", "information", "critical", "exec"):
        monkeypatch.setattr(QMessageBox, name, refuse)
    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, refuse)


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk folder with a day of work, made once and copied for each test."""
    place = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOREDESK_HOME", str(place / "home"))
        with make_desk(place / "幸福路店") as desk:
            fill_desk(desk)
    return place / "幸福路店"


@pytest.fixture
def folder(filled_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This test's own copy, with an own home for its mirror."""
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "home"))
    copied = tmp_path / filled_folder.name
    shutil.copytree(filled_folder, copied)
    return copied


@pytest.fixture
def opened(
    qapp: WatchedApplication,
    folder: Path,
    preferences: Preferences,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[OpenedWindow]:
    """The window on the filled desk, ready for work; a bug in it fails the test."""
    monkeypatch.setattr(FailureWatch, "install", lambda _: lambda: None)
    preferences.set_me(folder, ME)
    made = OpenedWindow(qapp, folder, preferences, FixedClock(NOW))
    made.ready()
    yield made
    made.close()


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "window.ini")
