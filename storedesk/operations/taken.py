"""What came in from a workbook, and the sentences about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storedesk.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in from one workbook.

    Attributes:
        new, changed, gone: ids of records by ledger.
        conflicts: cells that both sides changed.
        problems: what to look at in this workbook.
        stopped: too much changed at once; nothing was taken in, a person must confirm.
        old_copy: the file was an old copy, or one another PC went on from: what it lacked is
            written again.
        copy: name of the conflict copy it came from; empty for the workbook itself.
    """

    workbook: str
    new: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conflicts: int = 0
    problems: tuple[Problem, ...] = ()
    stopped: bool = False
    old_copy: bool = False
    copy: str = ""

    @property
    def count(self) -> int:
        """Number of records that changed in any way."""
        parts = (self.new, self.changed, self.gone)
        return sum(len(ids) for part in parts for ids in part.values())

    def touched(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of all records that changed, by ledger."""
        found: dict[str, tuple[str, ...]] = {}
        for part in (self.new, self.changed, self.gone):
            for ledger, ids in part.items():
                found[ledger] = (*found.get(ledger, ()), *ids)
        return found

    def lines(self) -> list[str]:
        """Return what happened in sentences; none if nothing did."""
        if self.stopped:
            return ["；".join(problem.sentence() for problem in self.problems)]
        lines = []
        if self.old_copy:
            lines.append(
                f"《{self.workbook}》被一份旧副本盖过：副本里的改动已合并，"
                "后来登记的和改过的都在，会重新写进去"
            )
        if self.count or self.copy:
            lines.append(self._count_line())
        return lines

    def _count_line(self) -> str:
        parts = [
            f"{word} {sum(map(len, ids.values()))} 条"
            for word, ids in (("新增", self.new), ("修改", self.changed), ("删除", self.gone))
            if ids
        ]
        tail = f"，{self.conflicts} 处两边都改过，请到 需核对 里选" if self.conflicts else ""
        if self.copy:
            told = "、".join(parts) or "没有新的改动"
            return f"已合并冲突副本《{self.copy}》：{told}{tail}"
        return f"读入《{self.workbook}》里的改动：{'、'.join(parts)}{tail}"
