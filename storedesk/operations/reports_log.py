"""日报登记: the row of each report, and how it follows what the file itself says.

The signed file is the truth. When it was signed on another PC, or the power failed between
signature and entry, the row is set right from the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from storedesk.domain.changes import Edit
from storedesk.domain.figures.followups import FollowUpFigures
from storedesk.domain.figures.scopes import Scope, report_no_of
from storedesk.domain.ledgers.report_log import (
    DAILIES,
    DRAFT,
    ISSUED,
    TO_INSTRUCT,
    TO_REVIEW,
    VOID,
    ReportEntry,
)
from storedesk.domain.paper_errors import NotSignable, UnknownReport
from storedesk.domain.select import Between, Empty, Equal, OneOf, Select
from storedesk.domain.signatures import Role, Signer, Verdict
from storedesk.domain.values import Value
from storedesk.operations import reports_archive, trust, writing
from storedesk.operations.desk import Desk

_STATES = (DRAFT, TO_REVIEW, TO_INSTRUCT, ISSUED)
"""Where a report stands, by how many steps are signed."""

_NAMES = {Role.CALLER: "caller", Role.MANAGER: "manager", Role.GM: "gm"}


def entry(desk: Desk, report_no: str) -> ReportEntry:
    """Return the row of a report, by its number with or without ``-V2``.

    Raises:
        UnknownReport: there is none.
    """
    found = desk.mirror.get("report_log", report_no.strip())
    if found is None:
        raise UnknownReport(report_no)
    return ReportEntry(found)


def entries(desk: Desk, report_no: str) -> list[ReportEntry]:
    """Return the row of a report, or of all dailies of a day named without their kind.

    ``RB-20261122`` means both 7DC and 3DC where a store makes two, each in its latest version.

    Raises:
        UnknownReport: there is none.
    """
    day = report_no.strip()
    if desk.mirror.exists("report_log", day):
        return [entry(desk, day)]
    where = (Between("id", f"{day}-", f"{day}-~"), OneOf("kind", DAILIES))
    found = _entries(desk, Select("report_log", where))
    latest_of = {report_no_of(one.id): one for one in found}
    ordered = sorted(latest_of.values(), key=lambda one: DAILIES.index(one.kind))
    return ordered or [entry(desk, day)]


def versions(desk: Desk, scope: Scope, on: date) -> list[ReportEntry]:
    """Return every version of a day's report, oldest first; 作废 ones are left out."""
    where = (Equal("kind", scope.kind), Equal("reported_on", on))
    return _entries(desk, Select("report_log", where))


def latest(desk: Desk, scope: Scope, since: date | None, until: date | None) -> list[ReportEntry]:
    """Return the reports of some days, oldest first, each in its latest version.

    Args:
        desk: the desk.
        scope: which of the store's dailies.
        since: first day; None means from the beginning.
        until: last day; None means to the end.
    """
    where = (Equal("kind", scope.kind), Between("reported_on", since, until))
    found = {report_no_of(one.id): one for one in _entries(desk, Select("report_log", where))}
    return list(found.values())


def with_orders(desk: Desk, scope: Scope, before: date) -> list[ReportEntry]:
    """Return the reports of the days before one whose 批示 is followed up, oldest first."""
    where = (
        Equal("kind", scope.kind),
        Between("reported_on", None, before - timedelta(days=1)),
        Empty("instruction", empty=False),
        Empty("instruction_status", empty=False),
    )
    return _entries(desk, Select("report_log", where))


def path_of(desk: Desk, report: ReportEntry) -> Path:
    """Return where a report's file lies."""
    return desk.folder / report.file


def signatures(signers: tuple[Signer, ...]) -> dict[str, Value]:
    """Return the cells that say who signed when, and where the report stands then."""
    values: dict[str, Value] = {}
    for signer in signers:
        for role in signer.roles:
            values[_NAMES[role]] = signer.name
            values[f"signed_{_NAMES[role]}_at"] = _minute(signer.at)
    values["status"] = _STATES[sum(len(signer.roles) for signer in signers)]
    return values


def figures(sections: Sequence[FollowUpFigures]) -> dict[str, Value]:
    """Return the cells with the numbers of people, a report's sections taken together."""
    counts = [one.counts() for one in sections]
    satisfied, rated = (
        sum(one.satisfied.part for one in sections),
        sum(one.satisfied.whole for one in sections),
    )
    return {
        "due_count": sum(one.due_count for one in counts),
        "attempted_count": sum(one.attempted_count for one in counts),
        "success_count": sum(one.success_count for one in counts),
        "failed_count": sum(one.failed_count for one in counts),
        "appointed_count": sum(one.rescheduled_count for one in counts),
        "complained_count": sum(one.complained_count for one in counts),
        "satisfaction": round(100 * satisfied / rated, 1) if rated else None,
    }


def follow_file(desk: Desk, report: ReportEntry) -> ReportEntry:
    """Set the row right if the file was signed without it; return it as it is now.

    Raises:
        NotSignable: an unsigned file is not the one that was made, or signatures do not count.
    """
    path = path_of(desk, report)
    fingerprint = reports_archive.fingerprint(path)
    if not fingerprint or fingerprint == report.sha256:
        return report
    verdict = trust.verify(path)
    _refuse_foreign(path.name, report, verdict)
    values = {**signatures(verdict.signers), "sha256": fingerprint}
    last = verdict.signers[-1].name
    edit = Edit("report_log", report.id, _changed(report, values))
    writing.write(desk, (edit,), by=last, note="report log follows its file")
    return entry(desk, report.id)


def _refuse_foreign(name: str, report: ReportEntry, verdict: Verdict) -> None:
    if not verdict.signers:
        why = "文件不是店务台生成的那一份。请重新生成。"
    elif not (verdict.trusted and verdict.unaltered):
        why = verdict.findings[0]
    elif verdict.report_no != report_no_of(report.id):
        why = f"文件里是另一份报表 {verdict.report_no}。"
    elif sum(len(signer.roles) for signer in verdict.signers) < report.signed_count:
        why = "文件里少了已经签过的字，是旧的副本。请放回原来的文件。"
    else:
        return
    raise NotSignable(name, why)


def _entries(desk: Desk, select: Select) -> list[ReportEntry]:
    found = [ReportEntry(record) for record in desk.mirror.select(select)]
    kept = [one for one in found if one.status != VOID and one.reported_on is not None]
    return sorted(kept, key=lambda one: (one.reported_on or date.min, one.version, one.id))


def _changed(report: ReportEntry, values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if report.record[key] != value}


def _minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None
