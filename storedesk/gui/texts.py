"""How the window writes things: translation, names of days, phones, money and moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication

from storedesk.domain.values import Type, Value, shown

_BREAKS = "\x7f\x85\u2028\u2029"
_FORMULA = ("=", "+", "-", "@")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_MOBILE = 11


def tr(text: str) -> str:
    """Return a text in the language of the window (Chinese is the source language).

    Never call it with an f-string: extraction finds only literal texts.
    """
    return QCoreApplication.translate("", text)


def grouped_phone(phone: str) -> str:
    """Return a mobile number as ``138 0013 8000``; any other as it is."""
    if len(phone) == _MOBILE and phone.isdigit() and phone.startswith("1"):
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    return phone


def with_grouped_phones(line: str) -> str:
    """Return a line with the mobile numbers in it grouped."""
    return " · ".join(grouped_phone(part) for part in line.split(" · "))


def cell_text(value: Value, kind: Type) -> str:
    """Return a value for a table or a detail: grouped phones, thousands in money, short moments."""
    if value is None:
        return ""
    if kind is Type.PHONE:
        return grouped_phone(str(value))
    if kind is Type.MONEY and isinstance(value, int | float):
        return f"{value:,.2f}"
    if kind in (Type.CHOICES, Type.FILE):
        return "、".join(part for part in str(value).split(";") if part)
    return shown(value, kind)


def cleaned(text: str, *, lines: bool = False) -> str:
    """Return a pasted text without control characters; line breaks stay where there are lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    keep = "\n\t" if lines else ""
    return "".join(
        char if char in keep or not (char < " " or char in _BREAKS) else " " for char in text
    )


def shortened(text: str, most: int) -> str:
    """Return a text, of a very long one its beginning: somebody may have pasted a whole page."""
    return text if len(text) <= most else f"{text[:most]}…"


def copied(cells: Iterable[str]) -> str:
    """Return a row for the clipboard: one cell beside the other when pasted into Excel.

    Words that would begin a formula there are marked as text, as a person would mark them.
    """
    plain = (" ".join(cell.split()) for cell in cells)
    return "\t".join(
        f"'{cell}"
        if cell.startswith(_FORMULA) and not cell[1:].replace(".", "").isdigit()
        else cell
        for cell in plain
    )


def day_name(day: date, today: date) -> str:
    """Return how people call a day from here: 今天, 明天, 周二, 11-30 or 2027-01-02."""
    distance = (day - today).days
    if -1 <= distance <= 1:
        return (tr("昨天"), tr("今天"), tr("明天"))[distance + 1]
    monday = today - timedelta(days=today.weekday())
    if distance > 0 and day < monday + timedelta(days=14) and distance <= 6:  # noqa: PLR2004  # a week ahead
        return WEEKDAYS[day.weekday()]
    return f"{day:%m-%d}" if day.year == today.year else day.isoformat()


def moment_name(moment: datetime, now: datetime) -> str:
    """Return a moment from here: ``14:30`` today, else the day and the time."""
    clock = f"{moment:%H:%M}"
    if moment.date() == now.date():
        return clock
    return f"{day_name(moment.date(), now.date())} {clock}"


def long_day(day: date) -> str:
    """Return a day as in 「11月22日 星期日」."""
    return f"{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()][1]}"


def greeting(now: datetime) -> str:
    """Return the greeting of the hour."""
    for hour, words in (
        (5, tr("夜深了")),
        (11, tr("早上好")),
        (13, tr("中午好")),
        (18, tr("下午好")),
    ):
        if now.hour < hour:
            return words
    return tr("晚上好")
