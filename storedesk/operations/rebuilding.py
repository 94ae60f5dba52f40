"""Throwing the mirror away and reading everything anew from the workbooks (promise 4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.operations import checking, replaying, syncing
from storedesk.operations.clock import Clock
from storedesk.operations.desk import Desk, open_desk


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came back.

    Attributes:
        counts: records by ledger.
        waiting: records of which something still waits for a workbook.
        replayed: records of which something was known to the history files alone.
        errors: why a workbook could not be read or written.
    """

    counts: dict[str, int]
    waiting: int
    replayed: int
    sentence: str
    errors: tuple[StoreDeskError, ...] = ()


def rebuild(
    folder: Path, *, clock: Clock | None = None, take_over: Collection[str] = ()
) -> Rebuilt:
    """Read a desk's workbooks anew; entries that wait for a workbook are carried over.

    Args:
        folder: of the desk.
        clock: clock of the desk.
        take_over: letters of PCs that are gone for good, whose last entries never reached a
            workbook; they are entered here from the history files.

    Raises:
        Misuse: a letter is not that of another PC of this desk.
    """
    with open_desk(folder, clock=clock) as desk:
        gone = _gone_pcs(desk, take_over)
        # What people changed in Excel meanwhile gets into the history before its base is dropped.
        syncing.sync(desk)
        desk.mirror.empty()
        first = syncing.sync(desk)
        replayed = replaying.replay(desk, desk.forms.workbooks(), (desk.pc, *gone))
        report = syncing.sync(desk) if replayed else first
        counts = checking.ledger_sizes(desk)
        waiting = sum(one.count for one in report.waiting)
        return Rebuilt(
            counts, waiting, replayed, _sentence(desk, counts, waiting, replayed), report.errors
        )


def _gone_pcs(desk: Desk, letters: Collection[str]) -> Sequence[str]:
    others = replaying.other_pcs(desk)
    for letter in letters:
        if letter not in others:
            known = f"有：{'、'.join(others)}" if others else "没有别的电脑用过"
            raise Misuse(f"这个门店没有编号为「{letter}」的另一台电脑（{known}）。")
    return tuple(dict.fromkeys(letters))


def _sentence(desk: Desk, counts: dict[str, int], waiting: int, replayed: int) -> str:
    told = "，".join(
        f"{form.label} {counts[form.ledger]}" for form in desk.forms if counts[form.ledger]
    )
    parts = [f"已从工作簿重新读入：{told}"]
    if replayed:
        parts.append(f"从「历史」找回 {replayed} 条还没写进工作簿的登记")
    if waiting:
        parts.append(f"另有 {waiting} 条等待写入，都在")
    return "；".join(parts) + "。"
