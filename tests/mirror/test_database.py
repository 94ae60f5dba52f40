"""The mirror as a whole: entries are saved once and for good, and everything follows a record."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from storedesk.domain.changes import Edit, Operation, Source
from storedesk.domain.errors import UnknownRecord
from storedesk.domain.forms import Forms
from storedesk.domain.merge import Conflict
from storedesk.domain.records import Record
from storedesk.domain.select import Equal, Select
from storedesk.domain.values import Value
from storedesk.mirror import GONE, Mirror, SearchHit
from tests.mirror.conftest import CUSTOMER, NOW, WANG, Reopen, begun, operation, taken
from tests.mirror.test_pending import BOOK, plan, read

FOUND = [SearchHit("customers", CUSTOMER)]

# --- entries ------------------------------------------------------------------------------------


def test_an_operation_is_applied_once(mirror: Mirror) -> None:
    first = operation(begun(), Edit("customers", CUSTOMER, {"remark": "老客户"}))
    assert mirror.apply(first)
    state = (mirror.get("customers", CUSTOMER), mirror.history("customers", CUSTOMER))
    assert not mirror.apply(first)
    assert (mirror.get("customers", CUSTOMER), mirror.history("customers", CUSTOMER)) == state


def test_a_new_edit_of_a_known_record_is_merged_into_it(mirror: Mirror) -> None:
    """Two PCs derive the same follow-up (decision 12)."""
    mirror.apply(operation(begun()))
    mirror.apply(operation(begun(name="王建国", wechat="wjg_88"), name="op-2"))
    assert mirror.ids(Select("customers")) == [CUSTOMER]
    record = mirror.get("customers", CUSTOMER)
    assert record is not None
    assert dict(record.values) == {**WANG, "wechat": "wjg_88"}
    assert [e.key for e in mirror.history("customers", CUSTOMER) if e.operation == "op-2"] == [
        "wechat"
    ]


def test_an_edit_of_nothing_is_refused_whole(mirror: Mirror) -> None:
    lost = Edit("customers", "KH-404", {"remark": "?"})
    with pytest.raises(UnknownRecord, match="KH-404"):
        mirror.apply(operation(begun(), lost))
    assert mirror.count(Select("customers")) == 0
    assert mirror.waiting() == {}


def test_an_edit_that_says_nothing_new_is_nothing(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    before = mirror.rows_to_write(BOOK)
    mirror.apply(operation(Edit("customers", CUSTOMER, {}), name="op-2"))
    mirror.apply(operation(Edit("customers", CUSTOMER, {**WANG, "id": CUSTOMER}), name="op-3"))
    assert mirror.rows_to_write(BOOK) == before


def test_writing_over_what_a_person_typed_takes_its_place(mirror: Mirror) -> None:
    row = taken(CUSTOMER, 2, name="王建国")
    typed = type(row)(row.id, row.values, 2, b"m", raw={"phone": "1380013800a"})
    mirror.take_in("customers", [typed], NOW, "file")
    record = mirror.get("customers", CUSTOMER)
    assert record is not None
    assert record.raw == {"phone": "1380013800a"}
    mirror.apply(operation(Edit("customers", CUSTOMER, {"phone": None})))
    record = mirror.get("customers", CUSTOMER)
    assert record is not None
    assert record.raw == {}
    assert mirror.has_pending("customers", CUSTOMER), "the cell is to be emptied in the workbook"


KEEP_SAVING = """
import sys
from datetime import datetime
from pathlib import Path
from storedesk import resources
from storedesk.domain.changes import Edit, Operation
from storedesk.mirror import Mirror

mirror = Mirror.open(Path(sys.argv[1]), resources.load_forms(), "forms")
mirror.set_meta("pc", "A")
now = datetime(2026, 11, 20, 10, 30)
while True:
    with mirror.transaction():
        number = mirror.next_number("KH", now.date())
        record = f"KH-20261120-A{number:03d}"
        edit = Edit("customers", record, {"name": f"客户{number}", "phone": "1"}, new=True)
        mirror.apply(Operation(f"op-{number}", now, "王芳", (edit,)))
    print(record, flush=True)
    if number % 7 == 0:
        mirror.export_history(Path(sys.argv[2]), "A")
"""


def test_kill_loses_nothing_that_was_acknowledged(path: Path, forms: Forms, tmp_path: Path) -> None:
    """Promise 1: the process is killed between and within saves, several times over."""
    chain = tmp_path / "历史"
    acknowledged: list[str] = []
    for saves in (3, 11, 24):
        start = [sys.executable, "-c", KEEP_SAVING, str(path), str(chain)]
        with subprocess.Popen(start, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            acknowledged += [process.stdout.readline().strip() for _ in range(saves)]
            process.send_signal(signal.SIGKILL)
            acknowledged += process.stdout.read().split()
        with Mirror.open(path, forms, "forms") as mirror:
            there = mirror.ids(Select("customers"))
            assert there[: len(acknowledged)] == acknowledged
            assert len(there) <= len(acknowledged) + 1, "one may have been saved and not yet told"
            last = acknowledged[-1]
            assert mirror.has_pending("customers", last)
            assert len(mirror.history("customers", last)) == 2
            number = int(last.rpartition("A")[2])
            assert mirror.search(f"客户{number}") == [SearchHit("customers", last)]
            acknowledged = there
    with Mirror.open(path, forms, "forms") as mirror:
        mirror.export_history(chain, "A")
        assert mirror.verify_history(chain) == []
    (file,) = chain.iterdir()
    assert len(file.read_text("utf-8").splitlines()) == len(acknowledged)


# --- the cache ----------------------------------------------------------------------------------


def test_emptying_keeps_what_waits_and_forgets_what_workbooks_hold(mirror: Mirror) -> None:
    mirror.take_in(
        "customers", [taken("KH-1", 2, name="李敏"), taken("KH-2", 3, name="张伟")], NOW, "file"
    )
    mirror.apply(operation(begun()))
    mirror.apply(operation(Edit("customers", "KH-2", {"remark": "爱喝茶"}), name="op-2"))
    read(mirror)
    mirror.empty()
    assert mirror.ids(Select("customers")) == ["KH-2", CUSTOMER]
    assert mirror.file_state(BOOK) is None
    assert mirror.base("customers", "KH-2") == {"name": "张伟"}
    assert mirror.search("wjg") == FOUND
    assert len(mirror.history("customers", CUSTOMER)) == 3
    read(mirror)
    assert {row.record: dict(row.cells) for row in plan(mirror).rows} == {
        CUSTOMER: {**WANG, "id": CUSTOMER},
        "KH-2": {"remark": "爱喝茶"},
    }


def test_emptying_keeps_the_ids_of_rows_typed_in_excel(mirror: Mirror) -> None:
    """Follow-ups may refer to them already."""
    row = taken("KH-20261120-A007", 5, name="李敏")
    mirror.take_in(
        "customers", [type(row)(row.id, row.values, 5, b"m", provisional=True)], NOW, "file"
    )
    mirror.empty()
    (mark,) = mirror.marks("customers").values()
    assert (mark.row, mark.provisional, mark.mark) == (5, True, None)


def test_another_form_reads_anew_and_the_same_one_does_not(
    mirror: Mirror, reopen: Reopen, path: Path, forms: Forms
) -> None:
    mirror.take_in("customers", [taken("KH-1", 2, name="李敏")], NOW, "file")
    read(mirror)
    assert reopen().exists("customers", "KH-1")
    with Mirror.open(path, forms, "another hash") as other:
        assert not other.exists("customers", "KH-1")
        assert other.file_state(BOOK) is None


# --- taking in ----------------------------------------------------------------------------------


def test_what_people_changed_is_logged_once_by_cell(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken(CUSTOMER, 2, **WANG)], NOW, "first")
    assert mirror.history("customers", CUSTOMER) == [], "what was there is no change"
    moved: dict[str, Value] = {"name": "王建国", "phone": "13800003456", "wechat": "wjg_88"}
    for _ in range(2):
        mirror.take_in("customers", [taken(CUSTOMER, 2, **moved)], NOW, "second")
    entries = {e.key: (e.old, e.new) for e in mirror.history("customers", CUSTOMER)}
    assert entries == {"address": (WANG["address"], None), "wechat": (None, "wjg_88")}
    assert {(e.by, e.source) for e in mirror.history("customers", CUSTOMER)} == {("", "excel")}


def test_a_forgotten_record_leaves_its_values_in_the_history(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken(CUSTOMER, 2, **WANG)], NOW, "first")
    mirror.add_conflict("customers", CUSTOMER, Conflict("name", "甲", "乙", "丙"), NOW)
    assert mirror.search("wjg") == FOUND
    mirror.forget("customers", CUSTOMER, NOW, "second")
    assert mirror.get("customers", CUSTOMER) is None
    assert mirror.search("wjg") == []
    assert mirror.conflicts() == []
    logged = {e.key: (e.old, e.new) for e in mirror.history("customers", CUSTOMER)}
    assert logged == {**{k: (v, None) for k, v in WANG.items()}, GONE: (CUSTOMER, None)}
    mirror.forget("customers", CUSTOMER, NOW, "third")


def test_moved_rows_are_noted(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken("KH-1", 2), taken("KH-2", 3)], NOW, "file")
    mirror.move_rows("customers", [("KH-1", 3), ("KH-2", 2)])
    assert {k: m.row for k, m in mirror.marks("customers").items()} == {"KH-2": 2, "KH-1": 3}
    assert list(mirror.marks("customers")) == ["KH-2", "KH-1"], "in the order of the sheet"


# --- an id found in the file wins -----------------------------------------------------------------


def test_references_follow_an_id_and_are_written_anew(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    bought: dict[str, Value] = {"customer": CUSTOMER, "model": "K5"}
    told = taken("GM-2", 3, customer=CUSTOMER, model="K3")
    mirror.apply(operation(Edit("purchases", "GM-1", bought, new=True), name="op-2"))
    mirror.take_in(
        "purchases",
        [type(told)(told.id, told.values, 3, b"m", raw={"customer": "13800003456"})],
        NOW,
        "file",
    )
    mirror.add_conflict("customers", CUSTOMER, Conflict("name", "甲", "乙", "丙"), NOW)
    assert mirror.search("wjg") == FOUND
    mirror.rename_id("customers", CUSTOMER, "KH-20261120-B001", NOW, "file")
    new = "KH-20261120-B001"
    assert not mirror.exists("customers", CUSTOMER)
    assert mirror.ids(Select("purchases", (Equal("customer", new),))) == ["GM-1", "GM-2"]
    assert mirror.search("wjg") == [SearchHit("customers", new)]
    assert mirror.search(CUSTOMER) == []
    assert mirror.has_pending("customers", new)
    renamed, *entered = mirror.history("customers", new)
    assert (renamed.key, renamed.old, renamed.new) == ("id", CUSTOMER, new)
    assert len(entered) == 3
    assert [conflict.record for conflict in mirror.conflicts()] == [new]
    read(mirror)
    cells = {row.record: row.cells.get("customer") for row in plan(mirror).rows}
    assert cells == {new: None, "GM-1": new}, "a phone typed in Excel stays as typed"


def test_a_reference_already_written_is_queued_again(mirror: Mirror) -> None:
    mirror.take_in("customers", [taken(CUSTOMER, 2, **WANG)], NOW, "file")
    mirror.take_in("purchases", [taken("GM-1", 2, customer=CUSTOMER)], NOW, "file")
    mirror.rename_id("customers", CUSTOMER, "KH-9", NOW, "file")
    read(mirror)
    (row,) = plan(mirror).rows
    assert (row.record, dict(row.cells)) == ("GM-1", {"customer": "KH-9"})
    (entry,) = mirror.history("purchases", "GM-1")
    assert (entry.key, entry.old, entry.new) == ("customer", CUSTOMER, "KH-9")


def test_renaming_nothing_is_an_error(mirror: Mirror) -> None:
    with pytest.raises(UnknownRecord):
        mirror.rename_id("customers", "KH-404", "KH-9", NOW, "file")


# --- imports ------------------------------------------------------------------------------------


def test_an_imports_changes_are_found_by_its_batch(mirror: Mirror) -> None:
    mirror.apply(operation(begun("KH-0")))
    for number in (1, 2):
        edit = Edit("customers", f"KH-{number}", {"name": f"客户{number}", "phone": "1"}, new=True)
        mirror.apply(
            Operation(f"import-{number}", NOW, "王芳", (edit,), Source.IMPORT, batch="DR-1")
        )
    mirror.apply(operation(begun("KH-3"), name="op-3"))
    entries = mirror.batch_history("DR-1")
    assert [(e.record, e.key) for e in entries] == [
        ("KH-1", "name"),
        ("KH-1", "phone"),
        ("KH-2", "name"),
        ("KH-2", "phone"),
    ]
    assert {e.operation for e in entries} == {"import-1", "import-2"}
    assert mirror.batch_history("DR-2") == []


def test_an_entry_undone_leaves_only_its_history(mirror: Mirror) -> None:
    read(mirror)
    mirror.apply(operation(begun()))
    assert mirror.search("wjg") == FOUND
    mirror.remove("customers", CUSTOMER, operation(name="undo", by="林晓"))
    assert mirror.ids(Select("customers")) == []
    assert mirror.search("wjg") == []
    assert plan(mirror).rows == ()
    assert mirror.waiting() == {}
    newest = mirror.history("customers", CUSTOMER)[0]
    assert (newest.by, newest.new) == ("林晓", None)


# --- history order ------------------------------------------------------------------------------


def test_history_tells_the_newest_first_and_survives_forms(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    for minute, value in enumerate(("滨河湾8幢", None, "书香名邸2幢")):
        edit = Edit("customers", CUSTOMER, {"address": value})
        at = datetime(2026, 11, 20, 11, minute)
        mirror.apply(operation(edit, name=f"edit-{minute}", at=at, by="林晓"))
    told = [(e.at.minute, e.old, e.new) for e in mirror.history("customers", CUSTOMER)][:3]
    assert told == [
        (2, None, "书香名邸2幢"),
        (1, "滨河湾8幢", None),
        (0, "学府花园3幢501", "滨河湾8幢"),
    ]
    first = mirror.history("customers", CUSTOMER)[3:]
    assert [(e.key, e.by, e.source, e.operation) for e in first] == [
        (key, "王芳", "desk", "op-1") for key in WANG
    ]
    assert mirror.history("purchases", CUSTOMER) == []


def test_history_reads_values_by_their_type(mirror: Mirror) -> None:
    day = date(2026, 11, 13)
    edit = Edit("purchases", "GM-1", {"delivered_on": day, "quantity": 2, "model": "K5"}, new=True)
    mirror.apply(operation(edit))
    values = {e.key: e.new for e in mirror.history("purchases", "GM-1")}
    assert values == {"delivered_on": day, "quantity": 2, "model": "K5"}


# --- reading ------------------------------------------------------------------------------------


def test_records_come_in_the_order_asked(mirror: Mirror) -> None:
    ids = [f"KH-{number:04d}" for number in range(1200)]
    rows = [taken(record, row, name="王") for row, record in enumerate(ids, 2)]
    mirror.take_in("customers", rows, NOW, "file")
    asked = [*reversed(ids), "KH-none"]
    assert [record.id for record in mirror.records("customers", asked)] == asked[:-1]


def test_finding_by_a_value(mirror: Mirror) -> None:
    rows = [taken(f"KH-{n}", n + 2, name="王", phone=f"1380000000{n % 2}") for n in range(4)]
    mirror.take_in("customers", rows, NOW, "file")
    assert mirror.find_by("customers", "phone", "13800000001") == ["KH-1", "KH-3"]
    assert mirror.find_by("customers", "phone", "x' OR '1'='1") == []
    with pytest.raises(KeyError):
        mirror.find_by("customers", 'phone" OR "1', "1")


def test_people_s_own_columns_come_back(mirror: Mirror) -> None:
    row = taken(CUSTOMER, 2, **WANG)
    own = type(row)(row.id, row.values, 2, b"m", extras={"我的备注": "爱喝茶"})
    mirror.take_in("customers", [own], NOW, "file")
    assert mirror.get("customers", CUSTOMER) == Record(
        "customers", CUSTOMER, WANG, extras={"我的备注": "爱喝茶"}, row=2
    )
