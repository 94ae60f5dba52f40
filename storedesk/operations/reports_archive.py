"""Where reports lie in the desk folder, and what can be read back out of one.

``报表/2026/11/RB-20261122_客户回访日报.pdf``; an amendment ends in ``_V2``. Files are written whole
or not at all, and durably.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from storedesk.domain.errors import NotWritable, WorkbookHeld
from storedesk.domain.figures.frozen import Tree, read_json
from storedesk.domain.paper_errors import PaperHeld, PaperUnreadable
from storedesk.papers import report as papers
from storedesk.workbooks import disk

log = logging.getLogger(__name__)

FOLDER = "报表"
_NOT_IN_FILE_NAMES = str.maketrans(dict.fromkeys(r'\/:*?"<>|', ""))


@dataclass(frozen=True, slots=True)
class HeldRows:
    """The rows attached to a report: what they say, and their fingerprint (SHA-256, hex)."""

    tree: Tree
    fingerprint: str


def relative_path(on: date, report_no: str, title: str, version: int) -> str:
    """Return a report's path within the desk folder, as 日报登记 holds it."""
    name = "_".join([report_no, title.translate(_NOT_IN_FILE_NAMES)])
    tail = f"_V{version}" if version > 1 else ""
    return str(PurePosixPath(FOLDER, f"{on:%Y}", f"{on:%m}", f"{name}{tail}.pdf"))


def save(path: Path, pdf: bytes) -> None:
    """Write a report in one step, making its folders.

    Raises:
        PaperHeld: another program has it open.
        NotWritable, DiskFull: as they say; what was there is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise NotWritable(str(path.parent)) from None
    except OSError as error:
        raise disk.failure(error, path) from error
    aside = disk.write_aside(path, (pdf,), secrets.token_hex(4))
    try:
        disk.replace(aside, path)
    except WorkbookHeld:
        disk.discard(aside)
        raise PaperHeld(path.name) from None
    except BaseException:
        disk.discard(aside)
        raise


def tidy(folder: Path) -> None:
    """Remove what killed writes left in the archive of a desk's folder."""
    archive = folder / FOLDER
    disk.discard_old(archive)
    for place in archive.glob("*/*"):
        disk.discard_old(place)


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a report's file, empty if it is not there or cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def rows_in(path: Path) -> HeldRows | None:
    """Return the rows attached to a report, or None if there is no such report to read."""
    try:
        content = papers.attached_rows(path)
    except PaperUnreadable:
        log.warning("a report in the archive cannot be read")
        return None
    return HeldRows(read_json(content), papers.fingerprint(content)) if content else None
