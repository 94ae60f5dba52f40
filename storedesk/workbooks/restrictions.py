"""What people put on a workbook so that it is not written: honoured, never worked around."""

from __future__ import annotations

import re

from storedesk.domain.errors import WorkbookUneditable
from storedesk.workbooks.markup import attributes, parsed
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, relationships
from storedesk.workbooks.sheet_xml import SheetXml

_SHARING = re.compile(rb"<(?:[\w.\-]+:)?fileSharing(?=[\s/>])[^>]*>")
_FINAL = "_MarkAsFinal"
_SIGNATURES = "origin"
_ON = (b"1", b"true")


def check_may_write(package: Package, anatomy: Anatomy) -> None:
    """Check that nobody asked for the workbook to be left alone.

    Raises:
        WorkbookUneditable: signed, marked as final, or saved with a password for writing.
    """
    package.check_editable()
    if any(link.kind == _SIGNATURES for link in relationships(package, "")):
        raise WorkbookUneditable(package.workbook, "带有数字签名，改动会使签名失效")
    sharing = _SHARING.search(package.read(anatomy.workbook))
    if sharing and _is_reserved(attributes(sharing[0])):
        raise WorkbookUneditable(package.workbook, "设了修改密码或建议只读")
    if anatomy.properties:
        root = parsed(package.read(anatomy.properties), package.workbook, "文件属性")
        marks = ["".join(one.itertext()) for one in root if one.get("name") == _FINAL]
        if marks and marks[0].strip() in ("1", "true"):
            raise WorkbookUneditable(package.workbook, "已标记为最终版本")


def check_sheet_open(sheet: SheetXml, name: str, workbook: str) -> None:
    """Check that a sheet is not protected.

    Raises:
        WorkbookUneditable: it is.
    """
    protection = next(sheet.elements(b"sheetProtection"), None)
    if protection and attributes(protection[0]).get(b"sheet") in _ON:
        raise WorkbookUneditable(
            workbook, f"工作表「{name}」有保护，请在 Excel 里点“撤销工作表保护”"
        )


def _is_reserved(tag: dict[bytes, bytes]) -> bool:
    return (
        tag.get(b"readOnlyRecommended") in _ON
        or b"reservationPassword" in tag
        or b"hashValue" in tag
    )
