"""What a foreign column may be used for: targets in the ledgers, and how it was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from storedesk.domain.forms import Forms
from storedesk.domain.values import Value
from storedesk.operations.importing.layout import Heading
from storedesk.operations.importing.tables import letters

IGNORE, REMARK = "忽略", "备注"
"""What a mapping file may say instead of a column."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "customers": ("customers", "purchases", "vehicles"),
    "purchases": ("purchases", "customers", "vehicles"),
    "vehicles": ("vehicles", "customers", "purchases"),
    "followups": ("followups", "call_attempts", "customers"),
    "parts": ("parts", "stock_moves"),
}
"""Ledgers a list of this kind may fill; other ledgers about customers fill 客户档案 as well."""


@dataclass(frozen=True, slots=True)
class Target:
    """A column of a ledger."""

    ledger: str
    key: str


class How(Enum):
    """How a foreign column was understood; the value is what people read."""

    GIVEN = "按对照表"
    LABEL = "表头相同"
    ALSO = "表头的另一种叫法"
    WORD = "表头相近"
    VALUES = "看内容"
    TICK = "打勾的列"
    ROW_NUMBER = "序号，不导入"
    IGNORED = "按对照表不导入"
    EMPTY = "没有内容"
    REMARK = "没认出，已放进备注"


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """What became of one foreign column.

    Attributes:
        heading: what stands above it.
        how: how it was understood.
        targets: where its values go; none if it is not imported or goes to the remark.
        ticked: for a column of ticks, the value that a tick means.
    """

    heading: Heading
    how: How
    targets: tuple[Target, ...] = ()
    ticked: Value = None

    @property
    def name(self) -> str:
        """The heading as people know it; the column's letter where there is none."""
        return self.heading.text or f"{letters(self.heading.position)} 列"


@dataclass(frozen=True)
class ColumnMap:
    """What became of every column of a table, left to right."""

    uses: tuple[ColumnUse, ...]

    @property
    def unrecognised(self) -> tuple[ColumnUse, ...]:
        """Columns that went to the remark because nobody knows what they are."""
        return tuple(use for use in self.uses if use.how is How.REMARK)

    def feeds(self, ledger: str, key: str) -> bool:
        """Whether any column fills this one."""
        return any(Target(ledger, key) in use.targets for use in self.uses)


def family(forms: Forms, ledger: str) -> tuple[str, ...]:
    """Return the ledgers that a list of this ledger may fill, the chosen one first."""
    if ledger in FAMILIES:
        return tuple(one for one in FAMILIES[ledger] if one in forms)
    column = forms[ledger].by_key.get("customer")
    return (ledger, "customers") if column and column.links == "customers" else (ledger,)
