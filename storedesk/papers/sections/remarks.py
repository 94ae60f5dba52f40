"""The smaller sections: corrections, empty days, settings unlike head office's (shop.md §2, §6)."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from storedesk.domain.daily import DailyPaper, EmptyDays
from storedesk.papers.sections.block import Block
from storedesk.papers.style import GAP, NOTE, Pen
from storedesk.papers.tables import table
from storedesk.papers.template import DailyTemplate


def draw_corrections(paper: DailyPaper, _template: DailyTemplate, pen: Pen) -> list[Block]:
    """Draw old and new values, of this report's predecessor or of reports signed before."""
    if not (paper.corrections or paper.correction_reason):
        return []
    content: list[Flowable] = []
    if paper.correction_reason:
        content += [pen.text(f"更正原因：{paper.correction_reason}"), Spacer(0, GAP / 2)]
    if paper.corrections:
        rows = [(c.report_no, c.where, c.was, c.now, c.reason) for c in paper.corrections]
        heads = ("原日报", "位置", "原为", "现为", "原因")
        widths = (34 * mm, 44 * mm, 54 * mm, 54 * mm, 0.0)
        content.append(table(pen, heads, widths, rows))
    return [Block("更正" if paper.version > 1 else "签后更正", content)]


def draw_empty_days(paper: DailyPaper, _template: DailyTemplate, pen: Pen) -> list[Block]:
    """Draw the days before this one that had nothing to report, signed together with it."""
    if not paper.empty_days:
        return []
    lines = "；".join(f"{_span(days)} {days.reason}" for days in paper.empty_days)
    return [Block("无应访日", [pen.text(f"{lines}。")])]


def draw_differences(paper: DailyPaper, _template: DailyTemplate, pen: Pen) -> list[Block]:
    """Draw where this store's settings differ, so that its figures are read accordingly."""
    if not paper.differences:
        return []
    rules = f"规则版本 {paper.rules_version}。" if paper.rules_version else ""
    lines = "；".join(f"{d.setting}：标准 {d.standard}，本店 {d.ours}" for d in paper.differences)
    return [Block("与总部标准不同的设置", [pen.text(f"{rules}{lines}。", NOTE)])]


def _span(days: EmptyDays) -> str:
    if days.first_on == days.last_on:
        return f"{days.first_on:%m-%d}"
    return f"{days.first_on:%m-%d}～{days.last_on:%m-%d}"
