"""Workbooks written part by part, so that a test can say every byte that matters."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

from storedesk.domain.forms import Form, form_from_table
from storedesk.domain.sheets import RowWrite, Stamp, WriteOutcome, WritePlan
from storedesk.workbooks import disk, writer

NOW = datetime(2026, 11, 22, 9, 30)
BOOK = "客户档案.xlsx"
SHARED = Path(__file__).parents[2].parent / "shared" / "data"
"""Real workbooks beside the repository; tests that use them skip where they are absent."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="22" fontId="0" xfId="0" applyNumberFormat="1"><alignment wrapText="1"/></xf>'
    "</cellXfs></styleSheet>"
)
TEXT_STYLE, DAY_STYLE, MOMENT_STYLE = 1, 2, 3

COLUMNS = (
    ("id", "客户编号", "text"),
    ("name", "客户姓名", "text"),
    ("phone", "联系电话", "phone"),
    ("born_on", "生日", "date"),
    ("called_at", "来电时间", "moment"),
    ("amount", "金额", "money"),
    ("count", "数量", "number"),
    ("agreed", "同意", "yes_no"),
    ("remark", "备注", "long_text"),
)
HEADERS = tuple(label for _, label, _ in COLUMNS)
FORM = form_from_table(
    {
        "ledger": "customers",
        "label": "客户档案",
        "workbook": BOOK,
        "prefix": "KH",
        "section": [
            {
                "title": "基本",
                "column": [
                    *({"key": key, "label": label, "type": kind} for key, label, kind in COLUMNS),
                    {"key": "overdue", "label": "逾期", "type": "yes_no", "level": "live"},
                ],
            }
        ],
    },
    "customers.toml",
)


def small_form(ledger: str, label: str, headers: Sequence[str]) -> Form:
    """Return a form of text columns; the first is the id."""
    columns = [
        {"key": "id" if at == 0 else f"column{at}", "label": header}
        for at, header in enumerate(headers)
    ]
    return form_from_table(
        {
            "ledger": ledger,
            "label": label,
            "workbook": BOOK,
            "prefix": ledger[:2].upper(),
            "section": [{"title": "基本", "column": columns}],
        },
        f"{ledger}.toml",
    )


def text_cell(address: str, text: str, style: int = 0) -> str:
    """Return a cell with an inline text."""
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t>{text}</t></is></c>'


def number_cell(address: str, number: float, style: int = 0) -> str:
    """Return a cell with a number."""
    return f'<c r="{address}" s="{style}"><v>{number}</v></c>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    """Return a row."""
    return f'<row r="{number}"{attributes}>{"".join(cells)}</row>'


def header(number: int = 1, labels: Sequence[str] = HEADERS) -> str:
    """Return a header row."""
    return row(
        number, *(text_cell(f"{chr(65 + at)}{number}", label) for at, label in enumerate(labels))
    )


def sheet(*rows: str, before: str = "", after: str = "", attributes: str = "") -> str:
    """Return a sheet's part."""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"{attributes}>{before}'
        f"<sheetData>{''.join(rows)}</sheetData>{after}</worksheet>"
    )


def record_row(number: int, record: str, name: str = "王建国") -> str:
    """Return a row of ``FORM`` with an id and a name."""
    return row(number, text_cell(f"A{number}", record), text_cell(f"B{number}", name))


def parts(
    sheets: Mapping[str, str],
    *,
    strings: Sequence[str] = (),
    styles: str = STYLES,
    in_workbook: str = "",
    after_sheets: str = "",
    relations: str = "",
    types: str = "",
) -> dict[str, bytes]:
    """Return the parts of a workbook by name.

    ``in_workbook`` stands before the list of sheets, ``after_sheets`` behind it; ``relations`` and
    ``types`` are added to those of the workbook.
    """
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>'
        for at, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{RELATIONS}/worksheet"'
        f' Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rId90" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    if strings:
        links += f'<Relationship Id="rId91" Type="{RELATIONS}/sharedStrings"'
        links += ' Target="sharedStrings.xml"/>'
    made = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{in_workbook}'
        f"<sheets>{listed}</sheets>{after_sheets}</workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f"{links}{relations}</Relationships>",
        "xl/styles.xml": styles,
    }
    for at, content in enumerate(sheets.values(), 1):
        made[f"xl/worksheets/sheet{at}.xml"] = content
    if strings:
        items = "".join(f"<si>{item}</si>" for item in strings)
        made["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{items}</sst>'
    return {name: content.encode() for name, content in made.items()}


def zipped(content: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return parts as a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, part in content.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 9, 30, 0)), part, method)
    return file.getvalue()


def one_sheet(part: str, name: str = "客户档案") -> bytes:
    """Return a workbook with one sheet."""
    return zipped(parts({name: part}))


def put(folder: Path, content: bytes, name: str = BOOK) -> Path:
    """Write a workbook into a folder."""
    path = folder / name
    path.write_bytes(content)
    return path


def write(
    folder: Path,
    *rows: RowWrite,
    forms: Sequence[Form] = (FORM,),
    generation: str = "",
    desk: str = "",
    workbook: str = BOOK,
) -> WriteOutcome:
    """Write rows into a workbook as it stands now."""
    base = disk.fingerprint(folder / workbook)
    plan = WritePlan(workbook, base, rows, Stamp(desk, generation))
    return writer.apply(folder, plan, forms, desk=desk, now=NOW)


def part_of(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    """Return a part of a workbook as text."""
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()
