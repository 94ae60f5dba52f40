"""The daily follow-up report as plain facts: what is printed, before anybody draws it.

Layout of domain.md §10.1 as narrowed by shop.md §2–§3. Texts come in as they shall be read: masking
(§13.2), labels of the trade and the choice of rows are decided before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storedesk.domain.signatures import RoleLabels


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """The summary line of one kind of follow-up (应访 · 实访 · 成功 · 失败 …).

    Rates are shares between 0 and 1, None where there is nothing to divide by. ``failed_by`` breaks
    ``failed_count`` down by result, in the order it is printed.
    """

    due_count: int = 0
    attempted_count: int = 0
    success_count: int = 0
    failed_count: int = 0
    rescheduled_count: int = 0
    untried_count: int = 0
    overdue_count: int = 0
    complained_count: int = 0
    attempted_rate: float | None = None
    success_rate: float | None = None
    satisfied_rate: float | None = None
    failed_by: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DailyRow:
    """One follow-up in the detail table.

    Attributes:
        event_on: 送货日 (or 上门日, 入厂日: ``DailySection.event_label``).
        called_at: when the customer was reached or last tried.
        opinion: the customer's own words; may be long.
        handling: what was done about it; empty if nothing was owed.
        answer_due_at: when the answer is due, as judged.
    """

    sequence: int
    customer: str
    phone: str
    product: str
    event_on: date | None
    called_at: datetime | None
    result: str
    satisfaction: str = ""
    opinion: str = ""
    handling: str = ""
    department: str = ""
    answer_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DailySection:
    """One kind of follow-up on the day.

    Attributes:
        key: ``7DC`` or ``3DC``.
        label: as staff know it, such as 七天回访.
        trade_name: as head office knows it, such as 销售7DC.
        event_label: header of the event's day: 送货日, 上门日 or 入厂日.
    """

    key: str
    label: str
    trade_name: str
    event_label: str
    counts: DailyCounts
    rows: tuple[DailyRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DailyIssue:
    """An opinion or wish owed an answer (意见建议, two working days).

    ``answer_due_at`` is how it is judged (法定工作日), ``remind_due_at`` how the shop reminds
    itself (门店营业日); both are printed where they differ. ``earlier``: from a day before.
    """

    number: str
    raised_on: date
    customer: str
    content: str
    department: str
    owner: str
    answer_due_at: datetime | None
    remind_due_at: datetime | None
    answer: str
    status: str
    earlier: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """前期遗留 + 新增 − 完成 = 结余: from daily to daily it must add up (shop.md §6.4)."""

    carried_count: int
    raised_count: int
    finished_count: int

    @property
    def left_count(self) -> int:
        """What is still open at the end of the day."""
        return self.carried_count + self.raised_count - self.finished_count


@dataclass(frozen=True, slots=True)
class FollowedInstruction:
    """An earlier 批示 and what became of it; it returns in each daily until it is done."""

    report_no: str
    text: str
    owner: str
    due_on: date | None
    progress: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class EmptyDays:
    """Days before this one that need no daily of their own (无应访客户, or the shop was closed)."""

    first_on: date
    last_on: date
    reason: str = "无应访客户"


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting of this store that differs from head office's standard."""

    setting: str
    standard: str
    ours: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure or cell that reads otherwise than in a report signed before.

    Printed by an amendment (更正版 V2) for its own predecessor, and by the next daily for edits
    that change no printed figure (签后更正).
    """

    report_no: str
    where: str
    was: str
    now: str
    reason: str


@dataclass(frozen=True, slots=True)
class DailyPaper:
    """Everything a daily report prints.

    Attributes:
        version: 1, or more for an amendment; then ``correction_reason`` says why.
        timeliness: such as 按时 or 补报, printed beside the number; may be empty.
        prepared_by: name of the person who made it.
        rules_version: version of the rules the figures follow; may be empty.
        previous_no, previous_fingerprint: the daily before this one and the SHA-256 (hex) of its
            rows; both empty for the first.
        history_head: head of the history chain when the rows were frozen (hex); may be empty.
        generated_at: when the report was made; naive local time.
        data_until: the last moment whose entries are in it.
        masked: customers' phones (and names) are masked in what is handed in.
    """

    store: str
    store_code: str
    report_no: str
    reported_on: date
    roles: RoleLabels
    sections: tuple[DailySection, ...]
    generated_at: datetime
    data_until: datetime
    masked: bool
    version: int = 1
    correction_reason: str = ""
    timeliness: str = ""
    prepared_by: str = ""
    rules_version: str = ""
    issues: tuple[DailyIssue, ...] = ()
    balance: Balance | None = None
    instructions: tuple[FollowedInstruction, ...] = ()
    empty_days: tuple[EmptyDays, ...] = ()
    differences: tuple[Difference, ...] = ()
    corrections: tuple[Correction, ...] = ()
    previous_no: str = ""
    previous_fingerprint: str = ""
    history_head: str = ""
