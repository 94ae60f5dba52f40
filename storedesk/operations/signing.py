"""Signing reports: one passphrase for as many as a person ticks, each in its turn (shop.md §2).

``sign`` does all of it. The window does it in three steps: ``plan_signing`` (desk thread),
``carry_out`` (any thread, no desk), ``settle`` (desk thread). The signed file is the truth, and
日报登记 follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from storedesk import resources
from storedesk.domain import instructions
from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.changes import Edit
from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.domain.figures.scopes import report_no_of, version_id
from storedesk.domain.ledgers.report_log import ReportEntry
from storedesk.domain.paper_errors import AlreadySigned, NotYourTurn, SupersededReport
from storedesk.domain.signatures import SIGNING_ORDER, Role, Signer, Verdict
from storedesk.domain.values import Value
from storedesk.operations import keys, reports_log, signers, trust, writing
from storedesk.operations.desk import Desk
from storedesk.operations.entries import check_typed
from storedesk.operations.signers import Signatory
from storedesk.operations.trust import Trust
from storedesk.papers import identity
from storedesk.papers.signing import SigningSession

verify = trust.verify

_NOON = time(12)
_LATE = "补签"


@dataclass(frozen=True, slots=True)
class Order:
    """What the boss orders with a signature (批示).

    Attributes:
        owner: who is to do it; empty for the manager.
        due_on: by when; None for what the comment says, else three working days.
    """

    comment: str = ""
    owner: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report to be signed; ``refused`` says why it is not even tried."""

    report_no: str
    path: Path
    remark: str = ""
    refused: StoreDeskError | None = None


@dataclass(frozen=True)
class SigningPlan:
    """A signing session as plain data.

    Attributes:
        name: who signs.
        both: the first two steps at once, as 回访人兼客服主管.
        key: the key file, still locked.
    """

    name: str
    both: bool
    key: bytes
    trust: Trust
    fonts: Path
    sheets: tuple[Sheet, ...]
    order: Order


@dataclass(frozen=True, slots=True)
class SheetSigned:
    """A signature that was given, or why it was not.

    Attributes:
        sha256: of the file as it is now (hex).
        verdict: on the whole file.
    """

    report_no: str
    path: Path
    signer: Signer | None = None
    verdict: Verdict | None = None
    sha256: str = ""
    refused: StoreDeskError | None = None

    @property
    def sentence(self) -> str:
        """What happened, in one line."""
        if self.signer is None or self.verdict is None:
            return str(self.refused)
        state = "三方签字完成" if self.verdict.complete else self.verdict.findings[-1].rstrip("。")
        return f"{self.report_no} {self.signer.name}（{self.signer.label}）已签字，{state}。"


@dataclass(frozen=True)
class SigningDone:
    """What a signing session did.

    Attributes:
        signed, refused: reports by what became of them.
        instruction: the order that is tracked from now on, in one line; empty if none.
    """

    signed: tuple[SheetSigned, ...]
    refused: tuple[SheetSigned, ...] = ()
    instruction: str = ""


def sign(  # noqa: PLR0913  # who signs what with which key and words
    desk: Desk,
    report_nos: Sequence[str],
    as_name: str,
    passphrase: str,
    *,
    comment: str = "",
    owner: str = "",
    due_on: date | None = None,
    key: Path | None = None,
) -> SigningDone:
    """Sign reports as one person, each in its turn; what is refused stays as it was.

    Args:
        desk: the desk.
        report_nos: numbers of the reports; a day's number means all its dailies.
        as_name: a name, or a role that exactly one person has.
        passphrase: opens the key once for all of them.
        comment: the 批示, with the last signature only.
        owner: who is to do what the comment orders; the manager by default.
        due_on: by when; by default what the comment says, else three working days.
        key: key file to use instead of the known one, such as one on a USB stick.

    Raises:
        UnknownReport, Misuse: a number is unknown, or none is given; nothing was signed.
        SignerProblem: who is meant cannot be told.
        KeyProblem: the key cannot be opened, or may not sign.
        SigningRefused: of a single report; of several see ``SigningDone.refused``.
    """
    order = Order(comment.strip(), owner, due_on)
    plan = plan_signing(desk, report_nos, as_name, order=order, key=key)
    done = settle(desk, plan, carry_out(plan, passphrase))
    if not done.signed and len(done.refused) == 1 and done.refused[0].refused:
        raise done.refused[0].refused
    return done


def plan_signing(
    desk: Desk,
    report_nos: Sequence[str],
    as_name: str,
    *,
    order: Order | None = None,
    key: Path | None = None,
) -> SigningPlan:
    """Find reports, person and key; raises as ``sign``, but for the passphrase."""
    if not report_nos:
        raise Misuse("请写上要签的报表编号。")
    if order:
        check_typed(desk.forms["report_log"], {"instruction": order.comment})
    named = [one for number in report_nos for one in reports_log.entries(desk, number)]
    entries = list({one.id: one for one in named}.values())
    order = order or Order()
    if order.owner:
        signers.member_named(desk.settings, order.owner)
    who = signers.signatory(desk.settings, as_name)
    return SigningPlan(
        name=who.member.name,
        both=signers.signs_both(desk.settings, who),
        key=keys.key_file(desk, who.member, key),
        trust=trust.trusted(),
        fonts=resources.fonts_folder(),
        sheets=tuple(_sheet(desk, entry, who) for entry in entries),
        order=order,
    )


def carry_out(plan: SigningPlan, passphrase: str) -> tuple[SheetSigned, ...]:
    """Sign the files of a plan; needs no desk. A refused report does not stop the others.

    Raises:
        WrongPassphrase, KeyUnreadable: nothing was signed.
    """
    session = SigningSession.open(
        plan.key,
        passphrase,
        roots=plan.trust.roots,
        fonts=plan.fonts,
        revocations=plan.trust.revocations,
    )
    return tuple(_signed(session, plan, sheet) for sheet in plan.sheets)


def settle(desk: Desk, plan: SigningPlan, outcome: Sequence[SheetSigned]) -> SigningDone:
    """Enter what was signed into 日报登记, and what was ordered with it."""
    signed = tuple(one for one in outcome if one.refused is None)
    entries = {one.report_no: reports_log.entry(desk, one.report_no) for one in signed}
    # One order for a week of reports is one thing to do: the newest of them keeps it.
    newest = max(entries.values(), key=lambda one: one.reported_on or date.min, default=None)
    edits = [_log_edit(desk, plan, one, entries[one.report_no], newest) for one in signed]
    if edits:
        writing.write(desk, edits, by=plan.name, note="sign reports")
    return SigningDone(
        signed=signed,
        refused=tuple(one for one in outcome if one.refused is not None),
        instruction=next((line for edit in edits if (line := _told(edit))), ""),
    )


def is_late(reported_on: date, at: datetime, calendar: WorkCalendar) -> bool:
    """Whether a signature comes after noon of the next working day (shop.md §3)."""
    return at > datetime.combine(calendar.add_working_days(reported_on, 1), _NOON)


def _sheet(desk: Desk, entry: ReportEntry, who: Signatory) -> Sheet:
    path = reports_log.path_of(desk, entry)
    newer = version_id(report_no_of(entry.id), entry.version + 1)
    try:
        if desk.mirror.exists("report_log", newer):
            raise SupersededReport(entry.id, newer)
        _check_turn(desk, reports_log.follow_file(desk, entry), who)
    except StoreDeskError as refusal:
        return Sheet(entry.id, path, refused=refusal)
    now = identity.real_now().astimezone().replace(tzinfo=None)
    late = entry.reported_on and is_late(entry.reported_on, now, desk.settings.calendar)
    return Sheet(entry.id, path, _LATE if late else "")


def _check_turn(desk: Desk, entry: ReportEntry, who: Signatory) -> None:
    """Refuse a step other than the one asked for, to who has several (the key would do it)."""
    step = entry.waits_for
    if not who.roles or step is None or step in who.roles:
        return
    labels = signers.labels_of(desk.settings)
    if SIGNING_ORDER.index(who.roles[-1]) < SIGNING_ORDER.index(step):
        raise AlreadySigned(labels.of(*who.roles), entry.id)
    raise NotYourTurn(labels.of(step), entry.id)


def _signed(session: SigningSession, plan: SigningPlan, sheet: Sheet) -> SheetSigned:
    if sheet.refused is not None:
        return SheetSigned(sheet.report_no, sheet.path, refused=sheet.refused)
    try:
        done = session.sign(
            sheet.path, both=plan.both, comment=plan.order.comment, remark=sheet.remark
        )
    except StoreDeskError as refusal:
        return SheetSigned(sheet.report_no, sheet.path, refused=refusal)
    return SheetSigned(sheet.report_no, sheet.path, done.signer, done.verdict, done.sha256)


def _log_edit(
    desk: Desk,
    plan: SigningPlan,
    one: SheetSigned,
    entry: ReportEntry,
    newest: ReportEntry | None,
) -> Edit:
    signed = one.verdict.signers if one.verdict else ()
    values: dict[str, Value] = {**reports_log.signatures(signed), "sha256": one.sha256}
    if plan.order.comment and one.signer and Role.GM in one.signer.roles:
        values["instruction"] = plan.order.comment
        if entry is newest:
            values |= _ordered(desk, plan.order, signed)
    known = {key: value for key, value in values.items() if entry.record[key] != value}
    return Edit("report_log", one.report_no, known)


def _ordered(desk: Desk, order: Order, signed: Sequence[Signer]) -> dict[str, Value]:
    """Return the cells by which a 批示 is followed up; one that only acknowledges is not."""
    if not (instructions.is_order(order.comment) or order.owner or order.due_on):
        return {}
    today = desk.clock.now().date()
    manager = next((one.name for one in signed if Role.MANAGER in one.roles), None)
    due_on = order.due_on or instructions.due_on(order.comment, today, desk.settings.calendar)
    return {
        "instruction_owner": order.owner or manager,
        "instruction_due": due_on,
        "instruction_status": instructions.NOT_DONE,
    }


def _told(edit: Edit) -> str:
    """Return the order that is tracked, in one line."""
    if "instruction_due" not in edit.values:
        return ""
    owner, due_on = edit.values.get("instruction_owner"), edit.values["instruction_due"]
    return f"批示已登记：{owner or '待定'}负责，{due_on} 前完成；做完以前每天的日报都会列出。"
