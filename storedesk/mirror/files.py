"""What is known of each workbook file: its state as last read or written, layout, problems."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from storedesk.domain.problems import Kind, Problem
from storedesk.domain.sheets import Fingerprint, Stamp, WorkbookContent, WriteOutcome, WritePlan
from storedesk.mirror.connection import Connection


@dataclass(frozen=True, slots=True)
class FileState:
    """A workbook file as the desk last saw it.

    Attributes:
        changed_outside: people changed it since our last backup.
    """

    fingerprint: Fingerprint
    stamp: Stamp
    read_at: datetime
    written_at: datetime | None = None
    backup_at: datetime | None = None
    changed_outside: bool = False


class Files:
    """The table of workbook files."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def get(self, workbook: str) -> FileState | None:
        """Return what is known of a workbook, or None if it was never read."""
        found = self.db.one(
            "SELECT size, mtime_ns, sha256, desk, generation, read_at, written_at, backup_at, "
            "changed_outside FROM files WHERE workbook = ?",
            (workbook,),
        )
        if found is None:
            return None
        size, mtime, sha, desk, generation, read, written, backup, outside = found
        return FileState(
            Fingerprint(int(str(size)), int(str(mtime)), str(sha)),
            Stamp(str(desk), str(generation)),
            datetime.fromisoformat(str(read)),
            datetime.fromisoformat(str(written)) if written else None,
            datetime.fromisoformat(str(backup)) if backup else None,
            bool(outside),
        )

    def note_read(self, content: WorkbookContent, now: datetime, *, changed: bool) -> None:
        """Note that a workbook was taken in; ``changed`` if people saved it."""
        before = self.get(content.workbook)
        print_ = content.fingerprint
        self.db.run(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                content.workbook,
                print_.size,
                print_.mtime_ns,
                print_.sha256,
                content.stamp.desk,
                content.stamp.generation,
                now.isoformat(" "),
                before.written_at.isoformat(" ") if before and before.written_at else None,
                before.backup_at.isoformat(" ") if before and before.backup_at else None,
                int(before is not None and (changed or before.changed_outside)),
            ),
        )
        for ledger, sheet in content.sheets.items():
            keys = json.dumps([*sheet.columns])
            self.db.run("INSERT OR REPLACE INTO layouts VALUES (?, ?)", (ledger, keys))

    def note_written(self, plan: WritePlan, outcome: WriteOutcome, now: datetime) -> None:
        """Note the state of the file after our own write."""
        print_ = outcome.fingerprint
        if print_ is None:
            raise ValueError("a finished write has a fingerprint")
        moment = now.isoformat(" ")
        self.db.run(
            "UPDATE files SET size = ?, mtime_ns = ?, sha256 = ?, desk = ?, generation = ?, "
            "written_at = ? WHERE workbook = ?",
            (
                print_.size,
                print_.mtime_ns,
                print_.sha256,
                plan.stamp.desk,
                plan.stamp.generation,
                moment,
                plan.workbook,
            ),
        )
        if plan.backup:
            self.db.run(
                "UPDATE files SET backup_at = ?, changed_outside = 0 WHERE workbook = ?",
                (moment, plan.workbook),
            )

    def touch(self, workbook: str, print_: Fingerprint) -> None:
        """Note a new time stamp of unchanged content."""
        sql = "UPDATE files SET size = ?, mtime_ns = ? WHERE workbook = ?"
        self.db.run(sql, (print_.size, print_.mtime_ns, workbook))

    def forget(self) -> None:
        """Forget all states, so that every workbook is read anew."""
        self.db.run("DELETE FROM files")
        self.db.run("DELETE FROM layouts")

    def layouts(self) -> dict[str, frozenset[str]]:
        """Return the keys of the columns found in each ledger's sheet, for the ledgers found."""
        return {
            str(ledger): frozenset(json.loads(str(keys)))
            for ledger, keys in self.db.rows("SELECT ledger, keys FROM layouts")
        }

    def forget_layout(self, ledger: str) -> None:
        """Forget where a ledger's columns stand: its sheet was not found."""
        self.db.run("DELETE FROM layouts WHERE ledger = ?", (ledger,))

    # --- problems -----------------------------------------------------------------------------

    def set_problems(self, workbook: str, problems: Iterable[Problem]) -> None:
        """Replace the list of a workbook's problems."""
        self.db.run("DELETE FROM problems WHERE workbook = ?", (workbook,))
        self.db.run_many(
            "INSERT INTO problems VALUES (?, ?, ?)",
            ((workbook, n, _dumped(problem)) for n, problem in enumerate(problems)),
        )

    def add_problems(self, workbook: str, problems: Iterable[Problem]) -> None:
        """List more problems of a workbook, after those there are."""
        found = self.db.one("SELECT max(position) FROM problems WHERE workbook = ?", (workbook,))
        first = int(str(found[0])) + 1 if found and found[0] is not None else 0
        self.db.run_many(
            "INSERT INTO problems VALUES (?, ?, ?)",
            ((workbook, n, _dumped(problem)) for n, problem in enumerate(problems, first)),
        )

    def problems(self, workbook: str) -> list[Problem]:
        """Return a workbook's problems as last read."""
        sql = "SELECT fields FROM problems WHERE workbook = ? ORDER BY position"
        return [_loaded(str(row[0])) for row in self.db.rows(sql, (workbook,))]


def _dumped(problem: Problem) -> str:
    values = [getattr(problem, entry.name) for entry in fields(problem)]
    return json.dumps([v.value if isinstance(v, Kind) else v for v in values], ensure_ascii=False)


def _loaded(text: str) -> Problem:
    kind, *texts = json.loads(text)
    return Problem(Kind(kind), *texts)
