"""批示: what the boss orders when signing, who does it, and by when (issue S0-07; shop.md §2)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.values import half_width

NOT_DONE = "未做"
OPEN = (NOT_DONE, "进行中")
"""States in which an instruction is owed, and returns in every daily."""

USUAL_DAYS = 3
"""Working days for an instruction that names no day."""

_DIGITS = {digit: n for n, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER = r"(\d{1,3}|[零一二两三四五六七八九十]{1,3})"
_WITHIN = re.compile(_NUMBER + r"\s*(个)?\s*(工作日|天|日|周|星期|小时)\s*(?:之内|以内|内)")
_DATED = re.compile(r"(?:(\d{1,2})\s*[月./-]\s*)?(\d{1,2})\s*[日号]?\s*(?:之前|以前|前)")
_SPOKEN = (("今天", 0), ("今日", 0), ("当天", 0), ("明天", 1), ("明日", 1), ("后天", 2))
_ACKNOWLEDGED = frozenset(
    {"已阅", "阅", "已阅知", "知道了", "同意", "收到", "好", "很好", "无", "OK"}
)


def is_order(comment: str) -> bool:
    """Whether a 批示 asks for something; 「已阅」 alone does not."""
    words = [part for part in re.split(r"[\s，。,.；;！!、]+", comment) if part]
    return any(word.upper() not in _ACKNOWLEDGED for word in words)


def due_on(comment: str, given_on: date, calendar: WorkCalendar) -> date:
    """Return by when an instruction is to be done.

    Understood are 三天内, 2个工作日内, 一周内, 25日前, 11月25日前, 明天; else three working days.

    Args:
        comment: the instruction.
        given_on: when it was given.
        calendar: for working days.
    """
    text = half_width(comment)
    within = _WITHIN.search(text)
    if within:
        return _after(given_on, _number(within[1]), within[3], calendar)
    for dated in _DATED.finditer(text):
        found = _named(given_on, int(dated[1] or 0), int(dated[2]))
        if found:
            return found
    for word, days in _SPOKEN:
        if word in text:
            return given_on + timedelta(days=days)
    return calendar.add_working_days(given_on, USUAL_DAYS)


def _after(day: date, count: int, unit: str, calendar: WorkCalendar) -> date:
    if unit == "工作日":
        return calendar.add_working_days(day, count)
    days = {"周": 7 * count, "星期": 7 * count, "小时": -(-count // 24)}.get(unit, count)
    return day + timedelta(days=days)


def _named(given_on: date, month: int, day: int) -> date | None:
    """Return the next such day of the month (or of the year), None if there is none."""
    first = given_on.replace(day=1)
    for _ in range(13):
        if not month or first.month == month:
            try:
                found = first.replace(day=day)
            except ValueError:
                found = None
            if found and found >= given_on:
                return found
        first = (first + timedelta(days=31)).replace(day=1)
    return None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 1)
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
