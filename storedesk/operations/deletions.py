"""A row deleted in Excel while its record was edited here: kept, not written back, and asked about.

Only a person can know which of the two was meant (workbooks.md §6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.changes import Change, Operation
from storedesk.domain.errors import Misuse
from storedesk.domain.values import shown
from storedesk.operations import records, writing
from storedesk.operations.desk import Desk

NOT_TOLD = frozenset({"id", "created_by", "created_at", "updated_by", "updated_at"})
"""Columns the program fills in by itself: not what a person entered."""
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record whose row is gone although edits waited for it.

    Attributes:
        title: what names the record to people.
        sheet: the ledger in words.
        edits: what was entered here and is in no workbook, as header and value.
        at: when the row was found missing.
    """

    ledger: str
    record: str
    title: str
    sheet: str
    edits: tuple[tuple[str, str], ...]
    at: datetime

    def sentence(self) -> str:
        """Return the question."""
        told = "、".join(f"{label}「{text or '（空）'}」" for label, text in self.edits[:_TOLD])
        more = " 等" if len(self.edits) > _TOLD else ""
        entered = f"刚登记过：{told}{more}" if told else "还有没写入的登记"
        return (
            f"「{self.sheet}」里的{self.title}在 Excel 里被删掉了，店务台里{entered}。"
            "写回表格，还是确实删掉？"
        )


def open_deletions(desk: Desk) -> list[Deletion]:
    """Return what nobody has decided yet, oldest first."""
    found = []
    for one in desk.mirror.held.all():
        record = desk.mirror.get(one.ledger, one.record)
        if record is None:
            continue
        form = desk.forms[one.ledger]
        base = desk.mirror.base(one.ledger, one.record)
        edits = tuple(
            (column.label, shown(record[column.key], column.type))
            for column in form.in_workbook()
            if column.key not in NOT_TOLD and record[column.key] != base.get(column.key)
        )
        title = records.title(form, record)
        found.append(Deletion(one.ledger, one.record, title, form.label, edits, one.at))
    return found


def write_back(desk: Desk, ledger: str, record: str, *, by: str) -> Change:
    """Write the record into its workbook again, whole, as a new row.

    Raises:
        Misuse: it was decided already, or nobody is named.
    """
    _check(desk, ledger, record)
    writing.actor(desk, by)
    desk.mirror.write_again(ledger, record, desk.clock.now())
    return Change("write back", {ledger: (record,)})


def delete(desk: Desk, ledger: str, record: str, *, by: str) -> Change:
    """Let the record go, as it went in Excel; its values stay in the history.

    Raises:
        Misuse: it was decided already, or nobody is named.
    """
    _check(desk, ledger, record)
    who, now = writing.actor(desk, by), desk.clock.now()
    operation = Operation(
        writing.new_operation_id(now), now, who, (), note="deleted, as in the workbook"
    )
    desk.mirror.remove(ledger, record, operation)
    return Change(operation.id, {ledger: (record,)})


def _check(desk: Desk, ledger: str, record: str) -> None:
    if record not in desk.mirror.held.of(ledger):
        raise Misuse("这一条已经决定过了。")
