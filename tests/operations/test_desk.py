from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from storedesk.domain.errors import DeskMissing, DeskUnreadable, DiskFull, Misuse, NotWritable
from storedesk.domain.select import Select
from storedesk.durable import aside_of
from storedesk.operations import records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, Identity, machine_id, open_desk, write_identity
from storedesk.operations.founding import init_desk
from tests.operations.test_syncing import WANG


def test_a_new_desk_can_be_used_at_once(desk: Desk) -> None:
    assert desk.settings.store == "幸福路店"
    actor = desk.settings.default_actor()
    assert actor is not None
    assert actor.name == "客服"
    assert {path.name for path in desk.folder.glob("*.xlsx")} == set(desk.forms.workbooks())


def test_a_folder_that_is_no_desk_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DeskMissing, match="不是门店文件夹"):
        open_desk(tmp_path)


def test_a_desk_is_never_made_over_another(desk: Desk) -> None:
    before = {path: path.read_bytes() for path in desk.folder.glob("*.xlsx")}
    with pytest.raises(Misuse, match="已经有"):
        init_desk(desk.folder, "auto", "别家")
    assert {path: path.read_bytes() for path in before} == before


def test_identity_comes_back_from_the_workbook(car_desk: Desk, clock: FixedClock) -> None:
    records.add(car_desk, "customers", {"name": "王建国", "phone": "13800003456"}, "客服")
    syncing.sync(car_desk)
    uuid = car_desk.uuid
    car_desk.close()
    shutil.rmtree(car_desk.folder / "历史")
    with open_desk(car_desk.folder, clock=clock) as again:
        assert (again.uuid, again.profile.key) == (uuid, "auto")
        assert again.mirror.count(Select("customers")) == 1
    told = json.loads((car_desk.folder / "历史" / "desk.json").read_text("utf-8"))
    assert told == {"desk": uuid, "profile": "auto"}


def test_a_home_store_has_no_sheet_for_cars(desk: Desk, car_desk: Desk) -> None:
    assert "vehicles" not in {form.ledger for form in desk.sheets_of("客户档案.xlsx")}
    assert "vehicles" in {form.ledger for form in car_desk.sheets_of("客户档案.xlsx")}
    assert syncing.sync(desk).problems == ()


def test_a_write_is_told_in_the_history_as_soon_as_it_is_done(desk: Desk) -> None:
    records.add(desk, "customers", WANG, "客服")
    syncing.sync(desk)
    last = (desk.folder / "历史" / "A-2026-11.jsonl").read_text("utf-8").splitlines()[-1]
    assert '"op":"flush-' in last


def test_an_identity_that_cannot_be_read_is_said_so_and_stays(
    desk: Desk, clock: FixedClock
) -> None:
    """Where it is unreadable another one must not be made: the mirror would be another one too."""
    path = desk.folder / "历史" / "desk.json"
    aside = path.rename(path.with_name("aside"))
    broken = Path("/proc/self/mem")
    if not broken.exists():
        pytest.skip("needs /proc")
    path.symlink_to(broken)  # reading it fails with EIO
    desk.close()
    with pytest.raises(DeskUnreadable, match=r"desk\.json」现在读不了（磁盘或网络出错）.*再试"):
        open_desk(desk.folder, clock=clock)
    assert path.is_symlink()
    aside.replace(path)
    open_desk(desk.folder, clock=clock).close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such links without rights")
@pytest.mark.parametrize("name", ["历史/desk.json", "门店设置.xlsx"])
def test_no_failure_of_the_disk_comes_out_bare(desk: Desk, clock: FixedClock, name: str) -> None:
    path = desk.folder / name
    path.unlink()
    path.symlink_to(path)
    desk.close()
    with pytest.raises(DeskUnreadable, match=name):
        open_desk(desk.folder, clock=clock)


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX systems")
def test_an_identity_is_written_whole_or_not_at_all(desk: Desk) -> None:
    import resource  # noqa: PLC0415  # not there on Windows

    path = desk.folder / "历史" / "desk.json"
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(DiskFull, match="磁盘已满"):
            write_identity(desk.folder, Identity("another", "auto"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.tmp"))


def test_an_identity_that_cannot_be_kept_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "历史").write_text("in the way", "utf-8")
    with pytest.raises(NotWritable, match="不能写入"):
        write_identity(tmp_path, Identity("one", "auto"))


def test_a_machine_id_that_a_power_cut_emptied_is_made_anew(tmp_path: Path) -> None:
    known = machine_id()
    assert machine_id() == known != ""
    path = tmp_path / "home" / "machine-id"
    path.write_bytes(b"")
    left = aside_of(path, "killed")
    left.write_bytes(b"half")
    assert machine_id() != ""
    assert not left.exists(), "the program that was writing it is dead"
    assert path.read_text("utf-8").strip() == machine_id()
