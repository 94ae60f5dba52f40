"""The lanes, with a list standing in for the desk: they never look inside it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from storedesk.domain.changes import Change
from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.gui.tasks import Clerk, Worker

Desk = list[str]


def who(_desk: Desk) -> str:
    return threading.current_thread().name


def write(desk: Desk, text: str, *, times: int = 1) -> Change:
    desk.extend([text] * times)
    return Change("op", {"customers": (text,)})


def read(desk: Desk) -> tuple[str, ...]:
    return tuple(desk)


@pytest.fixture
def clerk() -> Iterator[Clerk[Desk]]:
    made: Clerk[Desk] = Clerk(list, lambda desk: desk.append("closed"))
    yield made
    made.close()


def test_work_runs_in_the_lane_and_the_answer_in_the_window(
    clerk: Clerk[Desk], qtbot: QtBot
) -> None:
    answers: list[tuple[str, str]] = []
    clerk.ask(who).then(lambda name: answers.append((name, threading.current_thread().name)))
    qtbot.waitUntil(lambda: bool(answers))
    assert answers[0][0].startswith("clerk")
    assert answers[0][1] == threading.main_thread().name


def test_requests_are_done_in_order_with_their_arguments(clerk: Clerk[Desk], qtbot: QtBot) -> None:
    found: list[tuple[str, ...]] = []
    clerk.ask(write, "王", times=2).then()
    clerk.ask(write, "李").then()
    clerk.ask(read).then(found.append)
    qtbot.waitUntil(lambda: bool(found))
    assert found == [("王", "王", "李")]


def test_a_change_is_spread_even_when_nobody_waits_for_the_answer(
    clerk: Clerk[Desk], qtbot: QtBot
) -> None:
    owner = QObject()
    with qtbot.waitSignal(clerk.changed) as spread:
        clerk.ask(write, "王").then(owner=owner)
    assert spread.args is not None
    assert spread.args[0].records == {"customers": ("王",)}


def test_an_expected_failure_is_a_sentence_for_its_asker(clerk: Clerk[Desk], qtbot: QtBot) -> None:
    def refuse(_desk: Desk) -> None:
        raise Misuse("没有这个台账。")

    refused: list[StoreDeskError] = []
    clerk.ask(refuse).then(refused=refused.append)
    qtbot.waitUntil(lambda: bool(refused))
    assert str(refused[0]) == "没有这个台账。"
    with qtbot.waitSignal(clerk.failed) as failed:
        clerk.ask(refuse).then()
    assert failed.args is not None
    assert str(failed.args[0]) == "没有这个台账。"


def test_a_bug_goes_to_the_excepthook(clerk: Clerk[Desk], qtbot: QtBot) -> None:
    def stumble(_desk: Desk) -> None:
        raise ZeroDivisionError

    answered: list[object] = []
    with capture_exceptions() as seen:
        clerk.ask(stumble).then(answered.append, refused=answered.append)
        qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] is ZeroDivisionError
    assert not answered
    assert sys.excepthook is not None


def test_who_must_go_on_is_told_of_a_bug(clerk: Clerk[Desk], qtbot: QtBot) -> None:
    def stumble(_desk: Desk) -> None:
        raise ZeroDivisionError

    gone_on: list[str] = []
    with capture_exceptions() as seen:
        clerk.ask(stumble).then(broke=lambda: gone_on.append("broke"))
        qtbot.waitUntil(lambda: bool(gone_on))
    assert len(seen) == 1


def test_nobody_is_called_who_is_gone(clerk: Clerk[Desk], qtbot: QtBot) -> None:
    answers: list[object] = []
    owner = QObject()
    clerk.ask(read).then(answers.append, owner=owner)
    delete(owner)
    clerk.ask(read).then(lambda _: answers.append("last"))
    qtbot.waitUntil(lambda: "last" in answers)
    assert answers == ["last"]


def test_of_requests_of_one_kind_only_the_newest_is_answered(
    clerk: Clerk[Desk], qtbot: QtBot
) -> None:
    gate = threading.Event()
    done: list[int] = []
    answers: list[int] = []

    def search(_desk: Desk, number: int) -> int:
        gate.wait(10)
        done.append(number)
        return number

    for number in range(6):
        clerk.ask(search, number).then(answers.append, latest="search")
    gate.set()
    qtbot.waitUntil(lambda: bool(answers))
    qtbot.waitUntil(clerk.idle)
    assert answers == [5]
    assert done == [0, 5]


def test_what_was_asked_for_is_finished_at_closing(qtbot: QtBot) -> None:
    del qtbot
    desk: Desk = []
    clerk: Clerk[Desk] = Clerk(lambda: desk, lambda one: one.append("closed"))
    for text in "王李张":
        clerk.ask(write, text).then()
    clerk.close()
    assert desk == ["王", "李", "张", "closed"]


def test_a_desk_that_was_never_opened_is_not_closed() -> None:
    closed: list[object] = []
    clerk: Clerk[Desk] = Clerk(list, closed.append)
    clerk.close()
    assert not closed


def test_a_desk_that_could_not_be_opened_is_tried_again(qtbot: QtBot) -> None:
    tries: list[int] = []

    def opener() -> Desk:
        tries.append(1)
        if len(tries) == 1:
            raise Misuse("文件夹不在。")
        return ["王"]

    clerk: Clerk[Desk] = Clerk(opener, lambda _: None)
    refused: list[StoreDeskError] = []
    found: list[tuple[str, ...]] = []
    clerk.ask(read).then(refused=refused.append)
    clerk.ask(read).then(found.append)
    qtbot.waitUntil(lambda: bool(found))
    clerk.close()
    assert len(refused) == 1
    assert found == [("王",)]


def test_the_worker_says_when_it_is_busy(qtbot: QtBot) -> None:
    worker = Worker()
    busy: list[bool] = []
    worker.busy.connect(busy.append)
    worker.run(lambda: 1)
    worker.run(lambda: 2)
    qtbot.waitUntil(lambda: busy == [True, False])
    worker.close()


def test_a_lane_that_hangs_is_not_waited_for_longer_than_asked() -> None:
    """A share whose server is gone: the call may never come back."""
    network = threading.Event()
    worker = Worker()
    worker.run(network.wait)
    assert worker.close(0.05) is False
    network.set()


def test_what_was_asked_for_is_finished_before_a_lane_is_closed() -> None:
    done: list[str] = []
    worker = Worker()
    worker.run(lambda: done.append("one"))
    worker.run(lambda: done.append("two"))
    assert worker.close(60) is True
    assert done == ["one", "two"]


def test_a_clerk_that_hangs_leaves_its_desk_as_it_is() -> None:
    network = threading.Event()
    desk: Desk = []
    clerk: Clerk[Desk] = Clerk(lambda: desk, lambda owned: owned.append("closed"))
    clerk.ask(write, "王").then()
    clerk.ask(lambda _: network.wait()).then()
    assert clerk.close(0.05) is False
    assert desk == ["王"]
    network.set()
