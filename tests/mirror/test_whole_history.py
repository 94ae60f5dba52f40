"""A record's history over all PCs: each change is told once, with who did it if anybody knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.forms import Forms
from storedesk.domain.values import Value
from storedesk.mirror import HistoryEntry
from storedesk.mirror.chain import append
from storedesk.mirror.changes import RecordChange
from storedesk.mirror.history import Event
from storedesk.mirror.whole_history import REPLAY, told_in_files, whole_history

NOON = datetime(2026, 11, 20, 10, 30)
WANG = "KH-20261120-A001"


def entry(  # the fields of one, in their order
    seq: int,
    source: str,
    new: Value,
    *,
    pc: str = "",
    by: str = "",
    minutes: int = 0,
    operation: str = "op",
) -> HistoryEntry:
    at = NOON + timedelta(minutes=minutes)
    return HistoryEntry(seq, at, by, source, "customers", WANG, "address", None, new, operation, pc)


def told(entries: list[HistoryEntry]) -> list[tuple[Value, str, str, str]]:
    return [(one.new, one.source, one.by, one.pc) for one in entries]


def test_what_another_pc_entered_is_told_by_it_and_not_as_excels() -> None:
    """Its clock is ten minutes ahead."""
    ours = [entry(1, "excel", "3幢501", minutes=1)]
    theirs = [entry(7, "desk", "3幢501", pc="B", by="王芳", minutes=10)]
    assert told(whole_history(ours, theirs, "A")) == [("3幢501", "desk", "王芳", "B")]


def test_a_clock_set_back_does_not_turn_the_order_round() -> None:
    ours = [entry(1, "desk", "一", by="林晓", minutes=5), entry(2, "desk", "二", by="林晓")]
    theirs = [entry(1, "desk", "三", pc="B", by="王芳", minutes=2)]
    assert [one.new for one in whole_history(ours, theirs, "A")] == ["二", "一", "三"]


def test_an_edit_in_excel_that_two_pcs_read_is_told_once() -> None:
    ours = [entry(1, "excel", "3幢501", minutes=3)]
    theirs = [entry(7, "excel", "3幢501", pc="B", minutes=1)]
    assert told(whole_history(ours, theirs, "A")) == [("3幢501", "excel", "", "B")]


def test_a_value_that_came_back_is_told_each_time() -> None:
    ours = [
        entry(number, "excel", text, minutes=2 * number)
        for number, text in enumerate(("一", "二", "一"), 1)
    ]
    theirs = [
        entry(7, "desk", "一", pc="B", by="王芳", minutes=2),
        entry(8, "desk", "二", pc="B", by="王芳", minutes=3),
        entry(9, "excel", "一", pc="B", minutes=9),
    ]
    assert told(whole_history(ours, theirs, "A")) == [
        ("一", "excel", "", "A"),
        ("二", "desk", "王芳", "B"),
        ("一", "desk", "王芳", "B"),
    ]


def test_two_people_who_entered_the_same_are_both_told() -> None:
    ours = [entry(1, "desk", "一", by="赵倩")]
    theirs = [entry(7, "desk", "一", pc="B", by="王芳", minutes=1)]
    assert [one.by for one in whole_history(ours, theirs, "A")] == ["王芳", "赵倩"]


def test_what_a_new_mirror_entered_again_is_told_once() -> None:
    ours = [entry(9, "desk", "一", by="赵倩", operation=f"{REPLAY}1")]
    files = [entry(3, "desk", "一", pc="A", by="赵倩"), entry(9, "desk", "一", pc="A", by="赵倩")]
    assert [one.seq for one in whole_history(ours, files, "A")] == [3]
    assert [one.seq for one in whole_history(ours, [], "A")] == [9]


@given(
    st.lists(
        st.tuples(st.sampled_from(["desk", "excel", "rule"]), st.sampled_from(["一", "二", None])),
        max_size=8,
    ),
    st.lists(
        st.tuples(st.sampled_from(["desk", "excel"]), st.sampled_from(["一", "二", None])),
        max_size=8,
    ),
)
def test_nothing_entered_is_left_out_and_every_value_is_told(
    here: list[tuple[str, str | None]], there: list[tuple[str, str | None]]
) -> None:
    ours = [entry(n, source, new, minutes=n) for n, (source, new) in enumerate(here)]
    theirs = [entry(n, source, new, pc="B", minutes=n) for n, (source, new) in enumerate(there)]
    found = whole_history(ours, theirs, "A")
    entered = [one for one in (*ours, *theirs) if one.source != "excel"]
    assert sum(one.source != "excel" for one in found) == len(entered)
    assert {one.new for one in found} == {one.new for one in (*ours, *theirs)}
    for value in ("一", "二", None):
        times = [sum(new == value for _, new in side) for side in (here, there)]
        assert sum(one.new == value for one in found) >= max(times)


def test_the_files_are_read_under_every_id_a_record_had(tmp_path: Path, forms: Forms) -> None:
    def event(number: int, record: str, **cells: tuple[Value, Value]) -> Event:
        change = RecordChange("customers", record, cells)
        return Event(number, NOON, "王芳", "desk", f"op-{number}", change)

    append(
        tmp_path,
        "B",
        [
            event(1, "KH-20261120-B001", address=(None, "3幢501")),
            event(2, "KH-20261120-B0012", address=(None, "另一位")),
            event(3, WANG, id=("KH-20261120-B001", WANG)),
            event(4, WANG, created_at=(None, NOON)),
        ],
    )
    found = told_in_files(tmp_path, forms, "customers", WANG)
    assert [(one.seq, one.key, one.new, one.record, one.pc) for one in found] == [
        (3, "id", WANG, WANG, "B"),
        (4, "created_at", NOON, WANG, "B"),
        (1, "address", "3幢501", WANG, "B"),
    ]
