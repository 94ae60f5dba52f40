"""Feeds broken workbooks to the program in processes of their own, with a limit on everything.

One in eight takes the place of a ledger of a real desk with edits waiting, and the desk is synced
and checked. The others are read as ledgers and as imports and written into, at the place our ledger
has there or, in other people's workbooks, at any. Whatever comes, the only outcomes are sentences,
and a file is written only if it could be read in full.
"""

from __future__ import annotations

import io
import logging
import multiprocessing
import os
import resource
import shutil
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

from storedesk import resources
from storedesk.domain.errors import StoreDeskError, WorkbookUneditable
from storedesk.domain.sheets import (
    RowWrite,
    SheetContent,
    Stamp,
    WorkbookContent,
    WriteOutcome,
    WritePlan,
    Written,
)
from storedesk.domain.values import text_of
from storedesk.operations import checking, records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import mirror_path, open_desk, read_identity
from storedesk.operations.founding import init_desk
from storedesk.workbooks import writer
from storedesk.workbooks.cells import has_content
from storedesk.workbooks.finder import Place
from storedesk.workbooks.foreign import read_table
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.reader import read_workbook
from storedesk.workbooks.sheet_xml import SheetXml
from tests.helpers.lossless import ALLOWED
from tests.helpers.mutants import mutant
from tests.helpers.raw_workbooks import FORM, small_form

NOON = datetime(2026, 11, 20, 10, 30)
BOOK = "客户档案.xlsx"
ANY = small_form("any", "任意", ["编号", "内容"])
SECONDS = 10
"""Of computing, for one workbook."""
PATIENCE = 90
"""Seconds on the wall, on a busy machine, before a process is given up as hanging."""
MEMORY = 1 << 30
_DESK_EVERY = 8
_LIBRARIES = 1 << 30
"""Address space that the program and its libraries take up without any workbook."""


@dataclass
class Findings:
    """What became of many workbooks: how often what, and what must not happen."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    memory: int = 0


def fuzz(numbers: Iterable[int], sources: Sequence[bytes], until: float = float("inf")) -> Findings:
    """Feed the workbooks with these numbers to the program, process after process.

    Args:
        numbers: of the mutants.
        sources: whole workbooks of other people.
        until: moment on the monotonic clock to stop at.
    """
    left = [*numbers]
    found = Findings()
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder) / "stage"
        _own_process(_furnish, stage)
        while left and time.monotonic() < until:
            left = _feed(left, sources, stage, found, until)
    return found


def _feed(
    numbers: list[int], sources: Sequence[bytes], stage: Path, found: Findings, until: float
) -> list[int]:
    """Let one process take workbooks until it dies, hangs or is done; return those left."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(
        target=_take, args=(sender, numbers[:400], sources, stage)
    )
    child.start()
    sender.close()
    done = 0
    number = numbers[0]
    try:
        while done < min(len(numbers), 400) and time.monotonic() < until:
            number = numbers[done]
            if not receiver.poll(PATIENCE):
                found.faults.append(f"{number}: hangs")
                return numbers[done + 1 :]
            outcome, fault, seconds, memory = receiver.recv()
            done += 1
            found.outcomes[outcome] += 1
            found.slowest = max(found.slowest, seconds)
            found.memory = max(found.memory, memory)
            if fault:
                found.faults.append(f"{number}: {fault}")
    except EOFError:
        child.join(10)
        found.faults.append(f"{number}: the process died ({child.exitcode})")
        return numbers[done + 1 :]
    finally:
        child.kill()
        child.join()
        receiver.close()
    return numbers[done:]


def _own_process(work: object, *args: object) -> None:
    child = multiprocessing.get_context("spawn").Process(target=work, args=args)  # type: ignore[arg-type]
    child.start()
    child.join()
    assert child.exitcode == 0


# --- in the child -------------------------------------------------------------------------------


def _furnish(stage: Path) -> None:
    """Make a desk and leave it as files."""
    os.environ["STOREDESK_HOME"] = str(stage / "home")
    with init_desk(stage / "desk", "furniture", "幸福路店", clock=FixedClock(NOON)) as desk:
        for number in range(6):
            person = {"客户姓名": f"客户{number}", "联系电话": f"1380000{number:04}"}
            customer = records.add(desk, "customers", person, "客服").first
            records.add(desk, "purchases", {"客户编号": customer, "产品型号": "沙发"}, "客服")
        syncing.sync(desk)
        records.set_values(desk, customer, {"地址": "学府花园"}, "客服")
        records.add(desk, "customers", {"客户姓名": "新客户", "联系电话": "13900000000"}, "客服")


def _take(sender: Connection, numbers: list[int], sources: Sequence[bytes], stage: Path) -> None:
    logging.disable(logging.CRITICAL)
    resources._read = cache(resources._read)  # the forms, which no workbook changes
    limit = MEMORY + _LIBRARIES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    ledger = (stage / "desk" / BOOK).read_bytes()
    for number in numbers:
        begin = time.process_time()
        outcome, fault = "", ""
        with tempfile.TemporaryDirectory() as folder:
            try:
                if number % _DESK_EVERY == 0:
                    outcome = _on_a_desk(mutant([ledger], number), stage, Path(folder))
                else:
                    outcome = _alone(mutant([ledger, *sources], number), Path(folder))
            except Exception:  # noqa: BLE001  # what is looked for
                outcome, fault = "fault", traceback.format_exc(limit=-6)
        seconds = time.process_time() - begin
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if seconds > SECONDS:
            fault += f" took {seconds:.0f} s"
        if memory > MEMORY:
            fault += f" took {memory >> 20} MB"
        sender.send((outcome, fault, seconds, memory))


def _on_a_desk(content: bytes, stage: Path, folder: Path) -> str:
    """Let a workbook take the place of a ledger; sync and check the desk."""
    os.environ["STOREDESK_HOME"] = str(folder / "home")
    shutil.copytree(stage / "home", folder / "home")
    shutil.copytree(stage / "desk", folder / "desk")
    (mirror,) = (folder / "home" / "desks").iterdir()
    mirror.rename(mirror_path(folder / "desk", read_identity(folder / "desk").uuid).parent)
    path = folder / "desk" / BOOK
    path.write_bytes(content)
    with open_desk(folder / "desk", clock=FixedClock(NOON)) as desk:
        report = syncing.sync(desk)
        told = [*map(str, report.errors), *report.lines()]
        assert all(told)
        checking.check(desk)
    if path.read_bytes() == content:
        return "refused" if report.errors else "left as it is"
    check_written(content, path.read_bytes())
    return "written"


def _alone(content: bytes, folder: Path) -> str:
    """Read a workbook as a ledger and as an import would, and write a cell and a row into it."""
    path = folder / BOOK
    path.write_bytes(content)
    with suppress(StoreDeskError):
        read_table(path)
    try:
        known = read_workbook(path, [FORM])
        sheet = known.sheets.get(FORM.ledger)
        outcome = _write_ledger(path, known, sheet) if sheet else _write_anywhere(path, known)
    except StoreDeskError as error:
        assert path.name in str(error)  # noqa: PT017  # being refused is a good outcome
        return "refused"
    assert outcome.result is Written.DONE or outcome.problem
    if outcome.result is not Written.DONE:
        assert path.read_bytes() == content
        return "left as it is"
    check_written(content, path.read_bytes())
    if sheet:
        assert read_workbook(path, [FORM]).stamp.generation == "1.A.x"
    with suppress(StoreDeskError):
        read_table(path)
    return "written"


def _write_ledger(path: Path, known: WorkbookContent, sheet: SheetContent) -> WriteOutcome:
    """Edit the first record and append one."""
    rows = [RowWrite(FORM.ledger, "KH-N", None, {"name": "新的", "amount": 1.5})]
    column = sheet.columns["id"] - 1
    for row in sheet.rows[:1]:
        record = text_of(row.values[column] if column < len(row.values) else None).strip()
        rows.append(RowWrite(FORM.ledger, record or "KH-M", row.number, {"name": "改的"}))
    plan = WritePlan(path.name, known.fingerprint, tuple(rows), Stamp("D", "1.A.x"))
    return writer.apply(path.parent, plan, [FORM], desk="D", now=NOON)


def _write_anywhere(path: Path, known: WorkbookContent) -> WriteOutcome:
    """Edit the first cell of the first sheet and append a row."""
    package = Package(path.read_bytes(), path.name)
    sheets = anatomy(package).sheets
    if not sheets:
        raise WorkbookUneditable(path.name, "no sheet")
    rows = [RowWrite("any", "N-1", None, {"column1": "新的"})]
    columns = {"column1": 1, "id": 300}
    cells = (
        (row.number, one.column)
        for row in SheetXml(package.read(sheets[0].part), path.name).rows()
        for one in row.cells
        if has_content(one.raw)
    )
    for number, columns["column1"] in islice(cells, 1):
        rows.append(RowWrite("any", "T-1", number, {"column1": "改的"}))
    found = ({"any": Place(ANY, sheets[0], 0, columns)}, ())
    with patch("storedesk.workbooks.splice.find_places", lambda *_: found):
        plan = WritePlan(path.name, known.fingerprint, tuple(rows), Stamp("D", "1.A.x"))
        return writer.apply(path.parent, plan, [ANY], desk="D", now=NOON)


def check_written(before: bytes, after: bytes) -> None:
    """Check that a written workbook was whole, still is, and differs where it may only."""
    with zipfile.ZipFile(io.BytesIO(before)) as one, zipfile.ZipFile(io.BytesIO(after)) as other:
        assert one.testzip() is None
        assert other.testzip() is None
        names = {name.lower(): name for name in other.namelist()}
        changed = {
            name
            for name in one.namelist()
            if name.lower() in names and one.read(name) != other.read(names[name.lower()])
        }
        ours = [name for name in changed if "sheet" in name.lower() or "/tables/" in name]
        rest = changed - ALLOWED - {*ours}
        assert all(name.endswith(("styles.xml", "workbook.xml", ".rels")) for name in rest), rest
