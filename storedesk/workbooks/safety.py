"""Measuring a foreign file before any reader sees it (workbooks.md §5).

A small file can unpack to gigabytes (2.9 MB to 3 GB was tried), which must not happen to a store's
PC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from storedesk.domain.errors import WorkbookUnsafe
from storedesk.workbooks.extent import SheetFacts, check_sheet
from storedesk.workbooks.markup import check_no_doctype
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, anatomy

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


@dataclass(frozen=True, slots=True)
class Measured:
    """A package within all limits: its anatomy, and facts of each worksheet by part name."""

    anatomy: Anatomy
    facts: Mapping[str, SheetFacts]


def measure(package: Package) -> Measured:
    """Measure every part of a package.

    Every part is unpacked once, piece by piece, so that lengths and check sums are proved.

    Raises:
        WorkbookUnsafe: a limit is passed; the message says which.
        WorkbookDamaged: a part is broken.
    """
    _check_sizes(package)
    found = anatomy(package)
    sheets = {sheet.part: sheet.name for sheet in found.sheets}
    facts: dict[str, SheetFacts] = {}
    for name in package.names:
        if name in sheets:
            content = package.read(name)
            _check_encoding(package.workbook, content)
            facts[name] = check_sheet(content, package.workbook, sheets[name])
        elif name.lower().endswith(_XML_ENDINGS):
            _check_xml(package, name, is_strings=name == found.strings)
        else:
            for _ in package.chunks(name):
                pass
    return Measured(found, facts)


def _check_sizes(package: Package) -> None:
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


def _check_xml(package: Package, name: str, *, is_strings: bool) -> None:
    content = package.read(name)
    _check_encoding(package.workbook, content)
    check_no_doctype(content, package.workbook, name)
    if is_strings and len(_STRING_ITEM.findall(content)) > STRING_LIMIT:
        raise WorkbookUnsafe(package.workbook, "不同的文字太多")


def _check_encoding(workbook: str, content: bytes) -> None:
    if content.startswith(_UTF16):
        raise WorkbookUnsafe(workbook, "用了少见的 UTF-16 编码")
    declared = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in _PLAIN_ENCODINGS:
        raise WorkbookUnsafe(workbook, f"用了少见的编码 {declared[1].decode('ascii', 'replace')}")
