"""A block of paper: a title, which the report numbers, and what stands under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reportlab.platypus import Flowable

from storedesk.domain.daily import DailyPaper
from storedesk.papers.style import Pen
from storedesk.papers.template import DailyTemplate


@dataclass(frozen=True)
class Block:
    """One titled part of a report."""

    title: str
    content: Sequence[Flowable]


Draw = Callable[[DailyPaper, DailyTemplate, Pen], list[Block]]
"""Draws a section; no block if there is nothing to say."""


def day(value: date | None, near: date) -> str:
    """Return a day as ``11-15``, with its year on a line of its own if it is another than ours."""
    if value is None:
        return ""
    return f"{value:%m-%d}" if value.year == near.year else f"{value:%Y}\n{value:%m-%d}"


def moment(value: datetime | None, near: date) -> str:
    """Return a moment as ``10:24``, with its day before it if that is not ``near``."""
    if value is None:
        return ""
    return f"{value:%H:%M}" if value.date() == near else f"{day(value.date(), near)} {value:%H:%M}"


def deadline(value: datetime | None, near: date) -> str:
    """Return a deadline, always with its day: ``11-24 18:00``."""
    return "" if value is None else f"{day(value.date(), near)} {value:%H:%M}".replace("\n", "-")
