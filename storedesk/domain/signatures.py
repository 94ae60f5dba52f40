"""Who signs a report, in which order, and what a verification found (domain.md §3.3, §10.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Role(Enum):
    """A step of the sign chain; people see the label their trade uses."""

    CALLER = "caller"
    MANAGER = "manager"
    GM = "gm"


SIGNING_ORDER = (Role.CALLER, Role.MANAGER, Role.GM)
"""回访人 → 客服经理 → 总经理, the exact order of the founding document (S0-08)."""

CALLER_AND_MANAGER = (Role.CALLER, Role.MANAGER)
"""In a small shop one person may sign both steps at once (shop.md §2); the last is another's."""


@dataclass(frozen=True, slots=True)
class RoleLabels:
    """What the steps are called in this trade: furniture by default, cars 客服经理 and 总经理."""

    caller: str = "回访人"
    manager: str = "客服主管"
    gm: str = "店长"

    def of(self, *roles: Role) -> str:
        """Return the label of one role, or of several held by one person (回访人兼客服主管)."""
        labels = {Role.CALLER: self.caller, Role.MANAGER: self.manager, Role.GM: self.gm}
        return "兼".join(labels[role] for role in SIGNING_ORDER if role in roles)


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature of a report, as its certificate names it.

    Attributes:
        name: the person's name.
        label: the role as the report prints it, such as 客服主管 or 回访人兼客服主管.
        roles: the steps this signature stands for.
        at: when, by the clock of the signing PC; naive local time. None if the file does not say.
        order: 1 for the first signature.
        trial: the certificate comes from a trial root (试用根): fine for practice, no evidence.
        staff_no: the person's number in the store, as certified; may be empty.
        certificate: first 8 hex digits of the certificate's SHA-256, as the stamp prints it.
    """

    name: str
    label: str
    roles: tuple[Role, ...]
    at: datetime | None
    order: int
    trial: bool
    staff_no: str = ""
    certificate: str = ""

    def sentence(self) -> str:
        """Return one line: order, name, role and time."""
        moment = f"，{self.at:%Y-%m-%d %H:%M:%S}" if self.at else ""
        return f"{self.order}. {self.name}（{self.label}）{moment}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``verify`` found out about one file.

    Attributes:
        readable: the file is a PDF that could be examined at all.
        trusted: every signer's certificate comes from a pinned root, fits role and store, and was
            valid.
        unaltered: no byte differs from what was signed, nothing was added, order is kept; also of
            a report nobody signed yet.
        complete: every step of the sign chain is signed.
        signers: in the order they signed.
        findings: what is wrong, in Chinese sentences, the gravest first; empty if all is well.
        notes: what should be known but speaks against nothing (trial root, seconds between).
        report_no: number the report bears; empty if it could not be read.
        store_code: code of the store the report bears.
        data_fingerprint: SHA-256 (hex) of the rows attached to the report; empty if none.
    """

    readable: bool
    trusted: bool
    unaltered: bool
    complete: bool
    signers: tuple[Signer, ...] = ()
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    report_no: str = ""
    store_code: str = ""
    data_fingerprint: str = ""

    @property
    def exit_code(self) -> int:
        """0 trusted and unaltered and signed by all, 1 not, 2 could not be read."""
        if not self.readable:
            return 2
        return 0 if self.trusted and self.unaltered and self.complete else 1

    def headline(self) -> str:
        """Return the one sentence a user reads first."""
        name = f"日报 {self.report_no}" if self.report_no else "这份文件"
        first = self.findings[0] if self.findings else ""
        if not self.readable:
            return f"读不出来：{first}"
        if self.exit_code == 0:
            trial = "（试用根签发，只供试用）" if any(s.trial for s in self.signers) else ""
            return f"可以采信{trial}：{name} 由 {len(self.signers)} 人依次签字，签后没有改动。"
        if self.unaltered and (self.trusted or not self.signers):
            return f"还没有签完：{name}。{first}"
        joint = " " if first.startswith("在") else "："
        return f"不能采信：{name}{joint}{first}请向门店要原件。"
