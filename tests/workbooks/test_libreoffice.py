"""Another program opens what we wrote, and what it saves is still ours (part of the long run)."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest

from storedesk.domain.sheets import RowWrite, Written
from storedesk.domain.values import Value
from storedesk.workbooks.blank import create_workbook
from storedesk.workbooks.reader import read_workbook
from tests.helpers.raw_workbooks import BOOK, FORM, write

OFFICE = shutil.which("soffice")
CELLS: dict[str, Value] = {
    "name": "=王建国",
    "phone": "13812345678",
    "born_on": date(2026, 11, 22),
    "called_at": datetime(2026, 11, 22, 17, 42),
    "amount": 12.5,
    "count": 3,
    "agreed": True,
    "remark": "一\n二 ",
}


@pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
def test_libreoffice_opens_and_saves_it(tmp_path: Path) -> None:
    path = tmp_path / BOOK
    create_workbook(path, [FORM], desk="D-1", choices={}, store="幸福家具城", profile="furniture")
    for number in range(1, 4):
        row = RowWrite("customers", f"KH-{number}", None, CELLS)
        assert write(tmp_path, row, generation=f"{number}.A.x").result is Written.DONE
    ours = read_workbook(path, [FORM])
    target = tmp_path / "saved"
    subprocess.run(
        [
            str(OFFICE),
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(target),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=110,
    )
    theirs = read_workbook(target / BOOK, [FORM])
    assert theirs.stamp == ours.stamp
    assert not theirs.problems
    rows = theirs.sheets["customers"].rows
    assert [one.values for one in rows] == [one.values for one in ours.sheets["customers"].rows]
    row = RowWrite("customers", "KH-2", rows[1].number, {"name": "李秀英"})
    assert write(target, row).result is Written.DONE
