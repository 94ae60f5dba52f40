"""The SQLite file: opening, settings, transactions, and what its errors mean (decision 17)."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from storedesk.domain.errors import DeskBusy, DiskFull, MirrorDamaged, NotWritable
from storedesk.mirror.migrations import migrate

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What an operating system says when a disk, a share or an allowance is full."""

log = logging.getLogger(__name__)

Cell = str | int | float | bytes | None
Row = tuple[Cell, ...]

_WAIT = 5.0
"""Seconds another process of ours may hold the file before we give up."""
_SETTINGS = (
    "PRAGMA journal_mode=TRUNCATE",
    "PRAGMA synchronous=FULL",
    "PRAGMA cache_size=-32768",
    "PRAGMA temp_store=MEMORY",
)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DENIED = (
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
)


class Connection:
    """One SQLite connection with the mirror's settings; may be shared by nothing but its thread.

    Attributes:
        set_aside: where a damaged file was put when this one was made in its place.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self._depth = 0
        self._failed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritable(str(path.parent)) from error
        if self._damage_note.exists():
            self.set_aside = self._put_aside()
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            if _code(error) not in _DAMAGE:
                raise self._meaning(error) from error
            self.set_aside = self._put_aside()
            self._db = self._opened()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in one durable transaction, whole or not at all.

        A block inside another joins it: they are saved together, and fail together.

        Raises:
            DiskFull, NotWritable, DeskBusy: nothing of the block is saved.
        """
        if self._depth == 0:
            self.run("BEGIN IMMEDIATE")
            self._failed = False
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self._commit()
        except BaseException:
            self._failed = True
            # SQLite may have undone everything itself, as it does on a full disk.
            if self._depth == 1 and self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1

    def _commit(self) -> None:
        if self._failed:
            raise RuntimeError("a part of this transaction failed: it cannot be saved")
        self.run("COMMIT")

    def rows(self, sql: str, values: Sequence[Cell] = ()) -> list[Row]:
        """Return all rows of a query."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._meaning(error) from error

    def one(self, sql: str, values: Sequence[Cell] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def run(self, sql: str, values: Sequence[Cell] = ()) -> int:
        """Run a statement and return how many rows it touched."""
        try:
            return self._db.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise self._meaning(error) from error

    def run_many(self, sql: str, values: Iterable[Sequence[Cell]]) -> None:
        """Run a statement for each row of values."""
        try:
            self._db.executemany(sql, values)
        except sqlite3.Error as error:
            raise self._meaning(error) from error

    @property
    def data_version(self) -> int:
        """A number that moves when another process commits."""
        found = self.one("PRAGMA data_version")
        return int(str(found[0])) if found else 0

    @property
    def _damage_note(self) -> Path:
        return self.path.with_suffix(".is-damaged")

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, timeout=_WAIT)
        try:
            for setting in _SETTINGS:
                db.execute(setting)
            migrate(db)
        except BaseException:
            db.close()
            raise
        return db

    def _put_aside(self) -> Path:
        """Rename a damaged file: the workbooks hold everything that was written into them."""
        aside = self.path.with_suffix(".damaged")
        number = 1
        while aside.exists():
            number += 1
            aside = self.path.with_suffix(f".damaged{number}")
        try:
            self.path.rename(aside)
            self._damage_note.unlink(missing_ok=True)
        except OSError as error:
            raise NotWritable(str(self.path)) from error
        log.warning("mirror was damaged and set aside as %s", aside.name)
        return aside

    def _meaning(self, error: sqlite3.Error) -> Exception:
        """Return the expected failure an SQLite error stands for, or the error itself."""
        code = _code(error)
        if code == sqlite3.SQLITE_FULL:
            return DiskFull(str(self.path.parent))
        if code in _DENIED:
            return NotWritable(str(self.path.parent))
        if code in _BUSY:
            return DeskBusy()
        if code in _DAMAGE:
            self._note_damage()
            return MirrorDamaged()
        return error

    def _note_damage(self) -> None:
        """Leave word that the file is set aside at the next opening."""
        log.error("mirror is damaged")
        try:
            self._damage_note.touch()
        except OSError:
            log.warning("damage could not be noted", exc_info=True)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
