"""A desk that crashes, the work it does meanwhile, and what must hold after every restart."""

from __future__ import annotations

import os
import shutil
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import python_calamine

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.records import Record
from storedesk.domain.select import Select
from storedesk.domain.values import Value, same, text_of
from storedesk.operations import records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.founding import init_desk
from storedesk.operations.references import References
from storedesk.operations.rows import RowReader
from storedesk.workbooks import reader
from tests.helpers.crashing import Notes, Ready

NOON = datetime(2026, 11, 20, 10, 30)
CUSTOMERS = "客户档案.xlsx"
BEGUN, SOLD, MOVED = 1, 2, 3
"""Stages of a customer: entered, bought something (and is owed a call), changed the address."""


@dataclass
class CrashingDesk:
    """A desk in ``folder``; its program's own folder in ``home``. It lives through many crashes."""

    folder: Path
    home: Path
    notes: Notes = field(default_factory=Notes)
    begun: int = 0
    """Number of the last customer a process may have begun."""
    typed: dict[str, str] = field(default_factory=dict)
    """微信 as typed in Excel, by phone."""
    starts: int = 0

    def found(self) -> CrashingDesk:
        """Make the desk."""
        init_desk(self.folder, "furniture", "幸福路店", clock=FixedClock(NOON)).close()
        return self

    def copied(self, place: Path) -> CrashingDesk:
        """Return a new desk like this one in another place (a mirror belongs to its place)."""
        place.mkdir(parents=True)
        shutil.copytree(self.folder, place / "desk")
        return CrashingDesk(place / "desk", place / "home")

    def opened(self) -> Desk:
        """Open the desk an hour and a half later than last time, so that a backup is due."""
        self.starts += 1
        return _opened(self.folder, self.home, self.starts)

    def work(self, customers: int) -> EnteringAndWriting:
        """Return the work of a process: enter customers, write them, change them, write again."""
        self.starts += 1
        first, self.begun = self.begun + 1, self.begun + customers
        return EnteringAndWriting(self.folder, self.home, self.starts, first, self.begun)

    def type_in_excel(self) -> None:
        """Type a new customer and change a cell of an old one, as people do."""
        path = self.folder / CUSTOMERS
        book = openpyxl.load_workbook(path)
        sheet = book["客户档案"]
        headers = {cell.value: cell.column for cell in sheet[1] if cell.value}
        filled = [row[0].row for row in sheet.iter_rows(min_row=2) if row[1].value]
        phone = f"137{self.starts:08d}"
        self.typed[phone] = f"new{self.starts}"
        _type(sheet, max(filled, default=1) + 1, headers, {"客户姓名": "李敏", "联系电话": phone})
        for row in (max(filled, default=1) + 1, *filled[:1]):
            wechat = f"wx{self.starts}"
            sheet.cell(row, headers["微信"], wechat)
            self.typed[str(sheet.cell(row, headers["联系电话"]).value)] = wechat
        book.save(path)
        book.close()

    def check(self) -> None:
        """Restart, and check that nothing told is lost, doubled, half written or left behind."""
        assert not self.notes.bug, self.notes.bug
        check_workbooks(self.folder)
        with self.opened() as desk:
            self._check_told(desk)
            report = syncing.sync(desk)
            assert (report.errors, report.waiting) == ((), ())
            self._check_told(desk)
            self._check_typed(desk)
            check_workbooks(self.folder)
            for workbook in desk.forms.workbooks():
                check_written(desk, workbook)
            assert desk.mirror.verify_history(self.folder / "历史") == []
            assert desk.mirror.db.rows("PRAGMA integrity_check") == [("ok",)]
        self._check_tidy()

    def _check_told(self, desk: Desk) -> None:
        customers = {one.text("phone"): one for one in desk.mirror.select(Select("customers"))}
        calls = desk.mirror.select(Select("followups"))
        for number in range(1, self.begun + 1):
            stage, one = self.notes.stage(number), customers.get(phone_of(number))
            assert one is not None or stage < BEGUN
            if one is None:
                continue
            owed = [call.text("trigger_record") for call in calls if call["customer"] == one.id]
            bought = desk.mirror.find_by("purchases", "customer", one.id)
            assert sorted(owed) == sorted(bought), "a purchase and its call are saved together"
            assert len(bought) == 1 or (not bought and stage < SOLD)
            places = ("滨河湾1幢", "滨河湾8幢") if stage < MOVED else ("滨河湾8幢",)
            assert one["address"] in places

    def _check_typed(self, desk: Desk) -> None:
        customers = {one.text("phone"): one for one in desk.mirror.select(Select("customers"))}
        for phone, wechat in self.typed.items():
            assert customers[phone]["wechat"] == wechat

    def _check_tidy(self) -> None:
        places = [self.folder, self.home]
        left = [one for place in places for one in place.rglob("*") if _is_left_behind(one)]
        assert left == []


@dataclass(frozen=True)
class EnteringAndWriting:
    """The work of a process, from opening the desk on; tells how far each customer has come."""

    folder: Path
    home: Path
    start: int
    first: int
    last: int

    def __call__(self, notes: Notes, ready: Ready) -> None:
        """Work from the first moment on, opening the desk included."""
        ready()
        with _opened(self.folder, self.home, self.start) as desk:
            self._customers(desk, self.first, notes)

    def once_open(self, notes: Notes, ready: Ready) -> None:
        """Work in a process that may be killed once the desk is open."""
        with _opened(self.folder, self.home, self.start) as desk:
            ready()
            self._customers(desk, self.first, notes)

    def warmed_up(self, notes: Notes, ready: Ready) -> None:
        """Work in a process whose system calls fail from a moment on.

        All that Python loads late is loaded by then, so that only the desk's own calls fail.
        """
        with _opened(self.folder, self.home, self.start) as desk:
            self._customer(desk, self.first, notes)
            ready()
            self._customers(desk, self.first + 1, notes)

    def _customers(self, desk: Desk, first: int, notes: Notes) -> None:
        for number in range(first, self.last + 1):
            self._customer(desk, number, notes)

    def _customer(self, desk: Desk, number: int, notes: Notes) -> None:
        steps = ((self._begin, BEGUN), (self._sell, SOLD), (self._move, MOVED))
        for step, stage in steps:
            try:
                step(desk, number)
                notes.reached(number, stage)
            except StoreDeskError:
                break
            if stage != BEGUN:
                self._sync(desk)

    @staticmethod
    def _sync(desk: Desk) -> None:
        with suppress(StoreDeskError):  # what waits, waits
            syncing.sync(desk)

    @staticmethod
    def _begin(desk: Desk, number: int) -> None:
        who = {"name": "王建国", "phone": phone_of(number), "address": "滨河湾1幢"}
        records.add(desk, "customers", who, "客服")

    @staticmethod
    def _sell(desk: Desk, number: int) -> None:
        (customer,) = desk.mirror.find_by("customers", "phone", phone_of(number))
        delivered_on = desk.clock.now().date() - timedelta(days=2)
        sold: dict[str, Value] = {"customer": customer, "product": "沙发"}
        sold["delivered_on"] = delivered_on
        records.add(desk, "purchases", sold, "客服")

    @staticmethod
    def _move(desk: Desk, number: int) -> None:
        (customer,) = desk.mirror.find_by("customers", "phone", phone_of(number))
        records.set_values(desk, customer, {"地址": "滨河湾8幢"}, "客服")


def phone_of(number: int) -> str:
    """Return the phone by which a customer is known here."""
    return f"138{number:08d}"


def check_workbooks(folder: Path) -> None:
    """Check that every workbook, backups among them, is whole and opens in another reader."""
    for path in folder.rglob("*.xlsx"):
        if path.name.startswith("."):
            continue
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            assert all(book.get_sheet_by_name(name).to_python() for name in book.sheet_names[:1])


def check_written(desk: Desk, workbook: str) -> None:
    """Check that a workbook holds every record of the mirror exactly once, cell by cell."""
    content = reader.read_workbook(desk.path(workbook), desk.sheets_of(workbook))
    assert content.problems == ()
    references = References(desk.mirror, desk.forms)
    for ledger, sheet in content.sheets.items():
        form = desk.forms[ledger]
        rows = RowReader(workbook, form, sheet, desk.settings, references.resolve)
        found = [rows.read(row) for row in sheet.rows]
        known = {one.id: one for one in desk.mirror.select(Select(ledger))}
        assert sorted(row.id for row in found) == sorted(known), f"{ledger}: each exactly once"
        for row in found:
            assert _differing(known[row.id], row.values, desk) == {}


def _differing(record: Record, values: object, desk: Desk) -> dict[str, tuple[str, str]]:
    assert isinstance(values, dict)
    form = desk.forms[record.ledger]
    return {
        key: (text_of(record[key]), text_of(values.get(key)))
        for key in {**record.values, **values}
        if not same(record[key], values.get(key), form[key].type)
    }


def _opened(folder: Path, home: Path, start: int) -> Desk:
    os.environ["STOREDESK_HOME"] = str(home)
    return open_desk(folder, clock=FixedClock(NOON + timedelta(minutes=90) * start))


def _type(sheet: object, row: int, headers: dict[str, int], cells: dict[str, str]) -> None:
    for label, value in cells.items():
        sheet.cell(row, headers[label], value)  # type: ignore[attr-defined]


def _is_left_behind(path: Path) -> bool:
    """Whether a file is one that only a write under way should have."""
    return path.name.endswith(".tmp") or path.name.startswith((".storedesk-", ".~", "~$"))
