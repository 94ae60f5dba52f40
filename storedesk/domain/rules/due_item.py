"""One thing that is owed, and how moments and delays are said in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from storedesk.domain.calendar import Basis
from storedesk.domain.settings import Settings

DAY = timedelta(days=1)
_ANSWER_DAYS = 2
_CLOSING = time(18)


class Urgency(IntEnum):
    """What comes first (domain.md §4.4.1 priority)."""

    COMPLAINT = 0
    APPOINTMENT = 1
    AFTER_REPAIR = 2
    AFTER_DELIVERY = 3
    OTHER = 4


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing owed.

    Attributes:
        kind: what staff call it, such as 七天回访.
        ledger, record: where it stands.
        what: goods or words it is about.
        from_on: first day on which it is shown as something to do.
        due_at: by when; of a call, the end of its due day.
        last_on: latest day of a call.
        rings_at: when it calls for attention; None if it is suspended.
        overdue: the time has passed.
        suspended: waits for something else, said in ``reason``.
        owner: member of staff who owes it.
        reason: one plain sentence for people, without a full stop.
    """

    kind: str
    ledger: str
    record: str
    customer: str
    customer_name: str
    phone: str
    what: str
    from_on: date
    due_at: datetime
    rings_at: datetime | None
    owner: str
    reason: str
    urgency: Urgency = Urgency.OTHER
    last_on: date | None = None
    overdue: bool = False
    suspended: bool = False

    @property
    def due_on(self) -> date:
        """The day of ``due_at``."""
        return self.due_at.date()

    @property
    def order(self) -> tuple[bool, bool, Urgency, datetime, str]:
        """What items are sorted by: overdue first, then by urgency; suspended ones last."""
        return (self.suspended, not self.overdue, self.urgency, self.due_at, self.record)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment items are derived at, and the settings they are derived by."""

    settings: Settings
    now: datetime

    @property
    def today(self) -> date:
        """The day of ``now``."""
        return self.now.date()

    def is_on(self, rule: str) -> bool:
        """Whether a rule is switched on; a rule the store does not have counts as on."""
        found = self.settings.rules.get(rule)
        return found is None or found.active

    def limit(self, since: datetime | None, rule: str, basis: Basis) -> datetime | None:
        """Return until when an answer is owed: so many days of the rule, 18:00 (R08, R12)."""
        if since is None:
            return None
        found = self.settings.rules.get(rule)
        days = found.due_days if found else _ANSWER_DAYS
        return self.settings.calendar.answer_limit(since, days, basis)

    def end_of_today(self) -> datetime:
        """Return the limit of what has none: today at 18:00."""
        return datetime.combine(self.today, _CLOSING)

    def late(self, due_at: datetime) -> str:
        """Return how late something is, as the end of a sentence; empty if it is not."""
        late = self.now - due_at
        if late <= timedelta():
            return ""
        if late >= DAY:
            return f"，已超 {late.days} 天"
        hours = int(late.total_seconds() // 3600)
        return f"，已超 {hours} 小时" if hours else "，刚超时"


def day_text(day: date) -> str:
    """Return a day as people say it: 11-14."""
    return f"{day:%m-%d}"


def moment_text(moment: datetime) -> str:
    """Return a moment as people say it: 11-14 15:30."""
    return f"{moment:%m-%d %H:%M}"
