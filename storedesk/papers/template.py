"""How a report looks: titles, sections and columns as read from ``templates/reports/*.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from storedesk.domain.paper_errors import TemplateUnusable

SECTION_KEYS = (
    "followups",
    "issues",
    "instructions",
    "corrections",
    "empty_days",
    "differences",
    "signing",
)
"""Every section a daily can have; ``sections.SECTIONS`` draws them."""

COLUMN_KEYS = (
    "sequence",
    "customer",
    "phone",
    "product",
    "event_on",
    "called_at",
    "result",
    "satisfaction",
    "opinion",
    "handling",
)
"""Every column of the detail table; ``sections.detail`` says what stands in each."""

_KEYS = frozenset({"title", "only", "logo", "sections", "column"})


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """One column of the detail table; ``width`` in millimetres, 0 for all that is left."""

    key: str
    title: str
    width: float


@dataclass(frozen=True, slots=True)
class DailyTemplate:
    """The layout of a daily report.

    Attributes:
        title: of a report with several kinds of follow-up.
        only: of a report with one kind; ``{}`` stands for its trade name.
        logo: file name of a picture beside the template; empty for none.
        sections: keys in printing order, ``signing`` last.
        columns: of the detail table, from left to right.
        source: file name, for messages.
    """

    title: str
    only: str
    logo: str
    sections: tuple[str, ...]
    columns: tuple[ColumnLook, ...]
    source: str = "daily.toml"

    def title_of(self, trade_names: Sequence[str]) -> str:
        """Return a report's title: one kind of follow-up is named, several are not."""
        return self.only.replace("{}", trade_names[0]) if len(trade_names) == 1 else self.title

    @classmethod
    def from_table(cls, table: Mapping[str, object], source: str = "daily.toml") -> DailyTemplate:
        """Build a template from a parsed TOML table.

        Raises:
            TemplateUnusable: an unknown key, section or column, or a missing one.
        """
        unknown = sorted(set(table) - _KEYS)
        if unknown:
            raise TemplateUnusable(source, f"里有不认识的项目「{unknown[0]}」")
        template = cls(
            title=_text(table, "title", source),
            only=_text(table, "only", source),
            logo=_text(table, "logo", source, optional=True),
            sections=_sections(table.get("sections"), source),
            columns=tuple(_columns(table.get("column"), source)),
            source=source,
        )
        if sum(not column.width for column in template.columns) != 1:
            raise TemplateUnusable(source, "的明细表须恰好有一列的 width 是 0")
        return template


def _text(table: Mapping[str, object], key: str, source: str, *, optional: bool = False) -> str:
    found = table.get(key, "" if optional else None)
    if not isinstance(found, str) or not (found or optional):
        raise TemplateUnusable(source, f"缺少「{key}」，或它不是文字")
    return found


def _sections(found: object, source: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(key in SECTION_KEYS for key in found):
        raise TemplateUnusable(source, f"的 sections 只能由 {'、'.join(SECTION_KEYS)} 组成")
    if len(set(found)) != len(found) or found[-1:] != ["signing"]:
        raise TemplateUnusable(source, "的 sections 里每部分只写一次，而且 signing 在最后")
    return tuple(found)


def _columns(found: object, source: str) -> Iterator[ColumnLook]:
    if not isinstance(found, list) or not found:
        raise TemplateUnusable(source, "里没有明细表的列（[[column]]）")
    seen: set[str] = set()
    for block in found:
        if not isinstance(block, dict) or set(block) != {"key", "title", "width"}:
            raise TemplateUnusable(source, "里每一列都要写 key、title、width 三项")
        key, title, width = block["key"], block["title"], block["width"]
        if key not in COLUMN_KEYS or key in seen:
            raise TemplateUnusable(source, f"里的列「{key}」不认识，或写了两次")
        if not isinstance(title, str) or not isinstance(width, int | float) or width < 0:
            raise TemplateUnusable(source, f"里的列「{key}」的 title 或 width 填得不对")
        seen.add(key)
        yield ColumnLook(key, title, width)
