"""What a workbook held at each of its generations."""

from __future__ import annotations

from datetime import datetime, timedelta

from storedesk.domain.changes import Edit
from storedesk.domain.sheets import (
    Fingerprint,
    SheetContent,
    Stamp,
    WorkbookContent,
    WriteOutcome,
    WritePlan,
    Written,
)
from storedesk.mirror import HeldState, Mirror
from storedesk.mirror.generations import KEEP, KEEP_LAST, Ancestry
from tests.mirror.conftest import CUSTOMER, NOW, WANG, begun, operation, taken

BOOK = "客户档案.xlsx"


def stamp(generation: str) -> Stamp:
    return Stamp("desk", generation)


def read(mirror: Mirror, generation: str, sha256: str = "", at: datetime = NOW) -> None:
    """Take in a workbook of a generation; without a hash it is another file each time."""
    known = Fingerprint(1, 1, sha256 or f"sha-of-{generation}")
    sheets = {
        form.ledger: SheetContent(
            form.ledger, form.label, 1, {c.key: 1 for c in form.in_workbook()}
        )
        for form in mirror.forms.of_workbook(BOOK)
    }
    content = WorkbookContent(BOOK, known, stamp(generation), sheets)
    mirror.note_read(content, at, changed=False)


def write(mirror: Mirror, generation: str, at: datetime = NOW) -> None:
    rows, upto = mirror.rows_to_write(BOOK)
    plan = WritePlan(BOOK, Fingerprint(1, 1, ""), rows, stamp(generation), upto=upto)
    placed = {(row.ledger, row.record): 2 for row in rows}
    known = Fingerprint(1, 1, f"sha-of-{generation}")
    mirror.settle(plan, WriteOutcome(BOOK, Written.DONE, fingerprint=known, placed=placed), at)


def origin(mirror: Mirror, generation: str) -> tuple[list[str], bool]:
    found = mirror.origin(BOOK, stamp(generation))
    return [one.generation for one in found.states], found.sure


def held(mirror: Mirror, generation: str) -> HeldState:
    state = mirror.held_state(BOOK, generation)
    assert state is not None
    return state


def test_a_file_is_expected_that_is_the_newest_or_stands_on_it(mirror: Mirror) -> None:
    assert mirror.ancestry(BOOK, stamp("1.A.x")) is None, "nothing is known yet"
    read(mirror, "1.A.x")
    for generation in ("1.A.x", "2.A.y", "2.B.y.A1", "9.C.y.A1.B5"):
        assert mirror.ancestry(BOOK, stamp(generation)) is None, generation


def test_an_old_or_forked_file_is_merged_against_what_it_was_made_from(mirror: Mirror) -> None:
    for generation in ("1.A.a", "2.A.b", "3.A.c", "4.B.d.A3"):
        read(mirror, generation)
    assert origin(mirror, "2.A.b") == (["2.A.b"], True)
    assert origin(mirror, "3.A.other") == (["2.A.b"], True), "a number given twice is a fork"
    assert origin(mirror, "5.C.z.A2") == (["2.A.b"], True)
    assert origin(mirror, "5.C.z.A3") == (["3.A.c"], True)
    assert origin(mirror, "7.C.z") == (["1.A.a"], False), "nothing of it is known"
    assert origin(mirror, "") == (["1.A.a"], False)
    for generation in ("2.A.b", "5.C.z.A2", "7.C.z", ""):
        found = mirror.ancestry(BOOK, stamp(generation))
        assert found == mirror.origin(BOOK, stamp(generation)), generation


def test_a_generation_seen_twice_has_two_origins(mirror: Mirror) -> None:
    read(mirror, "1.A.a")
    read(mirror, "2.A.b")
    read(mirror, "1.A.a")
    read(mirror, "3.A.c")
    assert origin(mirror, "1.A.a") == (["1.A.a", "1.A.a"], True)


def test_what_went_on_is_not_merged_against_an_old_copy_that_came_back(mirror: Mirror) -> None:
    for generation in ("1.A.a", "2.B.b.A1", "3.B.c.A1", "1.A.a"):
        read(mirror, generation)
    for newest in ("1.A.a", "4.B.d.A1"):
        if newest != "1.A.a":
            read(mirror, newest)
        found = mirror.ancestry(BOOK, stamp("4.A.x.B3"))
        assert found is not None
        assert [one.generation for one in found.states] == ["3.B.c.A1"], newest
        found = mirror.ancestry(BOOK, stamp("2.C.x.A1"))
        assert found is not None
        assert [one.generation for one in found.states] == ["1.A.a", "1.A.a"], newest
    assert mirror.ancestry(BOOK, stamp("5.A.x.B4")) is None


def test_the_next_stamp_stands_on_all_that_was_taken_in(mirror: Mirror) -> None:
    assert mirror.next_stamp(BOOK, "desk", "A", "x").generation == "1.A.x"
    read(mirror, "4.B.y.C2")
    assert mirror.next_stamp(BOOK, "desk", "A", "x").generation == "5.A.x.B4.C2"
    mirror.contain(BOOK, stamp("7.C.z"))
    assert mirror.next_stamp(BOOK, "desk", "A", "x").generation == "8.A.x.B4.C7"
    read(mirror, "1.A.old")
    assert mirror.next_stamp(BOOK, "desk", "A", "x").number == 8, "no number is given twice"


def test_what_it_held_is_what_stands_with_later_changes_undone(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken(CUSTOMER, 2, **WANG)], NOW, "first")
    read(mirror, "1.A.a")
    mirror.apply(operation(Edit("customers", CUSTOMER, {"address": "3幢502"})))
    write(mirror, "2.A.b")
    mirror.apply(operation(Edit("customers", CUSTOMER, {"address": "3幢503"}), name="op-2"))
    (record,) = mirror.records("customers", [CUSTOMER])
    first, second = held(mirror, "1.A.a"), held(mirror, "2.A.b")
    assert mirror.versions(record, first) == [WANG]
    assert mirror.versions(record, second) == [{**WANG, "address": "3幢502"}]


def test_what_waited_was_not_in_it(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken(CUSTOMER, 2, **WANG)], NOW, "first")
    read(mirror, "1.A.a")
    mirror.apply(operation(Edit("customers", CUSTOMER, {"address": "waits"})))
    mirror.apply(operation(begun("KH-2", name="李敏"), name="op-2"))
    read(mirror, "2.B.b.A1")
    records = {one.id: one for one in mirror.records("customers", [CUSTOMER, "KH-2"])}
    state = held(mirror, "2.B.b.A1")
    assert mirror.versions(records[CUSTOMER], state) == [WANG]
    assert mirror.versions(records["KH-2"], state) == [{}]
    assert state.lacks("customers", "KH-2")
    assert not state.lacks("customers", CUSTOMER)


def test_each_moment_between_two_edits_in_excel_is_one_of_its_states(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken(CUSTOMER, 2, **WANG)], NOW, "first")
    read(mirror, "1.A.a")
    for row, address in enumerate(("5幢", "6幢"), 3):
        changed = taken(CUSTOMER, row, **{**WANG, "address": address})
        mirror.take_in("customers", [changed], NOW + timedelta(minutes=row), str(row))
        read(mirror, "1.A.a", sha256=address)
    mirror.apply(operation(Edit("customers", CUSTOMER, {"address": "7幢"})))
    (record,) = mirror.records("customers", [CUSTOMER])
    addresses = [one["address"] for one in mirror.versions(record, held(mirror, "1.A.a"))]
    assert addresses == [WANG["address"], "5幢", "6幢"]


def test_many_rows_typed_at_once_are_told_and_not_copied(mirror: Mirror) -> None:
    read(mirror, "1.A.a")
    rows = [taken(f"KH-{n}", n, name=f"客户{n}", address="3幢") for n in range(2, 300)]
    mirror.take_in("customers", rows, NOW, "many")
    read(mirror, "1.A.a", sha256="many")
    write(mirror, "2.A.b")
    mirror.apply(operation(Edit("customers", "KH-7", {"address": "5幢"})))
    (entry, *_) = mirror.history("customers", "KH-8")
    assert (entry.key, entry.source) == ("_begun", "excel")
    (record,) = mirror.records("customers", ["KH-7"])
    first, second = held(mirror, "1.A.a"), held(mirror, "2.A.b")
    assert mirror.versions(record, first) == [{}, {"name": "客户7", "address": "3幢"}]
    assert mirror.versions(record, second) == [{"name": "客户7", "address": "3幢"}]
    assert len(mirror.typed("customers", first)) == 298
    assert mirror.typed("customers", second) == set()


def test_what_was_read_anew_is_known_only_if_it_is_the_file_last_seen(mirror: Mirror) -> None:
    read(mirror, "1.A.a")
    read(mirror, "2.A.b")
    mirror.empty()
    read(mirror, "2.A.b")
    assert origin(mirror, "1.A.a") == (["1.A.a"], True)
    mirror.empty()
    read(mirror, "2.A.b", sha256="changed-while-nobody-looked")
    assert origin(mirror, "1.A.a") == (["2.A.b"], False)
    assert mirror.next_stamp(BOOK, "desk", "A", "x").number == 3


def test_generations_are_kept_as_long_as_any_backup(mirror: Mirror) -> None:
    for number in range(1, 60):
        read(mirror, f"{number}.A.x", at=NOW + timedelta(minutes=number))
    later = NOW + KEEP + timedelta(days=1)
    read(mirror, "60.A.x", at=later)
    known = [n for n in range(1, 61) if mirror.held_state(BOOK, f"{n}.A.x")]
    assert known == [1, *range(61 - KEEP_LAST, 61)], "the first is the last resort"


def test_nothing_known_is_no_origin(mirror: Mirror) -> None:
    assert mirror.origin(BOOK, stamp("1.A.a")) == Ancestry((), sure=False)
