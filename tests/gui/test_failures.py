"""Bugs are shown with what a developer needs, and with nothing about a customer."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from storedesk.gui.failures import FailureDialog, FailureWatch, details_of


@pytest.fixture
def watch() -> Iterator[FailureWatch]:
    made = FailureWatch()
    take_back = made.install()
    yield made
    take_back()


def stumble() -> None:
    raise KeyError("王建国 13800138000")


def raised() -> tuple[type[BaseException], BaseException, object]:
    try:
        stumble()
    except KeyError as error:
        return type(error), error, error.__traceback__
    raise AssertionError


def test_details_name_places_and_versions_but_not_what_was_said() -> None:
    kind, _, trace = raised()
    details = details_of(kind, trace)  # type: ignore[arg-type]
    assert "KeyError" in details
    assert "stumble" in details
    assert "storedesk 0." in details
    assert "王建国" not in details
    assert "1380013" not in details


def dialogs() -> list[FailureDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, FailureDialog)]


def test_a_bug_is_logged_and_shown_once(
    watch: FailureWatch, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    del watch
    with caplog.at_level(logging.CRITICAL):
        sys.excepthook(*raised())  # type: ignore[arg-type]
        sys.excepthook(*raised())  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: bool(dialogs()))
    assert "王建国" not in caplog.text
    found = dialogs()
    assert len(found) == 1
    found[0].copy()
    assert "KeyError" in QGuiApplication.clipboard().text()
    found[0].accept()
    qtbot.waitUntil(lambda: not dialogs())
    sys.excepthook(*raised())  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(dialogs()))
    dialogs()[0].accept()
    qtbot.waitUntil(lambda: not dialogs())


def test_a_bug_in_another_thread_is_shown_in_the_windows(watch: FailureWatch, qtbot: QtBot) -> None:
    del watch
    thread = threading.Thread(target=stumble)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(dialogs()))
    dialogs()[0].accept()
    qtbot.waitUntil(lambda: not dialogs())
