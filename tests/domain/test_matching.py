"""Row identity. Sheets are written as ``(row number, id, name, phone, address)``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storedesk.domain.ids import derived
from storedesk.domain.matching import (
    Alarm,
    Cells,
    Duplicate,
    FoundRow,
    Identity,
    KnownRow,
    NewRow,
    Reason,
    identify,
    mostly_equal,
    unsettled,
)

WANG: Cells = ("王建国", "13800000001", "学府花园")
LI: Cells = ("李梅", "13800000002", "亭湖新村")
CHEN: Cells = ("陈子涵", "13800000003", "紫薇苑")
WANG_MOVED_HOUSE: Cells = ("王建国", "13800000001", "紫薇苑")


def mark(record: str, cells: Cells) -> bytes:
    return repr((record, cells)).encode()


def known(record: str, number: int | None, cells: Cells, *, provisional: bool = False) -> KnownRow:
    written = "" if provisional else record
    return KnownRow(record, number, mark(written, cells), cells, provisional)


def found(number: int, record: str, cells: Cells) -> FoundRow:
    return FoundRow(number, record, mark(record, cells), cells)


def sheet(count: int, first: int = 2) -> list[KnownRow]:
    return [
        known(f"KH-{n:05d}", first + n, (f"客户{n}", f"{13800000000 + n}", f"{n}幢"))
        for n in range(count)
    ]


def as_found(rows: Iterable[KnownRow]) -> list[FoundRow]:
    return [found(row.number or 0, row.record, row.cells) for row in rows]


def test_rows_are_known_by_their_ids_wherever_they_stand() -> None:
    identity = identify(
        [known("KH-1", 2, WANG), known("KH-2", 3, LI)],
        [found(2, "KH-2", LI), found(5, "KH-1", WANG_MOVED_HOUSE)],
    )
    assert identity == Identity(matched={"KH-1": 5, "KH-2": 2})


def test_a_row_with_an_id_from_elsewhere_is_new_under_that_id() -> None:
    identity = identify([known("KH-1", 2, WANG)], [found(2, "KH-1", WANG), found(3, "KH-B7", LI)])
    assert identity.new == (NewRow(3, "KH-B7"),)
    assert identity.duplicates == ()


def test_a_row_typed_in_excel_is_new_without_an_id() -> None:
    identity = identify([known("KH-1", 2, WANG)], [found(2, "KH-1", WANG), found(3, "", LI)])
    assert identity.new == (NewRow(3),)


def test_the_unchanged_one_of_two_copies_keeps_the_id() -> None:
    identity = identify(
        [known("KH-1", 3, WANG)],
        [found(2, "KH-1", LI), found(3, "KH-1", WANG), found(4, "KH-1", WANG)],
    )
    assert identity.matched == {"KH-1": 3}
    assert identity.duplicates == (Duplicate("KH-1", 3, 2), Duplicate("KH-1", 3, 4))
    assert identity.new == (NewRow(2), NewRow(4))


def test_the_first_of_two_changed_copies_keeps_the_id() -> None:
    identity = identify([known("KH-1", 3, WANG)], [found(2, "KH-1", LI), found(3, "KH-1", CHEN)])
    assert identity.matched == {"KH-1": 2}
    assert identity.new == (NewRow(3),)


def test_an_unknown_id_copied_twice_is_one_record_and_a_copy() -> None:
    identity = identify([], [found(2, "KH-B7", WANG), found(3, "KH-B7", LI)])
    assert identity.new == (NewRow(2, "KH-B7"), NewRow(3))
    assert identity.duplicates == (Duplicate("KH-B7", 2, 3),)


def test_a_row_without_id_is_found_again_by_its_content() -> None:
    before = [known("?1", 2, WANG, provisional=True), known("?2", 3, LI, provisional=True)]
    identity = identify(before, [found(7, "", LI), found(9, "", WANG)])
    assert identity.matched == {"?1": 9, "?2": 7}
    assert identity.renamed == {}
    assert identity.missing == ()


def test_a_row_whose_id_was_wiped_out_is_found_again_by_its_content() -> None:
    identity = identify([known("KH-1", 2, WANG)], [found(6, "", WANG)])
    assert identity.matched == {"KH-1": 6}


def test_a_row_without_id_edited_in_its_place_is_the_same_record() -> None:
    before = [known("?1", 2, WANG, provisional=True)]
    assert identify(before, [found(2, "", WANG_MOVED_HOUSE)]).matched == {"?1": 2}


def test_edited_and_pushed_down_by_a_row_inserted_above() -> None:
    before = [known("KH-1", 2, LI), known("?1", 3, WANG, provisional=True)]
    rows = [found(2, "", CHEN), found(3, "KH-1", LI), found(4, "", WANG_MOVED_HOUSE)]
    identity = identify(before, rows)
    assert identity.matched == {"KH-1": 3, "?1": 4}
    assert identity.new == (NewRow(2),)


def test_another_row_in_its_place_is_another_record() -> None:
    identity = identify([known("?1", 2, WANG, provisional=True)], [found(2, "", CHEN)])
    assert identity.new == (NewRow(2),)
    assert identity.missing == ("?1",)


@pytest.mark.parametrize("now", [WANG, WANG_MOVED_HOUSE])
def test_an_id_another_pc_gave_to_our_row_wins_over_the_provisional_one(now: Cells) -> None:
    identity = identify([known("?1", 2, WANG, provisional=True)], [found(2, "KH-B7", now)])
    assert identity.matched == {"?1": 2}
    assert identity.renamed == {"?1": "KH-B7"}
    assert identity.new == ()


def test_a_record_whose_id_stood_in_the_file_is_never_renamed() -> None:
    identity = identify([known("KH-1", 2, WANG)], [found(2, "KH-B7", WANG)])
    assert identity.missing == ("KH-1",)
    assert identity.new == (NewRow(2, "KH-B7"),)


def test_of_equal_rows_without_id_only_as_many_as_were_known_are_matched() -> None:
    before = [known("?1", 2, WANG, provisional=True)]
    identity = identify(before, [found(2, "", WANG), found(3, "", WANG)])
    assert identity.matched == {"?1": 2}
    assert identity.new == (NewRow(3),)


def test_an_entry_waiting_to_be_written_is_not_missing() -> None:
    assert identify([known("KH-1", None, WANG)], []) == Identity(matched={})


def test_an_entry_waiting_is_recognised_after_a_crash_between_write_and_note() -> None:
    identity = identify([known("KH-1", None, WANG)], [found(2, "KH-1", WANG)])
    assert identity.matched == {"KH-1": 2}


def test_a_dragged_id_does_not_swallow_an_entry_of_ours_that_waits() -> None:
    identity = identify([known("KH-1", None, WANG)], [found(2, "KH-1", LI)])
    assert identity.matched == {}
    assert identity.duplicates == (Duplicate("KH-1", 0, 2),)
    assert identity.new == (NewRow(2),)


def test_a_call_that_two_pcs_planned_is_one_however_it_looks_by_now() -> None:
    call = derived("HF", date(2026, 11, 20), "R03", "GM-1")
    identity = identify([known(call, None, WANG)], [found(2, call, LI)])
    assert identity.matched == {call: 2}
    assert identity.duplicates == ()


@pytest.mark.parametrize(("gone", "alarmed"), [(20, False), (21, True)])
def test_too_many_rows_gone_at_once(gone: int, alarmed: bool) -> None:  # noqa: FBT001  # a table
    before = sheet(100)
    identity = identify(before, as_found(before[gone:]))
    assert len(identity.missing) == gone
    assert identity.alarm == (Alarm(Reason.ROWS_GONE, 21, 100) if alarmed else None)


def test_in_a_large_sheet_five_in_a_hundred_may_go() -> None:
    before = sheet(1000)
    assert identify(before, as_found(before[50:])).alarm is None
    assert identify(before, as_found(before[51:])).alarm == Alarm(Reason.ROWS_GONE, 51, 1000)


def test_sorted_without_the_id_column() -> None:
    before = sheet(8)
    contents = [row.cells for row in before[1:]] + [before[0].cells]
    rows = [
        found(row.number or 0, row.record, cells)
        for row, cells in zip(before, contents, strict=True)
    ]
    assert identify(before, rows).alarm == Alarm(Reason.SHUFFLED, 8, 8)


def test_two_rows_that_changed_places_may_be_meant() -> None:
    before = [known("KH-1", 2, WANG), known("KH-2", 3, LI)]
    assert identify(before, [found(2, "KH-1", LI), found(3, "KH-2", WANG)]).alarm is None


@pytest.mark.parametrize(("changed", "alarmed"), [(20, False), (21, True)])
def test_too_many_rows_with_most_cells_changed(changed: int, alarmed: bool) -> None:  # noqa: FBT001  # a table
    before = sheet(100)
    rows = [
        found(row.number, row.record, (f"新{n}", f"{n}", "")) if n < changed else row
        for n, row in enumerate(as_found(before))
    ]
    assert identify(before, rows).alarm == (Alarm(Reason.SHUFFLED, 21, 100) if alarmed else None)


def test_one_column_filled_down_the_whole_sheet_is_no_alarm() -> None:
    before = sheet(100)
    rows = [found(row.number, row.record, (*row.cells[:2], "江苏")) for row in as_found(before)]
    assert identify(before, rows).alarm is None


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (("a", "b", None), ("a", "c", None), True),
        (("a", "b", "c"), ("a", "d", "e"), False),
        ((None, None), (None, None), False),
        ((), ("a",), False),
        (("a",), (), False),
    ],
)
def test_mostly_equal(one: Cells, other: Cells, verdict: bool) -> None:  # noqa: FBT001  # a table
    assert mostly_equal(one, other) is verdict


contents = st.tuples(*(st.sampled_from(["", "甲", "乙", "丙"]) for _ in range(3)))
ids = st.sampled_from([f"KH-{n}" for n in range(6)])


@st.composite
def known_rows(draw: st.DrawFn) -> list[KnownRow]:
    rows = []
    for number, record in enumerate(draw(st.lists(ids, unique=True)), 2):
        state = draw(st.sampled_from(["written", "waiting", "provisional"]))
        rows.append(
            known(
                record,
                None if state == "waiting" else number,
                draw(contents),
                provisional=state == "provisional",
            )
        )
    return rows


@st.composite
def found_rows(draw: st.DrawFn) -> list[FoundRow]:
    bearers = draw(st.lists(st.one_of(ids, st.just(""))))
    return [found(number, record, draw(contents)) for number, record in enumerate(bearers, 2)]


@given(known_rows(), found_rows())
def test_every_row_and_every_record_is_accounted_for_once(
    before: list[KnownRow], rows: list[FoundRow]
) -> None:
    identity = identify(before, rows)
    numbers = [*identity.matched.values(), *(row.number for row in identity.new)]
    assert sorted(numbers) == [row.number for row in rows]
    waiting = {row.record for row in before if row.number is None}
    accounted = {*identity.matched, *identity.missing}
    assert accounted | waiting == {row.record for row in before}
    assert not set(identity.matched) & set(identity.missing)
    brought = [row.record for row in identity.new if row.record]
    assert len(set(brought)) == len(brought)
    assert not set(brought) & {row.record for row in before}


@given(known_rows())
def test_a_sheet_that_did_not_change_is_recognised_whole(before: list[KnownRow]) -> None:
    there = [row for row in before if row.number is not None]
    rows = [
        found(row.number or 0, "" if row.provisional else row.record, row.cells) for row in there
    ]
    identity = identify(before, rows)
    assert set(identity.matched) == {row.record for row in there}
    assert (identity.new, identity.missing, identity.alarm) == ((), (), None)


@example(  # where a row waits for its id stands one with another's: copied before, or just now
    [
        known("KH-0", 2, WANG),
        known("KH-1", 3, WANG, provisional=True),
        known("KH-2", 4, WANG),
    ],
    [found(2, "", WANG), found(3, "KH-0", WANG_MOVED_HOUSE), found(4, "KH-0", WANG)],
)
@given(known_rows(), found_rows())
def test_only_unsettled_rows_need_their_cells(before: list[KnownRow], rows: list[FoundRow]) -> None:
    records, numbers = unsettled(before, rows)
    lean_before = [
        KnownRow(
            row.record,
            row.number,
            row.mark,
            row.cells if row.record in records else (),
            row.provisional,
        )
        for row in before
    ]
    lean_rows = [
        FoundRow(row.number, row.record, row.mark, row.cells if row.number in numbers else ())
        for row in rows
    ]
    assert identify(lean_before, lean_rows) == identify(before, rows)


def test_thirty_thousand_rows_that_lost_their_ids_and_moved_are_all_found() -> None:
    """Anything but linear work would not end within the time a test has."""
    before = sheet(30_000)
    rows = [
        found(number, "", row.cells)
        for number, row in enumerate(sorted(before, key=lambda row: row.cells[:1]), 2)
    ]
    identity = identify(before, rows)
    assert len(identity.matched) == 30_000
    assert identity.new == ()


def test_a_copy_that_waits_for_its_id_is_not_copied_again() -> None:
    """A row copied in Excel stays one record although it bears the first one's id for a while."""
    records = [known("KH-1", 2, WANG), known("KH-9", 5, WANG, provisional=True)]
    again = identify(records, [found(2, "KH-1", WANG), found(5, "KH-1", WANG)])
    assert again.matched == {"KH-1": 2, "KH-9": 5}
    assert (again.new, again.missing, again.duplicates, again.renamed) == ((), (), (), {})
