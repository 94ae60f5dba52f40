"""The SQLite file: opening, settings, transactions, and what its errors mean (decision 17)."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from storedesk.domain.errors import DiskFull, NotWritable
from storedesk.mirror.migrations import migrate

log = logging.getLogger(__name__)

Cell = str | int | float | bytes | None
Row = tuple[Cell, ...]


class Connection:
    """One SQLite connection with the mirror's settings; may be shared by nothing but its thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self._depth = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritable(str(path.parent)) from error
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise self._meaning(error) from error
            self.set_aside = self._put_aside()
            self._db = self._opened()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in one durable transaction; nested blocks join the outer one.

        Raises:
            DiskFull, NotWritable: nothing of the block is saved.
        """
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._begin()
        self._depth = 1
        try:
            yield
        except BaseException:
            self._depth = 0
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._depth = 0
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise self._meaning(error) from error

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

    def _begin(self) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self._meaning(error) from error

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        try:
            db.execute("PRAGMA journal_mode=TRUNCATE")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA cache_size=-32768")
            db.execute("PRAGMA temp_store=MEMORY")
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
        self.path.rename(aside)
        log.warning("mirror was damaged and set aside as %s", aside.name)
        return aside

    def _meaning(self, error: sqlite3.Error) -> Exception:
        """Return the expected failure an SQLite error stands for, or the error itself."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return DiskFull(str(self.path.parent))
        if code in (
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_IOERR,
        ):
            return NotWritable(str(self.path.parent))
        return error


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
