"""Broken and hostile workbooks by the thousand: sentences, and nothing else, come of them."""

from __future__ import annotations

import os
import sys
import time

import pytest

from tests.helpers.made_workbooks import MADE
from tests.helpers.raw_workbooks import SHARED

if sys.platform == "win32":
    pytest.skip("needs limits of POSIX systems", allow_module_level=True)

from tests.helpers.fuzzing import Findings, fuzz

FEW, MANY = 150, 10_000
LARGEST = 150_000
"""Bytes; larger workbooks take too long for the little they add."""


def sources() -> list[bytes]:
    """Return our own made workbooks, and real ones where they are at hand."""
    real = sorted((SHARED / "real" / "lossless").glob("*.xls[xm]"))
    read = [path.read_bytes() for path in real if path.stat().st_size < LARGEST]
    return [make().content for make in MADE.values()] + read


def check(found: Findings, count: int) -> None:
    assert found.faults == []
    assert sum(found.outcomes.values()) == count
    assert min(found.outcomes[one] for one in ("refused", "left as it is", "written")) > count // 50


def test_broken_workbooks() -> None:
    check(fuzz(range(FEW), sources()), FEW)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_very_many_broken_workbooks() -> None:
    """``STOREDESK_FUZZ_FROM`` begins elsewhere, ``STOREDESK_FUZZ_SECONDS`` ends sooner."""
    begin = int(os.environ.get("STOREDESK_FUZZ_FROM", FEW))
    seconds = float(os.environ.get("STOREDESK_FUZZ_SECONDS", "inf"))
    found = fuzz(range(begin, begin + MANY), sources(), time.monotonic() + seconds)
    done = sum(found.outcomes.values())
    told = f"{done} workbooks: {dict(found.outcomes)}, slowest {found.slowest:.1f} s of computing"
    print(f"{told}, {found.memory >> 20} MB")  # noqa: T201  # the figures of the long run
    check(found, done)
