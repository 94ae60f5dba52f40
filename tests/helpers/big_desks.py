"""Large ledgers for benchmarks: invented rows, put into a mirror or a workbook directly."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from storedesk.domain.forms import Form
from storedesk.domain.settings import STAND_IN
from storedesk.domain.values import Value
from storedesk.mirror import TakenRow
from storedesk.operations.clock import FixedClock
from storedesk.operations.demo_people import COMMUNITIES, GIVEN, SURNAMES
from storedesk.operations.desk import Desk
from storedesk.operations.founding import init_desk
from storedesk.workbooks.addresses import column_letters
from storedesk.workbooks.cells import cell_xml, stored
from storedesk.workbooks.columns import arranged

NOW = datetime(2026, 11, 20, 10, 30)
STORE = "幸福路店"

Row = Mapping[str, Value]

_ENTERED: Row = {"created_by": STAND_IN, "created_at": datetime(2025, 3, 1, 10, 0)}


def new_desk(folder: Path) -> Desk:
    """Return an empty desk of a furniture store; its clock stands still at ``NOW``."""
    return init_desk(folder, "furniture", STORE, clock=FixedClock(NOW))


def customers(count: int) -> Iterator[Row]:
    """Yield customers with 16 filled columns, the same ones each time."""
    random = _dice(7)
    for number in range(count):
        community = random.choice(COMMUNITIES)
        yield {
            "id": f"KH-20250301-B{number:06d}",
            "name": random.choice(SURNAMES) + random.choice(GIVEN),
            "phone": f"1{random.randrange(30, 100)}{random.randrange(10**8):08d}",
            "salutation": random.choice(("先生", "女士")),
            "address": f"{community}{random.randint(1, 28)}幢{random.randint(1, 30)}0"
            f"{random.randint(1, 4)}",
            "community": community,
            "region": "城东",
            "kind": "个人",
            "source_channel": "自然进店",
            "grade": random.choice(("普通", "重要", "VIP")),
            "sales_owner": STAND_IN,
            "preferred_channel": "电话",
            "wechat": f"wx{random.randrange(10**7)}",
            "remark": "老客户介绍",
            **_ENTERED,
        }


def followups(count: int, open_count: int) -> Iterator[Row]:
    """Yield follow-ups with 16 filled columns, ``open_count`` of them not done yet."""
    random = _dice(8)
    every = max(1, count // open_count)
    for number in range(count):
        is_open = number % every == 0 and number // every < open_count
        due_on = NOW.date() + timedelta(days=random.randint(-20, 30) if is_open else -90)
        yield {
            "id": f"HF-20250301-R03-{number:06d}",
            "rule": "R03",
            "kind": "七天回访",
            "trigger": "交付",
            "trigger_record": f"GM-20250301-B{number:06d}",
            "trigger_on": due_on - timedelta(days=7),
            "customer": f"KH-20250301-B{number:06d}",
            "customer_name": random.choice(SURNAMES) + random.choice(GIVEN),
            "phone": f"139{number:08d}",
            "product": "布艺三人沙发",
            "from_on": due_on - timedelta(days=2),
            "due_on": due_on,
            "last_on": due_on + timedelta(days=3),
            "status": "待拨" if is_open else "已完成",
            **({} if is_open else {"done_at": datetime(2026, 8, 20, 10, 0)}),
            **_ENTERED,
        }


def complaints(count: int, open_count: int) -> Iterator[Row]:
    """Yield complaints with 16 filled columns, ``open_count`` of them open."""
    random = _dice(9)
    for number in range(count):
        closed: Row = {"closed_at": datetime(2026, 3, 9, 10, 0), "status": "已闭环"}
        yield {
            "id": f"TS-20250301-B{number:06d}",
            "received_at": datetime(2026, 3, 2, 9, 12),
            "channel": "电话",
            "first_receiver": STAND_IN,
            "customer": f"KH-20250301-B{number:06d}",
            "customer_name": random.choice(SURNAMES) + random.choice(GIVEN),
            "phone": f"139{number:08d}",
            "product": "四门衣柜",
            "nature": "投诉",
            "category": "产品质量",
            "verbatim": "柜门合不严，调过一次又松了",
            "level": "二级一般",
            "status": "处理中",
            **(closed if number >= open_count else {}),
            **_ENTERED,
        }


def stock_moves(count: int) -> Iterator[Row]:
    """Yield stock movements with 11 filled columns."""
    random = _dice(10)
    for number in range(count):
        yield {
            "id": f"CK-20250301-B{number:06d}",
            "at": datetime(2026, 3, 2, 9, 12),
            "kind": random.choice(("采购入库", "维修领用")),
            "part": "PJ-20250301-B001",
            "part_name": "阻尼铰链",
            "quantity": random.randint(1, 20),
            "unit_price": 12.5,
            "receiver": STAND_IN,
            "keeper": STAND_IN,
            **_ENTERED,
        }


def put_into_mirror(desk: Desk, ledger: str, rows: Iterable[Row]) -> None:
    """Take rows in as if they had been read from the ledger's workbook, and told long ago."""
    taken = [
        TakenRow(
            str(row["id"]),
            {key: value for key, value in row.items() if key != "id"},
            number,
            hashlib.blake2b(str(number).encode(), digest_size=16).digest(),
        )
        for number, row in enumerate(rows, 2)
    ]
    with desk.mirror.transaction():
        desk.mirror.take_in(ledger, taken, NOW, "benchmark")
    desk.mirror.export_history(desk.folder / "历史", desk.pc)


def put_into_workbook(path: Path, forms: Sequence[Form], rows: Mapping[str, Iterable[Row]]) -> None:
    """Write rows below the headers of a new workbook, in the columns' own styles.

    Neither openpyxl (minutes) nor the program's own writer (what is measured) does this.
    """
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    for number, form in enumerate(forms, 1):
        part = f"xl/worksheets/sheet{number}.xml"
        if form.ledger in rows:
            parts[part] = _with_rows(parts[part], form, rows[form.ledger])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in parts.items():
            book.writestr(name, content)


def _with_rows(sheet: bytes, form: Form, rows: Iterable[Row]) -> bytes:
    shown, folded = arranged(form, "furniture")
    styles = _column_styles(sheet)
    columns = [
        (column, column_letters(at), styles.get(at, 0))
        for at, column in enumerate((*shown, *folded), 1)
    ]
    made = [
        b'<row r="%d">' % number
        + b"".join(
            cell_xml(b"", f"{letter}{number}", style, stored(row[column.key], column.type))
            for column, letter, style in columns
            if column.key in row
        )
        + b"</row>"
        for number, row in enumerate(rows, 2)
    ]
    sheet = sheet.replace(b"</sheetData>", b"".join(made) + b"</sheetData>")
    extent = f'ref="A1:{column_letters(len(columns))}{len(made) + 1}"'.encode()
    return re.sub(rb'(<(?:dimension|autoFilter) )ref="[^"]*"', rb"\1" + extent, sheet)


def _column_styles(sheet: bytes) -> dict[int, int]:
    """Return the style number of each column by its position."""
    found: dict[int, int] = {}
    for col in re.findall(rb"<col [^>]*>", sheet):
        facts = dict(re.findall(rb'(\w+)="([^"]*)"', col))
        for at in range(int(facts[b"min"]), int(facts[b"max"]) + 1):
            found[at] = int(facts.get(b"style", 0))
    return found


def _dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # the same invented people each time, nothing secret
