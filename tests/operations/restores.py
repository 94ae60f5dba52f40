"""What people do around a restore, in few words."""

from __future__ import annotations

from datetime import datetime, timedelta

from storedesk.domain.select import Select
from storedesk.operations import backing_up, records, restoring, syncing
from storedesk.operations.desk import Desk
from storedesk.operations.restore_preview import RestorePoint, RestorePreview
from storedesk.operations.restoring import RestoreDone
from tests.operations import excel
from tests.operations.shops import CALLER, Shop

BOOK, SHEET = "客户档案.xlsx", "客户档案"
WANG = {"客户姓名": "王建国", "联系电话": "13800003456", "地址": "学府花园3幢501"}
FAR = datetime(2099, 1, 1)
LI = {"客户姓名": "李敏", "联系电话": "13900001111", "地址": "滨河湾8幢"}


def add(desk: Desk, entered: dict[str, str]) -> str:
    record = records.add(desk, "customers", entered, CALLER).first
    syncing.sync(desk)
    return record


def change(desk: Desk, record: str, **cells: str) -> None:
    records.set_values(desk, record, cells, CALLER)
    syncing.sync(desk)


def in_excel(desk: Desk, *changes: object) -> None:
    for one in changes:
        excel.edit(desk.path(BOOK), one)  # type: ignore[arg-type]
    syncing.sync(desk)


def backed_up(shop: Shop) -> RestorePoint:
    """Make a backup of every workbook and let some time pass."""
    desk = shop.desk
    backing_up.make(desk.folder, desk.forms.workbooks(), desk.clock.now())
    shop.clock.moment += timedelta(minutes=5)
    return restoring.points(desk.folder, BOOK)[0]


def restore(desk: Desk, point: RestorePoint) -> tuple[RestorePreview, RestoreDone]:
    """Look, restore, and let the sync after it write what was kept."""
    seen = restoring.preview_now(desk, point)
    done = restoring.restore_now(desk, seen, by=CALLER)
    assert done.done, done.sentence
    report = syncing.sync(desk)
    assert report.waiting == ()
    assert syncing.sync(desk).lines() == ["都已同步：工作簿没有新的改动，也没有等待写入的登记。"]
    return seen, done


def row_of(desk: Desk, record: str) -> dict[str, object]:
    (row,) = [row for row in excel.rows_of(desk.path(BOOK), SHEET) if row["客户编号"] == record]
    return row


def names(desk: Desk) -> list[str]:
    return sorted(str(row["客户姓名"]) for row in excel.rows_of(desk.path(BOOK), SHEET))


def agree(desk: Desk) -> None:
    """The mirror holds what the workbook holds."""
    in_book = {row["客户编号"]: row for row in excel.rows_of(desk.path(BOOK), SHEET)}
    customers = desk.mirror.select(Select("customers"))
    assert {one.id for one in customers} == set(in_book)
    for one in customers:
        assert one["name"] == in_book[one.id]["客户姓名"]
        assert one["address"] == in_book[one.id].get("地址")
        assert one["wechat"] == in_book[one.id].get("微信")
