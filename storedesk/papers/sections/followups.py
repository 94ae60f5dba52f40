"""Summary line and detail table of each kind of follow-up (domain.md §10.1.2–3, shop.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from storedesk.domain.daily import DailyCounts, DailyPaper, DailyRow, DailySection
from storedesk.papers.fonts import BOLD, REGULAR
from storedesk.papers.sections.block import Block, day, deadline, moment
from storedesk.papers.style import (
    FIGURE,
    GAP,
    HAIR,
    INK,
    LINE,
    NOTE,
    PAD,
    SOFT,
    STRONG,
    TEXT,
    WIDTH,
    Pen,
)
from storedesk.papers.tables import table
from storedesk.papers.template import DailyTemplate

_NOTHING_DUE = "当日无应访客户。"


def draw_followups(paper: DailyPaper, template: DailyTemplate, pen: Pen) -> list[Block]:
    """Draw every kind of follow-up the paper holds, in its order."""
    return [
        Block(f"{section.label}（{section.trade_name}）", _content(section, paper, template, pen))
        for section in paper.sections
    ]


def _content(
    section: DailySection, paper: DailyPaper, template: DailyTemplate, pen: Pen
) -> list[Flowable]:
    content: list[Flowable] = [_figures(section.counts)]
    if section.counts.failed_by:
        causes = " · ".join(f"{result} {count}" for result, count in section.counts.failed_by)
        content += [
            Spacer(0, PAD),
            pen.text(f"失败 {section.counts.failed_count} 件：{causes}", NOTE),
        ]
    content.append(Spacer(0, GAP))
    if not section.rows:
        return [*content, pen.text(_NOTHING_DUE)]
    heads = [column.title or section.event_label for column in template.columns]
    widths = [column.width * mm for column in template.columns]
    cells = [_CELLS[column.key] for column in template.columns]
    rows = [[cell(row, paper.reported_on) for cell in cells] for row in section.rows]
    return [*content, table(pen, heads, widths, rows)]


def _figures(counts: DailyCounts) -> Table:
    """Return the summary line: small labels over large figures."""
    figures = (
        ("应访", str(counts.due_count)),
        ("实访", str(counts.attempted_count)),
        ("成功", str(counts.success_count)),
        ("失败", str(counts.failed_count)),
        ("改约", str(counts.rescheduled_count)),
        ("未访", str(counts.untried_count)),
        ("逾期", str(counts.overdue_count)),
        ("抱怨", str(counts.complained_count)),
        ("回访率", _share(counts.attempted_rate)),
        ("成功率", _share(counts.success_rate)),
        ("满意率", _share(counts.satisfied_rate)),
    )
    labels, values = zip(*figures, strict=True)
    narrow, wide = 0.8, 1.2  # counts and shares
    widths = [narrow] * 8 + [wide] * 3
    strip = Table([labels, values], colWidths=[WIDTH * part / sum(widths) for part in widths])
    strip.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), REGULAR, TEXT, TEXT + 2),
                ("FONT", (0, 1), (-1, 1), BOLD, FIGURE, FIGURE + 3),
                ("TEXTCOLOR", (0, 0), (-1, 0), SOFT),
                ("TEXTCOLOR", (0, 1), (-1, 1), INK),
                ("LINEABOVE", (0, 0), (-1, 0), STRONG, INK),
                ("LINEBELOW", (0, 1), (-1, 1), HAIR, LINE),
                ("LINEAFTER", (0, 0), (-2, -1), HAIR, LINE),
                ("ALIGN", (0, 0), (-1, -1), "CENTER"),
                ("TOPPADDING", (0, 0), (-1, 0), 5),
                ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
                ("TOPPADDING", (0, 1), (-1, 1), 1),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 7),
            ]
        )
    )
    return strip


def _share(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.1%}"


def _handling(row: DailyRow, today: date) -> str:
    """Return what was done, then who answers until when."""
    due = deadline(row.answer_due_at, today)
    who = " ".join(part for part in (row.department, due and f"限 {due}") if part)
    return "\n".join(part for part in (row.handling, who) if part)


_CELLS: Mapping[str, Callable[[DailyRow, date], str]] = {
    "sequence": lambda row, _: str(row.sequence),
    "customer": lambda row, _: row.customer,
    "phone": lambda row, _: row.phone,
    "product": lambda row, _: row.product,
    "event_on": lambda row, today: day(row.event_on, today),
    "called_at": lambda row, today: moment(row.called_at, today),
    "result": lambda row, _: row.result,
    "satisfaction": lambda row, _: row.satisfaction,
    "opinion": lambda row, _: row.opinion,
    "handling": _handling,
}
