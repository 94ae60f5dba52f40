"""What became of earlier instructions (昨日批示落实, domain.md §10.1.5)."""

from __future__ import annotations

from reportlab.lib.units import mm

from storedesk.domain.daily import DailyPaper
from storedesk.papers.sections.block import Block, day
from storedesk.papers.style import Pen
from storedesk.papers.tables import table
from storedesk.papers.template import DailyTemplate

_HEADS = ("原日报", "批示", "责任人", "期限", "完成情况", "状态")
_WIDTHS = (34 * mm, 0.0, 22 * mm, 16 * mm, 80 * mm, 18 * mm)


def draw_instructions(paper: DailyPaper, _template: DailyTemplate, pen: Pen) -> list[Block]:
    """Draw the instructions still open, and those done since the last daily."""
    if not paper.instructions:
        return []
    rows = [
        (
            instruction.report_no,
            instruction.text,
            instruction.owner,
            day(instruction.due_on, paper.reported_on),
            instruction.progress,
            "已落实" if instruction.done else "未落实",
        )
        for instruction in paper.instructions
    ]
    return [Block("前期批示落实", [table(pen, _HEADS, _WIDTHS, rows)])]
