"""A full disk: what was told stays told; what does not fit waits, and goes in when it can."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from storedesk.domain.errors import DiskFull
from storedesk.operations import records, syncing
from storedesk.operations.syncing import SyncReport
from tests.operations.crash_desks import BEGUN, CrashingDesk, phone_of

KB = 1 << 10
ROOM = 1024 * KB


def mount(place: Path, size: int, *, again: bool = False) -> bool:
    """Lay a file system of a fixed size over a folder; return False where that is forbidden."""
    options = f"size={size}" + (",remount" if again else "")
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    if shutil.which("mount") is None or os.name == "nt" or not mount(place, ROOM):
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def enter_until_full(crashing: CrashingDesk, tries: int) -> list[SyncReport]:
    """Enter and write customers, whatever fails; return what each flush said."""
    reports: list[SyncReport] = []
    with crashing.opened() as desk:
        for number in range(1, tries + 1):
            crashing.begun = number
            who = {"name": "王建国", "phone": phone_of(number), "address": "滨河湾1幢"}
            with suppress(DiskFull):
                records.add(desk, "customers", {**who, "remark": "很长的备注" * 200}, "客服")
                crashing.notes.reached(number, BEGUN)
                reports.append(syncing.sync(desk))
    return reports


def fill(place: Path, left: int) -> Path:
    """Fill a disk but for so many bytes."""
    filling = place / "别的文件"
    found = os.statvfs(place)
    filling.write_bytes(bytes(max(0, found.f_bavail * found.f_frsize - left)))
    return filling


def test_a_full_desk_folder_lets_entries_wait(founded: CrashingDesk, small_disk: Path) -> None:
    shutil.copytree(founded.folder, small_disk / "desk")
    crashing = CrashingDesk(small_disk / "desk", small_disk.parent / "home")
    crashing.check()
    filling = fill(small_disk, 20 * KB)
    reports = enter_until_full(crashing, 12)
    why = {one.why for report in reports for one in report.waiting}
    why |= {str(error) for report in reports for error in report.errors}
    assert any("磁盘已满" in one for one in why)
    assert list(crashing.folder.rglob(".storedesk-*.tmp")) == []
    filling.unlink()
    crashing.check()
    assert crashing.notes.stage(12) == BEGUN, "the mirror lies elsewhere: everything is told"


def test_a_disk_with_desk_and_mirror_refuses_what_it_cannot_keep(
    founded: CrashingDesk, small_disk: Path
) -> None:
    assert mount(small_disk, 3 * ROOM, again=True)
    shutil.copytree(founded.folder, small_disk / "desk")
    crashing = CrashingDesk(small_disk / "desk", small_disk / "home")
    crashing.check()
    filling = fill(small_disk, 40 * KB)
    enter_until_full(crashing, 30)
    assert crashing.notes.stage(30) == 0, "the disk was never full"
    filling.unlink()
    crashing.check()
