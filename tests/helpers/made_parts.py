"""What the workbooks of ``made_workbooks`` are made of: ledger rows, parts, relationships."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tests.helpers.raw_workbooks import (
    DAY_STYLE,
    HEAD,
    HEADERS,
    PACKAGE,
    RELATIONS,
    TEXT_STYLE,
    parts,
    row,
    sheet,
    text_cell,
)

FIRST, LAST = 2, 9
"""Rows of the records."""
OWN = "我的标签"
BESIDE = ("小计", "备忘")
LABELS = (HEADERS[0], OWN, *HEADERS[1:], *BESIDE)
"""A id · B own · C name · D phone · E born_on · F called_at · G amount · H count · I agreed ·
J remark · K, L own."""
SHEET = "xl/worksheets/sheet1.xml"
SHEET_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
OFFICE = "http://schemas.microsoft.com/office"
NEWER = (
    f' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac"'
    f' xmlns:x14ac="{OFFICE}/spreadsheetml/2009/9/ac"'
)
X14 = f'xmlns:x14="{OFFICE}/spreadsheetml/2009/9/main" xmlns:xm="{OFFICE}/excel/2006/main"'


@dataclass(frozen=True)
class Made:
    """A workbook, and what must stand in its parts after five rows were appended.

    Attributes:
        grown: texts by part that must stand there afterwards.
        opens: whether LibreOffice can be asked: the parts it reads are whole.
        room: whether rows can be appended.
    """

    content: bytes
    grown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ending: str = ".xlsx"
    opens: bool = True
    room: bool = True


def record(number: int, *more: str, attributes: str = "", own: str = "") -> str:
    """Return a row of the ledger with an own text, and further cells from column K on."""
    day = (date(2026, 1, 1) - date(1899, 12, 30)).days + number
    return row(
        number,
        text_cell(f"A{number}", f"KH-{number}"),
        own or text_cell(f"B{number}", f"标签{number}", TEXT_STYLE),
        text_cell(f"C{number}", f"客户{number}"),
        text_cell(f"D{number}", f"1380000{number:04}", TEXT_STYLE),
        f'<c r="E{number}" s="{DAY_STYLE}"><v>{day}</v></c>',
        f'<c r="G{number}"><v>{number}.5</v></c>',
        f'<c r="H{number}"><v>{number}</v></c>',
        *more,
        attributes=attributes,
    )


def rows(
    cells: Callable[[int], str] = lambda _: "", attributes: Callable[[int], str] = lambda _: ""
) -> list[str]:
    """Return the header and the records."""
    head = row(1, *(text_cell(f"{chr(65 + at)}1", label) for at, label in enumerate(LABELS)))
    numbers = range(FIRST, LAST + 1)
    return [head, *(record(n, cells(n), attributes=attributes(n)) for n in numbers)]


def book(part: str, **more: str) -> dict[str, bytes]:
    """Return the parts of a workbook with the ledger and a sheet of people's own."""
    types = more.pop("types", "") + "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="application/'
        f'vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in (
            ("worksheets/sheet1", "worksheet"),
            ("worksheets/sheet2", "worksheet"),
            ("styles", "styles"),
        )
    )
    other = sheet(
        row(1, text_cell("A1", "我的汇总"), "<c r=\"B1\"><f>SUM('客户档案'!G2:G9)</f></c>")
    )
    return parts({"客户档案": part, "汇总": other}, types=types, **more)


def linked(content: dict[str, bytes], *links: tuple[str, str]) -> dict[str, bytes]:
    """Give the ledger's sheet relationships (kind, target), numbered rId1 …"""
    listed = "".join(
        f'<Relationship Id="rId{at}" Type="{kind if "/" in kind else f"{RELATIONS}/{kind}"}"'
        f' Target="{target}"/>'
        for at, (kind, target) in enumerate(links, 1)
    )
    text = f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'
    return {**content, SHEET_RELATIONS: text.encode()}
