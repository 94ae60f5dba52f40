"""Which customer a row is about: known, met earlier in the list, or new.

One phone with one name is one customer. One phone with another name is most likely family: a new
customer and a hint. So is one name at one address with another phone (domain.md §4.2.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from storedesk.domain.values import Value, half_width
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.filling import complete
from storedesk.operations.importing.known import Entry, Known
from storedesk.operations.importing.plan import DuplicateHint

_TITLES = re.compile(r"(?:先生|女士|小姐|太太|阿姨|大姐|大哥|师傅|老师|总|经理|老板)$")
_BESIDE = re.compile(r"[(（\[【].*?[)）\]】]|\s+")
_DOUBLE_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
)


@dataclass(frozen=True, slots=True)
class Person:
    """The customer of a row.

    Attributes:
        entry: the customer; None if the row tells too little to know or begin one.
        new: whether the row begins it.
        changed: whether the row adds something to one that was there.
        hint: the customer it may double.
    """

    entry: Entry | None
    new: bool = False
    changed: bool = False
    hint: DuplicateHint | None = None


def same_person(one: str, other: str) -> bool:
    """Whether two names may be of one person: 王建国 and 王先生, 张　伟 and 张伟（车主）."""
    mine, theirs = _bare(one), _bare(other)
    if mine == theirs:
        return True
    return (_is_title(mine) or _is_title(theirs)) and _surname(mine) == _surname(theirs)


def find_or_begin(known: Known, draft: Draft) -> Person:
    """Return the customer of a row, beginning one if name and phone are told and neither is known.

    What is empty in a known customer is filled; what differs is kept and goes to the row's remark
    if the customer began with this list.
    """
    entry = find(known, draft)
    told = {key: value for key, value in draft.of("customers").items() if key != "id"}
    if entry is None:
        if not (draft.name and draft.phones):
            return Person(None)
        alike = _resembles(known, draft)
        entry = known.begin("customers", {"name": draft.name, **_phones(draft), **told})
        return Person(entry, new=True, hint=_hint(draft, entry, alike) if alike else None)
    before = len(entry.changes)
    _take_phones(known, entry, draft)
    complete(known, entry, told, draft)
    return Person(entry, changed=len(entry.changes) > before)


def find(known: Known, draft: Draft) -> Entry | None:
    """Return the customer a row is about, if the store or an earlier row knows him."""
    return _identified(known, draft) or _by_phone(known, draft) or _by_name(known, draft)


def ids_told(draft: Draft) -> list[str]:
    """Return the ids of customers that a row names (lists that the program made itself)."""
    found = [draft.of("customers").get("id")]
    found += [values.get("customer") for values in draft.values.values()]
    return [one for one in found if isinstance(one, str)]


def _identified(known: Known, draft: Draft) -> Entry | None:
    found = (known.by_id("customers", ref) for ref in ids_told(draft))
    return next((entry for entry in found if entry), None)


def _by_phone(known: Known, draft: Draft) -> Entry | None:
    candidates = _sharing_phone(known, draft)
    if not draft.name:
        return candidates[0] if len(candidates) == 1 else None
    exact = [one for one in candidates if _bare(one.text("name")) == _bare(draft.name)]
    alike = exact or [one for one in candidates if same_person(one.text("name"), draft.name)]
    return alike[0] if alike else None


def _by_name(known: Known, draft: Draft) -> Entry | None:
    """Return the only customer of this name, if the row tells no phone."""
    if draft.phones or not draft.name:
        return None
    found = known.holding("customers", "name", draft.name)
    return found[0] if len(found) == 1 else None


def _sharing_phone(known: Known, draft: Draft) -> list[Entry]:
    found = [
        entry
        for phone in draft.phones
        for key in ("phone", "alt_phone")
        for entry in known.holding("customers", key, phone)
    ]
    return list(dict.fromkeys(found))


def _resembles(known: Known, draft: Draft) -> tuple[Entry, str] | None:
    """Return a customer whom a new one may double, and why."""
    sharing = _sharing_phone(known, draft)
    if sharing:
        return sharing[0], f"电话相同，姓名不同：{sharing[0].text('name')}、{draft.name}"
    address = draft.of("customers").get("address")
    if not isinstance(address, str):
        return None
    for entry in known.holding("customers", "name", draft.name):
        if entry.text("address") and _bare(entry.text("address")) == _bare(address):
            return entry, f"姓名、地址相同，电话不同：{draft.name}"
    return None


def _hint(draft: Draft, entry: Entry, alike: tuple[Entry, str]) -> DuplicateHint:
    other, what = alike
    return DuplicateHint(draft.sheet, draft.row, entry.ref, other.ref, what)


def _phones(draft: Draft) -> dict[str, Value]:
    return dict(zip(("phone", "alt_phone"), draft.phones, strict=False))


def _take_phones(known: Known, entry: Entry, draft: Draft) -> None:
    """Keep a further phone of a known customer: as the second one, else in the remark."""
    for phone in draft.phones:
        if phone in (entry.text("phone"), entry.text("alt_phone")):
            continue
        free = next((key for key in ("phone", "alt_phone") if not entry.text(key)), "")
        if free:
            known.set(entry, free, phone)
        else:
            draft.notes.append(f"电话：{phone}")


def _bare(name: str) -> str:
    return _BESIDE.sub("", half_width(name)).casefold()


def _is_title(name: str) -> bool:
    """Whether a name is only a surname with a title."""
    return len(_TITLES.sub("", name)) <= (2 if name.startswith(_DOUBLE_SURNAMES) else 1) and bool(
        _TITLES.search(name)
    )


def _surname(name: str) -> str:
    return name[:2] if name.startswith(_DOUBLE_SURNAMES) else name[:1]
