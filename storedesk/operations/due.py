"""What is owed today, to whom, by when and why: derived from the ledgers each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from storedesk.domain.records import Record
from storedesk.domain.rules import due as rules
from storedesk.domain.rules.due_item import DueItem
from storedesk.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class DueList:
    """A day's work.

    Attributes:
        on: the day.
        items: everything begun or due, the most urgent first; suspended ones wait for a complaint.
        next_line: what comes next, for an empty day.
        next_at: the next moment at which something becomes due, or None.
    """

    on: date
    items: tuple[DueItem, ...]
    next_line: str = ""
    next_at: datetime | None = None

    @property
    def overdue(self) -> tuple[DueItem, ...]:
        """What should have been done before today."""
        return tuple(item for item in self.items if item.overdue and not item.suspended)

    @property
    def today(self) -> tuple[DueItem, ...]:
        """What is due today."""
        return tuple(
            i for i in self.items if not i.overdue and not i.suspended and i.due_on <= self.on
        )

    @property
    def early(self) -> tuple[DueItem, ...]:
        """What may be done already and is due later."""
        return tuple(
            i for i in self.items if not i.overdue and not i.suspended and i.due_on > self.on
        )

    @property
    def suspended(self) -> tuple[DueItem, ...]:
        """Calls that wait until the customer's complaint is closed."""
        return tuple(item for item in self.items if item.suspended)

    @property
    def headline(self) -> str:
        """The day in one sentence."""
        counts = [
            (len(self.overdue), "已过期"),
            (len(self.today), "今天到期"),
            (len(self.early), "可以提前办"),
            (len(self.suspended), "暂缓"),
        ]
        told = "，".join(f"{word} {count} 件" for count, word in counts if count)
        return told or ("今天没有到期的事。" + self.next_line)

    def groups(self) -> Iterator[tuple[str, tuple[DueItem, ...]]]:
        """Yield the groups that hold anything, with their headings."""
        named = (
            ("已过期", self.overdue),
            ("今天到期", self.today),
            ("可以提前办", self.early),
            ("暂缓：客诉未结", self.suspended),
        )
        yield from ((heading, items) for heading, items in named if items)


def due_list(desk: Desk, on: date | None = None) -> DueList:
    """Return what is owed now, or at the close of another day with today's contents."""
    now = desk.clock.now()
    if on is not None and on != now.date():
        now = datetime.combine(on, desk.settings.hours.end if on < now.date() else time(9))
    items = rules.due_items(everything_owed(desk), desk.settings, now)
    return DueList(
        now.date(),
        tuple(rules.owed(items, now.date())),
        _next_line(items, now),
        rules.next_moment(items, now),
    )


def next_moment(desk: Desk) -> datetime | None:
    """Return the next moment at which something becomes due, or None."""
    now = desk.clock.now()
    return rules.next_moment(rules.due_items(everything_owed(desk), desk.settings, now), now)


def everything_owed(desk: Desk) -> list[Record]:
    """Return the records that may owe something, for ``rules.due_items``."""
    found = [record for select in rules.SELECTS for record in desk.mirror.select(select)]
    return [*found, *desk.mirror.select(rules.attempts_of(found))]


def _next_line(items: list[DueItem], now: datetime) -> str:
    item = rules.next_item(items, now)
    if item is None or item.rings_at is None:
        return ""
    return f"下一件：{item.rings_at:%m-%d %H:%M}，{item.customer_name}，{item.what}。"
