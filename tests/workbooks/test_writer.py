"""The order of steps around a write: whoever comes in between, nothing of theirs is lost."""

from __future__ import annotations

import errno
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from storedesk.domain.errors import WorkbookError
from storedesk.domain.sheets import Fingerprint, RowWrite, Stamp, WritePlan, Written
from storedesk.workbooks import disk, writer
from storedesk.workbooks.backups import FOLDER, backups_of
from storedesk.workbooks.locks import write_lock
from storedesk.workbooks.reader import fingerprint, read_workbook, unchanged
from tests.helpers.raw_workbooks import (
    BOOK,
    FORM,
    NOW,
    header,
    one_sheet,
    put,
    record_row,
    sheet,
    write,
)

ROW = RowWrite("customers", "KH-2", None, {"name": "李"})


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return put(tmp_path, one_sheet(sheet(header(), record_row(2, "KH-1"))))


def others(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()} - {BOOK, FOLDER, f".storedesk-lock.{BOOK}"}


def test_the_outcome_tells_the_new_state_of_the_file(book: Path) -> None:
    outcome = write(book.parent, ROW)
    assert outcome.result is Written.DONE
    assert outcome.fingerprint == fingerprint(book)
    assert unchanged(book, outcome.fingerprint)
    assert outcome.placed == {("customers", "KH-2"): 3}
    assert others(book.parent) == set()


def test_a_plan_for_another_state_is_stale(book: Path) -> None:
    before = book.read_bytes()
    plan = WritePlan(BOOK, Fingerprint(1, 1, "x"), (ROW,), Stamp())
    outcome = writer.apply(book.parent, plan, [FORM], desk="", now=NOW)
    assert outcome.result is Written.STALE
    assert book.read_bytes() == before


def test_a_workbook_that_is_gone_is_not_made_anew(book: Path) -> None:
    plan = WritePlan(BOOK, fingerprint(book), (ROW,), Stamp())
    book.unlink()
    outcome = writer.apply(book.parent, plan, [FORM], desk="", now=NOW)
    assert outcome.result is Written.FAILED
    assert "找不到" in outcome.problem
    assert not book.exists()


def test_someone_has_it_open(book: Path) -> None:
    lock = book.with_name(f".~lock.{BOOK}#")
    lock.write_text(",林晓,ANOTHER-PC,22.11.2026 09:30,;", encoding="utf-8")
    before = book.read_bytes()
    outcome = write(book.parent, ROW)
    assert (outcome.result, outcome.holder) == (Written.HELD, "林晓")
    assert "林晓 正在使用" in outcome.problem
    assert book.read_bytes() == before
    lock.unlink()
    assert write(book.parent, ROW).result is Written.DONE


def test_another_of_ours_is_writing(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storedesk.workbooks.locks._LOCK_SECONDS", 0.05)
    with write_lock(book):
        outcome = write(book.parent, ROW)
    assert outcome.result is Written.HELD
    assert "另一台店务台" in outcome.problem


def between(monkeypatch: pytest.MonkeyPatch, happening: str, then: object) -> None:
    """Let something happen right before one of the steps of a write."""
    step = getattr(writer, happening)

    def happens(*args: object) -> object:
        assert callable(then)
        then()
        return step(*args)

    monkeypatch.setattr(writer, happening, happens)


def test_saved_by_someone_at_the_last_moment(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their version stays; ours is planned again on top of it."""
    theirs = one_sheet(sheet(header(), record_row(2, "KH-9")))
    between(monkeypatch, "_still", lambda: book.write_bytes(theirs))
    assert write(book.parent, ROW).result is Written.STALE
    assert book.read_bytes() == theirs
    assert others(book.parent) == set()


def test_opened_by_someone_at_the_last_moment(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = book.with_name(f".~lock.{BOOK}#")
    owner = ",林晓,ANOTHER-PC,22.11.2026 09:30,;"
    between(monkeypatch, "_still", lambda: lock.write_text(owner, encoding="utf-8"))
    before = book.read_bytes()
    assert write(book.parent, ROW).result is Written.HELD
    assert book.read_bytes() == before
    assert others(book.parent) == {lock.name}


def test_a_torn_temporary_file_is_never_put_in_place(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = book.read_bytes()

    def tear() -> None:
        (aside,) = book.parent.glob(f".storedesk-{book.name}.*.tmp")
        content = aside.read_bytes()
        aside.write_bytes(content[: len(content) // 2])

    readings = iter(range(9))  # of the workbook, then of the temporary file

    def read_whole(path: Path, of: Path | None = None) -> tuple[bytes, Fingerprint]:
        if next(readings) == 1:
            tear()
        return disk.read_whole(path)

    monkeypatch.setattr(writer, "read_whole", read_whole)
    outcome = write(book.parent, ROW)
    assert outcome.result is Written.FAILED
    assert book.read_bytes() == before
    assert others(book.parent) == set()


def test_a_backup_at_most_once_an_hour_unless_asked_for(book: Path) -> None:
    first = book.read_bytes()
    write(book.parent, ROW)
    (backup,) = backups_of(book.parent, BOOK)
    assert backup.path.read_bytes() == first
    write(book.parent, RowWrite("customers", "KH-3", None, {}))
    assert len(backups_of(book.parent, BOOK)) == 1
    second = book.read_bytes()
    rows = (RowWrite("customers", "KH-4", None, {}),)
    plan = WritePlan(BOOK, fingerprint(book), rows, Stamp(), backup=True)
    later = NOW + timedelta(minutes=40)
    assert writer.apply(book.parent, plan, [FORM], desk="", now=later).result is Written.DONE
    newest, _ = backups_of(book.parent, BOOK)
    assert newest.path.read_bytes() == second


def test_without_a_backup_nothing_is_replaced(book: Path) -> None:
    (book.parent / FOLDER).write_text("a file of that name")
    before = book.read_bytes()
    outcome = write(book.parent, ROW)
    assert outcome.result is Written.FAILED
    assert book.read_bytes() == before
    assert others(book.parent) == set()


def test_a_folder_that_fails_is_said(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(writer, "leftovers", fails)
    outcome = write(book.parent, ROW)
    assert outcome.result is Written.FAILED
    assert "写入出错" in outcome.problem


def folders_say(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let every sync of a folder fail."""
    sync = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced on Windows")
def test_a_replace_the_disk_does_not_confirm_counts_as_not_written(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """workbooks.md §4.2: the new content may be in place, and be gone after a power cut."""
    with monkeypatch.context() as patch:
        folders_say(patch, errno.EIO)
        outcome = write(book.parent, ROW)
        with pytest.raises(WorkbookError, match="没有确认"):
            disk.make_durable(book)
    assert outcome.result is Written.FAILED
    assert "没有确认" in outcome.problem
    disk.make_durable(book)
    again = write(book.parent, ROW)
    assert again.placed == {("customers", "KH-2"): 3}, "set again, not appended twice"


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced on Windows")
def test_a_share_that_cannot_sync_folders_is_written(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders_say(monkeypatch, errno.EINVAL)
    assert write(book.parent, ROW).result is Written.DONE


def test_leftovers_are_removed_with_those_of_backups(book: Path) -> None:
    (book.parent / FOLDER).mkdir()
    of_backup = f".storedesk-{book.stem} 2026-11-20 103000.xlsx.backup.tmp"
    of_lease = f".storedesk-lease.{BOOK}.tmp.0123abcd.tmp"
    halves = (
        *(book.parent / name for name in (f".storedesk-{BOOK}.1.A.x.tmp", of_lease)),
        book.parent / FOLDER / of_backup,
    )
    for half in halves:
        half.write_bytes(b"half")
    writer.tidy(book.parent, [BOOK])
    assert not any(half.exists() for half in halves)


def test_a_read_only_workbook_is_left_alone(book: Path) -> None:
    book.chmod(0o444)
    before = book.read_bytes()
    outcome = write(book.parent, ROW)
    assert outcome.result is Written.FAILED
    assert "不能写入" in outcome.problem
    assert book.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(book: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / BOOK
    elsewhere.write_bytes(book.read_bytes())
    book.unlink()
    book.symlink_to(elsewhere)
    assert write(book.parent, ROW).result is Written.DONE
    assert book.is_symlink()
    assert len(read_workbook(elsewhere, [FORM]).sheets["customers"].rows) == 2


def test_leftovers_of_a_killed_write_are_swept(book: Path) -> None:
    book.with_name(f".storedesk-{BOOK}.7.A.x.tmp").write_bytes(b"half")
    write(book.parent, ROW)
    assert others(book.parent) == set()
