"""Planning a daily: everything it will say, as plain data, on the desk's own thread.

What was signed is frozen: then nothing is made, or an amendment (shop.md §6.7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from storedesk import resources
from storedesk.domain.changes import Edit
from storedesk.domain.daily import Correction, DailyPaper
from storedesk.domain.errors import Misuse
from storedesk.domain.figures.daily_table import PlainTable, daily_table
from storedesk.domain.figures.empty_days import DaysBetween, days_between
from storedesk.domain.figures.frozen import FORMAT, as_json
from storedesk.domain.figures.scopes import Scope, version_id
from storedesk.domain.ledgers.report_log import DRAFT, RETURNED, ReportEntry
from storedesk.domain.paper_errors import ReportFrozen, ReportLost, ReportReceived, TemplateUnusable
from storedesk.domain.values import Value
from storedesk.mirror import chain
from storedesk.operations import (
    reports_archive,
    reports_day,
    reports_log,
    reports_past,
    signers,
    telling,
)
from storedesk.operations.desk import HISTORY, Desk
from storedesk.operations.reports_day import DayTold
from storedesk.operations.reports_past import Past
from storedesk.papers.template import DailyTemplate

_ON_TIME, _LATE = "按时", "补报"


@dataclass(frozen=True, slots=True)
class Look:
    """How reports look: template, fonts and logo, found and read."""

    template: DailyTemplate
    fonts: Path
    logo: bytes = b""


@dataclass(frozen=True)
class DailyPlan:
    """A daily about to be drawn, as plain data.

    Attributes:
        record: its id in 日报登记.
        paper: what is printed.
        rows_json: the same for machines; its SHA-256 is the report's fingerprint.
        table: the rows for people.
        file: path within the desk folder.
        edits: what is entered when it is drawn, but for the file's own hash.
        remarks: what should be looked at.
    """

    record: str
    by: str
    paper: DailyPaper
    rows_json: bytes
    table: PlainTable
    look: Look
    folder: Path
    file: str
    edits: tuple[Edit, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A signed daily in which nothing would read otherwise: nothing is made."""

    entry: ReportEntry


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for: an amendment of a signed report, and why."""

    by: str
    amend: bool = False
    reason: str = ""


def plan(desk: Desk, scope: Scope, on: date, wish: Wish) -> DailyPlan | Unchanged:
    """Plan one daily.

    Raises:
        Misuse: the day has not come, or an amendment without a reason.
        ReportFrozen: it is signed, something has changed, and no amendment was asked for.
        ReportReceived: head office has it; it is amended only after it was sent back.
        ReportLost, NotSignable: the file of a signed report is gone, or is another one.
        TemplateUnusable: the store's own template says something it cannot say.
    """
    if on > desk.clock.now().date():
        raise Misuse(f"{on:%Y-%m-%d} 还没到，不能出日报。")
    if wish.amend and not wish.reason.strip():
        raise Misuse("更正版要写明原因：--reason 原因。")
    versions = reports_log.versions(desk, scope, on)
    current = reports_log.follow_file(desk, versions[-1]) if versions else None
    if current is None or not current.is_frozen:
        return _Plan(desk, scope, on, wish, current, tuple(versions[:-1])).make()
    changed = _changed(desk, scope, current)
    if not changed:
        return Unchanged(current)
    if not wish.amend:
        raise ReportFrozen(current.id, current.caller, len(changed))
    if current.record.text("receipt_no") and not current.record.text("return_reason"):
        raise ReportReceived(current.id, current.record.text("receipt_no"))
    return _Plan(desk, scope, on, wish, None, tuple(versions)).make()


def _changed(desk: Desk, scope: Scope, current: ReportEntry) -> Sequence[object]:
    signed = reports_past.read(desk, current)
    if signed.held is None:
        raise ReportLost(current.id, current.file)
    return reports_past.changes_of(desk, scope, signed)


@dataclass(frozen=True)
class _Plan:
    """Plans one version of a daily.

    Attributes:
        replaced: the unsigned version it takes the place of.
        signed: the signed versions before it.
    """

    desk: Desk
    scope: Scope
    on: date
    wish: Wish
    replaced: ReportEntry | None
    signed: tuple[ReportEntry, ...]

    @property
    def version(self) -> int:
        return len(self.signed) + 1

    @property
    def reason(self) -> str:
        given = self.wish.reason.strip() if self.version > 1 else ""
        return given or (self.replaced.correction_reason if self.replaced else "")

    def make(self) -> DailyPlan:
        desk, scope, on = self.desk, self.scope, self.on
        earlier = reports_past.past(desk, scope, on)
        told = reports_day.tell(desk, scope, on, earlier.since)
        between = self._between(earlier)
        look = look_of(desk)
        paper = self._paper(earlier, told, between)
        title = look.template.title_of([section.trade_name for section in paper.sections])
        file = reports_archive.relative_path(on, scope.report_no(on), title, self.version)
        record = version_id(scope.report_no(on), self.version)
        return DailyPlan(
            record=record,
            by=self.wish.by,
            paper=paper,
            rows_json=as_json(_tree(paper, told, earlier.since)),
            table=daily_table(
                [(one.printed.label, one.rows) for one in told.sections], _questions(desk)
            ),
            look=look,
            folder=desk.folder,
            file=file,
            edits=(
                self._log_edit(record, told, file),
                *self._superseding(),
                *self._followup_edits(record, told),
            ),
            remarks=tuple(self._remarks(earlier, told, between)),
        )

    def _between(self, earlier: Past) -> DaysBetween:
        if earlier.since is None:
            return DaysBetween()
        since = max(earlier.since, self.on - reports_past.LOOKED_BACK)
        busy = reports_day.busy_days(self.desk, self.scope, since, self.on)
        return days_between(since, self.on, busy, self.desk.settings.calendar)

    def _paper(self, earlier: Past, told: DayTold, between: DaysBetween) -> DailyPaper:
        desk, settings = self.desk, self.desk.settings
        now = _minute(desk.clock.now())
        previous = earlier.previous
        telling.tell(desk)
        return DailyPaper(
            store=settings.store,
            store_code=signers.store_code_of(settings),
            report_no=self.scope.report_no(self.on),
            reported_on=self.on,
            roles=signers.labels_of(settings),
            sections=tuple(section.printed for section in told.sections),
            generated_at=now,
            data_until=now,
            masked=True,
            version=self.version,
            correction_reason=self.reason,
            timeliness=_ON_TIME if now.date() == self.on else _LATE,
            prepared_by=self.wish.by,
            issues=told.issues.issues,
            balance=told.issues.balance,
            instructions=tuple(reports_past.instructions(desk, self.scope, earlier, self.on)),
            empty_days=between.empty,
            corrections=self._corrections(earlier),
            previous_no=previous.entry.id if previous else "",
            previous_fingerprint=previous.fingerprint if previous else "",
            history_head=chain.head(desk.folder / HISTORY, desk.pc),
        )

    def _corrections(self, earlier: Past) -> tuple[Correction, ...]:
        """Return what changed since the version before, or in the dailies before."""
        if not self.signed:
            return reports_past.corrections(self.desk, self.scope, earlier)
        amended = reports_past.read(self.desk, self.signed[-1])
        changes = reports_past.changes_of(self.desk, self.scope, amended)
        return reports_past.as_corrections(self.desk, amended, changes)

    def _log_edit(self, record: str, told: DayTold, file: str) -> Edit:
        values: dict[str, Value] = {
            "kind": self.scope.kind,
            "reported_on": self.on,
            "version": self.version,
            "status": DRAFT,
            "caller": self.wish.by,
            "file": file,
            "correction_reason": self.reason or None,
            **reports_log.figures([section.figures for section in told.sections]),
        }
        if self.replaced is None:
            filled = {key: value for key, value in values.items() if value is not None}
            return Edit("report_log", record, filled, new=True)
        known = self.replaced.record
        changed = {key: value for key, value in values.items() if known[key] != value}
        return Edit("report_log", record, changed)

    def _superseding(self) -> list[Edit]:
        """Take the version before out of the signing, if not everybody has signed it."""
        before = self.signed[-1] if self.signed else None
        if before is None or before.is_signed or before.status == RETURNED:
            return []
        return [Edit("report_log", before.id, {"status": RETURNED})]

    def _followup_edits(self, record: str, told: DayTold) -> list[Edit]:
        """Note in the follow-ups that ended which report tells of them."""
        ended = [one for section in told.sections for one in section.ended]
        return [
            Edit("followups", followup.id, {"report": record})
            for followup in self.desk.mirror.records("followups", ended)
            if followup["report"] != record
        ]

    def _remarks(self, earlier: Past, told: DayTold, between: DaysBetween) -> list[str]:
        found = []
        if self.wish.amend and not self.signed:
            found.append("还没有人签过字，直接重新生成了，不算更正版")
        if told.is_empty and self.scope.suffix == "":
            found.append("当天无应访客户，可以不单独签：下一份日报里会列出这一天")
        if between.missing:
            days = "、".join(f"{day:%m-%d}" for day in between.missing)
            found.append(f"{days} 有应访客户，还没有日报，请用 --on 补上")
        previous = earlier.previous
        if previous and previous.held is None:
            found.append(f"上一份日报 {previous.entry.id} 的文件不在原处，指纹接不上")
        later = reports_log.latest(self.desk, self.scope, self.on + timedelta(days=1), None)
        unsigned = [one.id for one in later if not one.is_frozen]
        if unsigned:
            found.append(f"{'、'.join(unsigned)} 还没签字，请重新生成，好接上这一份的指纹")
        return found


def look_of(desk: Desk) -> Look:
    """Return how the desk's dailies look; its own template wins.

    Raises:
        TemplateUnusable: the template or its logo cannot be used.
    """
    table, path = resources.report_layout("daily", desk.folder)
    template = DailyTemplate.from_table(table, path.name)
    try:
        logo = path.with_name(template.logo).read_bytes() if template.logo else b""
    except OSError:
        raise TemplateUnusable(path.name, f"写的门店标志「{template.logo}」不在它旁边") from None
    return Look(template, resources.fonts_folder(), logo)


def _tree(paper: DailyPaper, told: DayTold, since: date | None) -> Mapping[str, object]:
    """Return what is attached for machines."""
    return {
        "format": FORMAT,
        "report_no": paper.report_no,
        "version": paper.version,
        "correction_reason": paper.correction_reason,
        "store": paper.store,
        "store_code": paper.store_code,
        "reported_on": paper.reported_on,
        "since": since,
        "generated_at": paper.generated_at,
        "data_until": paper.data_until,
        "prepared_by": paper.prepared_by,
        "timeliness": paper.timeliness,
        "previous": {"no": paper.previous_no, "fingerprint": paper.previous_fingerprint},
        "history_head": paper.history_head,
        **told.tree(),
        "instructions": paper.instructions,
        "empty_days": paper.empty_days,
        "corrections": paper.corrections,
    }


def _questions(desk: Desk) -> dict[str, str]:
    """Return what is asked by item number; the same number may ask otherwise elsewhere."""
    found: dict[str, list[str]] = {}
    for questionnaire in desk.questionnaires.values():
        for item in questionnaire.items:
            found.setdefault(item.number, []).append(item.title)
    return {number: titles[0] for number, titles in found.items() if len(set(titles)) == 1}


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
