"""What the rows of 门店设置.xlsx mean.

A cell that makes no sense is read as what a store of the profile begins with, and listed: a typing
error in a settings sheet must never lose a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from types import MappingProxyType

from storedesk.domain.calendar import Basis, WorkCalendar
from storedesk.domain.call_window import CallWindow, Period
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.profiles import Profile
from storedesk.domain.records import Record
from storedesk.domain.settings import BACKUP_LIMIT, CallLimits, FollowUpRule, Member, Settings
from storedesk.domain.values import Value, half_width, label_key

LEDGERS = ("staff", "followup_rules", "choices", "calendar", "store_info")
"""Ledgers the settings are made of."""

_WORKBOOK = "门店设置.xlsx"
_LEFT = "离职"
_BASES = {"自然日": Basis.CALENDAR, "工作日": Basis.STATUTORY} | {
    basis.value: basis for basis in Basis
}
_PERIOD = re.compile(
    r"(\d{1,2})(?:[:点时](\d{1,2})?)?分?\s*(?:-|~|—|–|至|到)\s*(\d{1,2})(?:[:点时](\d{1,2})?)?"
)
_TIME = re.compile(r"(\d{1,2})(?:[:点时](\d{1,2})?)?分?")
_SIZE = re.compile(r"(\d{1,4}(?:\.\d)?)\s*(?:([GMT])I?B?)?", re.IGNORECASE)
_UNITS = {"M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SPRING = re.compile(r"除夕\s*(?:-|~|—|–|至|到)\s*初([一二三四五六七八九十])")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_DIGITS = "一二三四五六七八九十"
_WEEKDAYS = {**{digit: n for n, digit in enumerate("一二三四五六")}, "日": 6, "天": 6}


def settings_from(
    records: Mapping[str, Sequence[Record]], calendar: WorkCalendar, profile: Profile
) -> Settings:
    """Build the settings.

    Args:
        records: records of ``LEDGERS`` by ledger; a ledger may be missing (nothing read yet).
        calendar: the statutory calendar, to which the store's own days are added.
        profile: what the store began with; stands in for what is missing or makes no sense.
    """
    found = _Sheet(profile)
    info = found.info(records.get("store_info", ()))
    choices, retired, defaults = found.choices(records.get("choices", ()))
    return Settings(
        store=info.get("门店名称", ""),
        profile=profile.key,
        calendar=found.calendar(calendar, records.get("calendar", ()), info),
        roles=profile.roles,
        staff=_staff(records.get("staff", ())),
        rules=found.rules(records.get("followup_rules", ())),
        choices=choices,
        choice_defaults=defaults,
        retired=retired,
        window=found.window(info),
        limits=found.limits(info),
        hours=found.hours(info),
        answer_basis=found.basis(info, "答复口径", Basis.STATUTORY),
        remind_basis=found.basis(info, "提醒口径", Basis.OPEN),
        backup_limit=found.size(info, "备份上限", BACKUP_LIMIT),
        info=info,
        problems=tuple(found.problems),
    )


def periods_in(text: str) -> tuple[Period, ...]:
    """Return the periods written in a text such as ``10:00-12:00，15:00-20:00``, in order."""
    found = []
    for match in _PERIOD.finditer(half_width(text)):
        hour, minute, end_hour, end_minute = (int(part or 0) for part in match.groups())
        start, end = _time(hour, minute), _time(end_hour, end_minute)
        if start is not None and end is not None and start < end:
            found.append(Period(start, end))
    return tuple(sorted(found))


def _time(hour: int, minute: int) -> time | None:
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _staff(records: Iterable[Record]) -> tuple[Member, ...]:
    return tuple(
        Member(
            id=record.id,
            name=record.text("name").strip(),
            roles=record.parts("roles"),
            active=record.text("status") != _LEFT,
            deputy=record.text("deputy"),
        )
        for record in records
        if record.text("name").strip()
    )


@dataclass
class _Sheet:
    """Reads rows against a profile, noting what made no sense."""

    profile: Profile
    problems: list[Problem] = field(default_factory=list)

    def info(self, records: Iterable[Record]) -> Mapping[str, str]:
        known = {label_key(name): name for name in self.profile.store}
        info = dict(self.profile.store)
        for record in records:
            name = record.text("name").strip()
            info[known.get(label_key(name), name)] = record.text("value").strip()
        return MappingProxyType(info)

    def choices(
        self, records: Iterable[Record]
    ) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, frozenset[str]], Mapping[str, str]]:
        offered = {name: entry.values for name, entry in self.profile.lists.items()}
        defaults = {name: entry.default for name, entry in self.profile.lists.items()}
        rows: dict[str, list[Record]] = {}
        for record in records:
            rows.setdefault(record.text("list").strip(), []).append(record)
        retired: dict[str, frozenset[str]] = {}
        for name, entries in rows.items():
            entries.sort(key=lambda one: one.number("sequence") or 0)
            active = [one for one in entries if one["active"] is not False]
            starred = [one.text("value") for one in active if one.yes("is_default")]
            offered[name] = tuple(dict.fromkeys(one.text("value") for one in active))
            retired[name] = frozenset(one.text("value") for one in entries) - {*offered[name]}
            defaults[name] = starred[0] if starred else ""
        return offered, retired, {name: value for name, value in defaults.items() if value}

    # --- rules ------------------------------------------------------------------------------

    def rules(self, records: Sequence[Record]) -> Mapping[str, FollowUpRule]:
        given = {str(row["id"]): row for row in self.profile.rules}
        rules = {rule_id: self._rule(rule_id, row, {}) for rule_id, row in given.items()}
        for record in records:
            rules[record.id] = self._rule(record.id, record.values, given.get(record.id, {}))
            self._note_days(record, rules[record.id])
        missing = set(given) - {record.id for record in records}
        for rule_id in sorted(missing) if records else ():
            self._note(
                f"「回访规则」里没有 {rule_id}（{rules[rule_id].label}），按原来的设定执行",
                "要停用，请保留这一行并把「启用」改为 否",
                sheet="回访规则",
                ledger="followup_rules",
            )
        return MappingProxyType(rules)

    def _rule(
        self, rule_id: str, row: Mapping[str, Value], given: Mapping[str, Value]
    ) -> FollowUpRule:
        def text(key: str) -> str:
            return str(row.get(key) or given.get(key) or "")

        def days(key: str, otherwise: int) -> int:
            found = [_whole(row.get(key)), _whole(given.get(key)), otherwise]
            return next(number for number in found if number is not None)

        due = days("due_days", 0)
        return FollowUpRule(
            id=rule_id,
            label=text("label"),
            trade_name=text("trade_name"),
            active=row.get("active", given.get("active")) is True,
            from_days=min(due, days("from_days", due)),
            due_days=due,
            last_days=max(due, days("last_days", due)),
            basis=_BASES.get(text("unit"), Basis.CALENDAR),
            questionnaire=text("questionnaire"),
            responsible=text("responsible"),
        )

    def _note_days(self, record: Record, rule: FollowUpRule) -> None:
        """List what was read otherwise than it stands."""
        read = {
            "from_days": rule.from_days,
            "due_days": rule.due_days,
            "last_days": rule.last_days,
        }
        for key, days in read.items():
            typed = record.raw.get(key) or record[key]
            if typed is not None and _whole(record[key]) != days:
                what = f"规则 {rule.id} 的天数「{typed}」不合适，按 {days} 天执行"
                hint = "应为整数，并且 可拨打起 ≤ 到期 ≤ 最迟"
                self._note(what, hint, "回访规则", "followup_rules", record.id, key)

    # --- calendar and times -----------------------------------------------------------------

    def calendar(
        self, statutory: WorkCalendar, records: Iterable[Record], info: Mapping[str, str]
    ) -> WorkCalendar:
        days: dict[str, set[date]] = {
            kind: set() for kind in ("法定假", "调休上班", "门店休息", "门店营业")
        }
        for record in records:
            day, kind = record.day("day"), record.text("kind")
            if day is not None and kind in days:
                days[kind].add(day)
            else:
                what = f"工作日历里这一行看不懂：{record.text('kind') or '没有类型'}"
                hint = f"类型应为 {'、'.join(days)}，日期写成 2026-11-22"
                self._note(what, hint, "工作日历", "calendar", record.id)
        spring, weekdays = self._rest_days(info)
        return WorkCalendar(
            years=statutory.years,
            days_off=statutory.days_off,
            workdays=statutory.workdays,
            closed=statutory.closed | _spring_days(statutory.quiet, spring),
            opened=statutory.opened,
            open_weekdays=frozenset(range(7)) - weekdays or statutory.open_weekdays,
            quiet=statutory.quiet,
        ).amended(
            days_off=days["法定假"],
            workdays=days["调休上班"],
            closed=days["门店休息"],
            opened=days["门店营业"],
        )

    def _rest_days(self, info: Mapping[str, str]) -> tuple[int, frozenset[int]]:
        """Return how many days from 除夕 the store is closed, and its weekly days of rest."""
        text = half_width(info.get("门店休息", ""))
        spring = _SPRING.search(text)
        weekdays = frozenset(_WEEKDAYS[found] for found in _WEEKDAY.findall(text))
        if text and not spring and not weekdays and text not in ("无", "没有", "全年无休"):
            self._bad_setting("门店休息", text, "写成 除夕至初五，或 除夕至初五、每周一")
        return (_DIGITS.index(spring[1]) + 2 if spring else 0), weekdays

    def window(self, info: Mapping[str, str]) -> CallWindow:
        usual = CallWindow()
        periods = self._periods(info, "拨打时段", usual.periods)
        return CallWindow(
            periods,
            earliest=self._clock(info, "最早拨打", usual.earliest),
            latest=self._clock(info, "最晚拨打", usual.latest),
        )

    def limits(self, info: Mapping[str, str]) -> CallLimits:
        usual = CallLimits()
        return CallLimits(
            attempt_count=self._count(info, "未接通次数", usual.attempt_count),
            day_count=self._count(info, "未接通天数", usual.day_count),
            period_count=self._count(info, "未接通时段数", usual.period_count),
            answer_days=self._count(info, "留言等待天数", usual.answer_days),
            appointment_count=self._count(info, "改约次数", usual.appointment_count),
            gap_hours=self._count(info, "重拨间隔小时", usual.gap_hours),
        )

    def hours(self, info: Mapping[str, str]) -> Period:
        periods = self._periods(info, "营业时间", (Period(time(9), time(18)),))
        return Period(periods[0].start, periods[-1].end)

    def basis(self, info: Mapping[str, str], name: str, usual: Basis) -> Basis:
        text = info.get(name, "")
        if text and text not in _BASES:
            self._bad_setting(name, text, f"应为 {'、'.join(basis.value for basis in Basis)}")
        return _BASES.get(text, usual)

    def _periods(
        self, info: Mapping[str, str], name: str, usual: tuple[Period, ...]
    ) -> tuple[Period, ...]:
        text = info.get(name, "")
        found = periods_in(text)
        if text and not found:
            self._bad_setting(name, text, "写成 10:00-12:00,15:00-20:00")
        return found or usual

    def _clock(self, info: Mapping[str, str], name: str, usual: time) -> time:
        text = half_width(info.get(name, "")).strip()
        if not text:
            return usual
        match = _TIME.fullmatch(text)
        found = _time(int(match[1]), int(match[2] or 0)) if match else None
        if found is None:
            self._bad_setting(name, text, "写成 21:00")
        return found or usual

    def _count(self, info: Mapping[str, str], name: str, usual: int) -> int:
        text = half_width(info.get(name, "")).strip()
        if text and not re.fullmatch(r"[1-9]\d?", text):
            self._bad_setting(name, text, f"应为数字，比如 {usual}")
            return usual
        return int(text or usual)

    def size(self, info: Mapping[str, str], name: str, usual: int) -> int:
        """Return a size in bytes; a number alone means GB."""
        text = half_width(info.get(name, "")).strip()
        if not text:
            return usual
        match = _SIZE.fullmatch(text)
        found = int(float(match[1]) * _UNITS[(match[2] or "G").upper()]) if match else 0
        if not found:
            self._bad_setting(name, text, "写成 2 GB 或 500 MB")
        return found or usual

    # --- problems ---------------------------------------------------------------------------

    def _bad_setting(self, name: str, text: str, hint: str) -> None:
        self._note(f"{name}「{text}」看不懂，按平常的设定执行", hint, "门店信息", "store_info")

    def _note(
        self, what: str, hint: str, sheet: str, ledger: str, record: str = "", column: str = ""
    ) -> None:
        self.problems.append(
            Problem(
                Kind.RULE,
                what,
                hint,
                workbook=_WORKBOOK,
                sheet=sheet,
                ledger=ledger,
                record=record,
                column=column,
            )
        )


def _whole(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _spring_days(quiet: frozenset[date], count: int) -> frozenset[date]:
    """Return ``count`` days from every 除夕, the first of each run of quiet days."""
    day = timedelta(days=1)
    eves = [one for one in quiet if one - day not in quiet]
    return frozenset(eve + day * n for eve in eves for n in range(count))
