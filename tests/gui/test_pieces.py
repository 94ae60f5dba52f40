"""Work a piece at a time: in its order, in several events, and all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.exceptions import capture_exceptions

from storedesk.gui import pieces as pieces_module
from storedesk.gui.pieces import Pieces
from storedesk.gui.places import Place
from tests.gui.heartbeat import WatchedApplication
from tests.gui.opened import OpenedWindow, spin


@pytest.fixture
def pieces(qapp: WatchedApplication, monkeypatch: pytest.MonkeyPatch) -> Pieces:
    """Pieces of which each takes a whole share."""
    monkeypatch.setattr(pieces_module, "_SHARE", 1e-9)
    return Pieces(QObject(qapp))


def test_other_events_come_between_and_the_order_stays(pieces: Pieces) -> None:
    done: list[str] = []
    pieces.done.connect(lambda: done.append("all"))
    pieces.add(*(lambda word=word: done.append(word) for word in "一二三"))
    QTimer.singleShot(0, lambda: done.append("a key"))
    assert (done, pieces.busy()) == ([], True)
    spin(30)
    assert [one for one in done if one != "a key"] == ["一", "二", "三", "all"]
    assert done.index("a key") < done.index("三")
    assert not pieces.busy()


def test_steps_are_walked_through_and_then_something_is_done(pieces: Pieces) -> None:
    done: list[str] = []

    def steps() -> Iterator[None]:
        done.append("head")
        yield
        done.append("foot")

    pieces.walk(steps(), lambda: done.append("shown"))
    spin(30)
    assert done == ["head", "foot", "shown"]


def test_who_cannot_wait_has_it_done_at_once(pieces: Pieces) -> None:
    done: list[str] = []
    pieces.add(lambda: done.append("一"), lambda: done.append("二"))
    pieces.finish()
    assert done == ["一", "二"]
    spin(30)
    assert done == ["一", "二"]


def test_a_piece_that_fails_does_not_stop_the_others(pieces: Pieces) -> None:
    done: list[str] = []
    with capture_exceptions() as caught:
        pieces.add(lambda: 1 // 0, lambda: done.append("二"))
        spin(30)
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]
    assert done == ["二"]


def test_a_page_that_failed_once_is_built_when_it_is_asked_for_again(
    opened: OpenedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = opened.contents
    make = contents._makers["parts"]
    failing = {**contents._makers, "parts": lambda _: 1 // 0}
    with capture_exceptions() as caught, monkeypatch.context() as broken:
        broken.setattr(contents, "_makers", failing)
        opened.session.open(Place("parts"))
        opened.settled()
    assert len(caught) == 1
    assert contents._makers["parts"] is make
    assert opened.go("parts") is contents.current()
