"""Measuring a foreign file before any reader sees it (workbooks.md §5).

A small file can unpack to gigabytes (2.9 MB to 3 GB was tried), which must not happen to a store's
PC.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from storedesk.domain.errors import WorkbookUnsafe
from storedesk.workbooks.extent import SheetFacts, check_sheet
from storedesk.workbooks.markup import check_no_doctype
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, Worksheet

_MB = 1 << 20
FILE_LIMIT = 60 * _MB
UNPACKED_LIMIT = 1500 * _MB
RATIO_LIMIT = 200
"""Honest sheets reach 121; bombs begin near 400. Asked of parts over ``RATIO_FROM`` only."""
RATIO_FROM = 10 * _MB
MEMBER_LIMIT = 5_000
STRING_LIMIT = 2_000_000

_XML_ENDINGS = (".xml", ".rels", ".vml")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.\-]+)[\"']")
_PLAIN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_STRING_ITEM = re.compile(rb"<(?:[\w.\-]+:)?si(?=[\s/>])")


def check_sizes(package: Package) -> None:
    """Check what the directory of a package says, before anything is unpacked.

    Raises:
        WorkbookUnsafe: a limit is passed; the message says which.
    """
    workbook = package.workbook
    if package.file_size > FILE_LIMIT:
        raise WorkbookUnsafe(workbook, f"文件超过 {FILE_LIMIT // _MB} MB")
    if len(package.names) > MEMBER_LIMIT:
        raise WorkbookUnsafe(workbook, "里面的部件太多")
    sizes = [package.sizes(name) for name in package.names]
    if sum(size for size, _ in sizes) > UNPACKED_LIMIT:
        raise WorkbookUnsafe(workbook, "解开后太大")
    if any(size > RATIO_FROM and size > packed * RATIO_LIMIT for size, packed in sizes):
        raise WorkbookUnsafe(workbook, "压缩得不正常")


def check_parts(
    package: Package,
    anatomy: Anatomy,
    sheets: Collection[Worksheet],
    checked: Collection[str] = (),
) -> dict[str, SheetFacts]:
    """Check every part, and how far the sheets reach that are going to be read.

    Every part is unpacked once, so that lengths and check sums are proved. Other sheets may reach
    as far as people like, and parts that have been ``checked`` are passed over.

    Returns:
        What was noticed about each of the ``sheets``, by part name.

    Raises:
        WorkbookUnsafe: a limit is passed; the message says which.
        WorkbookDamaged: a part is broken.
    """
    names = {sheet.part: sheet.name for sheet in sheets}
    facts: dict[str, SheetFacts] = {}
    for part in package.names:
        if part in checked:
            continue
        if not part.lower().endswith(_XML_ENDINGS):
            for _ in package.chunks(part):
                pass
            continue
        content = package.read(part)
        check_xml(package.workbook, part, content)
        if part in names:
            facts[part] = check_sheet(content, package.workbook, names[part])
        elif part == anatomy.strings and _string_count(content) > STRING_LIMIT:
            raise WorkbookUnsafe(package.workbook, "不同的文字太多")
    return facts


def _string_count(content: bytes) -> int:
    """Return how many shared strings there are; counted exactly only where it matters."""
    bound = content.count(b"<si") + content.count(b":si")
    return bound if bound <= STRING_LIMIT else len(_STRING_ITEM.findall(content))


def check_xml(workbook: str, part: str, content: bytes) -> None:
    """Check that a part is plain UTF-8 and defines no entities, so that its bytes can be searched.

    Raises:
        WorkbookUnsafe: it is something else.
    """
    if content.startswith(_UTF16):
        raise WorkbookUnsafe(workbook, "用了少见的 UTF-16 编码")
    declared = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in _PLAIN_ENCODINGS:
        raise WorkbookUnsafe(workbook, f"用了少见的编码 {declared[1].decode('ascii', 'replace')}")
    check_no_doctype(content, workbook, part)
