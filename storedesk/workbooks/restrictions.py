"""What keeps a workbook from being written: said when it is read, honoured, never worked around.

Each comes with a way out. Reading lists them as problems, so that nobody learns of them only when a
write fails; writing checks the same again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from storedesk.domain.errors import WorkbookUneditable
from storedesk.domain.problems import Kind, Problem
from storedesk.workbooks.addresses import Area, cell
from storedesk.workbooks.extent import SheetFacts
from storedesk.workbooks.finder import Place
from storedesk.workbooks.markup import attributes, parsed
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import Anatomy, relationships
from storedesk.workbooks.sheet_xml import SheetXml
from storedesk.workbooks.tables import TOTALS, Table, room

_SHARING = re.compile(rb"<(?:[\w.\-]+:)?fileSharing(?=[\s/>])[^>]*>")
_FINAL = "_MarkAsFinal"
_SIGNATURES = "origin"
_REVISIONS = "revisionHeaders"
_ON = (b"1", b"true")
_AT_MOST = 20
"""Merged areas that are listed of one sheet."""

_UNSIGN = "请在 Excel 里点「文件 → 信息」删除签名，或另存一份不带签名的 .xlsx 换上"
_UNRESERVE = "请在 Excel 里另存为 .xlsx：在「工具 → 常规选项」里去掉修改密码和“建议只读”"
_UNFINISH = "请在 Excel 里打开，点上面的“仍然编辑”，再保存"
_UNSHARE = "请在 Excel 里点「审阅 → 共享工作簿」，去掉“允许多用户同时编辑”"
_UNPROTECT = "请在 Excel 里点「审阅 → 撤销工作表保护」"
_SAVE_ANEW = "请在 Excel 或 WPS 里另存为新的 .xlsx，换上它"
_WAITING = "您照常登记：都已存好，能写了就自动写入"


def check_may_write(package: Package, anatomy: Anatomy) -> None:
    """Check that nobody asked for the workbook to be left alone, and that its file can be edited.

    A protected structure (no sheets to be added or moved) forbids no entry.

    Raises:
        WorkbookUneditable: signed, marked as final, saved with a password for writing, or shared
            in the old way, where changes are logged in the file and ours would be lost.
    """
    package.check_editable()
    workbook = package.workbook
    if any(link.kind == _SIGNATURES for link in relationships(package, "")):
        raise WorkbookUneditable(workbook, "带有数字签名，写入会使签名失效", _UNSIGN)
    sharing = _SHARING.search(package.read(anatomy.workbook))
    if sharing and _is_reserved(attributes(sharing[0])):
        raise WorkbookUneditable(workbook, "设了修改密码或建议只读", _UNRESERVE)
    if any(link.kind == _REVISIONS for link in relationships(package, anatomy.workbook)):
        raise WorkbookUneditable(workbook, "设成了多人同时编辑的“共享工作簿”", _UNSHARE)
    if anatomy.properties:
        root = parsed(package.read(anatomy.properties), workbook, "文件属性")
        marks = ["".join(one.itertext()) for one in root if one.get("name") == _FINAL]
        if marks and marks[0].strip() in ("1", "true"):
            raise WorkbookUneditable(workbook, "已标记为最终版本", _UNFINISH)


def check_sheet_open(sheet: SheetXml, name: str, workbook: str) -> None:
    """Check that a sheet is not protected.

    Raises:
        WorkbookUneditable: it is.
    """
    protection = next(sheet.elements(b"sheetProtection"), None)
    if protection and attributes(protection[0]).get(b"sheet") in _ON:
        raise WorkbookUneditable(workbook, f"工作表「{name}」有保护", _UNPROTECT)


def workbook_problems(package: Package, anatomy: Anatomy) -> tuple[Problem, ...]:
    """Return why nothing can be written into a workbook, as at most one problem."""
    try:
        check_may_write(package, anatomy)
    except WorkbookUneditable as error:
        what = f"只能看，不能写入：{error.detail}"
        hint = f"{error.advice.rstrip('。')}；{_WAITING}"
        return (Problem(Kind.READ_ONLY, what, hint, package.workbook),)
    return ()


def sheet_problems(
    workbook: str, place: Place, facts: SheetFacts, tables: Sequence[Table], last_row: int
) -> Iterable[Problem]:
    """Yield what keeps a ledger's sheet, or some of its cells, from being written.

    ``last_row`` is the last row that holds a record.
    """
    if facts.protected:
        yield _problem(workbook, place, "有保护，只能看，不能写入", f"{_UNPROTECT}；{_WAITING}")
    if facts.oddity:
        what = f"只能看，不能写入：{facts.oddity}"
        yield _problem(workbook, place, what, f"{_SAVE_ANEW}；{_WAITING}")
    ours = [table for table in tables if table.covers(place)]
    space = room(tables, ours, max(last_row, place.header_row))
    if last_row >= space.last and space.why == TOTALS:
        what, hint = (
            "表格带有汇总行，新的登记没有地方写",
            "请在 Excel 里点「表设计」，去掉“汇总行”的勾",
        )
        yield _problem(workbook, place, what, f"{hint}；{_WAITING}")
    for area in [one for one in facts.merged if _hides(one, place, last_row)][:_AT_MOST]:
        what = "合并单元格盖住了记录的内容，被盖住的格写不进去"
        hint = "请取消合并（开始 → 合并后居中）"
        yield _problem(workbook, place, what, hint, cell(area.left, area.top))


def _hides(area: Area, place: Place, last_row: int) -> bool:
    """Whether a merged area covers cells of records that are not its first."""
    hidden = [
        column
        for column in place.columns.values()
        if area.left <= column <= area.right and (column > area.left or area.bottom > area.top)
    ]
    return bool(hidden) and area.bottom > place.header_row and area.top <= last_row


def _problem(workbook: str, place: Place, what: str, hint: str, address: str = "") -> Problem:
    ledger, sheet = place.form.ledger, place.sheet.name
    return Problem(Kind.READ_ONLY, what, hint, workbook, sheet, address, ledger)


def _is_reserved(tag: dict[bytes, bytes]) -> bool:
    return (
        tag.get(b"readOnlyRecommended") in _ON
        or b"reservationPassword" in tag
        or b"hashValue" in tag
    )
