"""Running numbers: each is given once, whatever a workbook or a lost mirror brings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from storedesk.domain.forms import Forms
from storedesk.mirror import Mirror
from tests.mirror.conftest import NOW, Reopen, begun, operation, taken

TODAY = date(2026, 11, 20)


def test_numbers_run_per_prefix_and_day(mirror: Mirror) -> None:
    given = [mirror.next_number("KH", TODAY) for _ in range(3)]
    assert given == [1, 2, 3]
    assert mirror.next_number("GM", TODAY) == 1
    assert mirror.next_number("KH", date(2026, 11, 21)) == 1


def test_numbers_go_on_in_another_process(mirror: Mirror, reopen: Reopen) -> None:
    mirror.next_number("KH", TODAY)
    assert reopen().next_number("KH", TODAY) == 2
    assert mirror.next_number("KH", TODAY) == 3


def test_ids_that_only_the_history_files_know_are_not_given_again(
    mirror: Mirror, tmp_path: Path, forms: Forms
) -> None:
    """A row typed in Excel had no id yet in its workbook when the mirror was lost."""
    mirror.apply(operation(begun("GM-20261120-A007", "purchases", customer="KH-20261120-A003")))
    mirror.apply(operation(begun("KH-20261120-B009", name="李"), name="op-2"))
    mirror.export_history(tmp_path / "历史", "A")
    with Mirror.open(tmp_path / "new" / "mirror.db", forms, "forms") as new:
        new.set_meta("pc", "A")
        new.continue_history(tmp_path / "历史", "A")
        new.continue_numbers(tmp_path / "历史", "A")
        assert new.next_number("KH", TODAY) == 4
        assert new.next_number("GM", TODAY) == 8
        assert new.next_number("KH", date(2026, 11, 21)) == 1


def test_a_number_of_an_entry_that_failed_is_given_again(mirror: Mirror) -> None:
    with pytest.raises(KeyError), mirror.transaction():
        _fail_after_counting(mirror)
    assert mirror.next_number("KH", TODAY) == 1


def _fail_after_counting(mirror: Mirror) -> None:
    mirror.next_number("KH", TODAY)
    raise KeyError


def test_a_lost_mirror_goes_on_behind_the_highest_id(mirror: Mirror) -> None:
    ids = ["KH-20261120-A002", "KH-20261120-A1017", "KH-20261120-A999", "KH-20261120-B2000"]
    others = ["KH-20261119-A5000", "KH-20261120-A12X", "whatever"]
    rows = [taken(record, row) for row, record in enumerate([*ids, *others], 2)]
    mirror.take_in("customers", rows, NOW, "file")
    assert mirror.next_number("KH", TODAY) == 1018


def test_an_id_that_came_from_elsewhere_is_not_minted_again(mirror: Mirror) -> None:
    """The next entry would otherwise be merged into somebody else's record."""
    assert mirror.next_number("KH", TODAY) == 1
    mirror.take_in(
        "customers", [taken("KH-20261120-A002", 2), taken("KH-20261120-A003", 3)], NOW, "file"
    )
    assert mirror.next_number("KH", TODAY) == 4


def test_numbers_survive_emptying_and_are_not_given_to_the_removed(mirror: Mirror) -> None:
    record = f"KH-20261120-A{mirror.next_number('KH', TODAY):03d}"
    mirror.apply(operation(begun(record)))
    mirror.remove("customers", record, operation(name="undo"))
    mirror.empty()
    assert mirror.next_number("KH", TODAY) == 2


def test_an_unknown_prefix_counts_as_well(mirror: Mirror) -> None:
    assert [mirror.next_number("XX", TODAY) for _ in range(2)] == [1, 2]


def test_another_letter_counts_its_own(path: Path, forms: Forms) -> None:
    with Mirror.open(path, forms, "forms") as mirror:
        mirror.set_meta("pc", "B")
        mirror.take_in("customers", [taken("KH-20261120-A007", 2)], NOW, "file")
        assert mirror.next_number("KH", TODAY) == 1
