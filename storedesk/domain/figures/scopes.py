"""Which dailies a store makes: one of both kinds of follow-up, or one for each (shop.md §2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.settings import Settings

_CARS = "auto"
_VERSION = re.compile(r"-V(\d+)$")


@dataclass(frozen=True, slots=True)
class FollowUpKind:
    """A kind of follow-up that head office wants to hear of every day (S0-06).

    Attributes:
        key: ``7DC`` or ``3DC``.
        rules: ids of the rules that make such calls, one per trade.
        event_labels: what the day it counts from is called, for homes and for cars.
    """

    key: str
    rules: tuple[str, ...]
    event_labels: tuple[str, str]

    def event_label(self, settings: Settings) -> str:
        """Return the header of the event's day."""
        return self.event_labels[settings.profile == _CARS]

    def labels(self, settings: Settings) -> tuple[str, ...]:
        """Return what staff call it; the store's own rules decide."""
        return tuple(settings.rules[rule].label for rule in self.rules if rule in settings.rules)

    def trade_name(self, settings: Settings) -> str:
        """Return what head office calls it."""
        names = [settings.rules[rule].trade_name for rule in self.rules if rule in settings.rules]
        return next((name for name in names if name), self.key)

    def questionnaires(self, settings: Settings) -> tuple[str, ...]:
        """Return the ids of the questionnaires asked."""
        return tuple(
            settings.rules[rule].questionnaire for rule in self.rules if rule in settings.rules
        )

    def includes(self, followup: FollowUp, settings: Settings) -> bool:
        """Whether a call is of this kind: by its rule, or by its name where people typed it."""
        if followup.rule:
            return followup.rule in self.rules
        return followup.kind in self.labels(settings)


SALES = FollowUpKind("7DC", ("R01", "R03"), ("送货日", "交车日"))
REPAIRS = FollowUpKind("3DC", ("R02", "R04"), ("上门日", "出厂日"))


@dataclass(frozen=True, slots=True)
class Scope:
    """What one daily covers.

    Attributes:
        kind: 类型 in 日报登记.
        suffix: end of its number.
        kinds: its sections, in order.
    """

    kind: str
    suffix: str
    kinds: tuple[FollowUpKind, ...]

    def report_no(self, on: date) -> str:
        """Return the number of the day's report: ``RB-20261122`` or ``RB-20261122-7DC``."""
        return f"RB-{on:%Y%m%d}{self.suffix}"

    def tells_opinion(self, followup: FollowUp | None, settings: Settings) -> bool:
        """Whether an opinion stands in this report: with its call, any other with the sales."""
        is_repair = followup is not None and REPAIRS.includes(followup, settings)
        return (REPAIRS if is_repair else SALES) in self.kinds


_BOTH = (Scope("综合", "", (SALES, REPAIRS)),)
_EACH = (Scope("7DC", "-7DC", (SALES,)), Scope("3DC", "-3DC", (REPAIRS,)))


def scopes_of(settings: Settings) -> Sequence[Scope]:
    """Return the dailies such a store makes each day."""
    return _EACH if settings.profile == _CARS else _BOTH


def version_id(report_no: str, version: int) -> str:
    """Return the id of a version in 日报登记: ``RB-20261122``, ``RB-20261122-V2``."""
    return report_no if version == 1 else f"{report_no}-V{version}"


def report_no_of(record_id: str) -> str:
    """Return the report's number, whichever version the id is of."""
    return _VERSION.sub("", record_id)
