"""The practice store's dailies: yesterday's with an order, today's signed by three and verified."""

from __future__ import annotations

from datetime import date

from storedesk.domain.paper_errors import ReportFrozen
from storedesk.domain.signatures import SIGNING_ORDER
from storedesk.operations import keys, reports, signers, signing
from storedesk.operations.desk import Desk
from storedesk.operations.reports import ReportMade

PASSPHRASE = "lianxi2026"  # noqa: S105  # of practice keys; it is printed
_ROUNDS = 2_000
"""Practice keys guard nothing: no need to wait for the full number of rounds."""

_ORDER = "已阅。客户提的意见三天内逐个回复，回复完告诉我。"


def sign_day(desk: Desk, on: date) -> None:
    """Make a past day's daily and let the three sign it, the last with an order."""
    people = _people_with_keys(desk)
    made = reports.make_daily(desk, on, by=people[0])
    _sign(desk, made, people, _ORDER)


def report_today(desk: Desk) -> list[str]:
    """Make today's daily, sign and verify it; say so in a few lines."""
    people = _people_with_keys(desk)
    made = _make_today(desk, people[0])
    signed = [one for one in made if one.made]
    lines = []
    for one in made:
        lines += [f"  {one.sentence}", f"  {one.path}"]
        lines += [f"  请看一下：{remark}" for remark in one.remarks]
    if signed:
        _sign(desk, signed, people, "已阅。")
        lines.append(f"  {'、'.join(people)} 依次签字（练习用的签名口令都是 {PASSPHRASE}）。")
    lines += [f"  验签：{signing.verify(one.path).headline()}" for one in made]
    return lines


def _people_with_keys(desk: Desk) -> list[str]:
    """Return who signs, in order, with a key for everybody who has none on this PC."""
    people = []
    for role in SIGNING_ORDER:
        (member, *_) = signers.holders(desk.settings, (role,))
        key = keys.key_of(desk, member)
        if key is None or key.state != keys.VALID:
            keys.make_key(desk, member.name, (), PASSPHRASE, rounds=_ROUNDS)
        people.append(member.name)
    return people


def _make_today(desk: Desk, by: str) -> tuple[ReportMade, ...]:
    today = desk.clock.now().date()
    try:
        return reports.make_daily(desk, today, by=by)
    except ReportFrozen:
        # The practice store was run twice on one day: calls were recorded after signing.
        reason = "签字以后又登记了回访"
        return reports.make_daily(desk, today, by=by, amend=True, reason=reason)


def _sign(
    desk: Desk, made: tuple[ReportMade, ...] | list[ReportMade], people: list[str], comment: str
) -> None:
    numbers = [one.report_no for one in made]
    caller, manager, gm = people
    signing.sign(desk, numbers, caller, PASSPHRASE)
    signing.sign(desk, numbers, manager, PASSPHRASE)
    signing.sign(desk, numbers, gm, PASSPHRASE, comment=comment)
