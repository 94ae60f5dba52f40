"""The practice store: invented people, months of history, and work for today.

Everything goes through the same operations as real work, with the clock set to the day it happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from storedesk.domain.changes import Edit
from storedesk.domain.errors import Misuse
from storedesk.domain.ledgers.followups import OPEN
from storedesk.domain.records import Record
from storedesk.domain.rules.due_item import DueItem
from storedesk.domain.select import OneOf, Select
from storedesk.domain.settings import STAND_IN
from storedesk.domain.values import Value
from storedesk.operations import demo_people as people
from storedesk.operations import demo_reports, due, followups, inbound, records, syncing, writing
from storedesk.operations.clock import Clock, FixedClock, SystemClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.founding import init_desk

STORE = "幸福路练习店"
_CODE = "LX01"
_MARK = "练习门店"
_CALLER = "赵倩"
_HISTORY_DAYS = 75
_SOLD_BEFORE = 6
"""Days between sale and delivery."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A practice store and the story of its day, in lines."""

    folder: Path
    lines: tuple[str, ...]


def make_demo(
    folder: Path,
    *,
    profile: str = "furniture",
    customers: int = 60,
    seed: int = 7,
    clock: Clock | None = None,
) -> Demo:
    """Make a practice store and go through a day in it; an existing one is gone on with.

    Args:
        folder: where; a desk that is no practice store is never touched.
        profile: kind of store.
        customers: how many customers with deliveries.
        seed: the same seed makes the same store on the same day.
        clock: today.

    Raises:
        Misuse: the folder holds a real desk.
    """
    clock = clock or SystemClock()
    if (folder / "门店设置.xlsx").exists():
        desk = open_desk(folder, clock=clock)
        begun = "练习门店已经在，接着用"
    else:
        desk = _furnish(folder, profile, customers, seed, clock)
        begun = f"建好了练习门店「{STORE}」"
    with desk:
        syncing.sync(desk)  # the mark stands in a workbook, which may not have been read yet
        if desk.settings.info.get(_MARK) != "是":
            raise Misuse(f"「{folder}」是真实的门店，不能当练习门店用。请换一个文件夹。")
        return Demo(folder, (f"{begun}：{folder}", *_walk(desk)))


# --- the store and its past -----------------------------------------------------------------------


def _furnish(folder: Path, profile: str, customers: int, seed: int, clock: Clock) -> Desk:
    desk = init_desk(folder, profile, STORE, clock=clock)
    past = _Past(desk, Random(seed), clock.now().date())  # noqa: S311  # invented people
    past.enter_staff()
    past.happen(customers)
    past.report_yesterday()
    past.today()
    desk.clock = clock
    syncing.sync(desk)
    return desk


@dataclass
class _Past:
    """Lets the months before today happen, day by day."""

    desk: Desk
    random: Random
    today_on: date
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2000, 1, 1)))
    phones: int = 1000

    def __post_init__(self) -> None:
        self.desk.clock = self.clock
        self._set(self.today_on - timedelta(days=_HISTORY_DAYS), 9)

    def enter_staff(self) -> None:
        """Replace the stand-in by people, and mark the store as a practice store."""
        roles = self.desk.profile.roles
        keys = ("caller", "manager", "gm", "sales", "sales", "installer", "keeper")
        for (name, _), key in zip(people.STAFF[self.desk.profile.key], keys, strict=True):
            records.add(self.desk, "staff", {"name": name, "roles": roles[key]}, STAND_IN)
        stand_in = self.desk.mirror.find_by("staff", "name", STAND_IN)
        gone: dict[str, Value] = {"status": "离职"}
        edits = [Edit("staff", record, gone) for record in stand_in]
        writing.write(self.desk, edits, by=_CALLER, note="stand-in leaves")
        records.add(self.desk, "store_info", {"name": _MARK, "value": "是"}, _CALLER)
        for code in self.desk.mirror.find_by("store_info", "name", "门店编码"):
            records.set_values(self.desk, code, {"value": _CODE}, _CALLER)

    def happen(self, customers: int) -> None:
        """Sell, deliver and call, one day after the other."""
        deliveries: dict[date, int] = {}
        for number in range(customers):
            # The last delivery was seven days ago, so that somebody is due today.
            ago = 7 if number < 3 else self.random.randint(1, _HISTORY_DAYS - _SOLD_BEFORE)  # noqa: PLR2004
            day = self.today_on - timedelta(days=ago)
            deliveries[day] = deliveries.get(day, 0) + 1
        for ago in range(_HISTORY_DAYS - _SOLD_BEFORE, 0, -1):
            day = self.today_on - timedelta(days=ago)
            for _ in range(deliveries.get(day, 0)):
                self._deliver(day)
            if self.desk.settings.calendar.is_call_day(day) and ago > 1:
                self._calls(day)
                self._answers(day)

    def today(self) -> None:
        """Let this morning's calls come in."""
        self._set(self.today_on, 9, 20)
        some = self.desk.mirror.select(Select("customers", limit=40))
        for kind, content in people.CALLS:
            who = self.random.choice(some)
            inbound.take_call(
                self.desk,
                who=who.id,
                kind=kind,
                content=content,
                by=_CALLER,
                restated=True,
                callback_needed=kind in ("报修", "催单"),
            )
        self._complain(self.random.choice(some[-10:]))

    def report_yesterday(self) -> None:
        """Let the three sign yesterday's daily, and the boss order something."""
        yesterday = self.today_on - timedelta(days=1)
        self._set(yesterday, 18, 5)
        demo_reports.sign_day(self.desk, yesterday)

    def _deliver(self, day: date) -> None:
        self._set(day - timedelta(days=_SOLD_BEFORE), 15)
        seller = self.random.choice(people.SELLERS)
        customer = self._customer(seller)
        goods = self.random.choice(people.GOODS[self.desk.profile.key])
        color = self.random.choice(goods.colors)
        is_car = self.desk.profile.key == "auto"
        sold: dict[str, Value] = {
            "customer": customer,
            "category": goods.category,
            "product": goods.product if goods.product != goods.model else None,
            "model": goods.model,
            "color": color,
            "amount": goods.price - self.random.randrange(0, goods.price // 20, 10),
            "invoiced_on": day - timedelta(days=_SOLD_BEFORE),
            "promised_on": day,
            "sales_owner": seller,
        }
        purchase = records.add(self.desk, "purchases", sold, seller).first
        self._set(day, 16)
        arrived: dict[str, Value] = {"delivered_on": day, "status": "已交付"}
        if is_car:
            car = {"customer": customer, "purchase": purchase, "vin": people.vin_of(self.random)}
            car |= {"model": goods.model, "color": color}
            records.add(self.desk, "vehicles", {**car, "delivered_on": day}, seller)
        else:
            arrived["accepted_on"] = day
        records.set_values(self.desk, purchase, arrived, seller)

    def _customer(self, seller: str) -> str:
        self.phones += 1
        community, address = people.address_of(self.random)
        values: dict[str, Value] = {
            "name": people.name_of(self.random),
            "phone": people.phone_of(self.phones),
            "community": community,
            "address": address,
            "salutation": self.random.choice(("先生", "女士")),
            "sales_owner": seller,
            "cs_owner": _CALLER,
        }
        return records.add(self.desk, "customers", values, seller).first

    def _calls(self, day: date) -> None:
        self._set(day, 10, 15)
        where = (OneOf("status", OPEN),)
        waiting = self.desk.mirror.select(Select("followups", where, ("due_on",)))
        for followup in waiting:
            due_on = followup.day("due_on")
            if due_on is None or due_on > day:
                continue
            self.clock.advance(timedelta(minutes=self.random.randint(4, 11)))
            self._call(followup)

    def _call(self, followup: Record) -> None:
        result = self.random.choices(
            ("成功", "无人接听", "关机", "拒访", "改约"), (84, 9, 3, 2, 2)
        )[0]
        if result != "成功":
            tomorrow = self.clock.now() + timedelta(days=1)
            at = tomorrow.replace(hour=15, minute=30) if result == "改约" else None
            followups.log_call(self.desk, followup.id, result, by=_CALLER, appointed_at=at)
            return
        overall = self.random.choices((5, 4, 3, 2), (62, 28, 7, 3))[0]
        fine = overall > 2  # noqa: PLR2004
        answers = {"T1": str(overall), "S1": "是" if fine else "否"}
        opinion = self.random.choice(people.OPINIONS) if self.random.random() < 0.3 else ""  # noqa: PLR2004
        if not fine and not opinion:
            opinion = people.OPINIONS[1]
        followups.log_call(
            self.desk, followup.id, "成功", by=_CALLER, answers=answers, opinion=opinion
        )

    def _answers(self, day: date) -> None:
        """Answer what was said the days before; what was said lately is still open today."""
        if day > self.today_on - timedelta(days=3):
            return
        self._set(day, 16, 40)
        where = (OneOf("status", ("待处理", "处理中")),)
        for issue in self.desk.mirror.select(Select("issues", where)):
            followups.answer_issue(
                self.desk, issue.id, "已向客户说明，并请师傅复查", by="林晓", verdict="满意"
            )

    def _complain(self, customer: Record) -> None:
        category, verbatim, demand = self.random.choice(people.COMPLAINTS)
        noted = inbound.take_call(
            self.desk, who=customer.id, kind="投诉", content=verbatim, by=_CALLER, restated=True
        )
        opened = inbound.turn_into_complaint(self.desk, noted.first, by="林晓")
        complaint = opened.records["complaints"][0]
        values: dict[str, Value] = {"category": category, "demand": demand}
        records.set_values(self.desk, complaint, values, "林晓")

    def _set(self, day: date, hour: int, minute: int = 0) -> None:
        self.clock.moment = datetime.combine(day, time(hour, minute))


# --- a day in it ----------------------------------------------------------------------------------


def _walk(desk: Desk) -> list[str]:
    """Go through today: who is to be called and why, two calls, the workbooks in step."""
    listed = due.due_list(desk)
    lines = ["", f"今天 {listed.on:%Y-%m-%d}：{listed.headline}"]
    lines += [_told(item) for _, items in listed.groups() for item in items[:5]]
    lines += ["", "登记两个回访："]
    lines += _record_two(desk, [i.record for i in listed.items if i.ledger == "followups"])
    lines += ["", "今天的日报："]
    lines += demo_reports.report_today(desk)
    report = syncing.sync(desk)
    lines += ["", "工作簿："]
    lines += report.lines()
    lines += [
        f"  {workbook}　{_counted(desk, workbook)}" for workbook in desk.forms.workbooks()[1:]
    ]
    lines += ["", "可以用 Excel 或 WPS 打开这些工作簿随便改，再运行 storedesk sync 看它读进来。"]
    return lines


def _told(item: DueItem) -> str:
    parts = (item.customer_name or item.owner, item.phone, item.kind, item.what)
    return f"  {'　'.join(part for part in parts if part)}\n      {item.reason}"


def _record_two(desk: Desk, waiting: list[str]) -> list[str]:
    # People make mistakes at the end of the day: one call succeeds with an opinion, one rings out.
    scripts: tuple[tuple[str, Mapping[str, str], str], ...] = (
        ("成功", {"T1": "4", "S1": "是"}, people.OPINIONS[0]),
        ("无人接听", {}, ""),
    )
    lines = []
    for record, (result, answers, opinion) in zip(waiting, scripts, strict=False):
        logged = followups.log_call(
            desk, record, result, by=_CALLER, answers=answers, opinion=opinion
        )
        lines.append("  " + logged.sentence)
    return lines or ["  今天没有要打的回访了。"]


def _counted(desk: Desk, workbook: str) -> str:
    counts = [
        (form.label, desk.mirror.count(Select(form.ledger))) for form in desk.sheets_of(workbook)
    ]
    return "，".join(f"{label} {count}" for label, count in counts if count)
