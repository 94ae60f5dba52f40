"""A backup in the place of its workbook: whoever comes in between, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from storedesk.domain.sheets import Fingerprint, RowWrite, Stamp, WriteOutcome, Written
from storedesk.workbooks import backups, putting_back
from storedesk.workbooks.copies import stamp_of
from storedesk.workbooks.disk import fingerprint
from storedesk.workbooks.putting_back import PutBackPlan, put_back
from storedesk.workbooks.reader import read_workbook
from tests.helpers.raw_workbooks import (
    BOOK,
    FORM,
    NOW,
    header,
    one_sheet,
    part_of,
    put,
    record_row,
    sheet,
    write,
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook that has gone on since its backup."""
    path = put(tmp_path, one_sheet(sheet(header(), record_row(2, "KH-1"))))
    backups.keep(tmp_path, BOOK, path.read_bytes(), NOW)
    write(tmp_path, RowWrite("customers", "KH-2", None, {"name": "李"}), generation="4.A.z")
    return path


def carry_out(book: Path, current: Fingerprint | None) -> WriteOutcome:
    (backup,) = backups.backups_of(book.parent, BOOK)
    plan = PutBackPlan(BOOK, backup.path, current, Stamp("D-1", "5.A.y"))
    return put_back(book.parent, plan, [FORM], desk="D-1", now=NOW)


def test_it_stands_there_with_a_mark_of_its_own(book: Path) -> None:
    before = book.read_bytes()
    outcome = carry_out(book, fingerprint(book))
    assert (outcome.result, outcome.fingerprint) == (Written.DONE, fingerprint(book))
    assert len(read_workbook(book, [FORM]).sheets["customers"].rows) == 1
    assert stamp_of(book)[0] == Stamp("D-1", "5.A.y")
    (backup,) = backups.backups_of(book.parent, BOOK)
    assert part_of(book) == part_of(backup.path), "nothing but the mark differs"
    (replaced,) = backups.replaced_of(book.parent, BOOK)
    assert replaced.path.read_bytes() == before


def test_a_workbook_that_is_gone_is_put_back_too(book: Path) -> None:
    book.unlink()
    assert carry_out(book, None).result is Written.DONE
    assert book.exists()
    assert backups.replaced_of(book.parent) == ()


def test_another_state_than_the_one_looked_at_stays(book: Path) -> None:
    before = book.read_bytes()
    assert carry_out(book, Fingerprint(1, 1, "other")).result is Written.STALE
    assert carry_out(book, None).result is Written.STALE, "it is there again"
    assert book.read_bytes() == before
    known = fingerprint(book)
    book.unlink()
    assert carry_out(book, known).result is Written.STALE
    assert not book.exists()


def test_what_cannot_be_kept_is_not_replaced(book: Path) -> None:
    before = book.read_bytes()
    (book.parent / backups.FOLDER / backups.REPLACED).write_text("a file of that name")
    outcome = carry_out(book, fingerprint(book))
    assert outcome.result is Written.FAILED
    assert outcome.problem
    assert book.read_bytes() == before
    assert [one.name for one in book.parent.iterdir() if one.suffix == ".tmp"] == []


def test_a_broken_backup_replaces_nothing(book: Path) -> None:
    before = book.read_bytes()
    (backup,) = backups.backups_of(book.parent, BOOK)
    backup.path.write_bytes(b"PK\x03\x04 cut off")
    assert carry_out(book, fingerprint(book)).result is Written.FAILED
    assert book.read_bytes() == before


def test_whoever_opens_it_meanwhile_keeps_it(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = book.read_bytes()
    answers = iter([None, "王芳", "王芳"])
    monkeypatch.setattr(putting_back, "holder", lambda _: next(answers))
    outcome = carry_out(book, fingerprint(book))
    assert (outcome.result, outcome.holder) == (Written.HELD, "王芳")
    assert book.read_bytes() == before
