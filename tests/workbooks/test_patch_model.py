"""A law: whatever is written, the file holds what a table in memory would hold, and no more.

The sheets begin in the shapes that programs really write: with and without prefix, addresses,
shared strings, blanks between the rows, people's own columns and formulas beside ours.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storedesk.domain.sheets import RowWrite, Written
from storedesk.domain.values import Type, Value, canonical
from storedesk.workbooks.cells import stored
from storedesk.workbooks.reader import read_workbook
from tests.helpers.raw_workbooks import (
    BOOK,
    FORM,
    HEAD,
    MAIN,
    parts,
    put,
    write,
    zipped,
)

Record = dict[str, Value]
OWN_HEADER = "我的"

texts = st.text(max_size=20) | st.sampled_from(
    ["=1+1", "+86", "-", "@a", "_x0041_", " a ", "a\r\nb"]
)
values: Mapping[str, st.SearchStrategy[Value]] = {
    "name": st.none() | texts,
    "phone": st.none() | st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    "born_on": st.none() | st.dates(date(1900, 3, 1), date(2199, 12, 31)),
    "called_at": st.none()
    | st.datetimes(datetime(1950, 1, 1), datetime(2199, 1, 1)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    "amount": st.none() | st.floats(-1e9, 1e9).map(lambda amount: round(amount, 2)),
    "count": st.none() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6),
    "agreed": st.none() | st.booleans(),
    "remark": st.none() | texts,
}
KEYS = list(values)
record = st.fixed_dictionaries({}, optional=values)


@dataclass(frozen=True)
class Shape:
    """How a program writes a sheet."""

    prefix: str
    addresses: bool
    shared: bool
    pretty: bool


shapes = st.builds(Shape, st.sampled_from(["", "x:"]), st.booleans(), st.booleans(), st.booleans())


def workbook(shape: Shape, names: list[str]) -> bytes:
    """Return a workbook with a header, one row per name, and a formula of people's own."""
    strings: list[str] = []
    labels = [column.label for column in FORM.in_workbook()] + [OWN_HEADER]
    gap = "\n  " if shape.pretty else ""
    rows = [row(shape, 1, [text(shape, label, strings) for label in labels])]
    for number, name in enumerate(names, 2):
        own = f"<{shape.prefix}f>1+{number}</{shape.prefix}f>"
        cells = [text(shape, f"KH-{number}", strings), text(shape, name, strings)]
        cells += [("", "")] * (len(labels) - 3) + [("", own)]
        rows.append(row(shape, number, cells))
    p = shape.prefix
    declared = f'xmlns:x="{MAIN}"' if p else f'xmlns="{MAIN}"'
    sheet = f"{HEAD}<{p}worksheet {declared}><{p}sheetData>{gap}{gap.join(rows)}"
    sheet += f"{gap}</{p}sheetData></{p}worksheet>"
    items = [f'<t xml:space="preserve">{escape(item)}</t>' for item in strings]
    return zipped(parts({"表": sheet}, strings=items))


def text(shape: Shape, content: str, strings: list[str]) -> tuple[str, str]:
    """Return a text cell's attributes and content."""
    p = shape.prefix
    if shape.shared:
        strings.append(content)
        return ' t="s"', f"<{p}v>{len(strings) - 1}</{p}v>"
    quoted = f'<{p}t xml:space="preserve">{escape(content)}</{p}t>'
    return ' t="inlineStr"', f"<{p}is>{quoted}</{p}is>"


def row(shape: Shape, number: int, cells: list[tuple[str, str]]) -> str:
    p = shape.prefix
    made = ""
    for at, (attributes, content) in enumerate(cells):
        address = f' r="{chr(65 + at)}{number}"' if shape.addresses else ""
        made += f"<{p}c{address}{attributes}>{content}</{p}c>" if content else f"<{p}c{address}/>"
    numbered = f' r="{number}"' if shape.addresses else ""
    return f"<{p}row{numbered}>{made}</{p}row>"


def meant(key: str, value: Value) -> Value:
    """Return what reading a written value should mean."""
    kind = FORM[key].type
    if kind in (Type.TEXT, Type.LONG_TEXT):
        return stored(value, kind)
    return canonical(value, kind)


def check(folder: Path, model: Mapping[str, Record], names: list[str]) -> None:
    content = read_workbook(folder / BOOK, [FORM])
    sheet = content.sheets["customers"]
    assert not content.problems
    found = {}
    for one in sheet.rows:
        cells = dict(enumerate(one.values, 1))
        read = {key: cells.get(at) for key, at in sheet.columns.items()}
        record_id = str(read.pop("id"))
        for key, value in read.items():
            if FORM[key].type not in (Type.TEXT, Type.LONG_TEXT):
                read[key] = canonical(value, FORM[key].type)
        found[record_id] = {key: value for key, value in read.items() if value is not None}
    wanted = {
        record_id: {key: meant(key, value) for key, value in cells.items()}
        for record_id, cells in model.items()
    }
    assert found == {
        record_id: {key: value for key, value in cells.items() if value is not None}
        for record_id, cells in wanted.items()
    }
    own = sheet.extras[OWN_HEADER]
    assert [one.number for one in sheet.rows if own in one.formulas] == list(
        range(2, len(names) + 2)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_file_holds_what_a_table_would_hold(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.text("王李张 &<>", min_size=1).filter(str.strip), max_size=4))
    shape = data.draw(shapes)
    model: dict[str, Record] = {
        f"KH-{number}": {"name": name} for number, name in enumerate(names, 2)
    }
    rows = {f"KH-{number}": number for number in range(2, len(names) + 2)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        put(folder, workbook(shape, names))
        check(folder, model, names)
        for turn in range(data.draw(st.integers(1, 3))):
            plan = []
            for record_id in data.draw(st.lists(st.sampled_from([*rows, "new"]), max_size=3)):
                cells = data.draw(record)
                own_id = f"KH-N{turn}-{len(model)}" if record_id == "new" else record_id
                plan.append(RowWrite("customers", own_id, rows.get(own_id), cells))
                model.setdefault(own_id, {}).update(cells)
            outcome = write(folder, *plan)
            assert outcome.result is Written.DONE, outcome.problem
            rows.update({record_id: at for (_, record_id), at in outcome.placed.items()})
            check(folder, model, names)
