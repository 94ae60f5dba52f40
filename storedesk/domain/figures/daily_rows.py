"""One follow-up as a line of the daily: what is printed and what is attached (domain.md §10.1.3).

The internal daily shows names; phones, and numbers within texts, are masked (§13.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storedesk.domain.daily import DailyRow
from storedesk.domain.figures.call_state import CallState
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.masking import mask_phone, mask_text
from storedesk.domain.rules import results

UNTRIED = "未访"
OVERDUE = "逾期未访"
_SATISFACTION = {5: "非常满意", 4: "满意", 3: "一般", 2: "不满意", 1: "很不满意", 0: "不表态"}


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """What a report holds of one follow-up for machines: attached as JSON and xlsx.

    Attributes:
        sequence: number of the line on paper.
        result: as the code table names it, or 未访 or 逾期未访.
        department: who answers the opinion.
        own_customer: the caller sold or repaired this himself.
        scores: answers by item number; texts masked.
    """

    id: str
    sequence: int
    customer: str
    phone: str
    product: str
    event_on: date | None
    due_on: date | None
    caller: str
    called_at: datetime | None
    attempt_count: int
    result: str
    overall: float | None
    recommend: float | None
    solved: bool | None
    complained: bool
    opinion: str
    handling: str
    department: str
    answer_due_at: datetime | None
    own_customer: bool
    scores: Mapping[str, str]


def frozen_row(
    sequence: int, call: CallState, issues: Sequence[Issue], scores: Mapping[str, str]
) -> FrozenRow:
    """Return what a report holds of a follow-up.

    Args:
        sequence: its number in the section.
        call: as it stood on the day.
        issues: opinions the customer gave in it.
        scores: answers by item number, as recorded.
    """
    followup, reached = call.followup, call.is_success
    own = followup.caller in (followup.sales_owner, followup.worker) and bool(followup.caller)
    return FrozenRow(
        id=followup.id,
        sequence=sequence,
        customer=followup.customer_name,
        phone=mask_phone(followup.phone),
        product=mask_text(followup.product),
        event_on=followup.trigger_on,
        due_on=followup.due_on,
        caller=followup.caller,
        called_at=call.called_at,
        attempt_count=len(call.attempts),
        result=_result(call),
        overall=followup.overall if reached else None,
        recommend=followup.recommend if reached else None,
        solved=followup.solved if reached else None,
        complained=call.is_complaint,
        opinion=mask_text(followup.opinion) if reached else "",
        handling="；".join(filter(None, map(_handling, issues))),
        department="、".join(dict.fromkeys(filter(None, map(_answerable, issues)))),
        answer_due_at=min((one.answer_due for one in issues if one.answer_due), default=None),
        own_customer=own and call.is_attempted,
        scores={item: mask_text(value) for item, value in scores.items()} if reached else {},
    )


def printed_row(row: FrozenRow, call: CallState) -> DailyRow:
    """Return the line on paper."""
    remarks = ("回访人是这一单的经手人",) if row.own_customer else ()
    return DailyRow(
        sequence=row.sequence,
        customer=row.customer,
        phone=row.phone,
        product=row.product,
        event_on=row.event_on,
        called_at=row.called_at,
        result=_printed_result(row, call),
        satisfaction=_satisfaction(row),
        opinion=row.opinion,
        handling="\n".join(part for part in (row.handling, *remarks) if part),
        department=row.department,
        answer_due_at=row.answer_due_at,
    )


def _result(call: CallState) -> str:
    if call.is_attempted:
        return call.result.name if call.result else "失败"
    return OVERDUE if call.is_overdue else UNTRIED


def _printed_result(row: FrozenRow, call: CallState) -> str:
    """Return the result with what comes next, as far as the day knew."""
    if call.is_success and call.result:
        return results.shown_with_channel(call.result, call.channel)
    if call.is_rescheduled and call.attempts and call.attempts[-1].appointed_at:
        return f"{row.result}\n{call.attempts[-1].appointed_at:%m-%d %H:%M}"
    return row.result if call.outcome or not call.is_attempted else f"{row.result}\n待重拨"


def _satisfaction(row: FrozenRow) -> str:
    told = [] if row.overall is None else [_SATISFACTION.get(int(row.overall), f"{row.overall:g}")]
    if row.solved is False:
        told.append("未解决")
    return "\n".join(told)


def _answerable(issue: Issue) -> str:
    """Return the department that answers, or the person where no department is named."""
    return issue.department or issue.owner


def _handling(issue: Issue) -> str:
    """Return what has been done about an opinion: the answer, else the action, else nothing."""
    if issue.complaint:
        return f"已转客诉 {issue.complaint}"
    if issue.answer:
        return f"已答复：{mask_text(issue.answer)}"
    return mask_text(issue.action)
