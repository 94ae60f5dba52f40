"""Values: what a cell holds, what it means, how it is compared and how it is shown.

A *raw* value is what a workbook reader hands over. A *canonical* value is what it means in a column
of a given type; ``None`` is an empty cell. Canonical forms by column type:

=============================  =====================================================
``text`` ``long_text``          ``str``, as typed (outer blanks and line ends kept)
``phone`` ``staff`` ``record``  ``str``, outer blanks removed, digits half-width
``number``                     ``int`` if whole, else ``float``
``money``                      ``float`` rounded to 2 decimals, CNY
``date``                       ``datetime.date``
``moment``                     ``datetime.datetime`` to the minute, the store's wall clock
``yes_no``                     ``bool``
``choice``                     ``str``
``choices`` ``file``            ``str``, parts joined by ``;``
``signature``                  ``str`` (path of an image)
=============================  =====================================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache

Raw = str | int | float | bool | date | datetime | time | timedelta | None
Value = str | int | float | bool | date | datetime | None


class Type(Enum):
    """The types a column may have (design: about 14)."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    PHONE = "phone"
    STAFF = "staff"
    RECORD = "record"
    FILE = "file"
    SIGNATURE = "signature"


_QUOTED = 40
"""So many characters of what was written are repeated in a message."""
TEXTUAL = frozenset(
    {
        Type.TEXT,
        Type.LONG_TEXT,
        Type.CHOICE,
        Type.CHOICES,
        Type.PHONE,
        Type.STAFF,
        Type.RECORD,
        Type.FILE,
        Type.SIGNATURE,
    }
)

EXCEL_EPOCH = datetime(1899, 12, 30)  # wall clock, as Excel itself counts
_SERIALS = (1, 2958466)  # 1900-01-01 … 9999-12-31 in Excel's day numbers
_LAST = datetime(9999, 12, 31, 23, 59, 59)
_SECOND = 1 / 86400  # as a day number
_EXACT = 1e15  # whole numbers below it are exact in Excel, which keeps 15 digits
_NOON = 12

_YES = frozenset({"是", "y", "yes", "true", "1", "√", "✓", "✔", "对", "有", "已"})
_NO = frozenset({"否", "n", "no", "false", "0", "×", "✗", "✘", "x", "无", "没有", "未"})
_DATE = re.compile(
    r"(?P<y>\d{4}|\d{2})\s*[-/.．。年_\s]\s*(?P<m>\d{1,2})\s*[-/.．。月_\s]\s*(?P<d>\d{1,2})(?!\d)"
    r"\s*[日号]?"
)
_COMPACT_DATE = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")
_TIME = re.compile(
    r"(?P<half>上午|下午|晚上|中午)?\s*(?P<h>\d{1,2})\s*[:：时点]\s*(?P<min>\d{1,2})?分?"
    r"(?:[:：](?P<s>\d{1,2})(?:\.\d+)?)?\s*(?P<ampm>[AaPp][Mm])?"
)
_NOT_PHONE = re.compile(r"[\s\-‐-―－()（）.·]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0\d{2,3})?[2-8]\d{6,7}(?:[-转]\d{1,6})?|400\d{7}|95\d{3,8}")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of Unicode: controls, lone halves of characters, ends of lines and paragraphs."""
_NO_SIGNS = "\ufffe\uffff"
"""No workbook can hold them."""
LINE_BREAK = "换行"
_SIGN_NAMES = dict.fromkeys("\n\r\x85\u2028\u2029", LINE_BREAK) | {"\t": "制表符"}
_INTEGRAL_FLOAT = re.compile(r"\d{5,}\.0+")


class Unreadable(ValueError):  # not a failure of ours: the text is not of that type
    """The text means nothing in a column of this type; ``str`` is the reason in Chinese."""


def canonical(raw: Raw, kind: Type) -> Value:
    """Return what ``raw`` means in a column of type ``kind``.

    Raises:
        Unreadable: it means nothing there; the message says why, in Chinese.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    return _READERS[kind](raw)


def _quoted(raw: Raw) -> str:
    """Return what was written, in quotes; of a whole page pasted into a cell only the beginning."""
    text = " ".join(text_of(raw).split())
    return f"「{text}」" if len(text) <= _QUOTED else f"「{text[:_QUOTED]}…」"


def text_of(raw: Raw) -> str:
    """Return the text a person would see in an unformatted cell (whole floats without ``.0``)."""
    if isinstance(raw, str):
        return raw
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < _EXACT else repr(raw)
    if isinstance(raw, datetime):
        midnight = (raw.hour, raw.minute, raw.second) == (0, 0, 0)
        return raw.date().isoformat() if midnight else raw.isoformat(" ", "minutes")
    if isinstance(raw, date):
        return raw.isoformat()
    return str(raw)


def shown(value: Value, kind: Type) -> str:
    """Return a canonical value as its workbook cell shows it; empty for ``None``.

    Dates ``2026-11-22``, moments ``2026-11-22 17:42``, money with two decimals, yes/no 是/否.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if kind is Type.MONEY and isinstance(value, int | float):
        return f"{value:.2f}"
    if kind is Type.MOMENT and isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, float):
        return text_of(value)
    return str(value)


def same(one: Value, other: Value, kind: Type) -> bool:
    """Whether two values mean the same in a column of this type (re-typing is not a change).

    ``13812345678`` and ``'13812345678.0'`` are one phone; outer blanks and full-width digits do not
    count; ``''`` is ``None`` (decision 14).
    """
    if one == other and type(one) is type(other):
        return True
    return comparable(one, kind) == comparable(other, kind)


def comparable(value: Value, kind: Type) -> Value:
    """Return the normalised form used for comparing two values of a column."""
    try:
        meant = canonical(value, kind)
    except Unreadable:
        meant = text_of(value)
    if isinstance(meant, str):
        if kind is Type.PHONE:
            meant = _NOT_PHONE.sub("", meant)
        return half_width(meant).replace("\r\n", "\n").strip() or None
    return meant


def unseen_in(text: str, *, lines: bool = False) -> str:
    """Return the name of the first sign in a text that no cell shows as typed, empty if none is.

    Args:
        text: what was typed.
        lines: it may have line breaks and tabs.
    """
    for sign in text:
        if sign in "\n\r\t" and lines:
            continue
        if unicodedata.category(sign) in _UNSEEN or sign in _NO_SIGNS:
            return _SIGN_NAMES.get(sign, f"看不见的控制字符 U+{ord(sign):04X}")
    return ""


def half_width(text: str) -> str:
    """Return the text with full-width letters, digits and signs in their ordinary width."""
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=4096)
def label_key(label: str) -> str:
    """Return a header in the form labels are compared by: no blanks, brackets or case."""
    plain = half_width(label).casefold()
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", plain)
    return re.sub(r"[\s*:,、/·_\-]+", "", plain)


def serial(value: date | datetime, *, date1904: bool = False) -> float:
    """Return Excel's day number of a date or moment (fraction = time of day)."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    delta = moment - EXCEL_EPOCH
    days = delta.days + delta.seconds / 86400
    return days - 1462 if date1904 else days


def from_serial(number: float) -> datetime:
    """Return the moment of an Excel day number (1900 system), rounded to the second."""
    return EXCEL_EPOCH + timedelta(seconds=round(number * 86400))


def _number(raw: Raw) -> int | float:
    if isinstance(raw, bool):
        raise Unreadable("应填数字")
    if isinstance(raw, int) and abs(raw) < _EXACT:
        return raw
    if not isinstance(raw, int | float):
        text = half_width(text_of(raw)).strip().replace(",", "").lstrip("¥￥")
        text = text.removesuffix("元").strip()
        if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", text):
            raise Unreadable(f"{_quoted(raw)}不是数字")
        raw = float(text)
    try:
        raw = float(raw)
    except OverflowError:
        raise Unreadable("不是有效的数字") from None
    if raw != raw or raw in (float("inf"), float("-inf")):  # noqa: PLR0124  # NaN is unlike itself
        raise Unreadable("不是有效的数字")
    return int(raw) if raw.is_integer() and abs(raw) < _EXACT else raw


def _date(raw: Raw) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _from_number(raw).date()
    text = half_width(text_of(raw)).strip()
    found = _DATE.match(text) or _COMPACT_DATE.fullmatch(text.removesuffix(".0"))
    if not found:
        raise Unreadable(f"{_quoted(raw)}不是日期，请写成 2026-11-22")
    return _calendar_day(found, text_of(raw))


def _calendar_day(found: re.Match[str], text: str) -> date:
    year = int(found["y"])
    try:
        return date(year + 2000 if year < 100 else year, int(found["m"]), int(found["d"]))  # noqa: PLR2004
    except ValueError:
        raise Unreadable(f"{_quoted(text)}不是日历上的日子") from None


def _moment(raw: Raw) -> datetime:
    if isinstance(raw, datetime):
        return _to_minute(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _to_minute(_from_number(raw))
    if not isinstance(raw, str):
        day = _date(raw)
        return datetime(day.year, day.month, day.day)
    text = half_width(raw).strip().removesuffix(".0")
    begin = _DATE.match(text) or _COMPACT_DATE.match(text)
    if not begin:
        raise Unreadable(f"{_quoted(raw)}不是日期，请写成 2026-11-22 17:42")
    day = _calendar_day(begin, raw)
    rest = text[begin.end() :].lstrip(" tT,，")
    found = _TIME.match(rest)
    if rest and not found:
        raise Unreadable(f"{_quoted(raw)}里的时间看不懂，请写成 2026-11-22 17:42")
    hour, minute = _clock(found) if found else (0, 0)
    if hour > 23 or minute > 59:  # noqa: PLR2004
        raise Unreadable(f"{_quoted(raw)}里没有这样的钟点")
    return datetime(day.year, day.month, day.day, hour, minute)


def _clock(found: re.Match[str]) -> tuple[int, int]:
    """Return hour and minute of a time of day, 下午 and AM/PM considered."""
    hour, half, sign = int(found["h"]), found["half"], (found["ampm"] or "").lower()
    afternoon = half in ("下午", "晚上") or sign == "pm" or (half == "中午" and hour < _NOON - 1)
    if afternoon and hour < _NOON:
        hour += _NOON
    elif sign == "am" and hour == _NOON:
        hour = 0
    return hour, int(found["min"] or 0)


def _from_number(number: float) -> datetime:
    low, high = _SERIALS
    if low <= number < high:
        return from_serial(min(number, high - _SECOND))
    compact = _COMPACT_DATE.fullmatch(text_of(number))
    if not compact:
        raise Unreadable(f"{_quoted(number)}不是日期，请写成 2026-11-22")
    day = _calendar_day(compact, text_of(number))
    return datetime(day.year, day.month, day.day)


def _to_minute(moment: datetime) -> datetime:
    """Cut to the minute, after rounding away what a floating-point day fraction lost."""
    plain = moment.replace(tzinfo=None)
    rounded = plain + timedelta(microseconds=500_000) if plain < _LAST else plain
    return rounded.replace(second=0, microsecond=0)


def _yes_no(raw: Raw) -> bool:
    if isinstance(raw, bool):
        return raw
    text = half_width(text_of(raw)).strip().casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Unreadable(f"{_quoted(raw)}应填 是 或 否")


def _joined(text: str) -> str | None:
    parts = [part.strip() for part in re.split(r"[;；、\n]", text)]
    return ";".join(dict.fromkeys(part for part in parts if part)) or None


def _phone(text: str) -> str:
    plain = half_width(text).strip()
    if _INTEGRAL_FLOAT.fullmatch(plain):
        plain = plain.split(".")[0]
    digits = _NOT_PHONE.sub("", plain)
    digits = re.sub(r"^\+?86(?=1[3-9]\d{9}$)", "", digits)
    if _MOBILE.fullmatch(digits):
        return digits
    if _LANDLINE.fullmatch(digits):
        return re.sub(r"\s+", "", plain)
    raise Unreadable(f"{_quoted(text)}不是电话号码：手机应为 11 位数字，座机请带区号")


def _money(raw: Raw) -> float:
    return round(float(_number(raw)), 2)


def _name(raw: Raw) -> str:
    return half_width(text_of(raw)).strip()


_READERS: Mapping[Type, Callable[[Raw], Value]] = {
    Type.TEXT: text_of,
    Type.LONG_TEXT: text_of,
    Type.SIGNATURE: text_of,
    Type.NUMBER: _number,
    Type.MONEY: _money,
    Type.DATE: _date,
    Type.MOMENT: _moment,
    Type.YES_NO: _yes_no,
    Type.CHOICE: lambda raw: text_of(raw).strip(),
    Type.CHOICES: lambda raw: _joined(text_of(raw)),
    Type.FILE: lambda raw: _joined(text_of(raw)),
    Type.PHONE: lambda raw: _phone(text_of(raw)),
    Type.STAFF: _name,
    Type.RECORD: _name,
}
