"""Where a foreign table's header and data rows are, and what the other rows are.

Stores keep lists with a title above, headings in two rows, a band per month, the header repeated
for each printed page, totals and signatures below, and sometimes a second table beside the first.
Nothing is decided here about what a column means: see ``mapping``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import Enum

from storedesk.domain.values import Raw, label_key, text_of
from storedesk.operations.importing.tables import Area, Row, Table, is_blank

HEADER_ROWS_SEARCHED = 30
_LONGEST_HEADING = 24
_REPEATED_SHARE = 0.6
"""So many of a row's cells equal to the headings above them, and it is the header once more."""
_HEADING_SHARE = 0.6
"""Without one known heading, a header row fills at least so much of the table's width."""
_NARROW = 3
"""Up to so many columns, a row with a single cell is data, not a note between the rows."""

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_MONTH_BAND = re.compile(
    r"(?:(?P<year>20\d\d)\s*[年./-]\s*)?(?P<month>\d{1,2})\s*月份?|20\d\d\s*年"
)
_TOTAL = re.compile(r"(?:本[页月年季])?\s*[合总小累共]\s*计\s*[:：]?.{0,8}")
_SIGNATURE = re.compile(
    r"(?:签[字名章]|盖章|制表人?|填表人?|填报人?|审[核批]人?|复核人?|经[手办]人|负责人|店长|主管|总经理)"
    r"\s*[:：]"
)
_SHORT_WORD = re.compile(r"[\u3400-\U0003ffff]{1,4}")
"""May be a name that somebody has not told more about: listed as a row, not as a note."""
_DATA_IN_TEXT = re.compile(r"\d{7,}|^[=+@]|[:：]\s*\S|^\d{1,4}[-/.年]\d|^[\d,.\s]+$")


class Reason(Enum):
    """Why a row is no data; the value is what people read."""

    TITLE = "标题"
    HEADER = "重复的表头"
    MONTH = "月份行"
    TOTAL = "合计"
    SIGNATURE = "签字栏"
    NOTE = "说明"
    NUMBER = "只有序号"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no data, with its text."""

    row: int
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column.

    Attributes:
        position: column, 1 = A.
        text: the heading in one line; empty if a column with values has none.
        group: the wider heading above it in a header of two rows; empty if there is none.
    """

    position: int
    text: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row of data.

    Attributes:
        number: row number in the sheet.
        cells: values from column A on.
        year: year of the month band above, the sheet name or the title, for dates without one.
    """

    number: int
    cells: Row
    year: int | None = None

    def cell(self, position: int) -> Raw:
        """Return the value in a column (1 = A), None beyond the row's end."""
        return self.cells[position - 1] if position <= len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Layout:
    """One table found in a sheet."""

    sheet: str
    header_rows: tuple[int, ...]
    headings: tuple[Heading, ...]
    rows: tuple[DataRow, ...]
    skipped: tuple[Skipped, ...] = ()
    titles: tuple[str, ...] = ()


def detect(table: Table, known: AbstractSet[str]) -> list[Layout]:
    """Return the tables of a sheet, left to right; none if no header row was found.

    Args:
        table: the sheet.
        known: every heading that means something, as ``values.label_key`` writes it.
    """
    header = _find_header(table.rows, known)
    if not header:
        return []
    first, last = header[0], header[-1]
    titles = [Skipped(n, Reason.TITLE, _line(table.rows[n - 1])) for n in range(1, first)]
    titles = [title for title in titles if title.text]
    headings = _headings(table.rows, header)
    body = _fill_merged(table, last)
    reader = _RowSorter(headings, _year_around(table.name, titles))
    for number, row in enumerate(body, start=last + 1):
        reader.take(number, row)
    headings += _headless(headings, reader.rows)
    return [
        Layout(
            table.name,
            header,
            tuple(part),
            tuple(row for row in reader.rows if _any_in(row, part)),
            tuple([*titles, *reader.skipped] if index == 0 else ()),
            tuple(title.text for title in titles),
        )
        for index, part in enumerate(_side_by_side(headings, reader.rows))
    ]


def one_line(raw: Raw) -> str:
    """Return a cell's text without line breaks and doubled blanks."""
    return re.sub(r"\s+", " ", text_of(raw)).strip()


def _find_header(rows: Sequence[Row], known: AbstractSet[str]) -> tuple[int, ...]:
    """Return the row numbers of the header: one, two, or none."""
    searched = rows[:HEADER_ROWS_SEARCHED]
    scores = [_known_count(row, known) for row in searched]
    best = max(scores, default=0)
    # One word may stand in any row by chance.
    number = scores.index(best) + 1 if best > 1 else _fullest_heading_row(searched)
    if not number:
        return ()
    if number > 1 and _is_upper_half(rows[number - 2], rows[number - 1]):
        return (number - 1, number)
    if number < len(rows) and _is_lower_half(rows[number - 1], rows[number]):
        return (number, number + 1)
    return (number,)


def _known_count(row: Row, known: AbstractSet[str]) -> int:
    return len({key for cell in row if isinstance(cell, str) and (key := label_key(cell)) in known})


def _fullest_heading_row(rows: Sequence[Row]) -> int:
    """Return the first row of nothing but headings that is about as wide as the table, or 0."""
    widths = [sum(not is_blank(cell) for cell in row) for row in rows]
    widest = max(widths, default=0)
    for number, (row, width) in enumerate(zip(rows, widths, strict=True), start=1):
        wide = width >= max(2, _HEADING_SHARE * widest)
        if wide and number < len(rows) and _all_headings(row):
            return number
    return 0


def _all_headings(row: Row) -> bool:
    return all(_is_heading(cell) for cell in row if not is_blank(cell))


def _is_heading(cell: Raw) -> bool:
    if not isinstance(cell, str):
        return False
    text = one_line(cell)
    return len(text) <= _LONGEST_HEADING and not _DATA_IN_TEXT.search(text)


def _is_upper_half(upper: Row, lower: Row) -> bool:
    """Whether the row above a header holds group headings and those that reach down both rows."""
    filled = {position for position, cell in enumerate(upper) if not is_blank(cell)}
    below = {position for position, cell in enumerate(lower) if not is_blank(cell)}
    return len(filled) > 1 and _all_headings(upper) and len(filled | below) > len(filled)


def _is_lower_half(upper: Row, lower: Row) -> bool:
    """Whether the row below a header only divides headings that others follow blank."""
    below = {position for position, cell in enumerate(lower) if not is_blank(cell)}
    filled = {position for position, cell in enumerate(upper) if not is_blank(cell)}
    if not below - filled or not _all_headings(lower):
        return False
    return all(position + 1 in below - filled for position in below & filled)


def _headings(rows: Sequence[Row], header: tuple[int, ...]) -> list[Heading]:
    lower = [one_line(cell) for cell in rows[header[-1] - 1]]
    if len(header) == 1:
        return [Heading(at, text) for at, text in enumerate(lower, start=1) if text]
    upper = [one_line(cell) for cell in rows[header[0] - 1]]
    found, group = [], ""
    for index in range(max(len(upper), len(lower))):
        above = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        group = above or group
        if below:
            found.append(Heading(index + 1, below, group))
        elif above:
            found.append(Heading(index + 1, above))
    return found


def _headless(headings: Sequence[Heading], rows: Sequence[DataRow]) -> list[Heading]:
    """Return a heading without text for each column that holds values under none."""
    named = {heading.position for heading in headings}
    width = max((len(row.cells) for row in rows), default=0)
    bare = [position for position in range(1, width + 1) if position not in named]
    return [
        Heading(position, "")
        for position in bare
        if any(not is_blank(row.cell(position)) for row in rows)
    ]


def _fill_merged(table: Table, header_end: int) -> list[Row]:
    """Return the rows below the header, values of cells merged downwards repeated in each row."""
    body: list[Row] = list(table.rows[header_end:])
    for area in table.merged:
        if area.top > header_end and area.bottom > area.top:
            _fill_down(body, area, header_end)
    return body


def _fill_down(body: list[Row], area: Area, header_end: int) -> None:
    first = body[area.top - header_end - 1] if area.top - header_end <= len(body) else ()
    if area.left > len(first):
        return
    for index in range(area.top - header_end, min(area.bottom - header_end, len(body))):
        cells = list(body[index])
        cells += [None] * (area.left - len(cells))
        cells[area.left - 1] = first[area.left - 1]
        body[index] = cells


def _year_around(sheet: str, titles: Sequence[Skipped]) -> int | None:
    for text in (sheet, *(title.text for title in titles)):
        found = _YEAR.search(text)
        if found:
            return int(found[1])
    return None


class _RowSorter:
    """Tells data rows from the others, remembering the month band they stand under."""

    def __init__(self, headings: Sequence[Heading], year: int | None) -> None:
        self.rows: list[DataRow] = []
        self.skipped: list[Skipped] = []
        self._year = year
        self._columns = len(headings)
        self._labels = {h.position: {label_key(h.text), label_key(h.group)} for h in headings}

    def take(self, number: int, row: Row) -> None:
        """Sort one row in."""
        filled = [index for index, cell in enumerate(row) if not is_blank(cell)]
        if not filled:
            return
        reason = self._reason(row, filled)
        if reason is None:
            self.rows.append(DataRow(number, row, self._year))
        else:
            self.skipped.append(Skipped(number, reason, _line(row)))

    def _reason(self, row: Row, filled: list[int]) -> Reason | None:
        first = row[filled[0]]
        if len(filled) == 1 and self._columns > _NARROW:
            return self._lonely(first, filled[0])
        if not isinstance(first, str):
            return None
        if _TOTAL.fullmatch(first.strip()):
            return Reason.TOTAL
        if self._repeats_header(row, filled):
            return Reason.HEADER
        if len(filled) <= self._columns / 2 and any(
            isinstance(row[index], str) and _SIGNATURE.search(str(row[index])) for index in filled
        ):
            return Reason.SIGNATURE
        return None

    def _lonely(self, cell: Raw, index: int) -> Reason | None:
        """Return what a row with a single cell is."""
        if isinstance(cell, date):
            self._year = cell.year
            return Reason.MONTH
        if not isinstance(cell, str):
            return Reason.NUMBER if index == 0 else None
        text = cell.strip()
        if _MONTH_BAND.fullmatch(text):
            year = _YEAR.search(text)
            self._year = int(year[1]) if year else self._year
            return Reason.MONTH
        if _TOTAL.fullmatch(text):
            return Reason.TOTAL
        if _SIGNATURE.search(text):
            return Reason.SIGNATURE
        if index == 0 and text.isdigit():
            return Reason.NUMBER
        return Reason.NOTE if index == 0 and not _SHORT_WORD.fullmatch(text) else None

    def _repeats_header(self, row: Row, filled: list[int]) -> bool:
        if not self._is_label(row, filled[0]):
            return False
        same = sum(self._is_label(row, index) for index in filled)
        return same >= max(2, _REPEATED_SHARE * len(filled))

    def _is_label(self, row: Row, index: int) -> bool:
        return label_key(text_of(row[index])) in self._labels.get(index + 1, ())


def _side_by_side(headings: Sequence[Heading], rows: Sequence[DataRow]) -> list[list[Heading]]:
    """Divide headings at empty columns where what stands beside is a table of its own.

    It is one if a heading comes twice, or if its rows begin at the top and end before the other's.
    """
    runs: list[list[Heading]] = []
    for heading in sorted(headings, key=lambda one: one.position):
        if runs and heading.position == runs[-1][-1].position + 1:
            runs[-1].append(heading)
        else:
            runs.append([heading])
    parts = [runs[0]] if runs else []
    for run in runs[1:]:
        if len(run) > 1 and _stands_alone(parts[-1], run, rows):
            parts.append(run)
        else:
            parts[-1] = parts[-1] + run
    return parts


def _stands_alone(left: list[Heading], right: list[Heading], rows: Sequence[DataRow]) -> bool:
    if {label_key(one.text) for one in left} & {label_key(one.text) for one in right}:
        return True
    return _ends_early(left, rows) != _ends_early(right, rows)


def _ends_early(part: list[Heading], rows: Sequence[DataRow]) -> bool:
    filled = [_any_in(row, part) for row in rows]
    return False in filled and True not in filled[filled.index(False) :]


def _any_in(row: DataRow, part: Sequence[Heading]) -> bool:
    return any(not is_blank(row.cell(heading.position)) for heading in part)


def _line(row: Row) -> str:
    return " ".join(one_line(cell) for cell in row if not is_blank(cell))
