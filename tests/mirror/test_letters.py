"""A PC's letter is claimed once and for all (decision 11)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storedesk.domain.errors import NotWritable
from storedesk.mirror.letters import LETTERS, claim_letter
from tests.mirror.conftest import place


def test_each_machine_gets_its_own_and_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / "历史"
    assert [claim_letter(folder, name) for name in ("one", "two", "one", "three")] == [
        "A",
        "B",
        "A",
        "C",
    ]
    assert json.loads((folder / "PC-B.json").read_text("utf-8")) == {"machine": "two"}


def test_a_machine_whose_own_id_was_lost_goes_on_under_its_letter(tmp_path: Path) -> None:
    assert claim_letter(tmp_path, "one", "front desk") == "A"
    assert claim_letter(tmp_path, "two", "back office") == "B"
    assert claim_letter(tmp_path, "wiped and new", "front desk") == "A"
    assert claim_letter(tmp_path, "other", "") == "C"
    assert claim_letter(tmp_path, "another", "") == "D", "no place is nobody's place"


def test_machines_that_claim_at_once_never_share_one(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from storedesk.mirror.letters import claim_letter; "
        "print(claim_letter(Path(sys.argv[1]), sys.argv[2]))"
    )
    claims = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), f"pc-{number}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(6)
    ]
    letters = [claim.communicate(timeout=60)[0].strip() for claim in claims]
    assert sorted(letters) == list("ABCDEF")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"machine": 3}', "\xff"])
def test_a_claim_that_cannot_be_read_belongs_to_somebody_else(tmp_path: Path, content: str) -> None:
    (tmp_path / "PC-A.json").write_text(content, "latin-1")
    assert claim_letter(tmp_path, "one") == "B"


def test_letters_that_look_like_digits_are_left_out() -> None:
    assert not set("IO") & set(LETTERS)
    assert len(set(LETTERS)) == 24


def test_no_letter_left(tmp_path: Path) -> None:
    for number in range(24):
        claim_letter(tmp_path, f"pc-{number}")
    with pytest.raises(NotWritable):
        claim_letter(tmp_path, "one too many")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "历史").write_text("in the way")
    with pytest.raises(NotWritable):
        claim_letter(tmp_path / "历史", "one")


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced on Windows")
def test_a_claim_survives_a_power_cut(tmp_path: Path, synced: list[tuple[int, int]]) -> None:
    assert claim_letter(tmp_path, "one") == "A"
    assert synced == [place(tmp_path / "PC-A.json"), place(tmp_path)]


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX systems")
def test_a_claim_that_does_not_fit_on_the_disk_uses_up_no_letter(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415  # not there on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, before[1]))
    try:
        with pytest.raises(NotWritable):
            claim_letter(tmp_path, "one")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []
    assert claim_letter(tmp_path, "one") == "A"
