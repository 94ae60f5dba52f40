"""Follow-up calls that are owed: seven days after delivery, three after a repair (R01–R04).

A pure function of the records of some customers: calling it again, on another PC or in another
order of arrival gives the same calls. It makes new ones, moves and withdraws untouched ones, and
leaves alone what somebody has begun to call (domain.md §5.2, shop.md §2–3, decisions 12 and 26).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from storedesk.domain.calendar import Basis, WorkCalendar
from storedesk.domain.changes import Edit
from storedesk.domain.ids import derived
from storedesk.domain.ledgers import followups as states
from storedesk.domain.ledgers.customers import DO_NOT_DISTURB, REFUSED, Customer
from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.records import Record
from storedesk.domain.rules.triggers import TRIGGERS, Event, Facts, Trigger, facts_from
from storedesk.domain.settings import FollowUpRule, Settings
from storedesk.domain.values import Value

ONE_CALL_WITHIN = timedelta(days=3)
"""Items a customer gets within so many days are asked about in one call (§5.2)."""

_PREFIX = "HF"
_GOODS_SHOWN = 4
_BY_RULE = "自动："
"""Begins the reason of a call that a rule ended; a person's own reason stands for good."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning decided.

    Attributes:
        edits: new follow-ups and changes of untouched ones.
        too_old: how many calls were not made because their latest day had passed (decision 26).
    """

    edits: tuple[Edit, ...] = ()
    too_old: int = 0


@dataclass(frozen=True, slots=True)
class Dates:
    """When a call may begin, is due and is too late."""

    from_on: date
    due_on: date
    last_on: date


def plan(records: Iterable[Record], settings: Settings, horizon: date) -> Planned:
    """Plan the follow-ups of all active rules for some customers.

    Args:
        records: everything ``triggers.facts_about`` selects for these customers.
        settings: rules, calendar and staff.
        horizon: calls whose latest day lies before it are not made any more.
    """
    facts = facts_from(records)
    edits: list[Edit] = []
    too_old = 0
    for trigger in TRIGGERS:
        rule = settings.rules.get(trigger.rule)
        if rule is not None and rule.active:
            planned = _Plan(trigger, rule, facts, settings, horizon).make()
            edits += planned.edits
            too_old += planned.too_old
    return Planned(tuple(edits), too_old)


def dates(rule: FollowUpRule, day: date, calendar: WorkCalendar) -> Dates:
    """Return the dates of a call after an event, closed days considered (shop.md §3)."""
    from_on = _after(day, rule.from_days, rule.basis, calendar)
    due_on = calendar.due_day(_after(day, rule.due_days, rule.basis, calendar), from_on)
    return Dates(from_on, due_on, max(due_on, _after(day, rule.last_days, rule.basis, calendar)))


def refusal_of(customer: Customer | None) -> str:
    """Return why a customer is not called, or an empty text."""
    if customer is None or customer.may_be_called:
        return ""
    if customer.service_call_ok == REFUSED:
        return "客户不同意服务回访"
    return "客户要求免打扰" if DO_NOT_DISTURB in customer.flags else "客户资料限制使用"


def caller_for(settings: Settings, owner: str, avoid: frozenset[str]) -> str:
    """Return who calls: the customer's own 客服 if here, else the store's; empty if nobody is.

    Never one who sold or repaired, if anybody else can (domain.md §16).
    """
    usual = settings.default_actor()
    names = [owner] if settings.is_active(owner) else []
    names += [usual.name] if usual else []
    names += [person.name for person in settings.callers()]
    return next((name for name in names if name not in avoid), names[0] if names else "")


def in_one_call(events: Iterable[Event]) -> list[tuple[Event, ...]]:
    """Group the events of a customer that are asked about together, whatever their order."""
    groups: list[list[Event]] = []
    happened = [(event.on, event.record, event) for event in events if event.on is not None]
    begin = date.min
    for on, _, event in sorted(happened, key=lambda one: one[:2]):
        if groups and on - begin <= ONE_CALL_WITHIN:
            groups[-1].append(event)
        else:
            groups.append([event])
            begin = on
    return [tuple(group) for group in groups]


def is_untouched(followup: FollowUp) -> bool:
    """Whether nobody has begun to call."""
    return followup.status in ("", states.TO_CALL) and not (followup.outcome or followup.done_at)


@dataclass
class _Plan:
    """Plans the calls of one rule."""

    trigger: Trigger
    rule: FollowUpRule
    facts: Facts
    settings: Settings
    horizon: date
    edits: list[Edit] = field(default_factory=list)
    too_old: int = 0

    def make(self) -> Planned:
        by_customer: dict[str, list[Event]] = defaultdict(list)
        for event in self.trigger.events(self.facts, self.settings):
            if event.customer:
                by_customer[event.customer].append(event)
        for events in by_customer.values():
            for group in in_one_call(events):
                self._settle(group)
            for event in events:
                if event.on is None:
                    self._withdraw(self._existing((event,)), event.over, "日期已取消")
        return Planned(tuple(self.edits), self.too_old)

    def _settle(self, group: tuple[Event, ...]) -> None:
        """Make the call of a group right: one, if any of its goods stayed with the customer."""
        owed = tuple(event for event in group if not event.over)
        found = self._existing(group)
        if not owed:
            self._withdraw(found, group[0].over)
        elif not found:
            self._begin(owed)
        else:
            kept, *doubled = found
            if _ended_by_rule(kept):
                self._revive(kept, owed)
            else:
                self._adjust(kept, owed)
            self._withdraw(doubled, "", f"已合并到 {kept.id}")

    def _existing(self, group: tuple[Event, ...]) -> list[FollowUp]:
        """Return the calls made for any of these events, the one that stands for all first."""
        found = [one for event in group for one in self._by_trigger.get(event.record, ())]
        return sorted(found, key=lambda one: (_ended_by_rule(one), is_untouched(one), one.id))

    @cached_property
    def _by_trigger(self) -> Mapping[str, list[FollowUp]]:
        found: dict[str, list[FollowUp]] = defaultdict(list)
        for followup in self.facts.followups:
            if followup.rule == self.rule.id:
                found[followup.trigger_record].append(followup)
        return found

    def _withdraw(self, followups: list[FollowUp], over: str, reason: str = "") -> None:
        """End open calls: 免访 if the goods went back, else untouched ones become 作废."""
        for one in followups:
            if one.is_open and over:
                self.edits.append(_ended(one, states.SKIPPED, over))
            elif one.is_open and is_untouched(one):
                self.edits.append(_ended(one, states.VOID, reason))

    def _begin(self, group: tuple[Event, ...]) -> None:
        values = self._values(group)
        if not values:
            self.too_old += 1
            return
        first = _first(group)
        record = derived(_PREFIX, first.on or self.horizon, self.rule.id, first.record)
        filled = {key: value for key, value in values.items() if value is not None}
        self.edits.append(Edit("followups", record, filled, new=True))

    def _revive(self, followup: FollowUp, group: tuple[Event, ...]) -> None:
        """Owe a call once more that a rule had ended, when its reason is gone."""
        values = self._values(group)
        if values and values["status"] == states.TO_CALL:
            self.edits.append(Edit("followups", followup.id, values))

    def _values(self, group: tuple[Event, ...]) -> dict[str, Value]:
        """Return the cells of a group's call, or nothing if its latest day has passed."""
        first, day = _first(group), _last_day(group)
        when = dates(self.rule, day, self.settings.calendar)
        if when.last_on < self.horizon:
            return {}
        known = self.facts.customers.get(first.customer)
        refusal = refusal_of(known)
        avoid = frozenset(name for event in group for name in event.avoid)
        values: dict[str, Value] = {
            "kind": self.rule.label,
            "rule": self.rule.id,
            "trigger": self.trigger.word,
            "trigger_record": first.record,
            "trigger_on": day,
            **self._customer(first),
            "product": _goods(group),
            "color": first.color,
            "sales_owner": first.sales_owner,
            "worker": next((event.worker for event in group if event.worker), ""),
            "purchase": first.purchase,
            "vehicle": first.vehicle,
            "visit": first.visit,
            "from_on": when.from_on,
            "due_on": when.due_on,
            "last_on": when.last_on,
            "caller": caller_for(self.settings, known.cs_owner if known else "", avoid),
            "questionnaire": self.rule.questionnaire,
            "status": states.SKIPPED if refusal else states.TO_CALL,
            "outcome": states.SKIPPED if refusal else "",
            "skip_reason": _BY_RULE + refusal if refusal else "",
        }
        return {key: value or None for key, value in values.items()}

    def _customer(self, event: Event) -> dict[str, Value]:
        known = self.facts.customers.get(event.customer)
        return {
            "customer": event.customer,
            "customer_name": known.name if known else event.customer_name,
            "phone": known.phone if known else "",
        }

    def _adjust(self, followup: FollowUp, group: tuple[Event, ...]) -> None:
        if not followup.is_open:
            return
        refusal = refusal_of(self.facts.customers.get(group[0].customer))
        if refusal:
            self.edits.append(_ended(followup, states.SKIPPED, refusal))
        elif is_untouched(followup):
            changes = {**self._moved(followup, _last_day(group)), **_more_goods(followup, group)}
            if followup.customer != group[0].customer:
                changes |= self._customer(group[0])
            if changes:
                self.edits.append(Edit("followups", followup.id, changes))

    def _moved(self, followup: FollowUp, day: date) -> dict[str, Value]:
        """Return new dates if the event's day moved, or the store now rests on the due day.

        Dates that a person set otherwise are left: rules bind the program, not Excel.
        """
        calendar = self.settings.calendar
        closed = followup.due_on is None or not calendar.is_call_day(followup.due_on)
        if followup.trigger_on == day and not closed:
            return {}
        when = dates(self.rule, day, calendar)
        moved: dict[str, Value] = {
            "trigger_on": day,
            "from_on": when.from_on,
            "due_on": when.due_on,
            "last_on": when.last_on,
        }
        return {key: value for key, value in moved.items() if followup.record[key] != value}


def _ended_by_rule(followup: FollowUp) -> bool:
    closed = followup.status in (states.SKIPPED, states.VOID)
    return closed and followup.skip_reason.startswith(_BY_RULE)


def _ended(followup: FollowUp, state: str, reason: str) -> Edit:
    values: dict[str, Value] = {
        "status": state,
        "outcome": state,
        "skip_reason": _BY_RULE + reason,
    }
    return Edit("followups", followup.id, values)


def _after(day: date, count: int, basis: Basis, calendar: WorkCalendar) -> date:
    if basis is Basis.CALENDAR or count < 0:
        return day + timedelta(days=count)
    return calendar.add_working_days(day, count, basis)


def _first(group: tuple[Event, ...]) -> Event:
    return min(group, key=lambda event: event.record)


def _last_day(group: tuple[Event, ...]) -> date:
    return max(event.on for event in group if event.on is not None)


def _goods(group: tuple[Event, ...]) -> str:
    names = list(dict.fromkeys(event.goods for event in group if event.goods))
    more = f"等 {len(names)} 件" if len(names) > _GOODS_SHOWN else ""
    return "、".join(names[:_GOODS_SHOWN]) + more


def _more_goods(followup: FollowUp, group: tuple[Event, ...]) -> dict[str, Value]:
    """Return the goods in words if items joined the call since; a text of people's own stays."""
    names = {event.goods for event in group}
    before = set(followup.product.split("、")) - {""}
    goods = _goods(group)
    return {"product": goods} if goods != followup.product and before <= names else {}
