"""Where the window can go and what it can say: plain data between pages and window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

TODAY = "today"
NOTE = "note"
FIND = "find"
CALL = "call"
FORM = "form"
REPORTS = "reports"
CHECK = "check"
SETTINGS = "settings"
STORE_SETTINGS = "store_settings"


@dataclass(frozen=True, slots=True)
class Place:
    """A page and what it shall show.

    Attributes:
        page: key of a page, or of a group of ledgers.
        ledger: the ledger in sight, for pages that have several.
        record: id of the record to open.
        values: cells a new record begins with, by column key.
        words: what to search for at once.
    """

    page: str
    ledger: str = ""
    record: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for the toast.

    Attributes:
        tone: ``ok``, ``info``, ``warn`` or ``danger``.
        action: a word and what it does, or None.
    """

    text: str
    tone: str = "ok"
    action: tuple[str, Callable[[], object]] | None = None


@dataclass(frozen=True, slots=True)
class LedgerGroup:
    """One line of the side menu that shows ledgers."""

    key: str
    label: str
    icon: str
    ledgers: tuple[str, ...]


GROUPS = (
    LedgerGroup("customers", "客户", "users", ("customers", "purchases", "vehicles")),
    LedgerGroup("followups", "回访", "phone", ("followups", "call_attempts", "answers")),
    LedgerGroup(
        "complaints", "客诉", "message-square-warning", ("complaints", "complaint_actions")
    ),
    LedgerGroup("visits", "上门", "wrench", ("visits",)),
    LedgerGroup("parts", "配件", "package", ("parts", "stock_moves")),
    LedgerGroup("more", "更多", "ellipsis", ("inbound", "issues", "report_log")),
)
"""The menu's ledgers (shop.md §4); 门店设置 is reached through 设置."""

SETTINGS_LEDGERS = ("store_info", "staff", "followup_rules", "choices", "calendar")


_OWN_ICONS = {
    "purchases": "shopping-bag",
    "vehicles": "car",
    "inbound": "phone-incoming",
    "issues": "lightbulb",
    "report_log": "chart-column",
}
"""Of ledgers that are something else than their menu line says."""


def icon_of(ledger: str) -> str:
    """Return the icon of a ledger: its own, or that of the menu line that shows it."""
    if ledger in _OWN_ICONS:
        return _OWN_ICONS[ledger]
    return next((one.icon for one in GROUPS if ledger in one.ledgers), "settings")


def group_of(ledger: str) -> str:
    """Return the menu line that shows a ledger."""
    for group in GROUPS:
        if ledger in group.ledgers:
            return group.key
    return STORE_SETTINGS
