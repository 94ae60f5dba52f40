"""A damaged mirror: what waits for a workbook is read out of it, whichever page is spoilt."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storedesk.domain.changes import Edit, Operation
from storedesk.domain.forms import Forms
from storedesk.domain.merge import Conflict
from storedesk.domain.select import Select
from storedesk.domain.values import Value
from storedesk.mirror import Mirror
from storedesk.mirror.rescue import newest_aside
from tests.mirror.conftest import CUSTOMER, NOW, WANG, Reopen, begun, operation, taken

PAGE = 4096
READ = "KH-20261119-A001"
"""A customer that stands in the workbook, and whose new phone waits."""


def fill(mirror: Mirror) -> None:
    """Let a customer be read and changed, another be entered, and things be noted."""
    mirror.take_in("customers", [taken(READ, 2, name="李一", phone="13900001111")], NOW, "first")
    mirror.apply(operation(begun()))
    change = Edit("customers", READ, {"phone": "13900002222"})
    mirror.apply(Operation("op-2", NOW, "王芳", (change,), batch="batch-1"))
    mirror.add_conflict("customers", READ, Conflict("name", "李", "李一", "李二"), NOW)
    mirror.next_number("TS", date(2026, 11, 20))
    mirror.set_meta("last_seen_on", "2026-11-20")


def spoil(path: Path, page: int, with_: bytes = b"\xff") -> None:
    """Overwrite a page, as a dying disk does, and leave word that damage was met."""
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(with_ * PAGE)
    path.with_suffix(".is-damaged").touch()


def root_page(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return int(db.execute(sql, (name,)).fetchone()[0])


def test_everything_no_workbook_has_comes_back(mirror: Mirror, path: Path, reopen: Reopen) -> None:
    fill(mirror)
    history = mirror.history("customers", READ)
    mirror.close()
    spoil(path, root_page(path, "files"))

    again = reopen()

    assert again.db.set_aside == path.with_suffix(".damaged") == newest_aside(path)
    assert {k: v for k, v in _values(again, CUSTOMER).items() if k in WANG} == WANG
    assert _values(again, READ)["phone"] == "13900002222"
    assert again.base("customers", READ)["phone"] == "13900001111"
    assert again.waiting()["客户档案.xlsx"][0] == 2
    assert again.history("customers", READ) == history
    assert [entry.new for entry in again.batch_history("batch-1")] == ["13900002222"]
    assert [one.theirs for one in again.conflicts()] == ["李二"]
    assert again.next_number("TS", date(2026, 11, 20)) == 2
    assert again.get_meta("last_seen_on") == "2026-11-20"
    assert again.get_meta("pc") == "A"
    assert not again.apply(operation(begun())), "its operation is known"


def _values(mirror: Mirror, record_id: str) -> dict[str, Value]:
    record = mirror.get("customers", record_id)
    return {} if record is None else dict(record.values)


def test_what_is_known_of_files_is_forgotten(mirror: Mirror, path: Path, reopen: Reopen) -> None:
    """So that every workbook is read anew."""
    fill(mirror)
    mirror.close()
    spoil(path, root_page(path, "r_visits"))

    assert reopen().file_state("客户档案.xlsx") is None


def test_a_record_that_cannot_be_read_gets_the_rest_from_its_workbook(
    mirror: Mirror, path: Path, reopen: Reopen
) -> None:
    fill(mirror)
    mirror.close()
    spoil(path, root_page(path, "r_customers"))

    again = reopen()

    assert _values(again, READ) == {"phone": "13900002222"}
    assert again.base("customers", READ) == {"phone": "13900001111"}
    assert again.marks("customers")[READ].row is not None, "a row of its sheet is to be found"
    assert WANG.items() <= _values(again, CUSTOMER).items(), "all of it waits"


def test_new_records_wait_even_if_what_waits_cannot_be_read(
    mirror: Mirror, path: Path, reopen: Reopen
) -> None:
    fill(mirror)
    mirror.close()
    spoil(path, root_page(path, "pending"))

    again = reopen()

    assert WANG.items() <= _values(again, CUSTOMER).items()
    assert again.base("customers", CUSTOMER) == {}
    assert again.has_pending("customers", CUSTOMER)
    assert not again.exists("customers", READ), "the workbook will tell of it"


def test_it_is_rescued_once(mirror: Mirror, path: Path, reopen: Reopen) -> None:
    fill(mirror)
    mirror.close()
    spoil(path, root_page(path, "files"))
    again = reopen()
    again.keep_pending("customers", READ, frozenset())
    again.close()

    third = reopen()

    assert third.db.set_aside is None
    assert not third.has_pending("customers", READ)


def test_a_rescue_that_is_interrupted_is_done_at_the_next_opening(
    mirror: Mirror, path: Path, reopen: Reopen
) -> None:
    """The file was set aside, and then the power went."""
    fill(mirror)
    mirror.close()
    path.rename(path.with_suffix(".damaged"))

    assert reopen().has_pending("customers", READ)


@pytest.mark.parametrize("lost", ["history", "meta", "pending", "history_record"])
def test_history_files_go_on_without_a_number_given_twice(
    mirror: Mirror, path: Path, tmp_path: Path, reopen: Reopen, lost: str
) -> None:
    fill(mirror)
    mirror.export_history(tmp_path, "A")
    mirror.close()
    spoil(path, root_page(path, lost))

    again = reopen()
    if not again.get_meta("pc"):
        again.set_meta("pc", "A")
        again.continue_history(tmp_path, "A")
    later = NOW + timedelta(minutes=1)
    again.apply(operation(begun("KH-20261120-A002"), name="op-3", at=later))
    again.export_history(tmp_path, "A")

    lines = (tmp_path / "A-2026-11.jsonl").read_text("utf-8").splitlines()
    assert any("KH-20261120-A002" in line for line in lines)
    assert again.verify_history(tmp_path) == []


@pytest.fixture(scope="module")
def open_at(forms: Forms) -> Callable[[Path], Mirror]:
    return lambda path: Mirror.open(path, forms, "forms")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, forms: Forms) -> Path:
    """A mirror of forty customers that wait."""
    path = tmp_path_factory.mktemp("filled") / "mirror.db"
    with Mirror.open(path, forms, "forms") as mirror:
        for number in range(40):
            record = f"KH-20261120-A{number:03d}"
            mirror.apply(operation(begun(record, name="王", remark="x" * 900), name=record))
    return path


SPOILT = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from([b"\xff", b"\x00", b"A", b"\x0d"])),
    min_size=1,
    max_size=3,
)


@settings(max_examples=50, deadline=None)
@given(spoilt=SPOILT)
def test_whatever_is_spoilt_nothing_is_invented_and_work_goes_on(
    spoilt: list[tuple[int, bytes]], filled: Path, open_at: Callable[[Path], Mirror]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(filled, folder))
        pages = path.stat().st_size // PAGE
        for page, with_ in spoilt:
            spoil(path, page % pages + 1, with_)

        with open_at(path) as mirror:
            for record in mirror.select(Select("customers")):
                assert record.values in ({"name": "王", "remark": "x" * 900}, {"name": "王"}, {})
                assert mirror.has_pending("customers", record.id)
            mirror.apply(operation(begun("KH-20261121-A001"), name="after"))
            assert [hit.id for hit in mirror.search("wjg")] == ["KH-20261121-A001"]
