"""Which files beside a workbook are copies of it, by their names.

Pure. Two kinds (workbooks.md §3.3): names that only a sync client gives, when two PCs changed one
file at once; and names a person may have given on purpose, such as ``客户档案 2025年归档``,
``客户档案 - 副本`` or ``客户档案(1)``: a safeguard, or for head office without phones. The first
are merged by themselves. The second never are: what is missing or masked in them is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CONFLICT = re.compile(r"冲突|conflict", re.IGNORECASE)
"""坚果云 ``-冲突`` and ``-NSConflict``, Dropbox ``(HOST's conflicted copy 2024-01-31)``, others
``(冲突副本 2026-11-20)``, Syncthing ``.sync-conflict-20240131-101500-ABCDEFG``."""
_HOST = re.compile(r"-(?:DESKTOP|LAPTOP|WIN|MACBOOK)-[A-Z0-9]{4,15}(?:-\d+)?", re.IGNORECASE)
"""OneDrive appends the name of the PC; these are the names Windows gives by itself."""
_OURS = ("~$", ".")
"""Owner files of Excel and of other programs, and our own files, are no copies."""


@dataclass(frozen=True, slots=True)
class CopyName:
    """A file that looks like a copy of a workbook.

    Attributes:
        name: its file name.
        workbook: the workbook it was made from.
        is_conflict: a sync client named it; it is to be merged.
    """

    name: str
    workbook: str
    is_conflict: bool


def copy_name(name: str, workbooks: Iterable[str], host: str = "") -> CopyName | None:
    """Return what a file's name says, None if it is no copy of any of the workbooks.

    Args:
        name: file name.
        workbooks: file names of the desk's workbooks.
        host: name of this PC, which OneDrive appends.
    """
    if name in workbooks or name.startswith(_OURS):
        return None
    for workbook in sorted(workbooks, key=len, reverse=True):
        stem, _, ending = workbook.rpartition(".")
        if name.startswith(stem) and name.lower().endswith(f".{ending}".lower()):
            tail = name[len(stem) : -len(ending) - 1]
            return CopyName(name, workbook, is_conflict=_is_conflict(tail, host))
    return None


def _is_conflict(tail: str, host: str) -> bool:
    if _CONFLICT.search(tail) or _HOST.fullmatch(tail):
        return True
    appended = rf"-{re.escape(host)}(?:-\d+)?"
    return bool(host) and re.fullmatch(appended, tail, re.IGNORECASE) is not None
