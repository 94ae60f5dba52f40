"""What people mean by the text of one cell of a foreign list.

``values.canonical`` knows how our own workbooks are filled in; here stands what only foreign lists
do: name and phone in one cell, several phones, amounts in 万, a unit behind a number, dates without
a year, remarks behind a date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from storedesk.domain.values import Raw, Type, Unreadable, Value, canonical, half_width, text_of

FIRST_YEAR, LAST_YEAR = 1990, 2099
"""Years that a store's lists can speak of; others come from numbers that are no dates."""

TICKS = frozenset({"√", "✓", "✔", "☑", "v", "V", "o", "O", "○", "●", "■", "1"})

_MOBILE = re.compile(
    r"(?<![\dA-Za-z])(?:\+?86[\s-]*)?(1[3-9]\d(?:[\s\-–·.]?\d){8})(?:\.0+)?(?![\dA-Za-z])"
)
_LANDLINE = re.compile(
    r"(?<![\dA-Za-z])"
    r"((?:0\d{2,3}[\s\-)]*)?[2-8]\d{6,7}(?:\s?[-转]\s?\d{1,6})?|400[\s-]?\d{3,4}[\s-]?\d{3,4})"
    r"(?![\dA-Za-z])"
)
_MAY_HOLD_A_PHONE = re.compile(r"(?:\D*\d){7}")
_PHONE_LABEL = re.compile(
    r"(?:联系)?(?:电话|手机|座机|方式)(?:号码?)?\s*[12一二]?\s*[:：]?|tel\s*[:：.]?", re.IGNORECASE
)
_LOOSE = " \t\r\n,，;；、/:：()（）[]【】|-"

_AMOUNT = re.compile(
    r"[¥￥$]?\s*(?P<number>[+-]?(?:\d[\d,]*\.?\d*|\.\d+))\s*(?P<scale>[万千wWkK])?\s*"
    r"(?P<unit>元|块钱?|圆|RMB|rmb)?\s*整?\s*(?P<note>[(（].*[)）])?"
)
_SCALES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}
_COUNT = re.compile(
    r"(?P<number>[+-]?\d+(?:\.\d+)?|[一二两三四五六七八九十])\s*(?P<unit>[\u4e00-\u9fffa-zA-Z]{0,4})"
    r"\s*(?P<note>[(（].*[)）])?"
)
_CHINESE_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九十")} | {
    "两": 2
}

_FULL_DATE = re.compile(
    r"(?:20\d\d|19\d\d|\d{2})\s*[-/.年_\s]\s*\d{1,2}\s*[-/.月_\s]\s*\d{1,2}\s*[日号]?|(?:20|19)\d{6}"
)
_SHORT_DATE = re.compile(r"(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?")
_CLOCK = re.compile(
    r"[T\s,]*(?:上午|下午|晚上|中午)?\s*\d{1,2}\s*[:时点]\s*(?:\d{1,2})?\s*分?(?::\d{1,2}(?:\.\d+)?)?"
    r"\s*(?:[AaPp][Mm])?"
)
_MONTH_AND_DAY = re.compile(r"(?:\d{4}\D)?\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")


@dataclass(frozen=True, slots=True)
class Contact:
    """What a cell says about whom to call: phones in order, and the text that is left over."""

    phones: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """A cell's value with what was written beside it.

    Attributes:
        value: canonical value.
        note: text behind the value that is worth keeping; empty if none.
        unit: unit behind a number, such as 件; empty if none.
    """

    value: Value
    note: str = ""
    unit: str = ""


def contact(raw: Raw) -> Contact:
    """Return the phones in a cell, in order, and the rest without labels such as 电话：."""
    text = half_width(text_of(raw)).strip()
    if not _MAY_HOLD_A_PHONE.match(text):
        return Contact((), text_of(raw).strip())
    found: list[tuple[int, str]] = []
    for pattern in (_MOBILE, _LANDLINE):
        for match in pattern.finditer(text):
            try:
                phone = str(canonical(match[1], Type.PHONE))
            except Unreadable:
                continue
            found.append((match.start(), phone))
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    if not found:
        return Contact((), text_of(raw).strip())
    rest = _PHONE_LABEL.sub(" ", text)
    rest = re.sub(r"[(（\[【]\s*[)）\]】]", " ", rest).strip(_LOOSE)
    phones = dict.fromkeys(phone for _, phone in sorted(found))
    return Contact(tuple(phones), re.sub(r"\s+", " ", rest))


def person_name(text: str) -> str:
    """Return a name without the blanks that stretch it to three characters (张　伟)."""
    name = text.strip()
    return re.sub(r"\s+", "", name) if re.fullmatch(r"[\u3400-\U0003ffff\s]+", name) else name


def amount(raw: Raw) -> Meaning:
    """Return money in CNY: ``0.76万``, ``￥9,500.00``, ``15600元``, ``9500（含安装）``.

    Raises:
        Unreadable: it is no amount.
    """
    if not isinstance(raw, str):
        return Meaning(canonical(raw, Type.MONEY))
    found = _AMOUNT.fullmatch(half_width(raw).strip().replace("¥", ""))
    if not found:
        raise Unreadable(f"「{raw.strip()}」不是金额")
    number = float(found["number"].replace(",", ""))
    scaled = number * _SCALES.get((found["scale"] or "").lower(), 1)
    return Meaning(round(scaled, 2), _inside(found["note"]))


def count(raw: Raw) -> Meaning:
    """Return a number with its unit: ``3件``, ``两套``, ``30个``, ``2``.

    Raises:
        Unreadable: it is no number.
    """
    if not isinstance(raw, str):
        return Meaning(canonical(raw, Type.NUMBER))
    found = _COUNT.fullmatch(half_width(raw).strip().replace(",", ""))
    if not found:
        raise Unreadable(f"「{raw.strip()}」不是数字")
    digits = found["number"]
    value = canonical(_CHINESE_DIGITS.get(digits, digits), Type.NUMBER)
    return Meaning(value, _inside(found["note"]), found["unit"])


def day(raw: Raw, year: int | None, not_before: date | None = None) -> Meaning:
    """Return a date; text behind it becomes the note, a time of day is left away.

    Args:
        raw: as read.
        year: for dates without one (``1.4``, ``1月6日``); None if nothing around tells it.
        not_before: the date such a date follows; 1.3 after 2026-12-28 is in 2027.

    Raises:
        Unreadable: no date, not on the calendar, or its year is unknown or absurd.
    """
    moment = when(raw, year, not_before)
    value = moment.value
    return Meaning(value.date() if isinstance(value, datetime) else value, moment.note)


def when(raw: Raw, year: int | None, not_before: date | None = None) -> Meaning:
    """Return a moment, midnight if no time of day is told. See ``day``.

    Raises:
        Unreadable: as ``day``, or its time of day makes no sense.
    """
    if isinstance(raw, float) and not raw.is_integer() and 1 <= raw < 13:  # noqa: PLR2004
        return _from_decimal(raw, year, not_before)
    if not isinstance(raw, str):
        return Meaning(_plausible(canonical(raw, Type.MOMENT), raw))
    text = half_width(raw).strip()
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return Meaning(_plausible(canonical(float(text), Type.MOMENT), raw))
    full = _FULL_DATE.match(text)
    if full:
        clock, note = _behind(text[full.end() :], raw)
        return Meaning(
            _plausible(canonical(f"{full[0].strip()} {clock}".strip(), Type.MOMENT), raw), note
        )
    short = _SHORT_DATE.match(text)
    if not short:
        raise Unreadable(f"「{raw.strip()}」不是日期，请写成 2026-11-22")
    clock, note = _behind(text[short.end() :], raw)
    found = _in_year(int(short["month"]), int(short["day"]), raw, year, not_before)
    value = canonical(f"{found.isoformat()} {clock}", Type.MOMENT)
    return Meaning(value, note)


def month_and_day(raw: Raw) -> str:
    """Return a birthday as ``05-18``, whatever year stands before it.

    Raises:
        Unreadable: it is no day of the calendar.
    """
    if isinstance(raw, date):
        return f"{raw:%m-%d}"
    found = _MONTH_AND_DAY.fullmatch(half_width(text_of(raw)).strip())
    if not found:
        raise Unreadable(f"「{text_of(raw).strip()}」看不出几月几日，请写成 05-18")
    return f"{_in_year(int(found[1]), int(found[2]), raw, 2000, None):%m-%d}"  # 2000 has a 02-29


def is_tick(raw: Raw) -> bool:
    """Whether a cell holds a tick mark."""
    return text_of(raw).strip() in TICKS


def _inside(note: str | None) -> str:
    return (note or "").strip("()（） ")


def _behind(text: str, raw: str) -> tuple[str, str]:
    """Divide what stands behind a date into time of day and note."""
    clock = _CLOCK.match(text)
    told = clock[0].strip(" T,") if clock else ""
    rest = text[clock.end() :] if clock else text
    if re.match(r"\s*[\d~至到/.-]", rest):
        raise Unreadable(f"「{raw.strip()}」不是一个日期，请写成 2026-11-22")
    return told, rest.strip(_LOOSE + "。.")


def _plausible(value: Value, raw: Raw) -> Value:
    if isinstance(value, datetime) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Unreadable(f"「{text_of(raw).strip()}」不是日期，请写成 2026-11-22")
    return value


def _from_decimal(number: float, year: int | None, not_before: date | None) -> Meaning:
    """Read 1.4 as 1月4日. Excel shows 1.10 as 1.1, so a single digit 1–3 may mean two days."""
    month, _, digits = repr(number).partition(".")
    if digits in ("1", "2", "3"):
        raise Unreadable(f"「{number}」可能是{month}月{digits}日或{month}月{digits}0日")
    found = _in_year(int(month), int(digits), number, year, not_before)
    return Meaning(datetime(found.year, found.month, found.day))


def _in_year(
    month: int, day_of_month: int, raw: Raw, year: int | None, not_before: date | None
) -> date:
    shown = text_of(raw).strip()
    if year is None:
        raise Unreadable(f"「{shown}」没有写年份")
    try:
        found = date(year, month, day_of_month)
        if not_before is not None and found < not_before:
            found = date(
                not_before.year + (found.replace(not_before.year) < not_before), month, day_of_month
            )
    except ValueError:
        raise Unreadable(f"「{shown}」不是日历上的日子") from None
    return found
