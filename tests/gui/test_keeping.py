"""What the window keeps on this PC: preferences, drafts, and being the only one."""

from __future__ import annotations

import logging
from datetime import date, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from storedesk.gui.drafts import Draft, Drafts
from storedesk.gui.instance import OneInstance
from storedesk.gui.preferences import Preferences, default_file
from storedesk.gui.tokens import Look


def test_preferences_survive(tmp_path: Path) -> None:
    file, desk = tmp_path / "window.ini", tmp_path / "幸福路店"
    first = Preferences(file)
    first.set_look(Look.DARK)
    first.set_text_size(1.25)
    first.set_me(desk, "林晓")
    first.set_last_day(desk, date(2026, 11, 22))
    first.set_open_since(desk, datetime(2026, 11, 22, 9, 5))
    first.set_columns("customers", ("name", "phone"))
    first.set_last_desk(desk)
    first.save()
    again = Preferences(file)
    assert (again.look(), again.text_size()) == (Look.DARK, 1.25)
    assert again.me(desk) == "林晓"
    assert again.me(tmp_path / "别的店") == ""
    assert again.last_day(desk) == date(2026, 11, 22)
    assert again.open_since(desk) == datetime(2026, 11, 22, 9, 5)
    assert again.columns("customers") == ("name", "phone")
    assert again.last_desk() == desk


def test_the_customers_seen_last_are_kept_by_desk(tmp_path: Path) -> None:
    first = Preferences(tmp_path / "window.ini")
    for number in (*range(12), 9):
        first.add_seen("desk", f"KH-{number}")
    first.save()
    again = Preferences(tmp_path / "window.ini")
    assert again.seen("desk") == tuple(f"KH-{one}" for one in (9, 11, 10, 8, 7, 6, 5, 4))
    assert again.seen("another") == ()


def test_nonsense_in_the_file_counts_as_not_set(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    file.write_text("[General]\nlook=purple\ntext_size=huge\ngeometry=none\n", "utf-8")
    found = Preferences(file)
    assert (found.look(), found.text_size()) == (Look.SYSTEM, 1.0)
    assert found.geometry().isEmpty()
    assert found.last_day(tmp_path) is None
    assert found.open_since(tmp_path) is None
    assert found.last_desk() is None


def test_the_file_moves_with_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path))
    assert default_file() == tmp_path / "window.ini"
    monkeypatch.delenv("STOREDESK_HOME")
    assert default_file().name == "window.ini"
    assert default_file().parent != tmp_path


def test_drafts_replace_their_like_and_are_dropped(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "kept" / "drafts.json")
    assert drafts.load() == []
    drafts.keep(Draft("customers", "", {"name": "王"}))
    drafts.keep(Draft("customers", "", {"name": "王建国"}))
    drafts.keep(Draft("customers", "KH-1", {"address": "3幢502"}))
    assert [dict(one.values) for one in drafts.load()] == [
        {"name": "王建国"},
        {"address": "3幢502"},
    ]
    drafts.drop("customers")
    drafts.drop("complaints")
    assert [one.record for one in drafts.load()] == ["KH-1"]


def test_a_broken_draft_file_is_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "drafts.json"
    file.write_text('[{"ledger": 3', "utf-8")
    with caplog.at_level(logging.WARNING):
        assert Drafts(file).load() == []
    assert "unreadable" in caplog.text


def test_a_second_window_on_a_desk_shows_the_first(tmp_path: Path, qtbot: QtBot) -> None:
    first, second = OneInstance(tmp_path), OneInstance(tmp_path)
    assert first.claim()
    with qtbot.waitSignal(first.shown):
        assert not second.claim()
    first.release()
    assert second.claim()
    second.release()


def test_another_desk_has_a_window_of_its_own(tmp_path: Path, qtbot: QtBot) -> None:
    del qtbot
    one, other = OneInstance(tmp_path / "甲"), OneInstance(tmp_path / "乙")
    assert one.claim()
    assert other.claim()
    one.release()
    other.release()
