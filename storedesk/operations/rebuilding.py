"""Throwing the mirror away and reading everything anew from the workbooks (promise 4)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from storedesk.operations import checking, syncing
from storedesk.operations.clock import Clock
from storedesk.operations.desk import open_desk


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came back, by ledger, and what still waits for a workbook."""

    counts: dict[str, int]
    waiting: int
    sentence: str


def rebuild(folder: Path, *, clock: Clock | None = None) -> Rebuilt:
    """Read a desk's workbooks anew; entries that wait for a workbook are carried over."""
    with open_desk(folder, clock=clock) as desk:
        desk.mirror.empty()
        report = syncing.sync(desk)
        counts = checking.ledger_sizes(desk)
        waiting = sum(one.count for one in report.waiting)
        told = "，".join(
            f"{form.label} {counts[form.ledger]}" for form in desk.forms if counts[form.ledger]
        )
        tail = f"；另有 {waiting} 条等待写入，都在" if waiting else ""
        return Rebuilt(counts, waiting, f"已从工作簿重新读入：{told}{tail}。")
