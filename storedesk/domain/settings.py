"""Settings: what 门店设置.xlsx says, as the rest of the program asks for it.

Built by ``settings_sheet``; every number of days, list and limit is a cell there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property

from storedesk.domain.calendar import Basis, WorkCalendar
from storedesk.domain.call_window import CallWindow, Period
from storedesk.domain.problems import Problem

STAND_IN = "客服"
"""Name of the member of staff a new desk begins with, until real people are entered."""

BACKUP_LIMIT = 2 << 30
"""Bytes all backups together may take; a store of 20,000 customers needs about a quarter of it."""

_CUSTOMER_SERVICE = ("客服", "回访")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    active: bool = True
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpRule:
    """A row of 回访规则: when a follow-up may begin, is due and is too late, counted from its day.

    Attributes:
        label: what staff call it (七天回访); also the kind of the follow-ups it makes.
        trade_name: what head office calls it (销售7DC).
        from_days, due_days, last_days: days after the trigger day (domain.md §5.2).
        basis: which days count.
        questionnaire: id of the questionnaire asked, or empty.
        responsible: role that does it.
    """

    id: str
    label: str
    trade_name: str = ""
    active: bool = True
    from_days: int = 0
    due_days: int = 0
    last_days: int = 0
    basis: Basis = Basis.CALENDAR
    questionnaire: str = ""
    responsible: str = ""


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How often a customer is tried before the call has failed (domain.md §5.4).

    Attributes:
        attempt_count: calls without contact …
        day_count: … on at least so many days …
        period_count: … at so many times of day, before a message is left instead.
        answer_days: days a message is waited for.
        appointment_count: how often a call may be put off by the customer.
        gap_hours: hours between two calls of a day.
    """

    attempt_count: int = 3
    day_count: int = 2
    period_count: int = 2
    answer_days: int = 2
    appointment_count: int = 2
    gap_hours: int = 2


@dataclass(frozen=True)
class Settings:
    """A store's settings.

    Attributes:
        store: name of the store.
        profile: furniture, appliance or auto.
        roles: what the store calls each role, by role key (caller, manager, gm …).
        staff: everybody, leavers included, in sheet order.
        rules: follow-up rules by id.
        choices: values on offer by list name, in order.
        choice_defaults: the value a new record gets, by list name.
        retired: values no longer on offer, right in old records all the same.
        calendar: working and opening days.
        window: when customers are called.
        limits: how often customers are tried.
        hours: the store's opening hours.
        answer_basis: which days head office counts for answers (K13).
        remind_basis: which days the store counts when it reminds itself.
        backup_limit: bytes all backups together may take.
        info: every 项目 and its 内容, as typed.
        problems: cells that made no sense and were read as their default.
    """

    store: str
    profile: str
    calendar: WorkCalendar
    roles: Mapping[str, str] = field(default_factory=dict)
    staff: tuple[Member, ...] = ()
    rules: Mapping[str, FollowUpRule] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choice_defaults: Mapping[str, str] = field(default_factory=dict)
    retired: Mapping[str, frozenset[str]] = field(default_factory=dict)
    window: CallWindow = field(default_factory=CallWindow)
    limits: CallLimits = field(default_factory=CallLimits)
    hours: Period = field(default_factory=lambda: Period(time(9), time(18)))
    answer_basis: Basis = Basis.STATUTORY
    remind_basis: Basis = Basis.OPEN
    backup_limit: int = BACKUP_LIMIT
    info: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def staff_named(self, name: str) -> tuple[Member, ...]:
        """Return everybody of this name: nobody, one, or several that cannot be told apart."""
        return self._by_name.get(name, ())

    def is_active(self, name: str) -> bool:
        """Whether somebody of this name works here now."""
        return any(person.active for person in self.staff_named(name))

    def active_staff(self) -> tuple[Member, ...]:
        """Return those who work here now."""
        return tuple(person for person in self.staff if person.active)

    def callers(self) -> tuple[Member, ...]:
        """Return who makes follow-up calls: 回访人 and 客服 first, their manager after them.

        The stand-in counts only while nobody real is there.
        """
        agents = [person for person in self.active_staff() if self._is_agent(person)]
        manager = self.roles.get("manager", "")
        people = agents + [
            person
            for person in self.active_staff()
            if manager in person.roles and person not in agents
        ]
        real = [person for person in people if person.name != STAND_IN]
        return tuple(real or people)

    def default_actor(self) -> Member | None:
        """Return the only active 客服, who acts when nobody is named (decision 24), or None."""
        people = self.callers()
        agents = [person for person in people if self._is_agent(person)] or people
        return agents[0] if len(agents) == 1 else None

    def knows_choice(self, name: str, value: str) -> bool:
        """Whether a value is in a list, on offer or retired; a list without values knows all."""
        offered = self.choices.get(name, ())
        return not offered or value in offered or value in self.retired.get(name, ())

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Member, ...]]:
        found: dict[str, tuple[Member, ...]] = {}
        for person in self.staff:
            found[person.name] = (*found.get(person.name, ()), person)
        return found

    def _is_agent(self, person: Member) -> bool:
        manager = self.roles.get("manager", "")
        return any(
            role == self.roles.get("caller") or role.startswith(_CUSTOMER_SERVICE)
            for role in person.roles
            if role != manager
        )
