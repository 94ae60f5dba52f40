"""Times of the mirror: acknowledging, selecting, opening, taking in, finding. One line per figure.

Run it on a quiet machine, from the checkout, whose disk is measured::

    python -m tests.benchmarks.bench_mirror
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random

from storedesk import resources
from storedesk.domain.changes import Edit, Operation
from storedesk.domain.select import OneOf, Select
from storedesk.mirror import Mirror, TakenRow
from tests.helpers import benching, big_desks
from tests.helpers.benching import Figure

FORMS = resources.load_forms()
NOW = datetime(2026, 11, 20, 10, 30)
FEW, MANY = 1_000, 100_000
OPEN = Select("followups", (OneOf("status", ("待拨", "已改约", "待重拨")),), ("due_on",))
NEWEST = Select("customers", (), ("-created_at", "-id"))
BY_NAME = Select("customers", (), ("name",))


def main() -> int:
    """Measure everything and print a line per figure."""
    figures: list[Figure] = []
    with benching.disk_folder() as folder:
        few, many = _mirror(folder / "few.sqlite"), _mirror(folder / "many.sqlite")
        _take_in(few, "customers", big_desks.customers(FEW))
        rows = _taken(big_desks.customers(MANY))
        spent = benching.seconds(lambda: _take_in_rows(many, "customers", rows))
        figures.append(Figure("first reading of 100,000 customers × 16 cells", spent, 6, "s"))
        figures += _acknowledging(folder, few, many)
        _take_in(many, "followups", big_desks.followups(MANY, FEW))
        _take_in(many, "complaints", big_desks.complaints(MANY, FEW))
        _take_in(many, "stock_moves", big_desks.stock_moves(MANY))
        figures += _selecting(many)
        figures += _finding(many)
        figures += _many_at_once(many)
        many.close()
        opened = benching.medians([lambda: _mirror(folder / "many.sqlite").close()], 9)[0]
        figures.append(Figure("opening a mirror of 4 × 100,000 records", opened * 1e3, 50, "ms"))
        few.close()
    return benching.report(figures)


def _acknowledging(folder: Path, few: Mirror, many: Mirror) -> Iterator[Figure]:
    bare = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    bare.execute("PRAGMA journal_mode=TRUNCATE")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE entries (text)")
    actions: list[Callable[[], object]] = [
        lambda: bare.execute("INSERT INTO entries VALUES ('x')"),
        _entering(few),
        _entering(many),
    ]
    benching.medians(actions, 20)
    commit, at_few, at_many = benching.medians(actions, 300)
    bare.close()
    yield Figure("bare commit", commit * 1e3, 1000, "ms")
    yield Figure("acknowledging 12 cells at 1,000 customers", at_few / commit, 2, "× commit")
    yield Figure("acknowledging 12 cells at 100,000 customers", at_many / commit, 2, "× commit")
    yield Figure("… 100,000 compared with 1,000", at_many / at_few, 1.2, "×")


def _entering(mirror: Mirror) -> Callable[[], object]:
    numbers = count()
    rows = iter(big_desks.customers(10_000))

    def enter() -> None:
        number = next(numbers)
        row = dict(list(next(rows).items())[1:13])
        edit = Edit("customers", f"KH-20261120-A{number:03d}", row, new=True)
        mirror.apply(Operation(f"entry-{number}", NOW, "王芳", (edit,)))

    return enter


def _selecting(mirror: Mirror) -> Iterator[Figure]:
    newest = mirror.ids(NEWEST)
    actions: list[Callable[[], object]] = [
        lambda: mirror.select(OPEN),
        lambda: mirror.ids(NEWEST),
        lambda: mirror.ids(BY_NAME),
        lambda: mirror.records("customers", newest[50_000:50_200]),
    ]
    names = (
        "selecting 1,000 open follow-ups of 100,000",
        "ids of 100,000 customers, newest first",
        "ids of 100,000 customers, by name",
        "a page of 200 customers",
    )
    for name, spent in zip(names, benching.medians(actions, 9), strict=True):
        yield Figure(name, spent * 1e3, 50, "ms")


def _finding(mirror: Mirror) -> Iterator[Figure]:
    asked = list(_questions(mirror))
    spent = [benching.seconds(lambda words=words: mirror.search(words)) for words in asked]  # type: ignore[misc]
    yield Figure("finding, 95 of 100 times", benching.percentile(spent, 0.95) * 1e3, 16, "ms")
    yield Figure("finding, at worst", max(spent) * 1e3, 50, "ms")


def _questions(mirror: Mirror) -> Iterator[str]:
    dice = Random(3)  # noqa: S311  # the same questions each time
    for record in mirror.records("customers", dice.sample(mirror.ids(Select("customers")), 60)):
        name, phone = record.text("name"), record.text("phone")
        yield from (name, name[:2], phone[-4:], phone[3:7], phone, f"{name[0]} {phone[-4:]}")
        yield from (phone[:3], record.text("address"), record.text("community")[:2], record.id)
        yield f"{record.text('community')} {phone[-3:]}"
    yield from (
        "wjg",
        "wangjianguo",
        "wjg 3456",
        "zhang",
        "zw 88",
        "1",
        "13",
        "没有这个人",
        "不 在 0000",
    )


def _many_at_once(mirror: Mirror) -> Iterator[Figure]:
    rows = [dict(list(row.items())[1:16]) for row in big_desks.customers(1_200)]
    edits = tuple(
        Edit("customers", f"KH-20261121-A{number:04d}", row, new=True)
        for number, row in enumerate(rows)
    )
    operation = Operation("import", NOW, "王芳", edits)
    spent = benching.seconds(lambda: mirror.apply(operation))
    yield Figure("importing 1,200 customers × 15 cells", spent, 1, "s")


def _mirror(path: Path) -> Mirror:
    return Mirror.open(path, FORMS, "forms")


def _take_in(mirror: Mirror, ledger: str, rows: Iterable[big_desks.Row]) -> None:
    _take_in_rows(mirror, ledger, _taken(rows))


def _take_in_rows(mirror: Mirror, ledger: str, rows: list[TakenRow]) -> None:
    with mirror.transaction():
        mirror.take_in(ledger, rows, NOW, "benchmark")


def _taken(rows: Iterable[big_desks.Row]) -> list[TakenRow]:
    return [
        TakenRow(str(row["id"]), {k: v for k, v in row.items() if k != "id"}, number, b"m" * 16)
        for number, row in enumerate(rows, 2)
    ]


if __name__ == "__main__":
    sys.exit(main())
