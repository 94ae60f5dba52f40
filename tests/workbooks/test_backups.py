"""Hourly for a day, daily for a month, monthly for a year."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.errors import StoreDeskError
from storedesk.workbooks.backups import (
    FOLDER,
    REPLACED,
    Backup,
    backups_of,
    beyond,
    due,
    keep,
    keep_replaced,
    replaced_of,
    superfluous,
    thin_out,
)

NOW = datetime(2026, 11, 22, 9, 30)
BOOK = "客户档案.xlsx"


def backups(*ages: timedelta, workbook: str = BOOK) -> list[Backup]:
    return [Backup(workbook, NOW - age, Path(f"{age}")) for age in ages]


def kept(listed: list[Backup]) -> list[timedelta]:
    gone = set(superfluous(listed, NOW))
    return [NOW - one.at for one in listed if one not in gone]


def test_one_an_hour_within_a_day() -> None:
    minutes = [timedelta(minutes=180 + number) for number in (0, 10, 29, 31, 50, 95)]
    # 6:30 6:20 6:01 | 5:59 5:40 | 4:55
    assert kept(backups(*minutes)) == [minutes[0], minutes[3], minutes[5]]


def test_all_of_the_last_two_hours() -> None:
    ages = [timedelta(minutes=number) for number in (0, 1, 5, 60, 119, 120, 121, 122)]
    assert kept(backups(*ages)) == ages[:7]


def test_one_a_day_within_a_month_and_one_a_month_within_a_year() -> None:
    hours = backups(*(timedelta(hours=number) for number in range(24 * 500)))
    left = kept(hours)
    recent = [age for age in left if age <= timedelta(days=1)]
    days = [age for age in left if timedelta(days=1) < age <= timedelta(days=31)]
    months = [age for age in left if age > timedelta(days=31)]
    assert len(recent) == 25
    assert len(days) == 31
    assert len(months) == 12
    assert max(left) <= timedelta(days=366)


def test_each_workbook_for_itself_and_the_future_stays() -> None:
    both = backups(timedelta(minutes=5)) + backups(timedelta(minutes=6), workbook="配件台账.xlsx")
    assert superfluous(both, NOW) == ()
    assert superfluous(backups(timedelta(days=-3), timedelta(days=-3, seconds=-1)), NOW) == ()


@given(st.lists(st.integers(0, 400 * 24 * 60), unique=True))
def test_thinning_twice_is_thinning_once(minutes: list[int]) -> None:
    listed = backups(*(timedelta(minutes=number) for number in minutes))
    gone = superfluous(listed, NOW)
    left = [one for one in listed if one not in gone]
    assert superfluous(left, NOW) == ()
    if any(number <= 366 * 24 * 60 for number in minutes):
        assert min(minutes) in {(NOW - one.at) // timedelta(minutes=1) for one in left}


def test_a_backup_is_named_by_its_moment_and_holds_the_bytes(tmp_path: Path) -> None:
    assert due(tmp_path, BOOK, NOW)
    path = keep(tmp_path, BOOK, b"content", NOW)
    assert path == tmp_path / FOLDER / "客户档案 2026-11-22 093000.xlsx"
    assert path.read_bytes() == b"content"
    assert backups_of(tmp_path) == (Backup(BOOK, NOW, path),)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_due_once_an_hour(tmp_path: Path) -> None:
    keep(tmp_path, BOOK, b"content", NOW)
    assert not due(tmp_path, BOOK, NOW + timedelta(minutes=59))
    assert due(tmp_path, BOOK, NOW + timedelta(minutes=60))
    assert due(tmp_path, BOOK, NOW - timedelta(minutes=1))  # the clock was set back
    assert due(tmp_path, "配件台账.xlsx", NOW)


def test_two_of_one_second_are_both_kept_until_thinned(tmp_path: Path) -> None:
    first = keep(tmp_path, BOOK, b"one", NOW)
    second = keep(tmp_path, BOOK, b"two", NOW)
    assert first != second
    assert second.read_bytes() == b"two"


def test_older_ones_are_thinned_and_strangers_stay(tmp_path: Path) -> None:
    place = tmp_path / FOLDER
    place.mkdir()
    for minute in range(0, 50, 10):
        (place / f"客户档案 2026-11-20 08{minute:02d}00.xlsx").write_bytes(b"old")
    strangers = ["客户档案 说明.xlsx", "客户档案 2026-13-99 080000.xlsx", "读我.txt"]
    for name in strangers:
        (place / name).write_bytes(b"mine")
    keep(tmp_path, BOOK, b"new", NOW)
    names = {entry.name for entry in place.iterdir()}
    assert names == {
        *strangers,
        "客户档案 2026-11-20 084000.xlsx",
        "客户档案 2026-11-22 093000.xlsx",
    }


def test_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file of that name")
    with pytest.raises(StoreDeskError):
        keep(tmp_path, BOOK, b"content", NOW)


def sized(size: int, *ages: int, workbook: str = BOOK, replaced: bool = False) -> list[Backup]:
    """Return backups of some bytes each, so many days old."""
    return [
        Backup(workbook, NOW - timedelta(days=age), Path(f"{age}"), size, replaced) for age in ages
    ]


def test_beyond_the_limit_the_oldest_go_first() -> None:
    listed = sized(10, 1, 2, 3) + sized(10, 4, workbook="配件台账.xlsx")
    assert beyond(listed, 40) == ()
    assert [one.at for one in beyond(listed, 39)] == [NOW - timedelta(days=3)]
    assert [one.at for one in beyond(listed, 25)] == [NOW - timedelta(days=d) for d in (3, 2)]
    assert len(beyond(listed, 0)) == 2, "the newest of each workbook stays"


def test_what_a_restore_replaced_is_never_the_only_one_left() -> None:
    listed = sized(10, 5) + sized(10, 1, replaced=True)
    (gone,) = beyond(listed, 15)
    assert gone.replaced


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 300), st.sampled_from("甲乙丙"))),
    st.integers(0, 2000),
)
def test_what_is_left_fits_or_is_the_newest(told: list[tuple[int, int, str]], limit: int) -> None:
    listed = [one for size, age, book in told for one in sized(size, age, workbook=book)]
    gone = beyond(listed, limit)
    left = [one for one in listed if not any(one is old for old in gone)]
    newest = {one.workbook for one in listed}
    assert {one.workbook for one in left} == newest
    assert sum(one.size for one in left) <= limit or len(left) == len(newest)


def test_the_limit_holds_on_disk(tmp_path: Path) -> None:
    for hour in range(6):
        keep(tmp_path, BOOK, b"x" * 100, NOW - timedelta(hours=hour))
    thin_out(tmp_path, NOW, limit=250)
    assert [one.at for one in backups_of(tmp_path)] == [NOW, NOW - timedelta(hours=1)]


def test_what_a_restore_replaces_is_listed_apart_and_kept_for_a_year(tmp_path: Path) -> None:
    keep(tmp_path, BOOK, b"content", NOW)
    path = keep_replaced(tmp_path, BOOK, b"no workbook at all", NOW)
    assert path.parent == tmp_path / FOLDER / REPLACED
    assert [one.path for one in replaced_of(tmp_path, BOOK)] == [path]
    assert len(backups_of(tmp_path, BOOK)) == 1
    thin_out(tmp_path, NOW + timedelta(days=300))
    assert path.exists()
    thin_out(tmp_path, NOW + timedelta(days=400))
    assert not path.exists()


def test_without_a_limit_no_backup_goes_for_its_size(tmp_path: Path) -> None:
    for hour in range(6):
        keep(tmp_path, BOOK, b"x" * 100, NOW - timedelta(hours=hour))
    thin_out(tmp_path, NOW)
    assert len(backups_of(tmp_path)) == 6
    keep(tmp_path, BOOK, b"x" * 100, NOW + timedelta(hours=1), 250)
    assert len(backups_of(tmp_path)) == 2
