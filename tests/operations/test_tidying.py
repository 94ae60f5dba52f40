"""What killed programs left behind goes at the next opening; what may be under way stays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storedesk import durable, resources
from storedesk.operations import keys, reports, syncing
from storedesk.operations.clock import FixedClock
from storedesk.operations.desk import Desk, Identity, open_desk, write_identity
from storedesk.operations.keyring import Keyring
from storedesk.workbooks.disk import OLD_SECONDS
from tests.operations.shops import CALLER, FRIDAY, Shop


def left(place: Path, name: str) -> Path:
    """Leave a file written aside in a place, as a kill leaves it; return it."""
    place.mkdir(parents=True, exist_ok=True)
    aside = durable.aside_of(place / name, "0123abcd")
    aside.write_bytes(b"half")
    return aside


def age(path: Path) -> None:
    old = time.time() - OLD_SECONDS - 60
    os.utime(path, (old, old))


def places(desk: Desk) -> dict[str, Path]:
    """Return every place where something is written aside that has no lock, with a name there."""
    return {
        "RB-20261120_客户回访日报.pdf": desk.folder / "报表" / "2026" / "11",
        "desk.json": desk.folder / "历史",
        "客户档案 2026-11-20 103000.xlsx": desk.folder / "备份" / "恢复前",
        "YG-001-赵倩.p12": Keyring.of(desk.uuid).folder,
        "0123456789abcdef.pem": resources.user_folder() / "trust",
        "machine-id": resources.user_folder(),
    }


def test_what_a_kill_left_is_gone_after_the_next_opening(desk: Desk, clock: FixedClock) -> None:
    asides = [left(place, name) for name, place in places(desk).items()]
    fresh = left(desk.folder / "报表" / "2026" / "11", "RB-20261121_客户回访日报.pdf")
    theirs = desk.folder / "报表" / "2026" / "11" / ".RB-20261120.tmp"
    theirs.write_bytes(b"somebody's")
    for path in (*asides, theirs):
        age(path)
    desk.close()
    with open_desk(desk.folder, clock=clock) as again:
        syncing.sync(again)
        assert not [path for path in asides if path.exists()]
        assert fresh.exists(), "another PC may be writing it"
        assert theirs.exists(), "not one of ours"
        age(fresh)
        syncing.sync(again)
        assert fresh.exists(), "once at the opening is enough"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return a list of the names under which files are being synced (what a kill would leave)."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc")
    sync, names = os.fsync, []

    def fsync(handle: int) -> None:
        names.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    yield names
    monkeypatch.undo()


def test_reports_keys_and_the_identity_are_written_under_names_that_are_tidied(
    shop: Shop, written: list[str]
) -> None:
    (made,) = reports.make_daily(shop.desk, FRIDAY, by=CALLER)
    shop.sign(made.report_no)
    keys.make_key(shop.desk, CALLER, [], "passphrase of old", renew=True, rounds=10)
    write_identity(shop.desk.folder, Identity(shop.desk.uuid, "furniture"))
    for word in (made.path.stem, ".p12", "keys.json", "desk.json"):
        aside = [name for name in written if word in name]
        assert aside, word
        assert all(
            name.startswith(durable.TEMPORARY) and name.endswith(durable.ENDING) for name in aside
        ), aside
