"""The states a workbook can be brought back to, and what going back would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storedesk.domain.sheets import Fingerprint, WorkbookContent
from storedesk.mirror.others import Entered
from storedesk.workbooks import backups

_SHOWN = 30
"""So many single changes a preview names in words; all of them are in its fields."""


@dataclass(frozen=True, slots=True)
class RestorePoint:
    """A state a workbook can be brought back to.

    Attributes:
        at: when the workbook was like that.
        size: bytes.
        replaced: it is what an earlier restore replaced.
    """

    workbook: str
    at: datetime
    path: Path
    size: int
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A backup and the workbook it would replace, as read.

    Attributes:
        content: what the backup holds.
        current: the workbook as it is now; None if it is missing.
        others: what was entered on other PCs since.
    """

    point: RestorePoint
    content: WorkbookContent
    current: Fingerprint | None
    others: Entered = frozenset()


@dataclass(frozen=True, slots=True)
class RestoredCell:
    """One cell that a restore would change, as shown."""

    ledger: str
    record: str
    title: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RestoredRecord:
    """One record that a restore would bring back, keep or take out."""

    ledger: str
    record: str
    title: str


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """What a restore would do.

    Attributes:
        undo_excel: what people changed in Excel since the backup is undone; if not, everything
            known is written into the backup.
        why: why it is so, if the workbook decides it.
        cells: cells that change.
        back: rows that come back.
        going: rows typed in Excel since, which go.
        kept: records entered or changed in the program since, which are written again.
        calls: how many calls nobody has made yet go with what goes.
    """

    reading: Reading
    undo_excel: bool
    why: str = ""
    cells: tuple[RestoredCell, ...] = ()
    back: tuple[RestoredRecord, ...] = ()
    going: tuple[RestoredRecord, ...] = ()
    kept: tuple[RestoredRecord, ...] = ()
    calls: int = 0

    @property
    def point(self) -> RestorePoint:
        """The state to go back to."""
        return self.reading.point

    def lines(self) -> list[str]:
        """Return the preview in sentences."""
        at = f"{self.point.at:%Y-%m-%d %H:%M}"
        lines = [f"《{self.point.workbook}》恢复到 {at} 的备份："]
        if self.why:
            lines.append(self.why)
        lines += [
            f"改回：{one.title} 的{one.label}「{one.old}」→「{one.new}」"
            for one in self.cells[:_SHOWN]
        ]
        if len(self.cells) > _SHOWN:
            lines.append(f"…… 共改回 {len(self.cells)} 处")
        lines += _named("回来", self.back)
        lines += _named("去掉（备份以后在 Excel 里填的）", self.going)
        if self.calls:
            lines.append(f"随之去掉还没打过的回访 {self.calls} 个")
        lines += _named("保留，会重新写进去（备份以后在店务台登记的）", self.kept)
        if len(lines) == 1:
            lines.append("内容和现在一样，没有要改的。")
        lines.append(f"现在的文件会先收在「{backups.FOLDER}/{backups.REPLACED}」里。")
        return lines


def _named(what: str, found: tuple[RestoredRecord, ...]) -> list[str]:
    if not found:
        return []
    names = "、".join(one.title for one in found[:_SHOWN])
    more = " 等" if len(found) > _SHOWN else ""
    return [f"{what} {len(found)} 条：{names}{more}"]
