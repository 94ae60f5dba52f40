"""需核对: cells that both sides changed, shown with both values, decided by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.changes import Change, Edit
from storedesk.domain.errors import Misuse
from storedesk.domain.values import Unreadable, Value, canonical, shown
from storedesk.operations import records, writing
from storedesk.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell with two values.

    Attributes:
        number: names it for ``resolve``.
        title: what names the record to people.
        label: header of the column.
        ours, theirs: as the cell would show them; ``theirs`` stands in the workbook.
        by: who entered ours, as far as the history tells; empty if it came from elsewhere, such as
            a conflict copy.
    """

    number: int
    ledger: str
    record: str
    key: str
    title: str
    label: str
    ours: str
    theirs: str
    at: datetime
    by: str = ""

    def sentence(self) -> str:
        """Return the question (shop.md §5 message 3)."""
        who = f"店务台（{self.by}）" if self.by else "另一份（冲突副本或另一台电脑）"
        return (
            f"{self.title}的{self.label}两边都改过。{who}：{self.ours or '（空）'}；"
            f"Excel（{self.at:%H:%M}读入）：{self.theirs or '（空）'}。用哪个？"
        )


def open_clashes(desk: Desk) -> list[Clash]:
    """Return the cells nobody has decided yet, oldest first."""
    found = []
    for one in desk.mirror.conflicts():
        record = desk.mirror.get(one.ledger, one.record)
        if record is None:
            continue
        form = desk.forms[one.ledger]
        column = form[one.key]
        entered = next(
            (e.by for e in desk.mirror.history(one.ledger, one.record)
             if e.key == one.key and e.new == one.ours),
            "",
        )  # fmt: skip
        found.append(
            Clash(
                one.id,
                one.ledger,
                one.record,
                one.key,
                records.title(form, record),
                column.label,
                shown(one.ours, column.type),
                shown(one.theirs, column.type),
                one.at,
                entered,
            )
        )
    return found


def use_theirs(desk: Desk, number: int, *, by: str) -> Change:
    """Let the workbook's value stand; ours stays in the history.

    Raises:
        Misuse: it was decided already.
    """
    _clash(desk, number)
    who = writing.actor(desk, by)
    desk.mirror.settle_conflict(number, desk.clock.now(), who)
    return Change()


def use_ours(desk: Desk, number: int, *, by: str) -> Change:
    """Write our value over the workbook's."""
    clash = _clash(desk, number)
    return use_other(desk, number, clash.ours, by=by)


def use_other(desk: Desk, number: int, text: str, *, by: str) -> Change:
    """Write a value a person gives, in place of both.

    Raises:
        Misuse: it was decided already, or the text means nothing in that column.
    """
    clash = _clash(desk, number)
    column = desk.forms[clash.ledger][clash.key]
    try:
        value: Value = canonical(text, column.type)
    except Unreadable as reason:
        raise Misuse(f"{column.label}{reason}。") from None
    with desk.mirror.transaction():
        edit = Edit(clash.ledger, clash.record, {clash.key: value})
        change = writing.write(desk, (edit,), by=by, note="resolve conflict")
        desk.mirror.settle_conflict(number, desk.clock.now(), by)
    return change


def _clash(desk: Desk, number: int) -> Clash:
    found = next((one for one in open_clashes(desk) if one.number == number), None)
    if found is None:
        raise Misuse("这一处已经核对过了。")
    return found
