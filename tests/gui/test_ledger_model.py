from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from storedesk.domain.forms import Column, Form
from storedesk.domain.records import Record
from storedesk.domain.values import Type, Value
from storedesk.gui.ledger_model import PAGE, LedgerModel

FORM = Form(
    "customers",
    "客户档案",
    "客户档案.xlsx",
    "KH",
    (
        Column("id", "客户编号"),
        Column("name", "客户姓名"),
        Column("phone", "联系电话", Type.PHONE),
        Column("amount", "金额", Type.MONEY),
        Column("met_on", "日期", Type.DATE),
    ),
    title="name",
)
pytestmark = pytest.mark.may_block("the model tester checks a whole model at every signal")
IDS = [f"KH-20261122-A{number:05d}" for number in range(1000)]


def record(record_id: str) -> Record:
    number = int(record_id[-5:])
    values: dict[str, Value] = {
        "name": f"客户{number}",
        "phone": "13800138000",
        "amount": 1280.5,
        "met_on": date(2026, 11, 22),
    }
    return Record("customers", record_id, values, raw={"amount": "一千二"} if number == 7 else {})


class Shelf(QObject):
    """Answers a model's wishes, at once or when told to."""

    def __init__(self, model: LedgerModel) -> None:
        super().__init__(model)
        self.model = model
        self.asked: list[int] = []
        model.wanted.connect(self.note)

    def note(self, page: int, ids: list[str]) -> None:
        self.asked.append(page)
        self.model.take_page(page, [record(one) for one in ids if one != "KH-20261122-A00003"])


@pytest.fixture
def model() -> Iterator[LedgerModel]:
    made = LedgerModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.show_form(FORM, FORM.columns)
    yield made
    del tester


def text(model: LedgerModel, row: int, column: int) -> object:
    return model.index(row, column).data()


def test_only_the_pages_in_sight_are_read(model: LedgerModel, qtbot: QtBot) -> None:
    shelf = Shelf(model)
    model.show_ids(IDS)
    assert model.rowCount() == 1000
    qtbot.waitUntil(lambda: bool(shelf.asked))
    shelf.asked.clear()
    assert text(model, 450, 1) == ""
    qtbot.waitUntil(lambda: text(model, 450, 1) == "客户450")
    assert set(shelf.asked) == {2}


def test_cells_read_as_people_read_them(model: LedgerModel, qtbot: QtBot) -> None:
    Shelf(model)
    model.show_ids(IDS)
    qtbot.waitUntil(lambda: text(model, 0, 1) == "客户0")
    row = [text(model, 0, at) for at in range(5)]
    assert row == [IDS[0], "客户0", "138 0013 8000", "1,280.50", "2026-11-22"]
    assert text(model, 7, 3) == "一千二"
    spoken = model.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "联系电话：138 0013 8000"
    right = Qt.AlignmentFlag.AlignRight
    assert model.index(0, 3).data(Qt.ItemDataRole.TextAlignmentRole) & int(right)
    head = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(5)]
    assert head == [column.label for column in FORM.columns]


def test_a_record_that_is_gone_leaves_an_empty_row(model: LedgerModel, qtbot: QtBot) -> None:
    Shelf(model)
    model.show_ids(IDS)
    qtbot.waitUntil(lambda: text(model, 4, 1) == "客户4")
    assert model.record_at(3) is None
    assert text(model, 3, 0) == IDS[3]
    assert text(model, 3, 1) == ""


def test_a_changed_record_is_read_again(model: LedgerModel, qtbot: QtBot) -> None:
    shelf = Shelf(model)
    model.show_ids(IDS)
    qtbot.waitUntil(lambda: text(model, 0, 1) == "客户0")
    shelf.asked.clear()
    with qtbot.waitSignal(model.dataChanged):
        model.refresh([IDS[5], "KH-nobody"])
    text(model, 5, 1)
    qtbot.waitUntil(lambda: shelf.asked == [0])


def test_another_query_shows_other_rows(model: LedgerModel, qtbot: QtBot) -> None:
    Shelf(model)
    model.show_ids(IDS)
    qtbot.waitUntil(lambda: text(model, 0, 1) == "客户0")
    model.show_ids(IDS[500:510])
    assert model.rowCount() == 10
    assert model.id_at(0) == IDS[500]
    assert model.row_of(IDS[509]) == 9
    assert model.row_of(IDS[0]) is None
    assert model.id_at(10) == ""
    qtbot.waitUntil(lambda: text(model, 0, 1) == "客户500")


def test_the_same_ids_again_keep_rows_and_read_cells_anew(model: LedgerModel, qtbot: QtBot) -> None:
    shelf = Shelf(model)
    model.show_ids(IDS[:10])
    qtbot.waitUntil(lambda: text(model, 0, 1) == "客户0")
    shelf.asked.clear()
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.show_ids(list(IDS[:10]))
    text(model, 0, 1)
    qtbot.waitUntil(lambda: bool(shelf.asked))


def test_memory_is_bounded_by_the_pages_kept(qtbot: QtBot) -> None:
    model = LedgerModel()
    model.show_form(FORM, FORM.columns)
    shelf = Shelf(model)
    model.show_ids([f"KH-20261122-A{number:05d}" for number in range(100 * PAGE)])
    for page in range(100):
        model.record_at(page * PAGE)
    qtbot.waitUntil(lambda: len(set(shelf.asked)) == 100)
    assert len(model._pages) == 40
    assert model.record_at(99 * PAGE) is not None


def test_columns_can_be_chosen(model: LedgerModel, qtbot: QtBot) -> None:
    Shelf(model)
    model.show_ids(IDS[:10])
    qtbot.waitUntil(lambda: text(model, 0, 1) == "客户0")
    model.show_columns((FORM["name"],))
    assert model.columnCount() == 1
    assert text(model, 0, 0) == "客户0"
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.columnCount(QModelIndex()) == 1
