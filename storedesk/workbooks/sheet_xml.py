"""A sheet's part as bytes: where its rows stand, and the cells of the rows that matter."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from storedesk.domain.errors import WorkbookDamaged, WorkbookUneditable
from storedesk.workbooks.addresses import Area, column_letters, column_number
from storedesk.workbooks.markup import attributes, unescaped, whole_number

_ROOT = re.compile(rb"<(?:([\w.\-]+):)?worksheet(?=[\s>])[^>]*>")
_DIGITS = 9
"""Numbers of so many digits are surely lower."""
_TAG_ENDS = (b">", b" ", b"/", b"\n", b"\r", b"\t")
_ADDRESS = b' r="'
_LETTERS = re.compile(rb"[A-Za-z]{1,3}")
_HIGHEST = 2**32 - 1
_BLANK = re.compile(rb"\s*")


@dataclass(frozen=True, slots=True)
class CellXml:
    """One cell: its column position and its bytes."""

    column: int
    raw: bytes

    @property
    def style(self) -> int:
        """Number of its cell format."""
        return whole_number(self.attributes.get(b"s", b""))

    @property
    def attributes(self) -> dict[bytes, bytes]:
        """Attributes of its start tag."""
        return attributes(self.raw[: self.raw.find(b">")])


@dataclass(frozen=True, slots=True)
class RowXml:
    """One row: its number, extent in the part, start tag, cells, and what follows the cells."""

    number: int
    start: int
    end: int
    tag: bytes
    cells: tuple[CellXml, ...]
    tail: bytes = b""

    @property
    def style(self) -> int:
        """Number of the row's own format, 0 if it has none."""
        found = attributes(self.tag)
        styled = found.get(b"customFormat", b"0") in (b"1", b"true")
        return whole_number(found.get(b"s", b"")) if styled else 0


class SheetXml:
    """A sheet's part.

    Attributes:
        part: its bytes.
        prefix: namespace prefix of its elements with the colon, often empty.
        inside: where the rows begin.
        outside: where they end (the end tag of ``sheetData``).

    Raises:
        WorkbookDamaged: there is no sheet in it.
    """

    def __init__(self, part: bytes, workbook: str) -> None:
        self.part = part
        self._workbook = workbook
        self._latest: tuple[int, RowXml | None] = (-1, None)
        root = _ROOT.search(part)
        if not root:
            raise WorkbookDamaged(workbook, "工作表读不出来")
        self.root_tag = root[0]
        self.prefix = root[1] + b":" if root[1] else b""
        quoted = re.escape(self.prefix)
        self._row_tag = re.compile(
            rb"<%srow(?=[\s/>])(?:[^>]*?\sr\s*=\s*[\"'](\d+)[\"'])?" % quoted
        )
        self._cell_tag = re.compile(rb"<%sc(?=[\s/>])([^>]*?)(/?)>" % quoted)
        self._cell_end = re.compile(rb"</%sc\s*>" % quoted)
        self._row_end = re.compile(rb"</%srow\s*>" % quoted)
        opening = re.compile(rb"<%ssheetData(?=[\s/>])[^>]*>" % quoted).search(part, root.end())
        if not opening:
            raise WorkbookDamaged(workbook, "工作表里没有数据区")
        self.opening = (opening.start(), opening.end())
        self.self_closed = opening[0].endswith(b"/>")
        self.inside = self.outside = opening.end()
        if not self.self_closed:
            self.outside = part.rfind(b"</%ssheetData" % self.prefix)
            if self.outside < self.inside:
                raise WorkbookDamaged(workbook, "工作表的数据区不完整")

    @property
    def row_count(self) -> int:
        """Number of rows that stand in the part, empty ones included."""
        return len(self._numbers)

    @property
    def last_row(self) -> int:
        """Number of the last row in the part, 0 if there is none."""
        return self._numbers[-1] if self._numbers else 0

    def check_editable(self) -> None:
        """Check that the rows can be edited as bytes.

        Raises:
            WorkbookUneditable: what stands there would be put at risk.
        """
        for strange in (b"<!", b"<?"):
            if self.part.find(strange, self.inside, self.outside) >= 0:
                raise WorkbookUneditable(self._workbook, "工作表数据里夹有少见的标记")
        last = 0
        for number in self._numbers:
            if number <= last:
                raise WorkbookUneditable(self._workbook, f"第 {number} 行的位置不对或重复")
            last = number

    def row(self, number: int) -> RowXml | None:
        """Return a row with its cells, or None if it does not stand in the part.

        Raises:
            WorkbookUneditable: its contents are not plain cells in order.
        """
        at = bisect_left(self._numbers, number)
        if at == len(self._numbers) or self._numbers[at] != number:
            return None
        if at != self._latest[0]:
            self._latest = (at, self._parsed(at))
        return self._latest[1]

    def start_after(self, number: int) -> int:
        """Return where a row ``number`` belongs that does not stand in the part yet."""
        at = bisect_left(self._numbers, number)
        return self._starts[at] if at < len(self._starts) else self.outside

    def rows_upwards(self) -> Iterator[RowXml]:
        """Yield the rows from the last one up."""
        for at in range(len(self._numbers) - 1, -1, -1):
            yield self._parsed(at)

    def rows(self, first: int = 1) -> Iterator[RowXml]:
        """Yield the rows from number ``first`` down."""
        for at in range(bisect_left(self._numbers, first), len(self._numbers)):
            yield self._parsed(at)

    def extents(self) -> Iterator[tuple[int, int, int]]:
        """Yield number, start and end of every row in the part; blanks after it belong to it."""
        return zip(self._numbers, self._starts, [*self._starts[1:], self.outside], strict=True)

    def elements(self, name: bytes) -> Iterator[re.Match[bytes]]:
        """Yield the start tags of elements ``name`` outside the rows, as matches in the part."""
        pattern = re.compile(rb"<%s%s(?=[\s/>])[^>]*>" % (re.escape(self.prefix), name))
        yield from pattern.finditer(self.part, 0, self.opening[0])
        yield from pattern.finditer(self.part, self.outside)

    def column_style(self, column: int) -> int:
        """Return the number of a column's own format, 0 if it has none."""
        for first, last, style in self._column_formats:
            if first <= column <= last:
                return style
        return 0

    def merged(self) -> list[Area]:
        """Return the merged areas."""
        found = (attributes(one[0]).get(b"ref", b"") for one in self.elements(b"mergeCell"))
        areas = (Area.of(unescaped(reference)) for reference in found)
        return [area for area in areas if area]

    def array_areas(self) -> list[Area]:
        """Return the areas of array formulas and data tables; spilled results are among them."""
        if b'"array"' not in self.part and b'"dataTable"' not in self.part:
            return []
        pattern = re.compile(rb"<%sf(?=\s)([^>]*)>" % re.escape(self.prefix))
        areas: list[Area] = []
        for found in pattern.finditer(self.part, self.inside, self.outside):
            tag = attributes(found[1])
            area = Area.of(unescaped(tag.get(b"ref", b"")))
            if area and tag.get(b"t") in (b"array", b"dataTable"):
                areas.append(area)
        return areas

    def has_formulas(self) -> bool:
        """Whether any cell holds a formula."""
        begin = b"<%sf" % self.prefix
        at = self.part.find(begin, self.inside, self.outside)
        while at >= 0:
            at += len(begin)
            if self.part[at : at + 1] in _TAG_ENDS:
                return True
            at = self.part.find(begin, at, self.outside)
        return False

    def formula_places(self) -> Iterator[tuple[int, int]]:
        """Yield row number and column position of every cell that holds a formula."""
        formula = re.compile(rb"<%sf(?=[\s/>])" % re.escape(self.prefix))
        if not self.usual:
            for row in self.rows():
                for one in row.cells:
                    if formula.search(one.raw):
                        yield row.number, one.column
            return
        cell = re.compile(
            rb'<%sc r="([A-Z]+)([0-9]+)"[^>]*>%s' % (re.escape(self.prefix), formula.pattern)
        )
        for found in cell.finditer(self.part, self.inside, self.outside):
            yield int(found[2]), column_number(found[1].decode())

    def errors(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield row number, column position and bytes of every cell that shows an error."""
        error = re.compile(rb"""<%sc\s[^>]*\bt\s*=\s*["']e["']""" % re.escape(self.prefix))
        starts = [found.start() for found in error.finditer(self.part, self.inside, self.outside)]
        rows = sorted({bisect_right(self._starts, start) - 1 for start in starts})
        for row in (self._parsed(at) for at in rows if at >= 0):
            for one in row.cells:
                if one.attributes.get(b"t") == b"e":
                    yield row.number, one.column, one.raw

    def column_cells(self, column: int) -> Iterator[tuple[int, bytes]]:
        """Yield row number and bytes of every cell of a column."""
        if not self.usual:
            for row in self.rows():
                yield from ((row.number, one.raw) for one in row.cells if one.column == column)
            return
        cell = re.compile(
            rb'<%sc r="%s([0-9]+)"[^>]*?(?:/>|>.*?</%sc\s*>)'
            % (re.escape(self.prefix), column_letters(column).encode(), re.escape(self.prefix)),
            re.DOTALL,
        )
        for found in cell.finditer(self.part, self.inside, self.outside):
            yield int(found[1]), found[0]

    @cached_property
    def _column_formats(self) -> list[tuple[int, int, int]]:
        """First and last position and format of every stretch of columns."""
        tags = [attributes(found[0]) for found in self.elements(b"col")]
        return [
            (
                whole_number(tag.get(b"min", b"")),
                whole_number(tag.get(b"max", b"")),
                whole_number(tag.get(b"style", b"")),
            )
            for tag in tags
        ]

    @cached_property
    def usual(self) -> bool:
        """Whether every cell begins with its address, as nearly all programs write it."""
        begin = b"<%sc" % self.prefix
        strange = (b">", b"/", b"\n", b"\r", b"\t")
        cells, addressed = self.part.count(begin + b" "), self.part.count(begin + b' r="')
        return cells == addressed and all(self.part.find(begin + end) < 0 for end in strange)

    @cached_property
    def _index(self) -> tuple[array[int], array[int]]:
        """Number and start of every row; a row without a number follows the one before."""
        starts, told = array("Q"), list[bytes | None]()
        for found in self._row_tag.finditer(self.part, self.inside, self.outside):
            starts.append(found.start())
            told.append(found[1])
        return _numbered(told), starts

    @property
    def _numbers(self) -> array[int]:
        return self._index[0]

    @property
    def _starts(self) -> array[int]:
        return self._index[1]

    def _parsed(self, at: int) -> RowXml:
        start = self._starts[at]
        limit = self._starts[at + 1] if at + 1 < len(self._starts) else self.outside
        tag_end = self.part.find(b">", start, limit) + 1
        tag = self.part[start:tag_end]
        number = self._numbers[at]
        if not tag:
            raise WorkbookUneditable(self._workbook, f"第 {number} 行不完整")
        if tag.endswith(b"/>"):
            return RowXml(number, start, tag_end, tag, ())
        close = self._row_end.search(self.part, tag_end, limit)
        if not close:
            raise WorkbookUneditable(self._workbook, f"第 {number} 行不完整")
        cells, tail = self._cells(self.part[tag_end : close.start()], number)
        return RowXml(number, start, close.end(), tag, cells, tail)

    def _cells(self, body: bytes, row: int) -> tuple[tuple[CellXml, ...], bytes]:
        cells: list[CellXml] = []
        at = last = 0
        while found := self._cell_tag.match(body, _past_blank(body, at)):
            at = found.end()
            if not found[2]:
                end = self._cell_end.search(body, at)
                if not end:
                    raise WorkbookUneditable(self._workbook, f"第 {row} 行不完整")
                at = end.end()
            column = _column(_address(found[1]), last)
            if column <= last:
                raise WorkbookUneditable(self._workbook, f"第 {row} 行的单元格次序不对")
            cells.append(CellXml(column, body[found.start() : at]))
            last = column
        tail = body[_past_blank(body, at) :]
        if self._cell_tag.search(tail):
            raise WorkbookUneditable(self._workbook, f"第 {row} 行里夹有少见的内容")
        return tuple(cells), tail


def _numbered(told: Sequence[bytes | None]) -> array[int]:
    """Return row numbers from what rows tell of them; one without follows the one before."""
    plain = [one for one in told if one]
    if len(plain) == len(told) and max(map(len, plain), default=0) <= _DIGITS:
        return array("I", map(int, plain))
    numbers = array("I")
    last = 0
    for one in told:
        last = min(whole_number(one, _HIGHEST), _HIGHEST) if one else last + 1
        numbers.append(last)
    return numbers


def _past_blank(body: bytes, at: int) -> int:
    blank = _BLANK.match(body, at)
    return blank.end() if blank else at


def _address(tag: bytes) -> bytes | None:
    """Return the address among a cell's attributes; nearly always it stands first."""
    if tag.startswith(_ADDRESS) and (end := tag.find(b'"', len(_ADDRESS))) > 0:
        return tag[len(_ADDRESS) : end]
    return attributes(tag).get(b"r")


def _column(reference: bytes | None, last: int) -> int:
    """Return a cell's column position; a cell without an address follows the one before."""
    letters = _LETTERS.match(reference) if reference else None
    return column_number(letters[0].decode()) if letters else last + 1
