"""Reading only rows that changed comes to the same as reading everything.

Two desks see the same edits of the same workbook; one of them has lost its traces each time.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import pytest

from storedesk.domain.select import Select
from storedesk.operations import records, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, open_desk
from storedesk.workbooks.stamp import GENERATION
from tests.operations.crash_desks import CUSTOMERS, NOON

SHEET = "xl/worksheets/sheet1.xml"
ROW = re.compile(rb"<row [^>]*?>.*?</row>|<row [^>]*?/>", re.DOTALL)


@dataclass
class Twins:
    """Two desks with the same workbooks: ``whole`` has lost its traces, ``few`` has them."""

    few: Desk
    whole: Desk

    def edit(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        """Change the rows of customers below the header, in both."""
        for desk in (self.few, self.whole):
            path = desk.path(CUSTOMERS)
            with zipfile.ZipFile(path) as book:
                parts = {name: book.read(name) for name in book.namelist()}
            rows = ROW.findall(parts[SHEET])
            start, end = parts[SHEET].index(rows[0]), parts[SHEET].rindex(b"</sheetData>")
            kept = sorted(change(rows[1:]), key=number_of)
            parts[SHEET] = parts[SHEET][:start] + rows[0] + b"".join(kept) + parts[SHEET][end:]
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
                for name, content in parts.items():
                    book.writestr(name, content)

    def take_in(self) -> int:
        """Take the edit in on both; return how many rows were read on the one."""
        outcomes = syncing.carry_out(syncing.plan(self.few))
        contents = [one.content for one in outcomes if one.content]
        read = sum(len(one.sheets["customers"].rows) for one in contents)
        assert all(one.base for one in contents), "the whole was read"
        syncing.settle(self.few, outcomes)
        for trace in self.whole.mirror.db.path.parent.glob("*.trace"):
            trace.unlink()
        outcomes = syncing.carry_out(syncing.plan(self.whole))
        assert not any(one.content.base for one in outcomes if one.content)
        syncing.settle(self.whole, outcomes)
        return read

    def check(self) -> None:
        """Check that both desks know the same."""
        assert known(self.few) == known(self.whole)
        assert self.few.mirror.problems(CUSTOMERS) == self.whole.mirror.problems(CUSTOMERS)
        waiting = [desk.mirror.rows_to_write(CUSTOMERS)[0] for desk in (self.few, self.whole)]
        assert waiting[0] == waiting[1]

    def sync(self) -> None:
        """Write what waits, ids of rows typed among it, and let both files be the same again."""
        for desk in (self.few, self.whole):
            report = syncing.sync(desk)
            assert (report.errors, report.waiting) == ((), ())


def known(desk: Desk) -> dict[str, tuple[object, ...]]:
    places = desk.mirror.marks("customers")
    return {
        one.id: (dict(one.values), one.raw, one.extras, places[one.id].row)
        for one in desk.mirror.select(Select("customers"))
    }


@pytest.fixture
def twins(desk: Desk, tmp_path: Path, clock: FixedClock) -> Iterator[Twins]:
    for number in range(40):
        person = {"name": f"客户{number}", "phone": f"138{number:08d}", "remark": f"说明{number}"}
        records.add(desk, "customers", person, "客服")
    syncing.sync(desk)
    shutil.copytree(desk.folder, tmp_path / "one")
    shutil.copytree(desk.folder, tmp_path / "other")
    with (
        open_desk(tmp_path / "one", clock=clock) as few,
        open_desk(tmp_path / "other", clock=clock) as whole,
    ):
        both = Twins(few, whole)
        both.sync()
        yield both


def number_of(row: bytes) -> int:
    found = re.match(rb'<row r="(\d+)"', row)
    assert found
    return int(found[1])


def moved(row: bytes, number: int) -> bytes:
    """Return a row as it reads in another place."""
    return re.sub(rb' r="([A-Z]*)\d+"', rb' r="\g<1>%d"' % number, row)


def without_id(row: bytes) -> bytes:
    return re.sub(rb'<c r="A\d+"[^>]*>.*?</c>', b"", row, count=1, flags=re.DOTALL)


def reworded(row: bytes, dice: Random) -> bytes:
    return re.sub("说明[0-9]*".encode(), f"说明{dice.randrange(1000)}".encode(), row)


def somebody(rows: list[bytes], dice: Random) -> list[bytes]:
    """Return the rows after something a person does to a few of them."""
    one, other = dice.sample(range(len(rows)), 2)
    last = number_of(rows[-1])
    match dice.randrange(7):
        case 0:
            return [*rows[:one], reworded(rows[one], dice), *rows[one + 1 :]]
        case 1:
            return [row for at, row in enumerate(rows) if at != one]
        case 2:
            return [*rows, moved(rows[one], last + 1)]
        case 3:
            return [*rows, moved(without_id(reworded(rows[one], dice)), last + dice.randint(1, 4))]
        case 4:
            return [*rows[:one], without_id(rows[one]), *rows[one + 1 :]]
        case 5:
            places = {one: number_of(rows[other]), other: number_of(rows[one])}
            return [moved(row, places.get(at, number_of(row))) for at, row in enumerate(rows)]
        case _:
            kept = [row for at, row in enumerate(rows) if at != one]
            return [*kept, moved(rows[one], last + 2)]


def edited(seed: str, rows: list[bytes]) -> list[bytes]:
    dice = Random(seed)  # noqa: S311  # the same in both workbooks, nothing secret
    for _ in range(dice.randint(1, 3)):
        rows = somebody(rows, dice)
    return rows


@pytest.mark.parametrize(
    "seed", [1, 5, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(6, 40))]
)
def test_few_rows_read_come_to_the_same_as_all(twins: Twins, seed: int) -> None:
    for step in range(6):
        twins.edit(partial(edited, f"{seed}-{step}"))
        assert twins.take_in() <= 12
        twins.check()
        if step % 2:
            twins.sync()
            twins.check()


def test_many_rows_gone_are_counted_against_all(twins: Twins) -> None:
    twins.edit(lambda rows: rows[25:])
    assert twins.take_in() == 0
    twins.check()
    assert twins.few.mirror.count(Select("customers")) == 40, "it stopped and asks"


def test_a_copy_with_another_stamp_is_read_whole(twins: Twins) -> None:
    path = twins.few.path(CUSTOMERS)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = re.compile(rb'(<definedName name="%s"[^>]*>)[^<]*<' % GENERATION.encode())
    parts["xl/workbook.xml"] = name.sub(rb"\1&quot;1.B.ffff&quot;<", parts["xl/workbook.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for one, content in parts.items():
            book.writestr(one, content)
    (read,) = [o.content for o in syncing.carry_out(syncing.plan(twins.few)) if o.content]
    assert not read.base
    assert len(read.sheets["customers"].rows) == 40


def test_what_another_program_took_in_meanwhile_is_read_again(twins: Twins) -> None:
    desk = twins.few
    twins.edit(lambda rows: [reworded(rows[0], Random(1)), *rows[1:]])  # noqa: S311  # nothing secret
    late = syncing.carry_out(syncing.plan(desk))
    with open_desk(desk.folder, clock=FixedClock(NOON)) as other:
        syncing.sync(other)
        customer = other.mirror.ids(Select("customers"))[5]
        records.set_values(other, customer, {"微信": "wx"}, "客服")
        syncing.sync(other)
    report = syncing.settle(desk, late)
    assert report.again
    assert report.taken == ()
    syncing.sync(desk)
    assert desk.mirror.records("customers", [customer])[0]["wechat"] == "wx"
