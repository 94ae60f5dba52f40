"""The sections of a daily report: each turns plain facts into blocks of paper.

The registry is written out; ``template.SECTION_KEYS`` lists the same keys for checking templates.
Loads reportlab.
"""

from __future__ import annotations

from collections.abc import Mapping

from storedesk.papers.sections.block import Draw
from storedesk.papers.sections.followups import draw_followups
from storedesk.papers.sections.instructions import draw_instructions
from storedesk.papers.sections.issues import draw_issues
from storedesk.papers.sections.remarks import (
    draw_corrections,
    draw_differences,
    draw_empty_days,
)

SECTIONS: Mapping[str, Draw] = {
    "followups": draw_followups,
    "issues": draw_issues,
    "instructions": draw_instructions,
    "corrections": draw_corrections,
    "empty_days": draw_empty_days,
    "differences": draw_differences,
}
"""Every section but ``signing``, which is always last and leaves room for the signatures."""
