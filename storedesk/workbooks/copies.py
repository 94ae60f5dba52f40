"""Copies of a workbook that lie beside it: whose they are, and putting merged ones away."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from storedesk.domain.errors import WorkbookHeld
from storedesk.domain.sheets import Fingerprint, Stamp
from storedesk.workbooks.backups import FOLDER
from storedesk.workbooks.disk import failure, read_whole
from storedesk.workbooks.package import Package
from storedesk.workbooks.parts import anatomy
from storedesk.workbooks.safety import check_sizes
from storedesk.workbooks.stamp import read_stamp

MERGED_COPIES = "冲突副本"
"""Folder below the backups."""


def stamp_of(path: Path) -> tuple[Stamp, Fingerprint]:
    """Return the program's mark in a workbook without reading its sheets.

    Raises:
        WorkbookMissing, WorkbookHeld, WorkbookError: the file cannot be read now.
        WorkbookEncrypted, WorkbookDamaged, WorkbookUnsafe: it cannot be read at all.
    """
    content, known = read_whole(path)
    package = Package(content, path.name)
    check_sizes(package)
    return read_stamp(package, anatomy(package)), known


def put_away(folder: Path, copy: Path) -> Path:
    """Move a conflict copy that has been merged to where merged ones are kept; none is deleted.

    Raises:
        WorkbookHeld, NotWritable, DiskFull, WorkbookError: it stays where it is.
    """
    place = folder / FOLDER / MERGED_COPIES
    try:
        place.mkdir(parents=True, exist_ok=True)
        target = place / copy.name
        for number in itertools.count(2):
            if not target.exists():
                break
            target = place / f"{copy.stem} {number}{copy.suffix}"
        copy.rename(target)
    except PermissionError as error:
        raise (WorkbookHeld(copy.name) if os.name == "nt" else failure(error, copy)) from error
    except OSError as error:
        raise failure(error, copy) from error
    return target
