"""The ledger stays smooth and the interpreter whole while it is scrolled for long."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop, QModelIndex, QTimer
from PySide6.QtWidgets import QApplication

from storedesk.domain.forms import Column, Form
from storedesk.domain.records import Record
from storedesk.domain.values import Type
from storedesk.gui.ledger_model import LedgerModel
from storedesk.gui.widgets.table import LedgerTable

FRAMES = 300
ROWS = 100_000
FORM = Form(
    "customers",
    "客户档案",
    "客户档案.xlsx",
    "KH",
    (
        Column("id", "客户编号"),
        Column("name", "客户姓名"),
        Column("status", "状态", Type.CHOICE),
        *(Column(f"text{at}", f"第 {at} 列") for at in range(8)),
    ),
    title="name",
)


@pytest.fixture
def table() -> Iterator[LedgerTable]:
    model = LedgerModel()
    model.show_form(FORM, FORM.columns)

    def answer(page: int, ids: list[str]) -> None:
        # As the clerk answers: later, and with records that another thread has made.
        found = [_record(one) for one in ids]
        QTimer.singleShot(0, model, lambda: model.take_page(page, found))

    model.wanted.connect(answer)
    model.show_ids([f"KH-20261122-A{number:06d}" for number in range(ROWS)])
    table = LedgerTable()
    model.setParent(table)
    table.setModel(model)
    table.resize(1146, 620)
    table.show()
    yield table
    table.close()
    table.deleteLater()


def _record(record_id: str) -> Record:
    texts = {f"text{at}": f"{record_id[-4:]} 的第 {at} 格" for at in range(8)}
    return Record("customers", record_id, {"name": "王建国", "status": "待拨", **texts})


def test_scrolling_for_long_keeps_the_reference_counts(table: LedgerTable) -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None at every call and then aborts."""
    bar = table.verticalScrollBar()
    step = bar.maximum() // FRAMES
    for _ in range(20):
        _frame(table)
    before = sys.getrefcount(None)
    for frame in range(FRAMES):
        bar.setValue(frame * step)
        _frame(table)
    assert sys.getrefcount(None) > before - 500


def _frame(table: LedgerTable) -> None:
    table.viewport().update()
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


def test_a_row_in_the_middle_is_there_when_it_is_shown(table: LedgerTable) -> None:
    model = table.model()
    table.scrollTo(model.index(ROWS // 2, 0))
    for _ in range(5):
        _frame(table)
    assert model.index(ROWS // 2, 1).data() == "王建国"
    assert model.rowCount(QModelIndex()) == ROWS
