"""Questionnaires: what is asked in a follow-up call (domain.md §7, lighter by shop.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Answer(Enum):
    """What an item accepts."""

    SCORE = "score"
    """1–5, 0 = 不表态."""
    RECOMMEND = "recommend"
    """0–10."""
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        number: such as ``B4``; unique within the questionnaire.
        title: what is asked.
        answer: see ``Answer``.
        options: for ``CHOICE``, the first being the untroubled one.
        trouble: options that mean something is wrong (reason asked, rescue started).
        weight: percent in the CSI; 0 = not counted.
        column: key of the follow-up column the answer also fills; empty if none.
    """

    number: str
    title: str
    answer: Answer
    options: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    weight: float = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire in one version; ``short`` names its 快速版 items."""

    id: str
    title: str
    version: str
    items: tuple[Item, ...]
    short: tuple[str, ...] = ()
    opening: str = ""
    closing: str = ""

    def item(self, number: str) -> Item | None:
        """Return the item of this number (any case), or None."""
        return next((i for i in self.items if i.number.casefold() == number.casefold()), None)


Questionnaires = Mapping[str, Questionnaire]
