"""The history files: appended once, continued after a crash, and every tampering is found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from storedesk.domain.errors import DiskFull, NotWritable
from storedesk.domain.forms import Forms
from storedesk.mirror import Mirror
from storedesk.mirror.chain import append, head, last_number, verify
from storedesk.mirror.changes import RecordChange
from storedesk.mirror.history import Event
from tests.mirror.conftest import begun, operation, place

MONTH = "A-2026-11.jsonl"


def event(number: int, month: int = 11, **cells: str) -> Event:
    at = datetime(2026, month, 20, 10, number % 60)
    told = {key: (None, value) for key, value in (cells or {"name": f"客户{number}"}).items()}
    change = RecordChange("customers", f"KH-{number}", told)
    return Event(number, at, "王芳", "desk", f"op-{number}", change)


def events(*numbers: int) -> list[Event]:
    return [event(number) for number in numbers]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "历史"


@pytest.fixture
def chain(folder: Path) -> Path:
    append(folder, "A", events(1, 2, 3, 4, 5))
    return folder / MONTH


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change a file as somebody would who knows its format but not how to reseal it."""
    told = lines(path)
    change(told)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in told)
    path.write_text(text, "utf-8")


# --- writing ------------------------------------------------------------------------------------


def test_a_line_says_who_when_what_from_and_to(folder: Path) -> None:
    change = RecordChange("customers", "KH-1", {"address": ("3幢501", None), "name": (None, "王")})
    at = datetime(2026, 11, 20, 10, 30)
    append(folder, "A", [Event(1, at, "王芳", "desk", "op-1", change)])
    (line,) = lines(folder / MONTH)
    assert {key: line[key] for key in ("n", "at", "by", "source", "op", "ledger", "id")} == {
        "n": 1,
        "at": "2026-11-20 10:30:00",
        "by": "王芳",
        "source": "desk",
        "op": "op-1",
        "ledger": "customers",
        "id": "KH-1",
    }
    told = [(cell["key"], cell["old"], cell["new"]) for cell in line["cells"]]
    assert told == [("address", "3幢501", ""), ("name", "", "王")]
    assert verify(folder) == []


def test_files_go_by_month_and_pc(folder: Path) -> None:
    append(folder, "A", [event(1, 11), event(2, 12), event(3, 12)])
    append(folder, "B", [event(1, 11)])
    assert sorted(path.name for path in folder.iterdir()) == [
        "A-2026-11.jsonl",
        "A-2026-12.jsonl",
        "B-2026-11.jsonl",
    ]
    assert (last_number(folder, "A"), last_number(folder, "B"), last_number(folder, "C")) == (
        3,
        1,
        0,
    )
    assert verify(folder) == []


def test_what_is_given_twice_is_written_once(chain: Path, folder: Path) -> None:
    before = chain.read_bytes()
    append(folder, "A", events(3, 4, 5))
    assert chain.read_bytes() == before
    append(folder, "A", events(5, 6))
    assert [line["n"] for line in lines(chain)] == [1, 2, 3, 4, 5, 6]
    assert verify(folder) == []


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced on Windows")
def test_a_new_file_has_its_place_in_the_folder_for_good(
    folder: Path, synced: list[tuple[int, int]]
) -> None:
    append(folder, "A", [event(1, 11)])
    assert synced == [place(folder.parent), place(folder / MONTH), place(folder)]
    synced.clear()
    append(folder, "A", [event(2, 11)])
    assert synced == [place(folder / MONTH)], "its name stands already"
    synced.clear()
    append(folder, "A", [event(3, 12)])
    assert synced == [place(folder / "A-2026-12.jsonl"), place(folder)]


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced on Windows")
def test_what_a_killed_program_wrote_is_made_durable_before_it_counts(
    chain: Path, folder: Path, synced: list[tuple[int, int]]
) -> None:
    synced.clear()
    append(folder, "A", events(4, 5))
    assert synced == [place(chain), place(folder)]


def test_a_clock_that_was_set_back_is_no_tampering(folder: Path) -> None:
    append(folder, "A", [event(1, 11), event(2, 10), event(3, 11)])
    append(folder, "A", [event(4, 10), event(5, 11)])
    assert verify(folder) == []


@pytest.mark.parametrize("torn", [b"{", b'{"n":6,"at"', '{"n":6,"by":"王'.encode()[:-1]])
def test_a_torn_last_line_is_cut_off_and_written_again(
    chain: Path, folder: Path, torn: bytes
) -> None:
    """Power went while it was written."""
    with chain.open("ab") as file:
        file.write(torn)
    append(folder, "A", events(6, 7))
    assert [line["n"] for line in lines(chain)] == [1, 2, 3, 4, 5, 6, 7]
    assert verify(folder) == []


def test_a_file_torn_in_its_first_line_begins_again(folder: Path) -> None:
    folder.mkdir()
    (folder / MONTH).write_bytes(b'{"n":1,"at":"2026')
    append(folder, "A", events(1, 2))
    assert [line["n"] for line in lines(folder / MONTH)] == [1, 2]
    assert verify(folder) == []


@pytest.mark.parametrize("tail", [b"\n", b"\r\n\n", b"hello\n"])
def test_writing_goes_on_behind_what_an_editor_left(chain: Path, folder: Path, tail: bytes) -> None:
    with chain.open("ab") as file:
        file.write(tail)
    append(folder, "A", events(6))
    assert json.loads(chain.read_bytes().splitlines()[-1])["n"] == 6
    (problem,) = verify(folder)
    assert "第 6 行" in problem.what


def test_long_lines_are_continued_from_their_end_alone(folder: Path) -> None:
    story = "客户说了很多" * 20_000
    append(folder, "A", [event(1, verbatim=story), event(2, verbatim=story)])
    append(folder, "A", events(3))
    assert [line["n"] for line in lines(folder / MONTH)] == [1, 2, 3]
    assert verify(folder) == []
    assert head(folder, "A") == lines(folder / MONTH)[-1]["head"]


def test_the_head_seals_the_newest_file(folder: Path) -> None:
    assert head(folder, "A") == ""
    append(folder, "A", [event(1, 11), event(2, 12)])
    assert head(folder, "A") == lines(folder / "A-2026-12.jsonl")[-1]["head"]


# --- tampering ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("by", "林晓"), ("at", "2026-11-20 09:00:00"), ("id", "KH-9"), ("op", "x"), ("source", "x")],
)
def test_a_changed_fact_is_found(chain: Path, folder: Path, name: str, value: str) -> None:
    rewrite(chain, lambda told: told[2].update({name: value}))
    (problem,) = verify(folder)
    assert f"「{MONTH}」第 3 行" in problem.sentence()


@pytest.mark.parametrize("name", ["key", "old", "new", "new_sha", "salt"])
def test_a_changed_cell_is_found(chain: Path, folder: Path, name: str) -> None:
    rewrite(chain, lambda told: told[2]["cells"][0].update({name: "x"}))
    assert [problem.what for problem in verify(folder)] == [
        f"历史文件「{MONTH}」第 3 行被改动过或损坏"
    ]


def test_a_forged_value_is_no_erased_one(chain: Path, folder: Path) -> None:
    rewrite(chain, lambda told: told[2]["cells"][0].update({"salt": None, "new": "假的"}))
    assert len(verify(folder)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop(2),
        lambda told: told.insert(2, told[3]),
        lambda told: told.reverse(),
        lambda told: told[2]["cells"].pop(),
        lambda told: told[2]["cells"].append(told[3]["cells"][0]),
        lambda told: told[2].pop("head"),
        lambda told: told[2].update(cells="none"),
        lambda told: told[2].update(n="three"),
        lambda told: told.insert(0, ["not", "a", "line"]),
    ],
)  # fmt: skip
def test_lines_taken_out_put_in_or_spoilt_are_found(
    chain: Path, folder: Path, change: Callable[[list[dict[str, Any]]], object]
) -> None:
    rewrite(chain, change)
    assert len(verify(folder)) == 1


def test_a_cut_end_is_found_once_something_follows(chain: Path, folder: Path) -> None:
    rewrite(chain, lambda told: told.pop())
    append(folder, "A", events(6))
    (problem,) = verify(folder)
    assert "第 6 号之前少了 1 条" in problem.what


def test_a_missing_month_is_found(folder: Path) -> None:
    append(folder, "A", [event(1, 9), event(2, 10), event(3, 10), event(4, 11)])
    (folder / "A-2026-10.jsonl").unlink()
    (problem,) = verify(folder)
    assert "第 4 号之前少了 2 条" in problem.what


def test_erased_values_keep_the_chain_whole(chain: Path, folder: Path) -> None:
    """Anonymising a customer takes value and salt away and nothing else."""
    gone = {"old": None, "new": None, "salt": None}
    rewrite(chain, lambda told: told[2]["cells"][0].update(gone))
    assert "客户3" not in chain.read_text("utf-8")
    assert verify(folder) == []
    append(folder, "A", events(6))
    assert verify(folder) == []


# --- through the mirror -------------------------------------------------------------------------


def save(mirror: Mirror, *numbers: int) -> None:
    for number in numbers:
        mirror.apply(operation(begun(f"KH-{number}"), name=f"op-{number}"))


def test_the_mirror_appends_what_the_files_lack(mirror: Mirror, folder: Path) -> None:
    mirror.continue_history(folder, "A")
    save(mirror, 1, 2)
    mirror.export_history(folder, "A")
    save(mirror, 3)
    mirror.export_history(folder, "A")
    mirror.export_history(folder, "A")
    assert [(line["n"], line["id"]) for line in lines(folder / MONTH)] == [
        (1, "KH-1"),
        (2, "KH-2"),
        (3, "KH-3"),
    ]
    assert mirror.verify_history(folder) == []


def test_the_history_is_told_in_steps_to_who_may_not_be_held_up(
    mirror: Mirror, folder: Path
) -> None:
    mirror.continue_history(folder, "A")
    save(mirror, 1, 2, 3, 4, 5)
    told = []
    for _ in range(3):
        whole = mirror.export_history(folder, "A", at_most=2)
        told.append((whole, len(lines(folder / MONTH))))
    assert told == [(False, 2), (False, 4), (True, 5)]
    assert mirror.export_history(folder, "A", at_most=2)
    assert mirror.verify_history(folder) == []


def test_a_new_mirror_goes_on_counting(
    mirror: Mirror, folder: Path, tmp_path: Path, forms: Forms
) -> None:
    save(mirror, 1, 2)
    mirror.export_history(folder, "A")
    with Mirror.open(tmp_path / "new.db", forms, "forms") as new:
        new.continue_history(folder, "A")
        save(new, 3)
        new.export_history(folder, "A")
        assert [e.seq for e in new.history("customers", "KH-3")] == [3, 3, 3]
        assert new.verify_history(folder) == []
    assert [line["n"] for line in lines(folder / MONTH)] == [1, 2, 3]


def test_a_crash_between_file_and_mirror_repeats_nothing(mirror: Mirror, folder: Path) -> None:
    save(mirror, 1, 2)
    append(folder, "A", mirror._history.since(0, 10))
    mirror.export_history(folder, "A")
    assert [line["n"] for line in lines(folder / MONTH)] == [1, 2]


def test_many_changes_are_appended_in_parts(mirror: Mirror, folder: Path) -> None:
    edits = [begun(f"KH-{number}") for number in range(4500)]
    mirror.apply(operation(*edits))
    mirror.export_history(folder, "A")
    assert [line["n"] for line in lines(folder / MONTH)] == list(range(1, 4501))
    assert mirror.verify_history(folder) == []


def test_two_processes_share_one_file(mirror: Mirror, folder: Path, forms: Forms) -> None:
    with Mirror.open(mirror.db.path, forms, "forms") as other:
        for number in range(1, 7):
            save(mirror if number % 2 else other, number)
            (other if number % 2 else mirror).export_history(folder, "A")
    assert [line["n"] for line in lines(folder / MONTH)] == [1, 2, 3, 4, 5, 6]
    assert verify(folder) == []


def test_a_folder_out_of_reach_is_said_and_nothing_is_lost(
    mirror: Mirror, folder: Path, tmp_path: Path
) -> None:
    folder.write_text("in the way")
    save(mirror, 1)
    with pytest.raises(NotWritable):
        mirror.export_history(folder, "A")
    folder.unlink()
    mirror.export_history(folder, "A")
    assert [line["n"] for line in lines(folder / MONTH)] == [1]


def test_a_full_disk_is_said(mirror: Mirror, folder: Path) -> None:
    folder.mkdir()
    (folder / MONTH).symlink_to("/dev/full")
    save(mirror, 1)
    with pytest.raises(DiskFull):
        mirror.export_history(folder, "A")
    (folder / MONTH).unlink()
    mirror.export_history(folder, "A")
    assert [line["n"] for line in lines(folder / MONTH)] == [1]
