"""Questionnaires: what is asked in a follow-up call (domain.md §7, lighter by shop.md §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from storedesk.domain.plain_tables import BadForm, Table, number, only, tables, text, texts


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


_ITEM_KEYS = frozenset({"number", "title", "answer", "options", "trouble", "weight", "column"})
_KEYS = frozenset({"id", "title", "version", "short", "opening", "closing", "item"})


def questionnaire_from_table(table: Table, source: str) -> Questionnaire:
    """Build a questionnaire from a parsed TOML table.

    Args:
        table: top-level keys of the file; ``item`` is a list of blocks in the order of asking.
        source: file name, for messages.

    Raises:
        BadForm: an unknown key, a missing one, a number used twice, or options that do not fit.
    """
    only(table, _KEYS, source)
    items = tuple(_item(entry, source) for entry in tables(table.get("item", ()), source))
    numbers = [item.number.casefold() for item in items]
    if not items or len(set(numbers)) != len(numbers):
        raise BadForm(f"{source}: no item, or two with one number")
    short = texts(table, "short", source)
    unknown = {wanted for wanted in short if wanted.casefold() not in numbers}
    if unknown:
        raise BadForm(f"{source}: short names no such item: {', '.join(sorted(unknown))}")
    return Questionnaire(
        id=text(table, "id", source),
        title=text(table, "title", source),
        version=text(table, "version", source),
        items=items,
        short=short,
        opening=str(table.get("opening", "")),
        closing=str(table.get("closing", "")),
    )


def _item(entry: Table, source: str) -> Item:
    label = text(entry, "number", f"{source} [[item]]")
    source = f"{source} {label}"
    only(entry, _ITEM_KEYS, source)
    try:
        answer = Answer(text(entry, "answer", source))
    except ValueError as error:
        raise BadForm(f"{source}: {error}") from None
    options = texts(entry, "options", source)
    trouble = texts(entry, "trouble", source)
    if (answer is Answer.CHOICE) != bool(options) or not set(trouble) <= set(options):
        raise BadForm(f"{source}: options belong to a choice, and trouble is among them")
    return Item(
        number=label,
        title=text(entry, "title", source),
        answer=answer,
        options=options,
        trouble=trouble,
        weight=number(entry, "weight") or 0,
        column=str(entry.get("column", "")),
    )
