"""What the history files know and no workbook has, told from the files and the stamps alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from storedesk.domain.changes import Edit, Operation, Source
from storedesk.domain.forms import Forms
from storedesk.domain.merge import Conflict
from storedesk.domain.sheets import Stamp, WritePlan
from storedesk.domain.values import Value
from storedesk.mirror import Mirror
from storedesk.mirror.unwritten import UnwrittenRecord, unwritten_records
from tests.mirror.conftest import CUSTOMER, NOW, WANG, operation, taken
from tests.mirror.test_pending import BOOK, PRINT, done, read

BEGUN: dict[str, Value] = {**WANG, "created_at": NOW}
Told = Callable[[str], list[UnwrittenRecord]]


@pytest.fixture
def told(mirror: Mirror, tmp_path: Path, forms: Forms) -> Told:
    """Tell the files everything, then ask them beside a workbook of some generation."""
    read(mirror)

    def ask(generation: str) -> list[UnwrittenRecord]:
        folder = tmp_path / "历史"
        mirror.export_history(folder, "A")
        return unwritten_records(folder, forms, {BOOK: Stamp("desk", generation)}, ("A",))

    return ask


def enter(mirror: Mirror, number: int, *, new: bool = False, **values: Value) -> None:
    edit = Edit("customers", CUSTOMER, values or BEGUN, new=new)
    mirror.apply(operation(edit, name=f"op-{number}", at=NOW + timedelta(minutes=number)))


def write(mirror: Mirror, generation: str, *unplaced: str) -> None:
    rows, upto = mirror.rows_to_write(BOOK)
    plan = WritePlan(BOOK, PRINT, rows, Stamp("desk", generation), upto=upto)
    left = tuple(("customers", CUSTOMER, key) for key in unplaced)
    mirror.settle(plan, done(plan, unplaced=left), NOW)


def test_what_no_workbook_ever_got(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    enter(mirror, 2, address="滨河湾8幢", remark="老客户")
    (found,) = told("")
    assert (found.record, found.begun, found.by) == (CUSTOMER, True, "王芳")
    assert found.at == NOW + timedelta(minutes=2)
    assert found.cells["address"] == (None, "学府花园3幢501", "滨河湾8幢")
    assert found.cells["created_at"] == (None, NOW)


def test_what_the_generation_at_hand_has_is_not_missing(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    write(mirror, "1.A.x")
    enter(mirror, 2, address="滨河湾8幢")
    write(mirror, "2.A.y")
    enter(mirror, 3, remark="老客户")
    assert [set(one.cells) for one in told("2.A.y")] == [{"remark"}]
    assert [set(one.cells) for one in told("3.B.z.A2")] == [{"remark"}]
    assert [set(one.cells) for one in told("1.A.x")] == [{"address", "remark"}]
    assert [set(one.cells) for one in told("9.B.z.A1")] == [{"address", "remark"}]
    assert [one.begun for one in told("5.B.z")] == [True], "it stands on no write of ours"


def test_a_number_given_twice_is_told_apart_by_its_nonce(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    write(mirror, "1.A.x")
    enter(mirror, 2, address="滨河湾8幢")
    write(mirror, "1.A.y")
    assert [set(one.cells) for one in told("1.A.x")] == [{"address"}]
    assert told("1.A.y") == []


def test_a_workbook_that_lost_its_stamp_is_believed(
    mirror: Mirror, told: Told, tmp_path: Path, forms: Forms
) -> None:
    enter(mirror, 1, new=True)
    write(mirror, "1.A.x")
    enter(mirror, 2, address="滨河湾8幢")
    told("1.A.x")
    (found,) = unwritten_records(tmp_path / "历史", forms, {BOOK: Stamp()}, ("A",))
    assert set(found.cells) == {"address"}


def test_what_could_not_be_placed_is_missing(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    write(mirror, "1.A.x")
    enter(mirror, 2, address="滨河湾8幢")
    write(mirror, "2.A.y", "address")
    assert [set(one.cells) for one in told("2.A.y")] == [{"address"}]


def test_people_in_excel_had_the_last_word(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    enter(mirror, 2, address="滨河湾8幢", remark="老客户")
    seen: dict[str, Value] = {**BEGUN, "address": "别处", "remark": "老客户"}
    mirror.take_in("customers", [taken(CUSTOMER, 2, **seen)], NOW, "file")
    (found,) = told("")
    assert "address" not in found.cells
    assert found.cells["remark"][-1] == "老客户"
    mirror.forget("customers", CUSTOMER, NOW, "file")
    assert told("") == []


def test_a_conflict_lives_until_it_is_decided(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    write(mirror, "1.A.x")
    mirror.add_conflict("customers", CUSTOMER, Conflict("address", "一", "二", "三"), NOW)
    assert [one.clashes for one in told("1.A.x")] == [{"address": ("一", "二")}]
    mirror.settle_conflict(mirror.conflicts()[0].id, NOW, "王芳")
    assert told("1.A.x") == []


def test_an_entry_undone_is_to_be_emptied(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    write(mirror, "1.A.x")
    undo = Operation("undo", NOW, "王芳", (), Source.DESK)
    mirror.remove("customers", CUSTOMER, undo)
    (found,) = told("1.A.x")
    assert (found.removed, found.cells) == (True, {})


def test_ids_that_changed_are_followed_by_what_refers_to_them(mirror: Mirror, told: Told) -> None:
    enter(mirror, 1, new=True)
    sold = Edit("purchases", "GM-1", {"customer": CUSTOMER, "created_at": NOW}, new=True)
    mirror.apply(operation(sold, name="op-9"))
    mirror.rename_id("customers", CUSTOMER, "KH-20261120-B001", NOW, "file")
    by_ledger = {one.ledger: one for one in told("")}
    assert by_ledger["customers"].record == "KH-20261120-B001"
    assert by_ledger["purchases"].cells["customer"][-1] == "KH-20261120-B001"


def test_what_was_erased_on_purpose_and_spoilt_lines_are_passed_over(
    mirror: Mirror, told: Told, tmp_path: Path
) -> None:
    enter(mirror, 1, new=True)
    enter(mirror, 2, address="滨河湾8幢")
    told("")
    path = tmp_path / "历史" / "A-2026-11.jsonl"
    first, second = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    for cell in first["cells"]:
        cell["old"] = cell["new"] = cell["salt"] = None
    path.write_text("\n".join([json.dumps(first), "{", "[]", json.dumps(second), ""]), "utf-8")
    (found,) = told("")
    assert (found.begun, set(found.cells)) == (False, {"address"})


def test_another_pc_that_saw_and_changed_it_settles_it(
    mirror: Mirror, told: Told, tmp_path: Path
) -> None:
    enter(mirror, 1, new=True)
    write(mirror, "1.A.x")
    enter(mirror, 2, address="滨河湾8幢")
    assert len(told("1.A.x")) == 1
    lines = (tmp_path / "历史" / "A-2026-11.jsonl").read_text("utf-8").splitlines()
    line = json.loads(lines[-1])
    line["cells"][0] |= {"old": "滨河湾8幢", "new": "又一处"}
    (tmp_path / "历史" / "B-2026-11.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    assert told("1.A.x") == []


def test_a_workbook_not_at_hand_is_passed_over(
    mirror: Mirror, told: Told, tmp_path: Path, forms: Forms
) -> None:
    enter(mirror, 1, new=True)
    told("")
    assert unwritten_records(tmp_path / "历史", forms, {"回访台账.xlsx": Stamp()}, ("A",)) == []
    assert unwritten_records(tmp_path / "历史", forms, {BOOK: Stamp()}, ("B",)) == []
