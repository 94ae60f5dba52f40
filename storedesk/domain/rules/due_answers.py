"""Answers that are owed: complaints, promises, opinions, calls back (R08, R12, R13, R26)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from storedesk.domain.ledgers import complaints as cases
from storedesk.domain.ledgers.complaints import Complaint
from storedesk.domain.ledgers.inbound import Inbound
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.rules.due_item import DAY, AsOf, DueItem, Urgency, day_text, moment_text


def complaints_due(complaints: Sequence[Complaint], as_of: AsOf) -> Iterator[DueItem]:
    """Yield open complaints by the limit that comes first, and promises not kept."""
    for case in complaints:
        if case.is_open:
            yield _case(case, as_of)
        if case.owes_promise and case.promise_due is not None and as_of.is_on("R26"):
            yield _promise(case, case.promise_due, as_of)


def _case(case: Complaint, as_of: AsOf) -> DueItem:
    due_at, what, owner = _next_clock(case, as_of)
    paused = case.status == cases.PAUSED
    received = f"{day_text(case.received_at)} 受理" if case.received_at else "已受理"
    level = f"（{case.level}）" if case.level else ""
    state = "，暂停中" if paused else as_of.late(due_at)
    return DueItem(
        kind=f"客诉{what}",
        ledger="complaints",
        record=case.id,
        customer=case.customer,
        customer_name=case.customer_name,
        phone=case.phone,
        what=case.verbatim,
        from_on=case.received_at.date() if case.received_at else as_of.today,
        due_at=due_at,
        rings_at=None if paused else due_at,
        owner=owner,
        reason=f"{received}{level}，{moment_text(due_at)} 前{what}{state}",
        urgency=Urgency.COMPLAINT,
        overdue=as_of.now > due_at and not paused,
        suspended=paused,
    )


def _next_clock(case: Complaint, as_of: AsOf) -> tuple[datetime, str, str]:
    """Return the limit that comes first: when, what and who."""
    owner = case.owner or case.first_receiver
    answer_due = case.answer_due or as_of.limit(
        case.received_at, "R08", as_of.settings.answer_basis
    )
    clocks = (
        (case.response_due, case.responded_at, "首次响应", owner),
        (case.plan_due, case.plan_at, "提交方案", owner),
        (case.visit_due, case.visited_at, "上门", owner),
        (answer_due, case.answered_at, "答复客户", owner),
        (case.next_at, None, case.next_action or "跟进", case.next_owner or owner),
        (case.close_due, case.closed_at, "结案", owner),
    )
    running = [(due, what, who) for due, done, what, who in clocks if due and not done]
    return min(running, default=(as_of.end_of_today(), "跟进", owner))


def _promise(case: Complaint, due_at: datetime, as_of: AsOf) -> DueItem:
    promised = f"「{case.promise}」" if case.promise else "的事"
    return DueItem(
        kind="承诺到期",
        ledger="complaints",
        record=case.id,
        customer=case.customer,
        customer_name=case.customer_name,
        phone=case.phone,
        what=case.promise or case.verbatim,
        from_on=due_at.date() - DAY,
        due_at=due_at,
        rings_at=due_at,
        owner=case.owner or case.first_receiver,
        reason=f"答应客户{promised}，{moment_text(due_at)} 前兑现{as_of.late(due_at)}",
        urgency=Urgency.COMPLAINT,
        overdue=as_of.now > due_at,
    )


def issues_due(issues: Sequence[Issue], as_of: AsOf) -> Iterator[DueItem]:
    """Yield opinions the customer has had no answer to."""
    for issue in issues:
        if issue.awaits_answer and as_of.is_on("R12"):
            yield _issue(issue, as_of)


def _issue(issue: Issue, as_of: AsOf) -> DueItem:
    settings = as_of.settings
    judged = issue.answer_due or as_of.limit(issue.raised_at, "R12", settings.answer_basis)
    due_at = judged or as_of.end_of_today()
    inner = issue.remind_due or as_of.limit(issue.raised_at, "R12", settings.remind_basis)
    remind_at = inner or due_at
    raised = f"{day_text(issue.raised_at)} 提的" if issue.raised_at else ""
    by = f"要在 {moment_text(due_at)} 前"
    if remind_at < due_at:
        by = f"内部 {moment_text(remind_at)} 前，考核到 {moment_text(due_at)}"
    return DueItem(
        kind="意见答复",
        ledger="issues",
        record=issue.id,
        customer=issue.customer,
        customer_name=issue.customer_name,
        phone=issue.phone,
        what=issue.content,
        from_on=issue.raised_at.date() if issue.raised_at else as_of.today,
        due_at=due_at,
        rings_at=remind_at if remind_at > as_of.now else due_at,
        owner=issue.owner,
        reason=f"{raised}意见还没答复客户，{by}{as_of.late(due_at)}",
        overdue=as_of.now > due_at,
    )


def inbound_due(inbound: Sequence[Inbound], as_of: AsOf) -> Iterator[DueItem]:
    """Yield calls that were promised to be answered by a call, and other next steps."""
    for call in inbound:
        if call.is_open and (not call.awaits_callback or as_of.is_on("R13")):
            yield _inbound(call, as_of)


def _inbound(call: Inbound, as_of: AsOf) -> DueItem:
    promised = call.called_at + DAY if call.called_at else None
    due_at = (promised if call.awaits_callback else call.next_at) or as_of.end_of_today()
    called = f"{moment_text(call.called_at)} 来电，" if call.called_at else ""
    what = "回电" if call.awaits_callback else (call.next_action or "跟进")
    return DueItem(
        kind="需回电" if call.awaits_callback else "来电待办",
        ledger="inbound",
        record=call.id,
        customer=call.customer,
        customer_name=call.customer_name,
        phone=call.phone,
        what=call.content,
        from_on=call.called_at.date() if call.called_at else as_of.today,
        due_at=due_at,
        rings_at=due_at,
        owner=call.next_owner or call.message_for or call.receiver,
        reason=f"{called}{moment_text(due_at)} 前{what}{as_of.late(due_at)}",
        overdue=as_of.now > due_at,
    )
