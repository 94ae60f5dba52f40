from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from storedesk.domain.errors import (
    DiskFull,
    FolderGone,
    NotWritable,
    StoreDeskError,
    WorkbookError,
    WorkbookMissing,
)
from storedesk.workbooks import disk


def test_bytes_and_fingerprint_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "账.xlsx"
    path.write_bytes(b"content")
    content, known = disk.read_whole(path)
    assert content == b"content"
    assert known.size == 7
    assert known.sha256 == disk.sha256(b"content")
    assert disk.fingerprint(path) == known
    assert disk.unchanged(path, known)
    path.write_bytes(b"another")
    os.utime(path, ns=(1, 1))
    assert not disk.unchanged(path, known)
    path.unlink()
    assert not disk.unchanged(path, known)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(WorkbookMissing):
        disk.read_whole(tmp_path / "账.xlsx")
    with pytest.raises(WorkbookError):
        disk.read_whole(tmp_path)


def test_a_failing_disk_does_not_look_like_damage(tmp_path: Path) -> None:
    """An EIO while reading must never be taken for a broken workbook."""
    broken = Path("/proc/self/mem")
    if not broken.exists():
        pytest.skip("needs /proc")
    with pytest.raises(WorkbookError) as caught:
        disk.read_whole(broken)
    assert type(caught.value) is WorkbookError
    assert "读取出错" in str(caught.value)


def test_written_aside_then_replaced(tmp_path: Path) -> None:
    target = tmp_path / "账.xlsx"
    target.write_bytes(b"old")
    target.chmod(0o666)
    aside = disk.write_aside(target, [b"ne", memoryview(b"w")], "1.A.x")
    assert aside.name == ".storedesk-账.xlsx.1.A.x.tmp"
    assert target.read_bytes() == b"old"
    disk.replace(aside, target)
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o666
    assert [entry.name for entry in tmp_path.iterdir()] == ["账.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_who_may_read_a_new_file_is_as_this_user_has_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        disk.put(tmp_path / "账.xlsx", [b"new"], "1")
    finally:
        os.umask(before)
    assert (tmp_path / "账.xlsx").stat().st_mode & 0o777 == 0o640


def test_nothing_is_left_when_the_content_fails(tmp_path: Path) -> None:
    def pieces() -> list[bytes]:
        raise ValueError("a fault of ours")

    with pytest.raises(ValueError, match="fault"):
        disk.write_aside(tmp_path / "账.xlsx", (piece for piece in pieces()), "1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX systems")
def test_no_room_left(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415  # not there on Windows

    target = tmp_path / "账.xlsx"
    target.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(DiskFull, match="磁盘已满"):
            disk.write_aside(target, [bytes(10_000)], "1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert target.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["账.xlsx"]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EROFS, NotWritable),
        (errno.EACCES, NotWritable),
        (errno.EIO, WorkbookError),
        (errno.ENOTCONN, FolderGone),
        (errno.EHOSTDOWN, FolderGone),
        (errno.ESTALE, FolderGone),
    ],
)
def test_failures_in_words(number: int, kind: type[StoreDeskError]) -> None:
    found = disk.failure(OSError(number, os.strerror(number)), Path("账.xlsx"))
    assert type(found) is kind
    assert ("账.xlsx" if kind is not FolderGone else "门店文件夹") in str(found)
    assert os.strerror(number) not in str(found)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FolderGone, match="nothing"):
        disk.write_aside(tmp_path / "nothing" / "账.xlsx", [b""], "1")


def test_leftovers_of_killed_writes_are_found(tmp_path: Path) -> None:
    mine = [".storedesk-账.xlsx.1.A.x.tmp", ".storedesk-账.xlsx.2.B.y.tmp"]
    others = [".storedesk-账本.xlsx.1.A.x.tmp", "账.xlsx.tmp", ".storedesk-lock.账.xlsx"]
    for name in mine + others:
        (tmp_path / name).write_bytes(b"")
    assert sorted(entry.name for entry in disk.leftovers(tmp_path, "账.xlsx.")) == mine
    assert len(disk.leftovers(tmp_path)) == 3
    assert disk.leftovers(tmp_path / "nothing") == []


def test_of_what_was_written_aside_only_the_old_is_removed(tmp_path: Path) -> None:
    ours = [".storedesk-RB-1.pdf.0123abcd.tmp", ".storedesk-keys.json.0123abcd.tmp"]
    others = [".RB-1.tmp", ".storedesk-RB-1.pdf", "~$RB-1.tmp"]
    old = time.time() - disk.OLD_SECONDS - 60
    for name in ours + others:
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (old, old))
    os.utime(tmp_path / ours[1])
    disk.discard_old(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([ours[1], *others])
    disk.discard_old(tmp_path / "nothing")
