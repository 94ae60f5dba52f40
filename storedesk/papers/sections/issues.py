"""Opinions and wishes owed an answer within two working days (domain.md §10.1.4, S0-09)."""

from __future__ import annotations

from datetime import date

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from storedesk.domain.daily import Balance, DailyIssue, DailyPaper
from storedesk.papers.sections.block import Block, day, deadline
from storedesk.papers.style import GAP, Pen
from storedesk.papers.tables import table
from storedesk.papers.template import DailyTemplate

_HEADS = ("编号", "提出", "客户", "意见或建议", "部门 / 责任人", "答复期限", "答复内容", "状态")
_WIDTHS = (34 * mm, 14 * mm, 19 * mm, 0.0, 26 * mm, 30 * mm, 56 * mm, 18 * mm)


def draw_issues(paper: DailyPaper, _template: DailyTemplate, pen: Pen) -> list[Block]:
    """Draw today's issues and, marked, those from days before that still wait."""
    if not paper.issues and paper.balance is None:
        return []
    content: list[Flowable] = []
    if paper.balance is not None:
        content += [pen.text(_balance(paper.balance)), Spacer(0, GAP / 2)]
    if paper.issues:
        rows = [_row(issue, paper.reported_on) for issue in paper.issues]
        content.append(table(pen, _HEADS, _WIDTHS, rows))
    return [Block("意见建议与答复（2 个工作日）", content)]


def _balance(balance: Balance) -> str:
    return (
        f"前期遗留 {balance.carried_count} ＋ 新增 {balance.raised_count}"
        f" － 完成 {balance.finished_count} ＝ 结余 {balance.left_count}"
    )


def _row(issue: DailyIssue, today: date) -> tuple[str, ...]:
    status = f"{issue.status}\n超期" if issue.overdue else issue.status
    return (
        issue.number,
        f"{day(issue.raised_on, today)}\n前期" if issue.earlier else day(issue.raised_on, today),
        issue.customer,
        issue.content,
        "\n".join(part for part in (issue.department, issue.owner) if part),
        _due(issue, today),
        issue.answer,
        status,
    )


def _due(issue: DailyIssue, today: date) -> str:
    judged = deadline(issue.answer_due_at, today)
    reminded = deadline(issue.remind_due_at, today)
    if not reminded or reminded == judged:
        return judged
    return f"考核 {judged}\n内部 {reminded}"
