"""Cell formats: whether a cell shows a date as a date, and the one format appended if it does not.

Only ``cellXfs`` ever changes, and only at its end (decision 2); an equal format is reused, so that
saving again and again adds nothing.
"""

from __future__ import annotations

import re
from enum import Enum

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.values import TEXTUAL, Type
from storedesk.workbooks.cells import Stored
from storedesk.workbooks.markup import Edit, attributes, unescaped, whole_number, with_attribute

_FORMATS = re.compile(
    rb"<((?:[\w.\-]+:)?)cellXfs(?=[\s>])[^>]*>(.*?)</(?:[\w.\-]+:)?cellXfs\s*>", re.DOTALL
)
_FORMAT = re.compile(
    rb"<((?:[\w.\-]+:)?)xf(?=[\s/>])[^>]*?(?:/>|>.*?</(?:[\w.\-]+:)?xf\s*>)", re.DOTALL
)
_NUMBER_FORMAT = re.compile(rb"<(?:[\w.\-]+:)?numFmt(?=\s)[^>]*>")
_NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')

_BUILT_IN_DAYS = frozenset([*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58])
_BUILT_IN_TIMES = frozenset([*range(18, 22), *range(32, 36), *range(45, 48), 55, 56])
_TEXT_FORMAT = 49


class Look(Enum):
    """What a value needs of its cell's format; the value is the built-in format that gives it."""

    DAY = 14
    MOMENT = 22
    TEXT = _TEXT_FORMAT
    NUMBER = 0
    ANY = -1


def needed(kind: Type, value: Stored) -> Look:
    """Return what a stored value of a column needs to be shown as what it is.

    Dates need a format with a day. Text of digits (phones, codes) needs the text format, or it
    turns into a number when a person edits the cell. A number must not be shown as a date.
    """
    if isinstance(value, str):
        return Look.TEXT if kind in TEXTUAL and value.strip().isdigit() else Look.ANY
    if value is None:
        return Look.ANY
    return {Type.DATE: Look.DAY, Type.MOMENT: Look.MOMENT}.get(kind, Look.NUMBER)


class Styles:
    """The cell formats of a workbook; ``b""`` if it has no styles part."""

    def __init__(self, part: bytes, workbook: str) -> None:
        self._part = part
        self._workbook = workbook
        found = _FORMATS.search(part)
        self._list = found
        self._formats = [one[0] for one in _FORMAT.finditer(found[2])] if found else []
        self._old_count = len(self._formats)
        self._known: dict[tuple[int, Look], int] = {}
        self._codes = {
            whole_number(tag.get(b"numFmtId", b""), -1): unescaped(tag.get(b"formatCode", b""))
            for tag in (attributes(one) for one in _NUMBER_FORMAT.findall(part))
        }

    def fitting(self, style: int, look: Look) -> int:
        """Return a format like ``style`` that gives the look; appended if there is none.

        Raises:
            WorkbookUneditable: one is needed and the workbook has no list of formats.
        """
        if look is Look.ANY:
            return style
        if (style, look) not in self._known:
            self._known[style, look] = self._found(style, look)
        return self._known[style, look]

    def edits(self) -> list[Edit]:
        """Return the edits of the styles part: the formats appended, if any."""
        if not self._list or len(self._formats) == self._old_count:
            return []
        added = b"".join(self._formats[self._old_count :])
        opening_end = self._list.start(2)
        opening = self._part[self._list.start() : opening_end]
        count = str(len(self._formats)).encode()
        end = self._list.end(2)
        return [
            Edit(self._list.start(), opening_end, with_attribute(opening, b"count", count)),
            Edit(end, end, added),
        ]

    def _found(self, style: int, look: Look) -> int:
        if self._gives(self._number_format(style), look):
            return style
        if not self._list:
            raise WorkbookUneditable(self._workbook, "没有单元格格式表")
        base = self._formats[style] if style < len(self._formats) else self._formats[0]
        wanted = with_attribute(_start(base), b"numFmtId", str(self._format_for(look)).encode())
        wanted = with_attribute(wanted, b"applyNumberFormat", b"1") + base[len(_start(base)) :]
        if wanted not in self._formats:
            self._formats.append(wanted)
        return self._formats.index(wanted)

    def _number_format(self, style: int) -> int:
        if style >= len(self._formats):
            return 0
        return whole_number(attributes(_start(self._formats[style])).get(b"numFmtId", b""))

    def _gives(self, number: int, look: Look) -> bool:
        day, time = self._shows(number)
        match look:
            case Look.TEXT:
                return number == _TEXT_FORMAT
            case Look.NUMBER:
                return not (day or time)
            case _:
                return day

    def _shows(self, number: int) -> tuple[bool, bool]:
        """Return whether a number format shows a day, and whether it shows a time."""
        code = self._codes.get(number)
        if code is None:
            return number in _BUILT_IN_DAYS, number in _BUILT_IN_TIMES
        plain = _NOT_CODE.sub("", code.split(";")[0]).lower()
        if "general" in plain:
            return False, False
        elapsed = re.search(r"\[(?:h+|m+|s+)\]", code.lower()) is not None
        has_time = elapsed or "h" in plain or "s" in plain
        return any(sign in plain for sign in "yde") or "aaa" in plain, has_time or "m" in plain

    def _format_for(self, look: Look) -> int:
        """Return the number format for a look: a written-out one of the workbook if it has one."""
        codes = {Look.DAY: "yyyy-mm-dd", Look.MOMENT: "yyyy-mm-dd hh:mm"}
        wanted = codes.get(look)
        return next((number for number, code in self._codes.items() if code == wanted), look.value)


def _start(element: bytes) -> bytes:
    return element[: element.find(b">") + 1]
