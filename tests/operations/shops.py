"""A staffed store with deliveries and calls, for tests of reports and signing.

Keys are made with few rounds: guessing them is what the tests of ``papers`` are about.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.ledgers.report_log import ReportEntry
from storedesk.domain.select import Equal, Select
from storedesk.domain.values import Value
from storedesk.mirror.letters import claim_letter
from storedesk.operations import (
    followups,
    keys,
    records,
    reports,
    reports_log,
    signing,
    syncing,
)
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import (
    Desk,
    machine_id,
    machine_place,
    mirror_path,
    open_desk,
    read_identity,
)
from storedesk.operations.founding import init_desk
from storedesk.operations.reports import ReportMade
from storedesk.operations.signing import SigningDone
from storedesk.papers import pdfa

PASSPHRASE = "幸福路店的签名口令"  # noqa: S105  # of keys that live as long as a test
ROUNDS = 1_000
CALLER, MANAGER, GM = "赵倩", "林晓", "周建平"
FRIDAY = date(2026, 11, 20)
SATURDAY = FRIDAY + timedelta(days=1)
SUNDAY = FRIDAY + timedelta(days=2)


@dataclass
class Shop:
    """A desk and the people in it; what they do in few words."""

    desk: Desk
    clock: FixedClock
    _phones: int = field(default=1000)

    def hire(self) -> Shop:
        """Enter the three who sign, each with a key."""
        roles = self.desk.profile.roles
        for name, key in ((CALLER, "caller"), (MANAGER, "manager"), (GM, "gm")):
            keys.make_key(self.desk, name, [roles[key]], PASSPHRASE, rounds=ROUNDS)
        return self

    def on(self, day: date, hour: int = 10, minute: int = 30) -> None:
        """Set the clock."""
        self.clock.moment = datetime.combine(day, time(hour, minute))

    def deliver(self, name: str, day: date, **values: Value) -> str:
        """Deliver something; return the id of the follow-up that is owed for it."""
        self._phones += 1
        person: dict[str, Value] = {"name": name, "phone": f"1380000{self._phones}"}
        customer = records.add(self.desk, "customers", person, CALLER).first
        sold: dict[str, Value] = {"customer": customer, "product": "沙发", "delivered_on": day}
        purchase = records.add(self.desk, "purchases", {**sold, **values}, CALLER).first
        (found,) = self.desk.mirror.ids(Select("followups", (Equal("trigger_record", purchase),)))
        return found

    def repair(self, name: str, day: date) -> str:
        """Repair something; return the id of the follow-up that is owed for it."""
        self._phones += 1
        person: dict[str, Value] = {"name": name, "phone": f"1380000{self._phones}"}
        customer = records.add(self.desk, "customers", person, CALLER).first
        is_car = self.desk.profile.key == "auto"
        done: dict[str, Value] = {
            "customer": customer,
            "kind": "车辆维修" if is_car else "维修",
            "symptom": "异响",
            "accepted_at": datetime.combine(day, time(9)),
            "status": "已完成",
            "finished_at": datetime.combine(day, time(11)),
        }
        visit = records.add(self.desk, "visits", done, CALLER).first
        (found,) = self.desk.mirror.ids(Select("followups", (Equal("visit", visit),)))
        return found

    def reach(self, followup: str, score: int = 5, opinion: str = "", **answers: str) -> str:
        """Call with success; return the id of the opinion, if there was one."""
        told = {"T1": str(score), **answers}
        logged = followups.log_call(
            self.desk, followup, "成功", by=CALLER, answers=told, opinion=opinion
        )
        return logged.issue

    def try_to_reach(self, followup: str, result: str = "无人接听") -> None:
        followups.log_call(self.desk, followup, result, by=CALLER)

    def report(self, day: date | None = None, **wishes: Any) -> ReportMade:
        """Make a day's report (of a store that makes one)."""
        (made,) = reports.make_daily(self.desk, day or self.today, by=CALLER, **wishes)
        return made

    def sign(self, *report_nos: str, by: str = CALLER, **words: Any) -> SigningDone:
        return signing.sign(self.desk, report_nos, by, PASSPHRASE, **words)

    def sign_all(self, report_no: str, comment: str = "") -> None:
        self.sign(report_no, by=CALLER)
        self.sign(report_no, by=MANAGER)
        self.sign(report_no, by=GM, comment=comment)

    def refused(self, *report_nos: str, by: str = CALLER, **words: Any) -> str:
        """Return why a signature is refused, having seen that nothing changed."""
        before = [self.state_of(number) for number in report_nos]
        words.setdefault("passphrase", PASSPHRASE)
        try:
            signing.sign(self.desk, report_nos, by, **words)
        except StoreDeskError as error:
            said = str(error)
        else:
            raise AssertionError("it was signed")
        assert [self.state_of(number) for number in report_nos] == before
        return said

    def state_of(self, report_no: str) -> tuple[bytes, dict[str, Value]]:
        """Return a report's file and its cells; nothing of a report that does not exist."""
        record = self.desk.mirror.get("report_log", report_no)
        if record is None:
            return b"", {}
        return (self.desk.folder / record.text("file")).read_bytes(), dict(record.values)

    def entry(self, report_no: str) -> ReportEntry:
        return reports_log.entry(self.desk, report_no)

    def path(self, report_no: str) -> Path:
        return self.desk.folder / self.entry(report_no).file

    @property
    def today(self) -> date:
        return self.clock.moment.date()


def found(stage: Path, profile: str) -> None:
    """Make a new desk and leave it as files, for tests to copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOREDESK_HOME", str(stage / "home"))
        clock = FixedClock(datetime.combine(FRIDAY, time(10, 30)))
        init_desk(stage / "desk", profile, "幸福路店", clock=clock).close()


def furnish(stage: Path, *, busy: bool) -> None:
    """Make a shop and leave it as files, for tests to copy: that is ten times faster than anew.

    Args:
        stage: an empty folder; the desk and the user's folder go into it.
        busy: one customer was reached and wants something, one waits, one did not answer.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOREDESK_HOME", str(stage / "home"))
        clock = FixedClock(datetime.combine(FRIDAY, time(10, 30)))
        with init_desk(stage / "desk", "furniture", "幸福路店", clock=clock) as desk:
            shop = Shop(desk, clock).hire()
            if busy:
                wang = shop.deliver("王建国", FRIDAY - timedelta(days=7))
                shop.deliver("李秀英", FRIDAY - timedelta(days=7))
                chen = shop.repair("陈子涵", FRIDAY - timedelta(days=3))
                shop.reach(wang, 4, "抽屉有异响，打我 13912345678", A2="有问题", S1="否")
                shop.try_to_reach(chen)
            syncing.sync(desk)


def copied(stage: Path, folder: Path, name: str = "desk") -> Path:
    """Copy a desk and its user's folder into a test's own folder; return where the desk is."""
    desk = folder / name
    shutil.copytree(stage / "home", folder / "home", dirs_exist_ok=True)
    shutil.copytree(stage / "desk", desk)
    identity = read_identity(desk)
    mirror = mirror_path(stage / "desk", identity.uuid).parent.name
    (folder / "home" / "desks" / mirror).rename(mirror_path(desk, identity.uuid).parent)
    # As if it had been made here: the letter is claimed from this very place.
    (desk / "历史" / "PC-A.json").unlink()
    claim_letter(desk / "历史", machine_id(), machine_place())
    return desk


def moved_in(stage: Path, folder: Path, clock: FixedClock) -> Shop:
    """Open a copy of a furnished shop."""
    return Shop(open_desk(copied(stage, folder), clock=clock), clock, _phones=1100)


def attached(path: Path) -> Any:
    """Return the rows a report holds."""
    return json.loads(pdfa.attached(path.read_bytes())["rows.json"])
